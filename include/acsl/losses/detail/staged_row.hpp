// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <concepts>

namespace acsl::detail {

/// Shared memory for a row that is read several times: a GPU then reads the matrix once and writes its gradient once.
template <class T>
struct row_stage {
  static constexpr index_t most = 2048;  ///< longer rows stay where they are
  T line[most];
};

/// Where the numbers of a row are read, and where a sweep leaves its own until it writes the gradient.
template <class T>
struct staged_row {
  T const* read;
  T* work;  // null where the gradient is
};

/// A row in shared memory if it fits; a team of one has a cache for that. Every member copies the columns that
/// `for_each` gives it, so that no barrier is needed between members that read no others.
template <class Team, class T>
ACSL_HOST_DEVICE staged_row<T> stage_row(Team& team, row_stage<T>& stage, T const* z, T* gradient, index_t columns) {
  if constexpr (!std::same_as<Team, solo_team>) {
    if (columns <= row_stage<T>::most) {
      team.for_each(columns, [&](index_t j) { stage.line[j] = z[j]; });
      return {stage.line, stage.line};
    }
  }
  return {z, gradient};
}

}  // namespace acsl::detail
