// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/classwise_table.hpp>
#include <acsl/evaluation/evaluate_file.hpp>
#include <acsl/evaluation/per_class_lines.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>

namespace {

TEST_CASE("lines per class are the original's, byte for byte") {
  auto const data = test::lvis_data();
  if (!data) return;
  acsl::reference exec;
  auto const truth = acsl::load_annotations(exec, *data / "lvis_val_100.json", acsl::annotation_rules::evaluation);
  auto const evaluation = acsl::evaluate_file(exec, truth, *data / "detections_A.json", {});
  auto const lines = acsl::per_class_lines(evaluation);
  CHECK((lines == test::read_text(*data / "expected_A_per_class.txt")));  // doctest would print both
  auto merged = evaluation;
  merged.options.class_agnostic = true;
  CHECK_THROWS_AS((void)acsl::per_class_lines(merged), acsl::error);
}

TEST_CASE("small fractions read as Python prints them") {
  auto const python_text = [](double value) {
    std::string text;
    acsl::detail::append_number(text, value);
    return text;
  };
  CHECK(python_text(0) == "0.0");
  CHECK(python_text(1) == "1.0");
  CHECK(python_text(0.0001) == "0.0001");
  CHECK(python_text(0.00012345) == "0.00012345");
  CHECK(python_text(0.00001) == "1e-05");
  CHECK(python_text(1.5e-05) == "1.5e-05");
  CHECK(python_text(0.1 + 0.2) == "0.30000000000000004");
}

acsl::category_result with_ap(std::string name, double ap) {
  acsl::category_result result;
  result.name = std::move(name);
  result.average_precision[0] = ap;
  return result;
}

TEST_CASE("the table of classes stands three side by side, and is as wide as its names") {
  CHECK(acsl::classwise_table({with_ap("person", 0.5078),
                               with_ap("bic\xC3\xBD"
                                       "cle",
                                       0),
                               with_ap("car", -1), with_ap("traffic light", 1)}) ==
        "+---------------+-------+----------+-------+----------+-----+\n"
        "| category      | AP    | category | AP    | category | AP  |\n"
        "+---------------+-------+----------+-------+----------+-----+\n"
        "| person        | 0.508 | bic\xC3\xBD"
        "cle  | 0.000 | car      | nan |\n"
        "| traffic light | 1.000 |          |       |          |     |\n"
        "+---------------+-------+----------+-------+----------+-----+\n");
  CHECK(
      acsl::classwise_table({with_ap("a", 0.25)}) ==
      "+----------+-------+\n| category | AP    |\n+----------+-------+\n| a        | 0.250 |\n+----------+-------+\n");
  CHECK(acsl::classwise_table({}) == "+----------+----+\n| category | AP |\n+----------+----+\n");
}

}  // namespace
