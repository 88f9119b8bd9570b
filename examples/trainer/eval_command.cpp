// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"

#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <cstdio>
#include <memory>
#include <string>

namespace {

using trainer::some_name, trainer::whole_number;

struct eval_request {
  std::string annotations, results, json, per_class;
  acsl::index_t max_dets = 300;
  bool class_agnostic = false;
  int threads = 0;
};

void run_eval(eval_request const& request) {
  acsl::expect_outputs({request.json, request.per_class}, {request.annotations, request.results});
  acsl::cpu const exec(request.threads);
  auto const truth = acsl::load_annotations(exec, request.annotations, acsl::annotation_rules::evaluation);
  auto const results = acsl::load_results(exec, request.results, truth);
  auto const evaluation = acsl::evaluate_lvis(exec, truth, results, {.max_dets = request.max_dets});
  auto report = acsl::evaluation_json(evaluation);
  std::printf("Eval Bbox:\n%s", acsl::summary_table(evaluation).c_str());
  if (request.class_agnostic) {
    auto const merged =
        acsl::evaluate_lvis(exec, truth, results, {.max_dets = request.max_dets, .class_agnostic = true});
    report["class_agnostic_summary"] = acsl::summary_json(merged);
    std::printf("\nAll categories as one:\n%s", acsl::summary_table(merged).c_str());
  }
  if (!request.json.empty()) {
    nlohmann::ordered_json whole{{"ground_truth", request.annotations}, {"results", request.results}};
    whole.update(report);
    acsl::write_file_atomically(request.json, whole.dump(1) + "\n");
  }
  if (!request.per_class.empty()) acsl::write_file_atomically(request.per_class, acsl::per_category_table(evaluation));
}

}  // namespace

void trainer::add_eval(CLI::App& app, int& status) {
  auto request = std::make_shared<eval_request>();
  auto* command = app.add_subcommand(
      "eval",
      "Judge a file of boxes by the rules of LVIS: average precision (AP) and recall (AR).\n\n"
      "  acsl eval lvis_v0.5_val.json detections.bbox.json --json figures.json --per-class classes.csv\n\n"
      "RESULTS is a JSON list of {\"image_id\": 42, \"category_id\": 18, \"bbox\": [x, y, width, height], \"score\": "
      "0.87},\n"
      "as `acsl test --json-out` and the common detection toolkits write it. Results count only where LVIS knows the\n"
      "answer: in images that hold the category or are verified not to. APr, APc and APf are the means over rare,\n"
      "common and frequent categories; -100.00% says that a figure has no value. The figures are those of the "
      "official\n"
      "LVIS tool.");
  command->add_option("ANNOTATIONS", request->annotations, "annotation file, LVIS v0.5 or v1.0 layout")
      ->required()
      ->check(some_name());
  command->add_option("RESULTS", request->results, "results to judge")->required()->check(some_name());
  command->add_option("--json", request->json, "write all figures there, per category too, in full precision")
      ->check(some_name());
  command->add_option("--per-class", request->per_class, "write a table of the categories there (CSV)")
      ->check(some_name());
  command->add_option("--max-dets", request->max_dets, "results that count per image, all categories together; -1: all")
      ->check([](std::string const& text) { return text == "-1" ? std::string() : whole_number(1, INT64_MAX)(text); })
      ->capture_default_str();
  command->add_flag("--class-agnostic", request->class_agnostic, "judge also with all categories as one");
  add_threads(*command, request->threads);
  command->callback([request, &status] {
    run_eval(*request);
    status = 0;
  });
}
