// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/evaluation/object_masks.hpp>
#include <acsl/evaluation/proposal_report.hpp>
#include <acsl/evaluation/result_writer.hpp>
#include <cmath>
#include <limits>
#include <support/shared_data.hpp>
#include <support/small_truth.hpp>
#include <support/temporary_folder.hpp>

namespace {

using acsl::annotation_rules;
using nlohmann::json;

json load(std::filesystem::path const& path) {
  auto const bytes = acsl::read_file(path);
  return json::parse(bytes.begin(), bytes.end());
}

/// Numbers are the same to the last bit. Our object may have more keys.
void check_same(json const& ours, json const& expected, std::string const& what) {
  INFO(what);
  if (expected.is_object()) {
    for (auto const& [key, value] : expected.items()) check_same(ours.at(key), value, what + "." + key);
  } else if (expected.is_array()) {
    REQUIRE(ours.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      check_same(ours[i], expected[i], what + "[" + std::to_string(i) + "]");
  } else {
    CHECK(ours == expected);
  }
}

bool same_bits(acsl::detection_evaluation const& a, acsl::detection_evaluation const& b) {
  bool same = a.summary == b.summary && a.categories.size() == b.categories.size();
  for (std::size_t k = 0; same && k < a.categories.size(); ++k)
    same = a.categories[k].precision == b.categories[k].precision && a.categories[k].recall == b.categories[k].recall &&
           a.categories[k].objects == b.categories[k].objects &&
           a.categories[k].detections == b.categories[k].detections;
  return same;
}

TEST_CASE("thresholds are those of the official tool, bit for bit") {
  CHECK(acsl::overlap_thresholds[0] == 0.5);
  CHECK(acsl::overlap_thresholds[2] == 0.6);
  CHECK(acsl::overlap_thresholds[3] == 0x1.4cccccccccccdp-1);
  CHECK(acsl::overlap_thresholds[8] == 0.8999999999999999);
  CHECK(acsl::overlap_thresholds[8] != 0.9);
  CHECK(acsl::overlap_thresholds[9] == 0.95);
  std::vector<int> above;
  for (int i = 0; i <= 100; ++i) {
    double const nearest = i / 100.0, value = acsl::recall_thresholds[static_cast<std::size_t>(i)];
    if (value != nearest) {
      CHECK(value == std::nextafter(nearest, 2));
      above.push_back(i);
    }
  }
  CHECK(above == std::vector<int>{35, 41, 47, 57, 69, 70, 82, 83, 94, 95});
}

TEST_CASE("boxes overlap by their common area, and not at all when they touch") {
  CHECK(acsl::box_overlap({0, 0, 10, 10}, {5, 5, 10, 10}) == 25.0 / 175);
  CHECK(acsl::box_overlap({0, 0, 10, 10}, {0, 0, 10, 10}) == 1);
  CHECK(acsl::box_overlap({0, 0, 10, 10}, {10, 0, 10, 10}) == 0);
  CHECK(acsl::box_overlap({0, 0, 10, 10}, {0, 10, 10, 10}) == 0);
  CHECK(acsl::box_overlap({10, 10, -5, -5}, {0, 0, 20, 20}) == 0);
}

/// Annotations and their masks, as `acsl eval` reads them.
struct mask_truth {
  acsl::annotation_set set;
  std::vector<acsl::run_length_mask> masks;

  mask_truth(std::filesystem::path const& path, acsl::evaluation_options const& options)
      : set(acsl::load_annotations(path, options.rules == acsl::evaluation_rules::coco
                                             ? annotation_rules::coco_evaluation
                                             : annotation_rules::evaluation)) {
    acsl::reference exec;
    if (options.type == acsl::iou_type::segm) masks = acsl::load_object_masks(exec, path, set, 20000);
  }
};

/// Calls check(expected, judge) for cases with one rule each; judge(options) gives an evaluation. A case without
/// expected values must be refused.
template <class Check>
void for_each_case(json const& cases, acsl::evaluation_options options, Check check) {
  test::temporary_folder const folder;
  acsl::reference exec;
  for (json const& one : cases) {
    std::string const name = one.at("name");
    CAPTURE(name);
    options.max_dets = one.at("max_dets");
    options.type = one.value("iou_type", "bbox") == "segm" ? acsl::iou_type::segm : acsl::iou_type::bbox;
    test::write_text(folder / "truth.json", one.at("ground_truth").dump());
    mask_truth const truth(folder / "truth.json", options);
    auto const results = one.at("results").dump();
    if (one.contains("expected_error")) {
      CHECK_THROWS_AS((void)acsl::parse_results(results, "results.json", truth.set, options), acsl::file_error);
      continue;
    }
    auto const list = acsl::parse_results(results, "results.json", truth.set, options);
    check(one.at("expected"), [&](bool class_agnostic) {
      options.class_agnostic = class_agnostic;
      return acsl::evaluate_detections(exec, truth.set, list.results, options, {list.areas, list.masks, truth.masks});
    });
  }
}

/// The figures of the official LVIS tool.
void check_lvis_cases(json const& cases) {
  for_each_case(cases, acsl::lvis_300, [](json const& expected, auto judge) {
    auto const evaluation = judge(false);
    json const report = acsl::evaluation_json(evaluation);
    CHECK(report.at("category_ids") == expected.at("category_ids"));
    check_same(report.at("summary"), expected.at("summary"), "summary");
    check_same(report.at("ap_per_category"), expected.at("ap_per_category"), "ap_per_category");
    for (std::size_t k = 0; k < evaluation.categories.size(); ++k) {
      check_same(evaluation.categories[k].precision[0], expected.at("ap_by_iou")[k], "ap_by_iou");
      check_same(evaluation.categories[k].recall[0], expected.at("recall_by_iou")[k], "recall_by_iou");
    }
  });
}

// Origin: scripts/golden/make_coco_golden.py, a second reading of the protocol, which agrees with pycocotools 2.0.11.
TEST_CASE("every rule of COCO gives what COCO's protocol says, to the last bit") {
  auto const golden =
      load(std::filesystem::path(ACSL_TEST_SOURCE) / "tests/golden/evaluation/coco_cases.json").at("cases");
  REQUIRE(golden.size() == 25);
  for_each_case(golden, acsl::coco_100, [](json const& expected, auto judge) {
    auto const evaluation = judge(false);
    json const summary = acsl::summary_json(evaluation);
    CHECK(summary.size() == 12);
    check_same(summary, expected.at("summary"), "summary");
    REQUIRE(evaluation.categories.size() == expected.at("categories").size());
    for (std::size_t k = 0; k < evaluation.categories.size(); ++k) {
      auto const& ours = evaluation.categories[k];
      auto const& theirs = expected.at("categories")[k];
      check_same(ours.precision, theirs.at("ap"), "ap");
      check_same(ours.recall, theirs.at("recall"), "recall");
      check_same(ours.recall_of_best[0], theirs.at("recall_at_1"), "recall_at_1");
      check_same(ours.recall_of_best[1], theirs.at("recall_at_10"), "recall_at_10");
    }
    check_same(acsl::summary_json(judge(true)), expected.at("class_agnostic_summary"), "class_agnostic_summary");
  });
}

// Origin: scripts/golden/make_evaluation_golden.py, the public LVIS tool.
TEST_CASE("every rule gives what the official tool gives") {
  auto const golden =
      load(std::filesystem::path(ACSL_TEST_SOURCE) / "tests/golden/evaluation/micro_cases.json").at("cases");
  REQUIRE(golden.size() == 49);
  check_lvis_cases(golden);
  auto const folder = test::lvis_data();
  if (!folder) return;
  auto const more = load(*folder / "micro_cases.json").at("cases");
  REQUIRE(more.size() == 52);
  check_lvis_cases(more);
}

void check_hundred_images(std::filesystem::path const& folder, acsl::iou_type type, std::string const& suffix) {
  mask_truth const truth(folder / "lvis_val_100.json", {.type = type});
  auto const list = acsl::load_results(folder / ("detections_A" + suffix + ".json"), truth.set, {.type = type});
  auto const expected = load(folder / ("expected_A" + suffix + ".json"));
  auto const judge = [&](auto& exec, bool class_agnostic) {
    return acsl::evaluate_detections(exec, truth.set, list.results, {.type = type, .class_agnostic = class_agnostic},
                                     {list.areas, list.masks, truth.masks});
  };
  acsl::cpu const exec;
  auto const evaluation = judge(exec, false);
  json const report = acsl::evaluation_json(evaluation);
  auto const official = test::read_text(folder / ("expected_A" + suffix + ".json"));
  auto const text = acsl::json_text(acsl::evaluation_json(evaluation));
  for (char const* key : {"summary", "ap_per_category", "ap50_per_category", "ap75_per_category", "ar_per_category"}) {
    auto const line = [key](std::string const& file) {
      auto const begin = file.find("\n\"" + std::string(key) + "\": ");
      return file.substr(begin, file.find('\n', begin + 1) - begin);
    };
    CHECK_MESSAGE(line(text) == line(official), key);
  }
  for (char const* key : {"summary", "category_ids", "ap_per_category", "ap50_per_category", "ap75_per_category",
                          "ar_per_category", "max_dets"})
    check_same(report.at(key), expected.at(key), key);
  CHECK(report.at("iou_type") == expected.at("iou_type"));
  CHECK(acsl::summary_table(evaluation) == expected.at("table_text"));
  CHECK(acsl::summary_lines(evaluation) == expected.at("table_text_upstream"));

  auto const detail = load(folder / ("expected_A" + suffix + "_detail.json")).at("categories");
  REQUIRE(report.at("categories").size() == detail.size());
  for (std::size_t k = 0; k < detail.size(); ++k) {
    CHECK(report.at("categories")[k].at("id") == detail[k].at("id"));
    CHECK(report.at("categories")[k].at("num_gt") == detail[k].at("num_gt"));
    CHECK(report.at("categories")[k].at("num_dt") == detail[k].at("num_dt"));
    check_same(report.at("categories")[k].at("ap"), detail[k].at("ap"), "ap");
    check_same(report.at("categories")[k].at("recall"), detail[k].at("recall"), "recall");
  }
  check_same(acsl::summary_json(judge(exec, true)), expected.at("class_agnostic_summary"), "class_agnostic_summary");

  for (int threads : {1, 2, 5}) {
    acsl::cpu const some(threads);
    CHECK(same_bits(judge(some, false), evaluation));
  }
  acsl::reference serial;
  CHECK(same_bits(judge(serial, false), evaluation));
}

TEST_CASE("the figures of a hundred LVIS images are the official ones, for any number of threads") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  check_hundred_images(*folder, acsl::iou_type::bbox, "");
  check_hundred_images(*folder, acsl::iou_type::segm, "_segm");
}

TEST_CASE("the figures of many categories are the same for any number of threads") {
  acsl::annotation_set truth;
  std::vector<acsl::box_result> results;
  std::uint32_t seed = 1;
  auto const random = [&seed](std::uint32_t below) { return (seed = 1664525U * seed + 1013904223U) / 65536 % below; };
  for (int k = 1; k <= 60; ++k) truth.categories.push_back({k, "c" + std::to_string(k), "rcf"[k % 3]});
  for (int i = 1; i <= 40; ++i) {
    truth.images.push_back({i, "i.jpg", 500, 500});
    for (int n = 0; n < 30; ++n) {
      std::array<double, 4> const box{random(400) * 1.0, random(400) * 1.0, 1.0 + random(150), 1.0 + random(150)};
      std::int64_t const id = 1 + random(60);
      truth.annotations.push_back({30 * i + n, i, id, box, box[2] * box[3]});
      results.push_back({i, id, {box[0] + random(9), box[1], box[2], box[3] + random(9)}, random(20) / 20.0});
    }
  }
  acsl::reference serial;
  auto const expected = acsl::evaluate_detections(serial, truth, results);
  CHECK(expected.summary.ap > 0.1);
  CHECK(expected.summary.ap < 0.9);
  for (int threads : {1, 2, 3, 8}) {
    acsl::cpu const some(threads);
    CHECK(same_bits(acsl::evaluate_detections(some, truth, results), expected));
  }
}

TEST_CASE("the fixed protocol limits the results of a category in the whole set") {
  acsl::reference exec;
  std::vector<acsl::box_result> const results = {
      {1, 1, {10, 10, 20, 20}, 0.5}, {5, 1, {10, 10, 20, 20}, 0.9}, {5, 1, {10, 10, 20, 20}, 0.5}};
  auto const judged = [&](acsl::index_t most) {
    return acsl::evaluate_detections(exec, test::small_truth(), results,
                                     {.max_dets = most, .rules = acsl::evaluation_rules::lvis_fixed});
  };
  CHECK(judged(1).categories[0].detections == 1);
  CHECK(judged(1).summary.ap == 0);  // the best one is a false alarm
  CHECK(judged(2).categories[0].ap50() == doctest::Approx(0.5));
  CHECK(judged(2).categories[0].detections == 2);  // of equal scores the earlier one
  CHECK(judged(-1).categories[0].detections == 3);
  CHECK(judged(10000).options.protocol() == "lvis-fixed");
  CHECK(judged(2).options.protocol() == "lvis-fixed-2");
  CHECK(acsl::evaluation_options{}.protocol() == "lvis-300");
  CHECK(acsl::evaluation_options{.max_dets = -1}.protocol() == "lvis-all");
}

TEST_CASE("curves are the precision whose means the figures are") {
  acsl::reference exec;
  auto const evaluation = acsl::evaluate_detections(
      exec, test::small_truth(), {{1, 1, {10, 10, 20, 20}, 0.5}, {5, 1, {10, 10, 20, 20}, 0.9}}, {.with_curves = true});
  json const curves = acsl::curves_json(evaluation);
  CHECK(curves.at("protocol") == "lvis-300");
  REQUIRE(curves.at("categories").size() == 1);  // the other has no objects
  auto const& precision = curves.at("categories")[0].at("precision");
  CHECK(precision.size() == 10);
  CHECK(precision[0].size() == 101);
  CHECK(precision[0][100] == 0.5);
  CHECK(acsl::summary_row(evaluation).starts_with("lvis-300,AP,AP50,AP75,APs,APm,APl,APr,APc,APf,AR@300,"));
  CHECK(acsl::summary_row(evaluation).find("\nbbox,50.00,50.00,50.00,50.00,-,-,-,-,50.00,100.00,") !=
        std::string::npos);
}

TEST_CASE("the recall of a hundred images' proposals is the original's, from its own pickle, to the last bit") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  auto const truth = acsl::load_annotations(*folder / "lvis_val_100.json", annotation_rules::coco_evaluation);
  auto const expected = load(*folder / "expected_A_proposals.json");
  auto const by_count = expected.at("recall_by_count_and_iou");
  for (int threads : {1, 2}) {
    acsl::cpu const exec(threads);
    auto const proposals = acsl::load_proposals(exec, *folder / "proposals_A.pkl", truth);
    auto const report = [&](std::vector<acsl::index_t> const& counts) {
      return json(acsl::proposal_json(acsl::evaluate_proposals(exec, truth, proposals, counts)));
    };
    for (auto const& counts : {std::vector<acsl::index_t>{100, 300, 1000}, {10, 30, 50}, {1, 5}}) {
      auto const ours = report(counts);
      for (auto const& [key, values] : ours.at("average_recall").items())
        check_same(values, expected.at("average_recall").at(key), key);
    }
    auto const ours = report(by_count.at("counts").get<std::vector<acsl::index_t>>());
    check_same(ours.at("recall_by_count_and_iou"), by_count, "recall_by_count_and_iou");
    check_same(ours.at("iou_thrs"), expected.at("iou_thrs"), "iou_thrs");
  }
  acsl::reference exec;
  auto const proposals = acsl::load_proposals(exec, *folder / "proposals_A.pkl", truth);
  CHECK(acsl::proposal_lines(acsl::evaluate_proposals(exec, truth, proposals)) ==
        "AR@100\t= 0.4606\nAR@300\t= 0.5213\nAR@1000\t= 0.5213\n");
  CHECK(acsl::evaluate_proposals(exec, {}, {}).average(0) == -1);
  CHECK(acsl::evaluate_proposals(exec, truth, {}).average(0) == 0);
  CHECK(acsl::evaluate_proposals(exec, truth, proposals, {-1}).average(0) ==
        acsl::evaluate_proposals(exec, truth, proposals, {1000}).average(0));
  // Boxes that are no proposals serve as well, from a pickle or a list.
  test::temporary_folder const temporary;
  acsl::write_results(temporary / "p.json", proposals);
  CHECK(acsl::load_proposals(exec, temporary / "p.json", truth) == proposals);
}

