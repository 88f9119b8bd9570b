// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"

#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/classwise_table.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/evaluation/object_masks.hpp>
#include <acsl/evaluation/proposal_recall.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace {

using trainer::some_name, trainer::whole_number;

struct eval_request {
  std::string annotations, results, type = "bbox", protocol, json, per_category, curves, compare;
  std::optional<acsl::index_t> max_dets;
  bool class_agnostic = false, classwise = false;
  int threads = 0;

  [[nodiscard]] acsl::evaluation_options options() const {
    bool const fixed = protocol == "lvis-fixed";
    return {.max_dets = max_dets.value_or(fixed ? 10000 : 300),
            .limit = fixed ? acsl::limit_of::category : acsl::limit_of::image,
            .type = type == "segm" ? acsl::iou_type::segm : acsl::iou_type::bbox,
            .with_curves = !curves.empty()};
  }
};

/// Prints the figures beside those of a file that --json wrote, which must have been made in the same way.
void print_comparison(nlohmann::ordered_json const& report, std::string const& path) {
  auto const other = acsl::read_json(path);
  for (char const* key : {"protocol", "iou_type"})
    if (auto const value = other.at(key); value.text() != report.at(key).get<std::string>())
      value.fail("is \"" + value.text() + "\", and this evaluation's is \"" + report.at(key).get<std::string>() +
                 "\": their figures cannot be compared");
  auto const figures = other.at("summary");
  std::printf("\n%s, %s: here, in %s, difference\n", report.at("protocol").get<std::string>().c_str(),
              report.at("iou_type").get<std::string>().c_str(), path.c_str());
  for (auto const& [key, value] : report.at("summary").items()) {
    double const here = value.get<double>() * 100, there = figures.at(key).number() * 100;
    std::printf("%-8s %8.2f %8.2f %+8.2f\n", key.c_str(), here, there, here - there);
  }
}

void run_proposals(eval_request const& request, acsl::cpu const& exec, acsl::annotation_set const& truth) {
  auto const results = acsl::load_results(exec, request.results, truth).results;
  auto const recall = request.max_dets ? acsl::evaluate_proposals(exec, truth, results, {*request.max_dets})
                                       : acsl::evaluate_proposals(exec, truth, results);
  std::printf("Recall of proposals (proposal_fast):\n%s", acsl::proposal_lines(recall).c_str());
  if (request.json.empty()) return;
  nlohmann::ordered_json report{{"ground_truth", request.annotations},
                                {"results", request.results},
                                {"iou_type", "proposal"},
                                {"protocol", "proposal_fast"}};
  for (std::size_t k = 0; k < recall.counts.size(); ++k)
    report["summary"]["AR@" + std::to_string(recall.counts[k])] = recall.average(k);
  report["counts"] = recall.counts;
  report["recall"] = recall.by_threshold;
  acsl::write_file_atomically(request.json, report.dump(1) + "\n");
}

