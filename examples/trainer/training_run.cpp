// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "training_run.hpp"

#include "any_detector.hpp"
#include "data_set.hpp"
#include "inference.hpp"

#include <acsl/data/loader.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/configuration_file.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <csignal>
#include <cstdio>

namespace trainer {
namespace {

std::atomic<bool> stop_asked{false};
extern "C" void ask_to_stop(int) { stop_asked = true; }

void make_work_dir(std::filesystem::path const& work_dir, acsl::configuration const& config) {
  std::error_code problem;
  std::filesystem::create_directories(work_dir, problem);
  if (problem) throw acsl::file_error(work_dir.string(), "cannot be made: " + problem.message());
  acsl::write_file_atomically(work_dir / "config.toml", std::string_view(acsl::to_toml(config)));
}

void tell(acsl::load_report const& report, std::string const& file) {
  std::printf("loaded %ld arrays from %s\n", static_cast<long>(report.loaded), file.c_str());
  for (auto const& name : report.mismatched) std::printf("  not loaded, another shape: %s\n", name.c_str());
  for (auto const& name : report.missing) std::printf("  not in the file: %s\n", name.c_str());
  for (auto const& name : report.unexpected) std::printf("  unknown to the model: %s\n", name.c_str());
}

}  // namespace

acsl::train_outcome run_training(training_request const& request) {
  auto const& config = request.config;
  auto const& t = config.training;
  auto const train = load_training_split(config);
  acsl::require_frequencies(train.annotations);
  auto const classes = statistics_of(train.annotations);
  make_work_dir(request.work_dir, config);

  auto model = make_detector(config, classes);
  auto const seed = static_cast<std::uint64_t>(t.seed);
  model->initialise(acsl::random_key{seed});
  acsl::sgd optimizer({.momentum = t.momentum, .weight_decay = t.weight_decay});
  acsl::checkpoint_state state;
  state.seed = seed;
  acsl::training_log log(request.work_dir / "log.jsonl");
  if (!request.resume_from.empty()) {
    state = acsl::resume_checkpoint(request.resume_from, *model, optimizer);
    if (state.seed != seed)
      throw acsl::file_error(request.resume_from.string(), "was made with seed " + std::to_string(state.seed) +
                                                               ", the configuration says " + std::to_string(seed));
    log.write({{"mode", "resume"}, {"epoch", state.epoch + 1}, {"iter", state.iteration}, {"step", state.step}});
  } else if (!t.load_from.empty()) {
    tell(acsl::load_weights(t.load_from, *model), t.load_from);
  }
  state.configuration = acsl::to_toml(config);
  state.classes.clear();
  for (auto const& category : train.annotations.categories) state.classes += category.name + "\n";
  acsl::train_only(*model, t.train_only);

  acsl::cpu exec(request.threads);
  acsl::loader source(train.images, acsl::aspect_sampler(train.images.aspect_flags(), config.data.batch_size, seed),
                      pipeline_of(config, true),
                      {.workers = static_cast<int>(config.data.workers),
                       .epochs = t.epochs,
                       .seed = seed,
                       .cache_bytes = static_cast<std::size_t>(config.data.cache_mib) << 20,
                       .memory = exec.memory()});
  acsl::progress display;
  acsl::trainer_options options;
  options.epochs = t.epochs;
  options.max_iterations = t.max_iterations;
  options.lr = {t.lr, t.steps, t.gamma, t.warmup, t.warmup_ratio};
  options.clip = t.clip;
  options.checkpoint_epochs = t.checkpoint_epochs;
  options.checkpoint_iterations = t.checkpoint_iterations;
  options.log_every = t.log_every;
  options.work_dir = request.work_dir;
  options.stop = &stop_asked;
  std::optional<split> validation;
  if (request.validate) {
    validation.emplace(load_test_split(config));
    options.after_epoch = [&](acsl::index_t epoch) {
      if (epoch % t.validate_epochs != 0 && epoch != t.epochs) return;
      display.finish();
      auto const found = detect_all(*model, exec, config, *validation);
      auto const summary = evaluate(exec, found, *validation);
      log.write(validation_line(epoch, summary));
      std::printf("epoch %ld validation: %s\n", static_cast<long>(epoch), short_summary(summary).c_str());
      std::fflush(stdout);
    };
  }
  std::printf("%ld images, %ld classes, %ld iterations an epoch, %d threads; work dir %s\n",
              static_cast<long>(train.images.size()), static_cast<long>(classes.classes()),
              static_cast<long>(source.batches_per_epoch()), exec.threads(), request.work_dir.string().c_str());
  stop_asked = false;
  auto const old_interrupt = std::signal(SIGINT, ask_to_stop), old_terminate = std::signal(SIGTERM, ask_to_stop);
  auto const outcome = acsl::train(exec, *model, source, optimizer, std::move(state), options, log, display);
  std::signal(SIGINT, old_interrupt);
  std::signal(SIGTERM, old_terminate);
  display.finish();
  if (outcome == acsl::train_outcome::interrupted)
    std::printf("interrupted; go on with --resume-from %s\n",
                (request.work_dir / "latest.safetensors").string().c_str());
  return outcome;
}

}  // namespace trainer
