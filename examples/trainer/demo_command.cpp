// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/json_text.hpp>
#include <acsl/training/configuration_file.hpp>
#include <chrono>
#include <cstdio>
#include <demo_configurations.hpp>
#include <filesystem>
#include <memory>

#include "command_options.hpp"
#include "commands.hpp"
#include "inference.hpp"
#include "option_checks.hpp"
#include "show_detections.hpp"
#include "synthesise.hpp"
#include "threads_option.hpp"
#include "training_run.hpp"

namespace trainer {
namespace {

struct demo_request {
  std::string out = "demo-out";
  acsl::index_t seed = 1;
  std::vector<std::string> settings;
  int threads = 0;
};

/// One row of the demo's table.
struct demo_stage {
  std::string name;
  acsl::configuration config;
  acsl::detection_evaluation figures;
};

demo_stage stage_of(std::string const& name, char const* toml, demo_request const& request) {
  std::string const file = "configs/demo/" + name + ".toml";
  acsl::configuration config;
  acsl::configuration_origins origins;
  acsl::apply_configuration(toml, file, config, &origins);
  config.data.root = (std::filesystem::path(request.out) / "data").string();
  config.training.seed = request.seed;
  return {name, with_settings(std::move(config), request.settings, file, std::move(origins)), {}};
}

/// Trains a stage, or goes on with it where an earlier call was interrupted; then judges and draws what it finds.
/// @return false when training was interrupted
bool run_stage(demo_stage& stage, demo_request const& request) {
  auto const work_dir = std::filesystem::path(request.out) / stage.name;
  std::printf("\n== %s\n", stage.name.c_str());
  training_request training{stage.config, work_dir, {}, false, request.threads};
  if (std::filesystem::exists(work_dir / "latest.safetensors")) training.resume_from = work_dir / "latest.safetensors";
  if (run_training(training) == acsl::train_outcome::interrupted) return false;

  auto const images = load_test_split(stage.config, true);
  auto const model = load_detector(stage.config, work_dir / "latest.safetensors", images.annotations);
  acsl::cpu exec(request.threads);
  auto const found = detect_all(*model, exec, stage.config, images).ensemble;
  stage.figures = evaluate(exec, found, images);
  show_detections(work_dir / "pictures", images, found, 0.5F);
  return true;
}

std::string row(demo_stage const& stage) {
  auto const& s = stage.figures.summary;
  char text[128];
  std::snprintf(text, sizeof text, "%-9s | %5.1f | %5.1f | %5.1f | %5.1f | %5.1f\n", stage.name.c_str(), 100 * s.ap,
                100 * s.ap50, 100 * s.ap_rare, 100 * s.ap_common, 100 * s.ap_frequent);
  return text;
}

void report(std::vector<demo_stage> const& stages, demo_request const& request, double seconds) {
  nlohmann::ordered_json results{{"seed", request.seed}, {"seconds", seconds}};
  std::string table =
      "\n          |    AP |  AP50 |   APr |   APc |   APf\n----------|-------|-------|-------|-------|------\n";
  for (auto const& stage : stages) {
    results[stage.name] = acsl::summary_json(stage.figures);
    table += row(stage);
  }
  std::filesystem::path const out = request.out;
  acsl::write_file_atomically(out / "results.json", acsl::indented_json_text(results));
  std::printf("%s\nAP in percent over IoU 0.50 to 0.95; r, c, f: rare, common and frequent categories.\n",
              table.c_str());
  std::printf("%s/: results.json, data/, and for each stage checkpoints, log.jsonl, config.toml and pictures/\n",
              out.string().c_str());
}

int run_demo(demo_request const& request) {
  auto const begin = std::chrono::steady_clock::now();
  // Both configurations are read before any work, so that a wrong setting is told at once.
  std::vector<demo_stage> stages{stage_of("baseline", demo_baseline_toml, request),
                                 stage_of("acsl", demo_acsl_toml, request)};
  std::filesystem::path const out = request.out;
  stages[1].config.training.load_from = (out / "baseline" / "latest.safetensors").string();
  synthesise((out / "data").string(), {.seed = static_cast<std::uint64_t>(request.seed)}, false, request.threads,
             "name another folder with --out");
  for (auto& stage : stages)
    if (!run_stage(stage, request)) {
      std::printf("the same command goes on from here\n");
      return 130;
    }
  report(stages, request, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  return 0;
}

}  // namespace

void add_demo(CLI::App& app, int& status) {
  auto o = std::make_shared<demo_request>();
  auto* command =
      app.add_subcommand("demo",
                         "What the adaptive class suppression loss does, in a few minutes and without any data.\n\n"
                         "Makes a synthetic long-tail data set, trains a softmax baseline, fine-tunes its classifier "
                         "with the loss while all\n"
                         "else is frozen (the recipe of the paper), evaluates both on the validation split and draws "
                         "their detections. A demo\n"
                         "that was interrupted goes on where it stopped when it is called again.");
  command->add_option("--out", o->out, "folder for everything")->check(some_name())->capture_default_str();
  command->add_option("--seed", o->seed, "seed of every random number")->check(seed_number())->capture_default_str();
  command->add_option("--set", o->settings, "key=value over both stages' configurations")->allow_extra_args(false);
  add_threads(*command, o->threads);
  command->callback([o, &status] { status = run_demo(*o); });
}

}  // namespace trainer