void run_eval(eval_request const& request) {
  acsl::expect_outputs({request.json, request.per_category, request.curves},
                       {request.annotations, request.results, request.compare});
  acsl::cpu const exec(request.threads);
  auto const truth = acsl::load_annotations(exec, request.annotations, acsl::annotation_rules::evaluation);
  if (request.type == "proposal") return run_proposals(request, exec, truth);
  auto options = request.options();
  bool const segm = options.type == acsl::iou_type::segm;
  auto const list = acsl::load_results(exec, request.results, truth, options.type);
  auto const objects =
      segm ? acsl::load_object_masks(exec, request.annotations, truth) : std::vector<acsl::run_length_mask>();
  acsl::judged_masks const masks{list.areas, list.masks, objects};
  auto const evaluation = acsl::evaluate_lvis(exec, truth, list.results, options, masks);
  auto report = acsl::evaluation_json(evaluation);
  std::printf("Eval %s:\n%s", segm ? "Segm" : "Bbox", acsl::summary_table(evaluation).c_str());
  std::printf("\n%s", acsl::summary_row(evaluation).c_str());
  if (request.classwise) std::printf("\n%s", acsl::classwise_table(evaluation.categories).c_str());
  if (request.class_agnostic) {
    options.class_agnostic = true;
    auto const merged = acsl::evaluate_lvis(exec, truth, list.results, options, masks);
    report["class_agnostic_summary"] = acsl::summary_json(merged);
    std::printf("\nAll categories as one:\n%s", acsl::summary_table(merged).c_str());
  }
  if (!request.compare.empty()) print_comparison(report, request.compare);
  if (!request.json.empty()) {
    nlohmann::ordered_json whole{{"ground_truth", request.annotations}, {"results", request.results}};
    whole.update(report);
    acsl::write_file_atomically(request.json, whole.dump(1) + "\n");
  }
  if (!request.per_category.empty())
    acsl::write_file_atomically(request.per_category, acsl::per_category_table(evaluation));
  if (!request.curves.empty()) acsl::write_file_atomically(request.curves, acsl::curves_json(evaluation).dump() + "\n");
}

}  // namespace

void trainer::add_eval(CLI::App& app, int& status) {
  auto request = std::make_shared<eval_request>();
  auto* command = app.add_subcommand(
      "eval",
      "Judge a file of boxes or masks by the rules of LVIS: average precision (AP) and recall (AR).\n\n"
      "  acsl eval lvis_v0.5_val.json detections.bbox.json --json figures.json --per-category classes.csv\n\n"
      "RESULTS is a JSON list of {\"image_id\": 42, \"category_id\": 18, \"bbox\": [x, y, width, height], \"score\": "
      "0.87},\n"
      "as `acsl test --json-out` and the common detection toolkits write it, or of {\"segmentation\": {\"size\", "
      "\"counts\"}} instead of\n"
      "\"bbox\". Results count only where LVIS knows the\n"
      "answer: in images that hold the category or are verified not to. APr, APc and APf are the means over rare,\n"
      "common and frequent categories; -100.00% says that a figure has no value. The figures are those of the "
      "official\n"
      "LVIS tool.");
  command->add_option("ANNOTATIONS", request->annotations, "annotation file, LVIS v0.5 or v1.0 layout")
      ->required()
      ->check(some_name());
  command->add_option("RESULTS", request->results, "results to judge")->required()->check(some_name());
  command->add_option("--type", request->type, "what is compared: bbox, segm (masks), or proposal (recall of boxes)")
      ->check(CLI::IsMember({"bbox", "segm", "proposal"}))
      ->capture_default_str();
  command
      ->add_option("--protocol", request->protocol,
                   "lvis-300: the best 300 results of an image count; lvis-fixed: the best 10000 of a category in the "
                   "whole set")
      ->check(CLI::IsMember({"lvis-300", "lvis-fixed"}))
      ->default_str("lvis-300");
  command->add_option("--json", request->json, "write all figures there, per category too, in full precision")
      ->check(some_name());
  command
      ->add_option("--per-category,--per-class", request->per_category, "write a table of the categories there (CSV)")
      ->check(some_name());
  command->add_option("--curves", request->curves, "write precision over recall of every category there (JSON)")
      ->check(some_name());
  command->add_option("--compare", request->compare, "print the differences to a file that --json wrote")
      ->check(some_name());
  command
      ->add_option("--max-dets", request->max_dets,
                   "results that count per image, all categories together (lvis-fixed: per category; proposal: per "
                   "image); -1: all")
      ->check([](std::string const& text) { return text == "-1" ? std::string() : whole_number(1, INT64_MAX)(text); })
      ->default_str("300");
  command->add_flag("--classwise", request->classwise, "print the AP of every category, three side by side");
  command->add_flag("--class-agnostic,--classes-agnostic", request->class_agnostic,
                    "judge also with all categories as one");
  add_threads(*command, request->threads);
  command->callback([request, &status] {
    run_eval(*request);
    status = 0;
  });
}
