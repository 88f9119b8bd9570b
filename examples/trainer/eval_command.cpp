// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "cached_annotations.hpp"
#include "commands.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"

#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/classwise_table.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/evaluation/object_masks.hpp>
#include <acsl/evaluation/proposal_recall.hpp>
#include <acsl/evaluation/proposal_report.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json.hpp>
#include <acsl/io/json_text.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using trainer::some_name, trainer::whole_number;

struct eval_request {
  std::string annotations, results, type = "bbox", protocol = "lvis-300", json, per_category, curves, compare;
  std::optional<acsl::index_t> max_dets;
  bool class_agnostic = false, classwise = false;
  int threads = 0;

  [[nodiscard]] acsl::evaluation_options options() const {
    auto result = protocol == "coco-100"     ? acsl::coco_100
                  : protocol == "lvis-fixed" ? acsl::lvis_fixed
                                             : acsl::lvis_300;
    result.max_dets = max_dets.value_or(result.max_dets);
    result.type = type == "segm" ? acsl::iou_type::segm : acsl::iou_type::bbox;
    result.with_curves = !curves.empty();
    return result;
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

/// Prints differences to a file, and writes one, where they are asked for.
void conclude(eval_request const& request, nlohmann::ordered_json const& report) {
  if (!request.compare.empty()) print_comparison(report, request.compare);
  if (request.json.empty()) return;
  nlohmann::ordered_json whole{{"ground_truth", request.annotations}, {"results", request.results}};
  whole.update(report);
  acsl::write_file_atomically(request.json, acsl::json_text(whole));
}

void run_proposals(eval_request const& request, acsl::cpu const& exec) {
  auto const truth = trainer::cached_annotations(exec, request.annotations,
                                                 acsl::annotation_rules::coco_evaluation);  // labels play no part
  auto const proposals = acsl::load_proposals(exec, request.results, truth);
  auto const recall = request.max_dets ? acsl::evaluate_proposals(exec, truth, proposals, {*request.max_dets})
                                       : acsl::evaluate_proposals(exec, truth, proposals);
  std::printf("Recall of proposals (proposal_fast):\n%s", acsl::proposal_lines(recall).c_str());
  conclude(request, acsl::proposal_json(recall));
}

void run_eval(eval_request const& request) {
  acsl::expect_outputs({request.json, request.per_category, request.curves},
                       {request.annotations, request.results, request.compare});
  acsl::cpu const exec(request.threads);
  if (request.type == "proposal") return run_proposals(request, exec);
  auto options = request.options();
  bool const segm = options.type == acsl::iou_type::segm;
  auto const truth = trainer::cached_annotations(exec, request.annotations,
                                                 options.rules == acsl::evaluation_rules::coco
                                                     ? acsl::annotation_rules::coco_evaluation
                                                     : acsl::annotation_rules::evaluation);
  auto const list = acsl::load_results(exec, request.results, truth, options);
  auto const objects =
      segm ? acsl::load_object_masks(exec, request.annotations, truth) : std::vector<acsl::run_length_mask>();
  acsl::judged_masks const masks{list.areas, list.masks, objects};
  auto const evaluation = acsl::evaluate_detections(exec, truth, list.results, options, masks);
  auto report = acsl::evaluation_json(evaluation);
  std::printf("Eval %s:\n%s", segm ? "Segm" : "Bbox", acsl::summary_table(evaluation).c_str());
  std::printf("\n%s", acsl::summary_row(evaluation).c_str());
  if (request.classwise) std::printf("\n%s", acsl::classwise_table(evaluation.categories).c_str());
  if (request.class_agnostic) {
    options.class_agnostic = true;
    auto const merged = acsl::evaluate_detections(exec, truth, list.results, options, masks);
    report["class_agnostic_summary"] = acsl::summary_json(merged);
    std::printf("\nAll categories as one (%s):\n%s", options.protocol().c_str(), acsl::summary_table(merged).c_str());
  }
  conclude(request, report);
  if (!request.per_category.empty())
    acsl::write_file_atomically(request.per_category, acsl::per_category_table(evaluation));
  if (!request.curves.empty())
    acsl::write_file_atomically(request.curves, acsl::json_text(acsl::curves_json(evaluation)));
}

/// Options that say something only together with others.
void expect_sense(eval_request const& request, CLI::App const& command) {
  bool const proposals = request.type == "proposal";
  for (char const* option : {"--protocol", "--per-category", "--curves", "--class-agnostic"})
    if (proposals && command.count(option) > 0)
      throw CLI::ValidationError(option, "says nothing about --type proposal, whose protocol is proposal_fast");
  if (!proposals && request.protocol == "coco-100" && request.max_dets && *request.max_dets > 0 &&
      *request.max_dets <= 10)
    throw CLI::ValidationError("--max-dets", "above 10 with coco-100, as recalls at 1 and 10 belong to its figures");
}

}  // namespace

void trainer::add_eval(CLI::App& app, int& status) {
  auto request = std::make_shared<eval_request>();
  auto* command = app.add_subcommand(
      "eval",
      "Judge a file of boxes or masks by the rules of LVIS or COCO: average precision (AP) and recall (AR).\n\n"
      "  acsl eval lvis_v0.5_val.json detections.bbox.json --json figures.json --per-category classes.csv\n"
      "  acsl eval instances_val2017.json detections.bbox.json --protocol coco-100\n\n"
      "RESULTS is a JSON list of {\"image_id\": 42, \"category_id\": 18, \"bbox\": [x, y, width, height], \"score\": "
      "0.87},\n"
      "as `acsl test --json-out` and the common detection toolkits write it, or of {\"segmentation\": {\"size\", "
      "\"counts\"}} instead of\n"
      "\"bbox\"; or a pickle of boxes, as `acsl test --out` writes it. By LVIS's rules results count only where LVIS "
      "knows "
      "the\n"
      "answer: in images that hold the category or are verified not to. APr, APc and APf are the means over rare,\n"
      "common and frequent categories; -100.00% says that a figure has no value. The figures are those of the "
      "official\n"
      "tools to the last bit. docs/evaluation.md says more.");
  command->add_option("ANNOTATIONS", request->annotations, "annotation file, LVIS v0.5 or v1.0 layout, or COCO")
      ->required()
      ->check(some_name());
  command->add_option("RESULTS", request->results, "results to judge")->required()->check(some_name());
  command->add_option("--type", request->type, "what is compared: bbox, segm (masks), or proposal (recall of boxes)")
      ->check(CLI::IsMember({"bbox", "segm", "proposal"}))
      ->capture_default_str();
  command
      ->add_option("--protocol", request->protocol,
                   "lvis-300: the best 300 results of an image count; lvis-fixed: the best 10000 of a category in the "
                   "whole set; coco-100: COCO's rules, the best 100 of an image and category")
      ->check(CLI::IsMember({"lvis-300", "lvis-fixed", "coco-100"}))
      ->capture_default_str();
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
      ->add_option(
          "--max-dets", request->max_dets,
          "results that count per image, all categories together (lvis-fixed: per category; coco-100: per image "
          "and category; proposal: per image); -1: all")
      ->check([](std::string const& text) {
        return text == "-1" || whole_number(1, INT64_MAX)(text).empty()
                   ? std::string()
                   : "-1, for all, or a whole number from 1 on is wanted, found \"" + text + "\"";
      })
      ->default_str("as the protocol says");
  command->add_flag("--classwise", request->classwise, "print the AP of every category, three side by side");
  command->add_flag("--class-agnostic,--classes-agnostic", request->class_agnostic,
                    "judge also with all categories as one");
  add_threads(*command, request->threads);
  command->callback([request, command, &status] {
    expect_sense(*request, *command);
    run_eval(*request);
    status = 0;
  });
}
