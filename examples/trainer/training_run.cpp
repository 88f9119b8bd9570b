// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "training_run.hpp"

#include "any_detector.hpp"
#include "data_set.hpp"
#include "inference.hpp"
#include "sampling.hpp"
#include "stop_signals.hpp"
#include "trained_weights.hpp"

#include <acsl/data/loader.hpp>
#include <acsl/io/make_folder.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/configuration_changes.hpp>
#include <acsl/training/warm_up.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>

namespace trainer {
namespace {

namespace fs = std::filesystem;

/// A new run must not cost an earlier one: what that wrote moves to a folder of its own.
void set_earlier_run_aside(fs::path const& work_dir) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(work_dir / "latest.safetensors", ignored))) return;  // nothing was saved
  fs::path aside;
  for (int i = 1; aside.empty() || fs::exists(aside); ++i) aside = work_dir / ("earlier_run_" + std::to_string(i));
  fs::create_directory(aside);
  std::vector<fs::path> written;
  for (auto const& entry : fs::directory_iterator(work_dir)) {
    auto const name = entry.path().filename();
    if (name.extension() == ".safetensors" || name == "log.jsonl" || name == "config.toml") written.push_back(name);
  }
  for (auto const& name : written) fs::rename(work_dir / name, aside / name);
  std::printf("the run that was in %s is now in %s\n", work_dir.string().c_str(), aside.string().c_str());
}

/// Whether a log tells of a validation after an epoch.
bool was_validated(fs::path const& log, acsl::index_t epoch) {
  std::ifstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    auto const object = nlohmann::json::parse(line, nullptr, false);
    if (object.is_object() && object.value("mode", "") == "val" && object.value("epoch", acsl::index_t{0}) == epoch)
      return true;
  }
  return false;
}

/// A run that ends before the first epoch that would be followed by a validation says so.
void tell_without_validation(acsl::configuration const& config, acsl::trainer_options const& options,
                             acsl::loader const& source) {
  auto const epoch = std::min(config.training.validate_epochs, options.epochs);
  if (acsl::total_iterations(options, source) < source.batches_before(epoch))
    std::printf("--validate has no effect: the run ends before epoch %ld does, the first with a validation\n",
                static_cast<long>(epoch));
}

/// What the training split's filter took out.
void tell_left_out(acsl::dataset_report const& report) {
  auto const tell = [](acsl::index_t count, char const* what) {
    if (count > 0) std::printf("left out: %ld %s\n", static_cast<long>(count), what);
  };
  tell(report.images_without_annotations, "images without annotations");
  tell(report.images_too_small, "images with a side below 32 pixels");
  tell(report.images_without_stand_in, "images without boxes, and none of their kind (wide or not) has one");
  tell(report.objects_degenerate, "annotations without area, or with a side below 1 pixel");
  tell(report.objects_ignored, "annotations marked \"ignore\"");
  tell(report.objects_crowd, "annotations marked \"iscrowd\"");
}

void tell_changes(std::string const& before, acsl::configuration const& now, std::string const& file) {
  auto const old = kept_configuration(before, file);
  if (!old) return;
  auto const changes = acsl::configuration_changes(*old, now);
  if (!changes.empty()) std::printf("the run goes on with another configuration:\n");
  for (auto const& change : changes) std::printf("  %s\n", change.c_str());
}

/// The place from which a run goes on, with weights and momentum restored.
acsl::checkpoint_state resume(fs::path const& from, any_detector& model, acsl::sgd& optimizer,
                              acsl::configuration const& config, acsl::annotation_set const& annotations) {
  auto const state = acsl::resume_checkpoint(from, model, optimizer);
  auto const seed = static_cast<std::uint64_t>(config.training.seed);
  if (state.seed != seed)
    throw acsl::file_error(from.string(), "is of a run with seed " + std::to_string(state.seed) +
                                              ", the configuration says " + std::to_string(seed));
  expect_classes(class_names_from(state.classes, from.string() + ": classes"), from, annotations);
  tell_changes(state.configuration, config, from.string());
  return state;
}

acsl::trainer_options options_of(acsl::configuration const& config, fs::path const& work_dir) {
  auto const& t = config.training;
  acsl::trainer_options options;
  options.epochs = t.epochs;
  options.max_iterations = t.max_iterations;
  // Learning rates are meant for 8 devices with 2 images each.
  double const scale = t.autoscale_lr == "device_count" ? 1.0 / 8
                       : t.autoscale_lr == "batch_size" ? static_cast<double>(config.data.batch_size) / 16
                                                        : 1.0;
  options.lr = {scale * t.lr, t.steps, t.gamma, t.warmup, t.warmup_ratio};
  options.clip = t.clip;
  options.checkpoint_epochs = t.checkpoint_epochs;
  options.checkpoint_iterations = t.checkpoint_iterations;
  options.log_every = t.log_every;
  options.work_dir = work_dir;
  return options;
}

/// "3", or "3 to 5" where epochs differ.
std::string lengths_text(acsl::loader const& source, acsl::index_t epochs) {
  acsl::index_t least = source.batches(0), most = least;
  for (acsl::index_t epoch = 1; epoch < epochs; ++epoch) {
    least = std::min(least, source.batches(epoch));
    most = std::max(most, source.batches(epoch));
  }
  return std::to_string(least) + (most > least ? " to " + std::to_string(most) : "");
}

