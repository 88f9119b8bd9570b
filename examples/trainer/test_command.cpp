// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/evaluation/result_pickle.hpp>
#include <acsl/evaluation/result_writer.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <acsl/evaluation/summary_table.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <cstdio>
#include <memory>

#include "command_options.hpp"
#include "commands.hpp"
#include "inference.hpp"
#include "option_checks.hpp"
#include "show_detections.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct test_request {
  std::string config, checkpoint, out, json_out, show, split = "val";
  std::vector<std::string> settings, evaluations;
  double show_threshold = 0.5;
  int threads = 0;
};

void run_test(test_request const& request) {
  auto const config = configuration_of(request.config, request.settings);
  auto const images = load_test_split(config, !request.evaluations.empty(), request.split == "train");
  // Whatever can fail afterwards is tried before the long work.
  std::vector<std::filesystem::path> inputs = {request.config, request.checkpoint, images.annotations.file};
  for (acsl::index_t i = 0; i < images.images.size(); ++i) inputs.push_back(images.images.file_of(i));
  acsl::expect_outputs({request.out, request.json_out}, inputs);
  if (!request.show.empty()) make_picture_folder(request.show, images);
  if (!request.evaluations.empty()) acsl::require_frequencies(images.annotations);
  auto const model = load_detector(config, request.checkpoint, images.annotations);
  acsl::cpu exec(request.threads);
  auto const found = detect_all(*model, exec, config, images);
  if (!request.out.empty())
    acsl::write_result_pickle(request.out, found, static_cast<acsl::index_t>(images.annotations.categories.size()));
  if (!request.json_out.empty()) acsl::write_results(request.json_out, acsl::results_of(found, images.annotations));
  if (!request.show.empty()) show_detections(request.show, images, found, static_cast<float>(request.show_threshold));
  if (!request.evaluations.empty())
    std::printf("Eval Bbox:\n%s", acsl::summary_table(evaluate(exec, found, images)).c_str());
}

}  // namespace

void add_test(CLI::App& app, int& status) {
  auto o = std::make_shared<test_request>();
  auto* command = app.add_subcommand(
      "test",
      "Run a trained detector over a split; write, evaluate or draw what it finds.\n\n"
      "  acsl test configs/coco128/faster_rcnn_r18_fpn.toml runs/r18/latest.safetensors --set data.root=coco128 \\\n"
      "      --eval bbox --show pictures\n\n"
      "At least one of --out, --json-out, --eval and --show says what to do with the detections.");
  command->add_option("CONFIG", o->config, "configuration file (TOML)")->required()->check(some_name());
  command->add_option("CHECKPOINT", o->checkpoint, "weights: a checkpoint of `acsl train`, or one of PyTorch (.pth)")
      ->required()
      ->check(some_name());
  command
      ->add_option("--set", o->settings, "key=value over the file, as often as wanted: --set test.score_threshold=0.05")
      ->allow_extra_args(false);
  command->add_option("--split", o->split, "val, or train: the photographs it learned from")
      ->check(CLI::IsMember({"train", "val"}));
  command->add_option("--out", o->out, "pickle of NumPy arrays, images x classes, for Python tools (.pkl or .pickle)")
      ->check([](std::string const& name) {
        return name.ends_with(".pkl") || name.ends_with(".pickle") ? std::string() : "ends in .pkl or .pickle: " + name;
      });
  command->add_option("--json-out", o->json_out, "results in the layout of COCO and LVIS, for `acsl eval`")
      ->check(some_name());
  command->add_option("--eval", o->evaluations, "bbox: print the LVIS table")->check(CLI::IsMember({"bbox"}));
  command
      ->add_option("--show", o->show,
                   "folder for pictures with boxes, names and scores; of boxes that lie on each other, the best")
      ->check(some_name());
  command->add_option("--show-threshold", o->show_threshold, "score from which a detection is drawn")
      ->check(share())
      ->capture_default_str();
  add_threads(*command, o->threads);
  command->callback([o, &status] {
    if (o->out.empty() && o->json_out.empty() && o->show.empty() && o->evaluations.empty())
      throw CLI::ValidationError("acsl test", "at least one of --out, --json-out, --eval and --show is wanted");
    run_test(*o);
    status = 0;
  });
}

}  // namespace trainer
