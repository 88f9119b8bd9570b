// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/training/checkpoint.hpp>
#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>

namespace acsl::detail {

/// Points work_dir/latest.safetensors at a checkpoint, in one step.
inline void point_latest(std::filesystem::path const& work_dir, std::string const& name) {
  auto const link = work_dir / "latest.safetensors", fresh = work_dir / "latest.safetensors.new";
  std::error_code problem;
  std::filesystem::remove(fresh, problem);
  std::filesystem::create_symlink(name, fresh, problem);
  if (!problem) std::filesystem::rename(fresh, link, problem);
  if (problem) throw file_error(link.string(), "cannot be set to " + name + ": " + problem.message());
}

/// @throws acsl::error when a run cannot stand there
template <class Source>
void expect_place(checkpoint_state const& state, Source const& source, index_t epochs) {
  index_t const epoch = std::clamp(state.epoch, index_t{0}, epochs - 1), before = source.batches_before(epoch);
  index_t const per_epoch = source.batches_before(epoch + 1) - before;
  ACSL_EXPECTS(per_epoch > 0, "a source has at least one batch", per_epoch);
  if (state.epoch == epoch && state.iteration >= 0 && state.iteration < per_epoch &&
      state.step == before + state.iteration)
    return;
  throw error("cannot go on from epoch " + std::to_string(state.epoch + 1) + ", iteration " +
              std::to_string(state.iteration) + " after " + std::to_string(state.step) +
              " iterations: that epoch has " + std::to_string(per_epoch) + " after " + std::to_string(before) +
              "; the checkpoint was made with other data or another batch size");
}

}  // namespace acsl::detail
