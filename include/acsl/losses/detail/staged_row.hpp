// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <acsl/losses/detail/wide_access.hpp>
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

/// A row in shared memory if it fits; a team of one has a cache for that. Contains a barrier, behind which all of it is
/// there; who stages again lets all members pass a barrier before.
template <class Team, class T>
ACSL_HOST_DEVICE staged_row<T> stage_row(Team& team, row_stage<T>& stage, T const* z, T* gradient, index_t columns) {
  if constexpr (std::same_as<Team, solo_team>) {
    return {z, gradient};
  } else {
    bool const fits = columns <= row_stage<T>::most;
    T* const line = stage.line;
    for_each_wide(team, fits ? columns : 0, z, static_cast<T*>(nullptr), [&](index_t j, T x) { return line[j] = x; });
    team.sync();
    return {fits ? line : z, fits ? line : gradient};
  }
}

}  // namespace acsl::detail
