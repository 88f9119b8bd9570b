// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <algorithm>
#include <string>
#include <support/small_truth.hpp>
#include <vector>

namespace {

using nlohmann::json;
using test::small_truth;

TEST_CASE("COCO's tables have its twelve figures, and every text its protocol") {
  acsl::reference exec;
  auto truth = small_truth();
  for (auto& category : truth.categories) category.frequency = 0;
  std::vector<acsl::box_result> const results = {{1, 1, {10, 10, 20, 20}, 0.5}, {5, 2, {10, 10, 20, 20}, 0.9}};
  auto options = acsl::coco_100;
  options.with_curves = true;
  auto const evaluation = acsl::evaluate_detections(exec, truth, results, options);
  auto const table = acsl::summary_table(evaluation);
  CHECK(table.find("|  (AR)  | 0.50:0.95 |    all |   1 |          all | 100.00% |\n"
                   "|  (AR)  | 0.50:0.95 |    all |  10 |          all | 100.00% |\n"
                   "|  (AR)  | 0.50:0.95 |    all | 100 |          all | 100.00% |\n") != std::string::npos);
  CHECK(std::count(table.begin(), table.end(), '%') == 12);
  CHECK(acsl::summary_lines(evaluation)
            .find(" Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = 1.000\n") !=
        std::string::npos);
  CHECK(acsl::summary_row(evaluation).starts_with("coco-100,AP,AP50,AP75,APs,APm,APl,AR@1,AR@10,AR@100,ARs@100,"));
  CHECK(acsl::per_category_table(evaluation).find("2,dog,,0,1,-1,-1,-1,-1,coco-100\n") != std::string::npos);
  json const report = acsl::evaluation_json(evaluation);
  CHECK(report.at("protocol") == "coco-100");
  CHECK(report.at("categories")[0].at("recall_at_10")[9] == 1);
  CHECK(json(acsl::curves_json(evaluation)).at("protocol") == "coco-100");
  options.max_dets = 10;
  CHECK_THROWS_WITH_AS((void)acsl::evaluate_detections(exec, truth, results, options), doctest::Contains("above 10"),
                       acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::evaluate_detections(exec, truth, results), doctest::Contains("has no frequency"),
                       acsl::file_error);
}

TEST_CASE("a text of figures is Python's, a key a line") {
  CHECK(acsl::json_text({{"a", 1},
                         {"b", {0.1, 1.0, -0.0, 1e-4, 1e-5, 1e16, 123456789012345.0, 1.0 / 3}},
                         {"c", {{"d", "\u4e0d\"\n"}, {"e", nullptr}}},
                         {"f", nlohmann::ordered_json::array()}}) ==
        "{\n\"a\": 1,\n\"b\": [0.1, 1.0, -0.0, 0.0001, 1e-05, 1e+16, 123456789012345.0, 0.3333333333333333],\n"
        "\"c\": {\"d\": \"\u4e0d\\\"\\n\", \"e\": null},\n\"f\": []\n}\n");
}

TEST_CASE("bytes that are no UTF-8, as names of files may have, do not keep a text from being written") {
  CHECK(acsl::json_text({{"results", "a\xff"}}) == "{\n\"results\": \"a\xef\xbf\xbd\"\n}\n");
  CHECK(acsl::indented_json_text(json{{"a", "\xff"}}) == "{\n \"a\": \"\xef\xbf\xbd\"\n}\n");
}

TEST_CASE("the table of categories has a line each, and quotes names that need it") {
  acsl::reference exec;
  auto truth = small_truth();
  truth.categories[1].name = "dog, \"hot\"";
  auto const text = acsl::per_category_table(acsl::evaluate_detections(exec, truth, {{1, 2, {10, 10, 20, 20}, 0.5}}));
  CHECK(text ==
        "id,name,frequency,objects,detections,AP,AP50,AP75,AR,protocol\n"
        "1,cat,f,1,0,0.0,0.0,0.0,0.0,lvis-300\n"
        "2,\"dog, \"\"hot\"\"\",r,0,1,-1,-1,-1,-1,lvis-300\n");
}

TEST_CASE("tables print missing figures, unlimited results, and no groups when all categories are one") {
  acsl::reference exec;
  auto const evaluation = acsl::evaluate_detections(exec, small_truth(), {}, {.max_dets = -1, .class_agnostic = true});
  CHECK(acsl::summary_table(evaluation).find("|  (AP)  | 0.50:0.95 |      l |  -1 |          all | -100.00% |\n") !=
        std::string::npos);
  CHECK(acsl::summary_lines(evaluation).find(" | area=     l | maxDets= -1 catIds=all] = -1.000\n") !=
        std::string::npos);
  CHECK(acsl::summary_table(evaluation).find(" r |") == std::string::npos);
  CHECK(acsl::summary_json(evaluation).size() == 10);
  CHECK(acsl::summary_json(evaluation).contains("ARs@-1"));
}

}  // namespace