TEST_CASE("without results, categories with objects have zeros and the others nothing") {
  acsl::reference exec;
  auto const evaluation = acsl::evaluate_detections(exec, test::small_truth(), {});
  CHECK(evaluation.summary.ap == 0);
  CHECK(evaluation.summary.ap_frequent == 0);
  CHECK(evaluation.summary.ap_rare == -1);
  CHECK(evaluation.summary.ap_small == 0);
  CHECK(evaluation.summary.ap_large == -1);
  CHECK(evaluation.summary.ar == 0);
  CHECK(evaluation.categories[0].ap() == 0);
  CHECK(evaluation.categories[1].ap() == -1);
}

TEST_CASE("without objects, images or categories no figure has a value") {
  acsl::reference exec;
  auto truth = test::small_truth();
  truth.annotations.clear();
  auto const evaluation = acsl::evaluate_detections(exec, truth, {{1, 2, {10, 10, 20, 20}, 0.5}});
  CHECK(evaluation.summary == acsl::detection_summary{});
  CHECK(evaluation.categories[1].detections == 1);
  CHECK(acsl::evaluate_detections(exec, {}, {}).summary == acsl::detection_summary{});
  CHECK(acsl::evaluate_detections(exec, {}, {}, {.class_agnostic = true}).summary == acsl::detection_summary{});
}

