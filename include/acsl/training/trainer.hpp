// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/data/loader.hpp>
#include <acsl/optim/clip_gradient.hpp>
#include <acsl/optim/learning_rate.hpp>
#include <acsl/optim/sgd.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/loss_guard.hpp>
#include <acsl/training/progress.hpp>
#include <acsl/training/training_log.hpp>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

struct trainer_options {
  index_t epochs = 12;
  index_t max_iterations = 0;  ///< 0: no limit
  learning_rate lr;
  double clip = 35;  ///< 0: no limit
  index_t checkpoint_epochs = 1, checkpoint_iterations = 0;
  index_t log_every = 50;
  std::filesystem::path work_dir;
  std::atomic<bool> const* stop = nullptr;              ///< set by a signal: write a checkpoint and return
  std::function<void(index_t epoch)> after_epoch = {};  ///< epoch: 1-based, done
};

enum class train_outcome { finished, interrupted };

namespace detail {

/// Points work_dir/latest.safetensors at a checkpoint, in one step.
inline void point_latest(std::filesystem::path const& work_dir, std::string const& name) {
  auto const link = work_dir / "latest.safetensors", fresh = work_dir / "latest.safetensors.new";
  std::error_code problem;
  std::filesystem::remove(fresh, problem);
  std::filesystem::create_symlink(name, fresh, problem);
  if (!problem) std::filesystem::rename(fresh, link, problem);
  if (problem) throw file_error(link.string(), "cannot be set to " + name + ": " + problem.message());
}

/// Sums of what a log line averages.
class line_average {
 public:
  void add(std::vector<named_loss> const& losses, double seconds, double data_seconds, double norm) {
    if (losses_.size() != losses.size()) {
      losses_ = losses;
      for (auto& loss : losses_) loss.value = 0;
    }
    for (std::size_t i = 0; i < losses.size(); ++i) losses_[i].value += losses[i].value;
    seconds_ += seconds;
    data_seconds_ += data_seconds;
    norm_ += norm;
    ++count_;
  }
  [[nodiscard]] index_t count() const { return count_; }
  log_line take() {
    log_line line;
    auto const n = static_cast<double>(count_);
    for (auto& loss : losses_) loss.value /= n;
    line.losses = std::exchange(losses_, {});
    line.seconds = std::exchange(seconds_, 0) / n;
    line.data_seconds = std::exchange(data_seconds_, 0) / n;
    line.gradient_norm = std::exchange(norm_, 0) / n;
    count_ = 0;
    return line;
  }

 private:
  std::vector<named_loss> losses_;
  double seconds_ = 0, data_seconds_ = 0, norm_ = 0;
  index_t count_ = 0;
};

}  // namespace detail

/// Trains a model: per iteration zero gradients, losses and gradients (`model.train_step`), guard, clip, step; a log
/// line every `log_every` iterations; checkpoints `epoch_<n>.safetensors`, and `resume.safetensors` inside an epoch,
/// with `latest.safetensors` pointing at the newest.
///
/// Step t of epoch e draws from random_key{seed}.with(e).with(t), the source from (seed, epoch, image): a run that was
/// stopped anywhere and resumed from its latest checkpoint gives the same bits as one that was not.
///
/// @param source `start(batch_position)`, `next()`, `batches_per_epoch()`: `acsl::loader`
/// @param state  where to start; its texts go into every checkpoint
/// @throws acsl::error when a loss is not finite
template <backend Backend, class Model, class Source>
train_outcome train(Backend& exec, Model& model, Source& source, sgd& optimizer, checkpoint_state state,
                    trainer_options const& options, training_log& log, progress& display) {
  using clock = std::chrono::steady_clock;
  auto const since = [](clock::time_point from) { return std::chrono::duration<double>(clock::now() - from).count(); };
  index_t const per_epoch = source.batches_per_epoch();
  index_t const all = options.max_iterations > 0 ? std::min(options.max_iterations, options.epochs * per_epoch)
                                                 : options.epochs * per_epoch;
  auto const save = [&](std::string const& name) {
    save_checkpoint(options.work_dir / name, model, optimizer, state);
    detail::point_latest(options.work_dir, name);
  };
  model.for_each_parameter("", [](std::string const&, parameter& p) {
    if (p.trainable && p.kind == role::learned) p.require_gradient();
  });

  source.start({state.epoch, state.iteration});
  detail::line_average average;
  double recent = 0;  // seconds an iteration, for the time left
  while (state.step < all) {
    auto const begin = clock::now();
    auto images = source.next();
    if (!images) break;
    double const data_seconds = since(begin);
    model.for_each_parameter("", [&](std::string const&, parameter& p) {
      if (p.trainable && p.kind == role::learned) exec.fill(p.gradient.view(), 0.0F);
    });
    auto const key = random_key{state.seed}
                         .with(static_cast<std::uint64_t>(state.epoch))
                         .with(static_cast<std::uint64_t>(state.iteration));
    auto const losses = model.train_step(exec, *images, key);
    expect_finite(losses, *images, state.epoch, state.iteration);
    double const norm = options.clip > 0 ? clip_gradient(exec, model, options.clip) : 0;
    double const lr = options.lr(state.epoch, state.step);
    optimizer.step(exec, model, lr);
    ++state.step;
    ++state.iteration;

    double const seconds = since(begin);
    average.add(losses, seconds, data_seconds, norm);
    recent = recent == 0 ? seconds : 0.95 * recent + 0.05 * seconds;
    bool const epoch_ends = state.iteration == per_epoch;
    if (average.count() == options.log_every || state.step == all) {
      auto line = average.take();
      line.epoch = state.epoch + 1;
      line.iteration = state.iteration;
      line.iterations_per_epoch = per_epoch;
      line.lr = lr;
      line.eta_seconds = recent * static_cast<double>(all - state.step);
      line.memory_mib = peak_memory_mib();
      log.write(line);
      display.show(line);
    }
    if (epoch_ends) {
      ++state.epoch;
      state.iteration = 0;
      if (state.epoch % options.checkpoint_epochs == 0 || state.epoch == options.epochs)
        save("epoch_" + std::to_string(state.epoch) + ".safetensors");
      if (options.after_epoch) options.after_epoch(state.epoch);
    }
    bool const stop = options.stop && options.stop->load();
    bool const due = options.checkpoint_iterations > 0 && state.step % options.checkpoint_iterations == 0;
    if (!epoch_ends && (stop || due)) save("resume.safetensors");
    if (stop && state.step < all) return train_outcome::interrupted;
  }
  if (state.iteration != 0) save("iteration_" + std::to_string(state.step) + ".safetensors");
  return train_outcome::finished;
}

}  // namespace acsl
