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
#include "scale_option.hpp"
#include "show_detections.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct test_request {
  std::string config, checkpoint, out, json_out, show, split = "val";
  std::vector<std::string> settings, evaluations;
  std::vector<acsl::image_scale> scales;
  std::string tau;
  bool flip = false;
  double show_threshold = 0.5;
  int threads = 0;
};

/// Options that stand for keys of the configuration.
std::vector<std::string> settings_of(test_request const& request) {
  auto settings = request.settings;
  if (request.flip) settings.push_back("test.flip=true");
  if (!request.tau.empty()) {
    settings.push_back("test.correction=tau_normalisation");
    settings.push_back("test.correction_parameters=[\"tau=" + request.tau + "\", \"background=1\"]");
  }
  std::string more_long, more_short;
  for (std::size_t i = 0; i < request.scales.size(); ++i) {
    auto const long_side = std::to_string(request.scales[i].long_side);
    auto const short_side = std::to_string(request.scales[i].short_side);
    if (i == 0) {
      settings.push_back("test.long_side=" + long_side);
      settings.push_back("test.short_side=" + short_side);
    }
    more_long += (i > 1 ? ", " : "") + (i > 0 ? long_side : "");
    more_short += (i > 1 ? ", " : "") + (i > 0 ? short_side : "");
  }
  if (!request.scales.empty()) {
    settings.push_back("test.more_long_sides=[" + more_long + "]");
    settings.push_back("test.more_short_sides=[" + more_short + "]");
  }
  return settings;
}

/// "found.json" of a stage: "found.stage0.json".
std::string of_stage(std::string const& file, std::size_t stage) {
  auto const name = "stage" + std::to_string(stage);
  std::filesystem::path const path = file;
  return (path.parent_path() / (path.stem().string() + "." + name + path.extension().string())).string();
}

/// Stages whose own detections are kept.
std::size_t kept_stages(acsl::configuration const& config) {
  auto const stages = config.box_head.iou_thresholds.size();
  return config.test.keep_all_stages && stages > 1 ? stages : 0;
}

void expect_outputs_of(test_request const& request, std::size_t stages, split const& images) {
  std::vector<std::filesystem::path> inputs = {request.config, request.checkpoint, images.annotations.file};
  for (acsl::index_t i = 0; i < images.images.size(); ++i) inputs.push_back(images.images.file_of(i));
  std::vector<std::filesystem::path> outputs = {request.out, request.json_out};
  for (std::size_t i = 0; i < stages && !request.json_out.empty(); ++i)
    outputs.push_back(of_stage(request.json_out, i));
  acsl::expect_outputs(outputs, inputs);
  if (!request.show.empty()) make_picture_folder(request.show, images);
}

void write_pickle(std::string const& file, acsl::detection_results found, acsl::index_t classes) {
  if (found.stages.empty()) return acsl::write_result_pickle(file, found.ensemble, classes);
  acsl::named_detections named;
  for (std::size_t i = 0; i < found.stages.size(); ++i)
    named.emplace_back("stage" + std::to_string(i), std::move(found.stages[i]));
  named.emplace_back("ensemble", std::move(found.ensemble));
  acsl::write_stage_pickle(file, named, classes);
}

void run_test(test_request const& request) {
  auto const config = configuration_of(request.config, settings_of(request));
  auto const images = load_test_split(config, !request.evaluations.empty(), request.split == "train");
  auto const stages = kept_stages(config);
  expect_outputs_of(request, stages, images);  // whatever can fail afterwards is tried before the long work
  if (!request.evaluations.empty()) acsl::require_frequencies(images.annotations);
  auto const model = load_detector(config, request.checkpoint, images.annotations);
  acsl::cpu exec(request.threads);
  auto found = detect_all(*model, exec, config, images);
  auto const conclude = [&](found_objects const& objects, std::string const& json, std::string const& whose) {
    if (!json.empty()) acsl::write_results(json, acsl::results_of(objects, images.annotations));
    if (!request.evaluations.empty())
      std::printf("Eval Bbox%s:\n%s", whose.c_str(), acsl::summary_table(evaluate(exec, objects, images)).c_str());
  };
  for (std::size_t i = 0; i < stages; ++i)
    conclude(found.stages[i], request.json_out.empty() ? "" : of_stage(request.json_out, i),
             " of stage " + std::to_string(i));
  conclude(found.ensemble, request.json_out, stages > 0 ? " of all stages" : "");
  if (!request.show.empty())
    show_detections(request.show, images, found.ensemble, static_cast<float>(request.show_threshold));
  if (!request.out.empty())
    write_pickle(request.out, std::move(found), static_cast<acsl::index_t>(images.annotations.categories.size()));
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
  command->add_flag("--flip", o->flip, "every view mirrored, too; scores and boxes are averaged: test.flip");
  add_scales(*command, o->scales, "an image fits into so many pixels; several: what all sizes say is averaged");
  command
      ->add_option("--tau", o->tau, "rows of the classifier are divided by their norm to this power, background's too")
      ->type_name("FLOAT")
      ->check(CLI::PositiveNumber);
  add_threads(*command, o->threads);
  command->callback([o, &status] {
    if (o->out.empty() && o->json_out.empty() && o->show.empty() && o->evaluations.empty())
      throw CLI::ValidationError("acsl test", "at least one of --out, --json-out, --eval and --show is wanted");
    run_test(*o);
    status = 0;
  });
}

}  // namespace trainer
