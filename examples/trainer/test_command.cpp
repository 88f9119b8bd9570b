// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/core/file_error.hpp>
#include <acsl/evaluation/result_pickle.hpp>
#include <acsl/evaluation/result_writer.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <acsl/evaluation/summary_table.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_options.hpp"
#include "commands.hpp"
#include "inference.hpp"
#include "launcher_options.hpp"
#include "option_checks.hpp"
#include "scale_option.hpp"
#include "show_detections.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

struct test_request {
  std::string config, checkpoint, out, json_out, json_prefix, show, split = "val";
  std::vector<std::string> settings, evaluations;
  std::vector<acsl::image_scale> scales;
  std::string tau;
  bool flip = false, select_tail = false;
  double show_threshold = 0.5;
  int threads = 0;
};

/// Options that stand for keys of the configuration.
std::vector<std::string> settings_of(test_request const& request) {
  auto settings = request.settings;
  if (request.flip) settings.push_back("test.flip=true");
  if (!request.tau.empty() && std::stod(request.tau) > 0) {
    settings.push_back("test.correction=tau_normalisation");
    settings.push_back(std::string("test.correction_mode=") + (request.select_tail ? "select" : "all"));
    settings.push_back("test.correction_parameters=[\"tau=" + request.tau +
                       (request.select_tail ? "\"]" : "\", \"background=1\"]"));
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
std::string of_stage(std::string const& file, std::string const& stage) {
  std::filesystem::path const path = file;
  return (path.parent_path() / (path.stem().string() + "." + stage + path.extension().string())).string();
}
std::string stage_name(std::size_t stage) { return "stage" + std::to_string(stage); }

/// Where detections go as JSON: those of a stage, of all stages where each is kept ("ensemble"), of a detector ("").
/// The files of --json_out, and of --out with --eval, are named as the original names them.
std::vector<std::string> json_files(test_request const& request, std::string const& stage) {
  std::string suffix = ".bbox.json", prefix = request.json_prefix;
  if (!stage.empty()) suffix.insert(0, "." + stage);
  std::vector<std::string> files;
  if (!request.json_out.empty())
    files.push_back(stage.starts_with("stage") ? of_stage(request.json_out, stage) : request.json_out);
  if (prefix.ends_with(".json")) prefix.resize(prefix.size() - 5);
  if (!prefix.empty()) files.push_back(prefix + suffix);
  if (!request.out.empty() && !request.evaluations.empty()) files.push_back(request.out + suffix);
  return files;
}

/// Stages whose own detections are kept.
std::size_t kept_stages(acsl::configuration const& config) {
  auto const stages = config.box_head.iou_thresholds.size();
  return config.test.keep_all_stages && stages > 1 ? stages : 0;
}

void expect_outputs_of(test_request const& request, std::size_t stages, split const& images) {
  std::vector<std::filesystem::path> inputs = {request.config, request.checkpoint, images.annotations.file};
  for (acsl::index_t i = 0; i < images.images.size(); ++i) inputs.push_back(images.images.file_of(i));
  std::vector<std::filesystem::path> outputs = {request.out};
  for (std::size_t i = 0; i <= stages; ++i)
    for (auto const& file : json_files(request, i < stages ? stage_name(i) : stages > 0 ? "ensemble" : ""))
      outputs.emplace_back(file);
  acsl::expect_outputs(outputs, inputs);
  if (!request.show.empty()) make_picture_folder(request.show, images);
}

void write_pickle(std::string const& file, acsl::detection_results found, acsl::index_t classes) {
  if (found.stages.empty()) return acsl::write_result_pickle(file, found.ensemble, classes);
  acsl::named_detections named;
  for (std::size_t i = 0; i < found.stages.size(); ++i) named.emplace_back(stage_name(i), std::move(found.stages[i]));
  named.emplace_back("ensemble", std::move(found.ensemble));
  acsl::write_stage_pickle(file, named, classes);
}

void run_test(test_request const& request) {
  auto const config = configuration_of(request.config, settings_of(request));
  auto const images = load_test_split(config, !request.evaluations.empty(), request.split == "train");
  auto const stages = kept_stages(config);
  expect_outputs_of(request, stages, images);  // whatever can fail afterwards is tried before the long work
  if (!request.evaluations.empty()) acsl::require_frequencies(images.annotations);
  std::optional<acsl::class_statistics> training;
  if (request.select_tail) {
    if (config.box_head.iou_thresholds.size() > 1)
      throw acsl::file_error(request.config, "is a cascade, and the choice between two heads is made for one box head");
    training = statistics_of(training_annotations(config));
  }
  auto const model = load_detector(config, request.checkpoint, images.annotations, training ? &*training : nullptr);
  acsl::cpu exec(request.threads);
  auto found = detect_all(*model, exec, config, images);
  auto const conclude = [&](found_objects const& objects, std::string const& stage) {
    auto const files = json_files(request, stage);
    if (!files.empty()) {
      auto const results = acsl::results_of(objects, images.annotations);
      for (auto const& file : files) acsl::write_results(file, results);
    }
    std::string const whose = stage.empty()         ? ""
                              : stage == "ensemble" ? " of all stages"
                                                    : " of stage " + stage.substr(5);
    if (!request.evaluations.empty())
      std::printf("Eval Bbox%s:\n%s", whose.c_str(), acsl::summary_table(evaluate(exec, objects, images)).c_str());
  };
  for (std::size_t i = 0; i < stages; ++i) conclude(found.stages[i], stage_name(i));
  conclude(found.ensemble, stages > 0 ? "ensemble" : "");
  if (!request.show.empty())
    show_detections(request.show, images, found.ensemble, static_cast<float>(request.show_threshold));
  if (!request.out.empty())
    write_pickle(request.out, std::move(found), static_cast<acsl::index_t>(images.annotations.categories.size()));
}

}  // namespace

namespace {

/// A sub-command that detects.
/// @param tail_head what `acsl test_lvis_tnorm` does: two heads, one of them for the tail
void add_detecting(CLI::App& app, int& status, char const* name, char const* about, bool tail_head) {
  auto o = std::make_shared<test_request>();
  o->select_tail = tail_head;
  o->tau = tail_head ? "1.0" : "0";
  auto* command = app.add_subcommand(name, about);
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
      ->check(pickle_name());
  command->add_option("--json-out", o->json_out, "results in the layout of COCO and LVIS, for `acsl eval`")
      ->check(some_name());
  command
      ->add_option("--json_out", o->json_prefix,
                   "the same under the original's names: P.bbox.json (a .json at the end of P is taken off), of stages "
                   "that are kept P.stage0.bbox.json, ..., P.ensemble.bbox.json")
      ->type_name("P")
      ->check(some_name());
  command
      ->add_option("--eval", o->evaluations,
                   "bbox: print the LVIS table, and with --out F write F.bbox.json as the original does")
      ->check(CLI::IsMember({"bbox"}));
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
      ->add_option("--tau", o->tau,
                   tail_head ? "rows of the second classifier are divided by their norm to this power, all but "
                               "background's"
                             : "rows of the classifier are divided by their norm to this power, background's too; 0: "
                               "off")
      ->type_name("FLOAT")
      ->check(tail_head ? number_within(1e-6, 10, "a number from 1e-6 to 10")
                        : number_within(0, 10, "a number from 0 to 10"))
      ->capture_default_str();
  add_launcher_options_of_tests(*command);
  add_threads(*command, o->threads);
  command->callback([o, &status, command] {
    if (o->out.empty() && o->json_out.empty() && o->json_prefix.empty() && o->show.empty() && o->evaluations.empty())
      throw CLI::ValidationError("acsl " + command->get_name(),
                                 "at least one of --out, --json-out, --json_out, --eval and --show is wanted");
    run_test(*o);
    status = 0;
  });
}

}  // namespace

void add_test(CLI::App& app, int& status) {
  add_detecting(
      app, status, "test",
      "Run a trained detector over a split; write, evaluate or draw what it finds.\n\n"
      "  acsl test configs/coco128/faster_rcnn_r18_fpn.toml runs/r18/latest.safetensors --set data.root=coco128 \\\n"
      "      --eval bbox --show pictures\n\n"
      "At least one of --out, --json-out, --json_out, --eval and --show says what to do with the detections.",
      false);
}

void add_test_lvis_tnorm(CLI::App& app, int& status) {
  add_detecting(
      app, status, "test_lvis_tnorm",
      "What the original's tools/test_lvis_tnorm.py was meant to do: `acsl test` with a second head for the tail.\n\n"
      "  acsl test_lvis_tnorm configs/baselines/faster_rcnn_r50_fpn_1x_lvis.toml R50-baseline.pth --tau 1.0 --eval "
      "bbox\n\n"
      "The second head is the first with the rows of its classifier, but for background's, divided by their norm to "
      "the "
      "power\n"
      "tau. A region whose best class is no background in the first, and in the second a tail class (fewer than 100 "
      "training\n"
      "boxes, the original's mask.pt), gets the scores of the second. The counts are those of the checkpoint, or of\n"
      "data.train_annotations where it has none (.pth). For detectors with one box head.",
      true);
}

}  // namespace trainer
