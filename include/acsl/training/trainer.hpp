// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/optim/clip_gradient.hpp>
#include <acsl/optim/learning_rate.hpp>
#include <acsl/optim/sgd.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/detail/line_average.hpp>
#include <acsl/training/detail/run_place.hpp>
#include <acsl/training/loss_guard.hpp>
#include <acsl/training/progress.hpp>
#include <acsl/training/training_log.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
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

/// f(). When it throws, `rescue` runs before the exception goes on; what `rescue` itself throws is dropped, since the
/// first failure is the one to tell.
template <class F, class Rescue>
auto or_rescue(F&& f, Rescue&& rescue) {
  try {
    return f();
  } catch (...) {
    try {
      rescue();
    } catch (std::exception const&) {
    }
    throw;
  }
}

}  // namespace detail

/// Iterations of a whole run over a source.
template <class Source>
index_t total_iterations(trainer_options const& options, Source const& source) {
  index_t const all = source.batches_before(options.epochs);
  return options.max_iterations > 0 ? std::min(options.max_iterations, all) : all;
}

/// Checks that a run over a source can stand where a checkpoint says. One that has done more epochs than are wanted is
/// at its end.
/// @throws acsl::error when it cannot
template <class Source>
void expect_place(checkpoint_state const& state, Source const& source, index_t epochs) {
  if (state.epoch > epochs) return;
  index_t const epoch = std::max<index_t>(0, state.epoch), before = source.batches_before(epoch);
  index_t const length = epoch < epochs ? source.batches_before(epoch + 1) - before : 1;  // the end is a place too
  ACSL_EXPECTS(length > 0, "a source has at least one batch", length);
  if (state.epoch == epoch && state.iteration >= 0 && state.iteration < length &&
      state.step == before + state.iteration)
    return;
  throw error("cannot go on from epoch " + std::to_string(state.epoch + 1) + ", iteration " +
              std::to_string(state.iteration) + " after " + std::to_string(state.step) +
              " iterations: that epoch has " + std::to_string(epoch < epochs ? length : 0) + " after " +
              std::to_string(before) + "; the checkpoint was made with other data or another batch size");
}

/// Trains a model: per iteration zero gradients, losses and gradients (`model.train_step`), guard, clip, guard, step; a
/// log line after every `log_every` iterations of the run; checkpoints `epoch_<n>.safetensors`, `resume.safetensors`
/// before the first iteration and inside an epoch, and one at the end, with `latest.safetensors` pointing at the
/// newest. When the source or `after_epoch` fails, what was learned so far is saved before the exception leaves.
///
/// Step t of epoch e draws from random_key{seed}.with(e).with(t), the source from (seed, epoch, image): a run that was
/// stopped anywhere and resumed from its latest checkpoint gives the same bits as one that was not.
///
/// @param model  may have `begin_epoch(epoch)`, which is called before the first step of an epoch or of a resumed run
/// @param source `start(batch_position)`, `next()`, `batches_before(epoch)`: `acsl::loader`; epochs may differ in
/// length
/// @param state  where to start; its texts go into every checkpoint
/// @throws acsl::error when a loss or the gradient is not finite, and when `state` does not fit the source
template <backend Backend, class Model, class Source>
train_outcome train(Backend& exec, Model& model, Source& source, sgd& optimizer, checkpoint_state state,
                    trainer_options const& options, training_log& log, progress& display) {
  using clock = std::chrono::steady_clock;
  auto const since = [](clock::time_point from) { return std::chrono::duration<double>(clock::now() - from).count(); };
  ACSL_EXPECTS(options.epochs > 0 && options.checkpoint_epochs > 0 && options.log_every > 0,
               "epochs, and those between checkpoints and log lines, are at least 1", options.epochs,
               options.checkpoint_epochs, options.log_every);
  index_t const all = total_iterations(options, source);
  expect_place(state, source, options.epochs);
  index_t saved = state.step;
  auto const save = [&](std::string const& name) {
    save_checkpoint(options.work_dir / name, model, optimizer, state);
    detail::point_latest(options.work_dir, name);
    saved = state.step;
    if (std::error_code ignored; name != "resume.safetensors")
      std::filesystem::remove(options.work_dir / "resume.safetensors", ignored);  // older than the one just written
  };
  auto const rescue = [&] {
    if (saved != state.step) save("resume.safetensors");
  };
  auto const epoch_name = [&] { return "epoch_" + std::to_string(state.epoch) + ".safetensors"; };
  auto const each_learned = [&](auto f) {
    model.for_each_parameter("", [&](std::string const&, parameter& p) {
      if (p.trainable && p.kind == role::learned) f(p);
    });
  };
  each_learned([](parameter& p) { p.require_gradient(); });

  if (state.step == 0) save("resume.safetensors");  // a run that is killed early can go on like any other
  source.start({state.epoch, state.iteration});
  detail::line_average average;
  double recent = 0;  // seconds an iteration, for the time left
  index_t per_epoch = 0;
  while (state.step < all) {
    if (per_epoch == 0) {
      per_epoch = source.batches_before(state.epoch + 1) - source.batches_before(state.epoch);
      if constexpr (requires { model.begin_epoch(state.epoch); }) model.begin_epoch(state.epoch);
    }
    auto const begin = clock::now();
    auto const next = detail::or_rescue([&] { return source.next(); }, rescue);
    ACSL_EXPECTS(next, "the source delivers all epochs", state.epoch, state.iteration);
    batch const& images = *next;
    double const data_seconds = since(begin);
    each_learned([&](parameter& p) { exec.fill(p.gradient.view(), 0.0F); });
    auto const key = random_key{state.seed}
                         .with(static_cast<std::uint64_t>(state.epoch))
                         .with(static_cast<std::uint64_t>(state.iteration));
    auto const losses = model.train_step(exec, images, key);
    expect_finite(losses, images, state.epoch, state.iteration);
    double const norm = options.clip > 0 ? clip_gradient(exec, model, options.clip) : 0;
    expect_finite("the gradient's norm", norm, images, state.epoch, state.iteration);
    double const lr = options.lr(state.epoch, state.step);
    optimizer.step(exec, model, lr);
    ++state.step;
    ++state.iteration;

    double const seconds = since(begin);
    average.add(losses, seconds, data_seconds, norm);
    recent = recent == 0 ? seconds : 0.95 * recent + 0.05 * seconds;
    if (state.step % options.log_every == 0 || state.step == all) {
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
    if (state.iteration == per_epoch) {
      ++state.epoch;
      state.iteration = per_epoch = 0;
      if (state.epoch % options.checkpoint_epochs == 0 || state.epoch == options.epochs) save(epoch_name());
      if (options.after_epoch) detail::or_rescue([&] { options.after_epoch(state.epoch); }, rescue);
    }
    bool const stop = options.stop && options.stop->load();
    bool const due = options.checkpoint_iterations > 0 && state.step % options.checkpoint_iterations == 0;
    if ((stop || due) && saved != state.step && state.step < all) save("resume.safetensors");
    if (stop && state.step < all) return train_outcome::interrupted;
  }
  if (saved != state.step)
    save(state.iteration == 0 ? epoch_name() : "iteration_" + std::to_string(state.step) + ".safetensors");
  return train_outcome::finished;
}

}  // namespace acsl