TEST_CASE("a found object and a false alarm in an image known to lack the category") {
  acsl::reference exec;
  // By hand: one true positive below one false positive; precision 1/2 at every recall. The third result stands where
  // nothing is known about its category.
  std::vector<acsl::box_result> const results = {
      {1, 1, {10, 10, 20, 20}, 0.5}, {5, 1, {10, 10, 20, 20}, 0.9}, {5, 2, {0, 0, 9, 9}, 1}};
  auto const evaluation = acsl::evaluate_detections(exec, test::small_truth(), results);
  CHECK(evaluation.categories[0].ap50() == doctest::Approx(0.5));
  CHECK(evaluation.categories[0].ar() == 1);
  CHECK(evaluation.categories[0].detections == 2);
  CHECK(evaluation.categories[1].detections == 0);
}

TEST_CASE("input that cannot be judged is refused") {
  acsl::reference exec;
  auto const judge = [&](acsl::annotation_set const& truth, std::vector<acsl::box_result> const& results) {
    (void)acsl::evaluate_detections(exec, truth, results);
  };
  double const nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(judge(test::small_truth(), {{3, 1, {0, 0, 1, 1}, 1}}),
                       doctest::Contains("has an image of the set"), acsl::error);
  CHECK_THROWS_WITH_AS(judge(test::small_truth(), {{1, 1, {0, 0, 1, 1}, nan}}), doctest::Contains("are finite"),
                       acsl::error);
  CHECK_THROWS_AS(judge(test::small_truth(), {{1, 1, {0, 0, 1, 1}, infinity}}), acsl::error);
  CHECK_THROWS_AS(judge(test::small_truth(), {{1, 1, {0, nan, 1, 1}, 1}}), acsl::error);
  auto truth = test::small_truth();
  truth.categories[1].frequency = 0;
  CHECK_THROWS_WITH_AS(judge(truth, {}), doctest::Contains("category 'dog' (id 2) has no frequency"), acsl::file_error);
  CHECK_NOTHROW((void)acsl::evaluate_detections(exec, truth, {}, {.class_agnostic = true}));
  truth = test::small_truth();
  truth.categories[1].id = 1;
  CHECK_THROWS_WITH_AS(judge(truth, {}), doctest::Contains("two categories have the id 1"), acsl::error);
  truth = test::small_truth();
  truth.images[1].id = 1;
  CHECK_THROWS_WITH_AS(judge(truth, {}), doctest::Contains("two images have the id 1"), acsl::error);
  truth = test::small_truth();
  truth.annotations.push_back(truth.annotations[0]);
  CHECK_THROWS_WITH_AS(judge(truth, {}), doctest::Contains("two annotations have the id 1"), acsl::error);
}

}  // namespace
