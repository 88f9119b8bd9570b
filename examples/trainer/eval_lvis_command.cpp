// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/backend/cpu.hpp>
#include <acsl/evaluation/evaluate_file.hpp>
#include <acsl/evaluation/per_class_lines.hpp>
#include <acsl/evaluation/summary_table.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cached_annotations.hpp"
#include "commands.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct lvis_request {
  std::string boxes, masks, annotations = "data/lvis/lvis_v0.5_val.json", per_class;
  int threads = 0;
};

void run_eval_lvis(lvis_request const& request) {
  acsl::expect_outputs({request.per_class}, {request.annotations, request.boxes, request.masks});
  acsl::cpu const exec(request.threads);
  auto const truth = cached_annotations(exec, request.annotations, acsl::annotation_rules::evaluation);
  auto const judge = [&](std::string const& results, acsl::iou_type type, char const* title) {
    if (results.empty()) return;
    auto const evaluation = acsl::evaluate_file(exec, truth, results, {.type = type});
    if (!request.per_class.empty()) acsl::write_file_atomically(request.per_class, acsl::per_class_lines(evaluation));
    std::printf("%s\n%s", title, acsl::summary_table(evaluation).c_str());
  };
  judge(request.boxes, acsl::iou_type::bbox, "Eval Bbox:");
  judge(request.masks, acsl::iou_type::segm, "Eval Segm:");
}

std::shared_ptr<lvis_request> add(CLI::App& app, int& status, char const* name, char const* about) {
  auto o = std::make_shared<lvis_request>();
  auto* command = app.add_subcommand(name, about);
  command->add_option("--boxjson", o->boxes, "results that are boxes, as `acsl test --json_out` writes them")
      ->check(some_name());
  command->add_option("--segjson", o->masks, "results that are masks")->check(some_name());
  command->add_option("--annotations", o->annotations, "what they are judged by, LVIS v0.5 or v1.0 layout")
      ->check(some_name())
      ->capture_default_str();
  add_threads(*command, o->threads);
  command->callback([o, &status, command] {
    bool const one_file = command->get_option_no_throw("--result_path") != nullptr;
    if (o->boxes.empty() && o->masks.empty())
      throw CLI::ValidationError(command->get_name(), "--boxjson or --segjson is wanted");
    if (one_file && !o->boxes.empty() && !o->masks.empty())
      throw CLI::ValidationError(command->get_name(), "one file holds the lines of --boxjson or of --segjson");
    run_eval_lvis(*o);
    status = 0;
  });
  return o;
}

}  // namespace

void add_eval_lvis(CLI::App& app, int& status) {
  add(app, status, "eval_lvis",
      "The original's tools/eval_lvis.py: print the LVIS table of results.\n\n"
      "  acsl eval_lvis --boxjson results.bbox.json                    against data/lvis/lvis_v0.5_val.json\n"
      "  acsl eval_lvis --boxjson results.bbox.json --annotations lvis_v1_val.json\n\n"
      "`acsl eval` has the same figures, and writes them to files as well.");
}

void add_eval_lvis_per_class(CLI::App& app, int& status) {
  auto const o = add(app, status, "eval_lvis_per_class",
                     "The original's tools/eval_lvis_per_class.py: write the average precision of every category.\n\n"
                     "  acsl eval_lvis_per_class --boxjson results.bbox.json --result_path per_class.txt\n\n"
                     "A line per category by ascending id, 1,230 for LVIS v0.5: AP as a fraction, in the shortest form "
                     "that reads back\n"
                     "to the same number, or -1 where the annotations have no object. Also prints the LVIS table.\n"
                     "`acsl eval --per-category` writes a table with names and more columns.");
  app.get_subcommand("eval_lvis_per_class")
      ->add_option("--result_path", o->per_class, "the file to write")
      ->required()
      ->check(some_name());
}

}  // namespace trainer