split load_validation(acsl::configuration const& config, acsl::annotation_set const& training) {
  auto result = load_test_split(config, true);
  acsl::require_frequencies(result.annotations);
  expect_classes(class_names(result.annotations), result.annotations.file, training);
  return result;
}

}  // namespace

acsl::train_outcome run_training(training_request const& request) {
  auto const& config = request.config;
  auto const& t = config.training;
  auto const train = load_training_split(config);
  if (config.loss.name == "adaptive_class_suppression") acsl::require_frequencies(train.annotations);
  std::optional<split> validation;
  if (request.validate) validation.emplace(load_validation(config, train.annotations));
  auto const classes = statistics_of(train.annotations);
  acsl::make_folder(request.work_dir);
  auto const log_file = request.work_dir / "log.jsonl";
  std::optional<acsl::training_log> log(log_file);  // from here on the folder is this run's alone
  acsl::remove_partial_files(request.work_dir, {".safetensors", ".toml"});

  auto model = make_detector(config, classes);
  auto const seed = static_cast<std::uint64_t>(t.seed);
  model->initialise(acsl::random_key{seed});
  acsl::sgd optimizer({.momentum = t.momentum, .weight_decay = t.weight_decay});
  acsl::checkpoint_state state;
  bool const resuming = !request.resume_from.empty();
  if (resuming) state = resume(request.resume_from, *model, optimizer, config, train.annotations);
  else load_starting_weights(config, *model, classes, train.annotations);
  state.seed = seed;
  state.configuration = acsl::to_toml(config);
  state.classes = class_text(class_names(train.annotations));
  state.statistics = statistics_text(classes);

  acsl::cpu exec(request.threads);
  acsl::loader source(train.images,
                      acsl::aspect_sampler(train.images.aspect_flags(), config.data.batch_size, seed, {},
                                           image_list_of(config, train.images)),
                      pipeline_of(config, true),
                      {.workers = static_cast<int>(config.data.workers),
                       .epochs = t.epochs,
                       .seed = seed,
                       .cache_bytes = static_cast<std::size_t>(config.data.cache_mib) << 20,
                       .memory = exec.memory()});
  acsl::progress display;
  auto options = options_of(config, request.work_dir);
  if (validation)
    options.after_epoch = [&](acsl::index_t epoch) {
      if (epoch % t.validate_epochs != 0 && epoch != t.epochs) return;
      display.finish();
      auto const found = detect_all(*model, exec, config, *validation).ensemble;
      auto const summary = evaluate(exec, found, *validation);
      log->write(validation_line(epoch, summary));
      std::printf("epoch %ld validation: %s\n", static_cast<long>(epoch), short_summary(summary).c_str());
      std::fflush(stdout);
    };
  acsl::expect_place(state, source, t.epochs);
  bool const between_epochs = resuming && state.iteration == 0 && state.epoch > 0;
  if (between_epochs && options.after_epoch && !was_validated(log_file, state.epoch))
    options.after_epoch(state.epoch);  // the run was stopped after the checkpoint and before the figures
  if (resuming && state.step >= acsl::total_iterations(options, source)) {
    std::printf("nothing to do: the run of %s is finished after %ld iterations\n", request.resume_from.string().c_str(),
                static_cast<long>(state.step));
    return acsl::train_outcome::finished;
  }

  bool const goes_on_here =
      resuming && fs::equivalent(fs::absolute(request.resume_from).parent_path(), request.work_dir);
  if (!goes_on_here) {
    log.reset();
    set_earlier_run_aside(request.work_dir);
    log.emplace(log_file);
  }
  acsl::write_file_atomically(request.work_dir / "config.toml", std::string_view(state.configuration));
  log->write({{"mode", resuming ? "resume" : "start"},
              {"epoch", state.epoch + 1},
              {"iter", state.iteration},
              {"step", state.step}});
  std::printf("%ld images, %ld classes, %s iterations an epoch, %d threads; work dir %s\n",
              static_cast<long>(train.images.size()), static_cast<long>(classes.classes()),
              lengths_text(source, t.epochs).c_str(), exec.threads(), request.work_dir.string().c_str());
  tell_left_out(train.images.report());
  if (resuming)
    std::printf("going on from epoch %ld, iteration %ld\n", static_cast<long>(state.epoch + 1),
                static_cast<long>(state.iteration));
  if (validation) tell_without_validation(config, options, source);
  std::fflush(stdout);
  stop_signals const signals;
  options.stop = &signals.asked();
  if (config.loss.warm_up && !resuming) {  // a checkpoint has the state
    std::printf("warming up the loss: one pass over %ld batches\n", static_cast<long>(source.batches(0)));
    std::fflush(stdout);
    if (!acsl::warm_up(exec, *model, source, seed, options.stop)) {
      std::printf("interrupted before the first iteration: there is nothing to go on from\n");
      return acsl::train_outcome::interrupted;
    }
  }
  auto const outcome = acsl::train(exec, *model, source, optimizer, std::move(state), options, *log, display);
  display.finish();
  if (outcome == acsl::train_outcome::interrupted)
    std::printf("interrupted; go on with --resume-from %s\n",
                (request.work_dir / "latest.safetensors").string().c_str());
  return outcome;
}

}  // namespace trainer
