// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/block_team.cuh>

namespace acsl::detail {

/// What a kernel wishes for, else 128.
template <class Kernel>
constexpr int team_size_of() {
  if constexpr (requires { Kernel::team_size; }) return Kernel::team_size;
  else return 128;
}

/// A block for every row, or for every gridDim.x-th.
template <int Size, class Kernel>
__global__ void __launch_bounds__(Size) run_rows(Kernel const kernel, index_t rows) {
  __shared__ typename Kernel::shared shared;
  block_team<Size> team;
  for (index_t row = blockIdx.x; row < rows; row += gridDim.x) {
    kernel(team, shared, row);
    team.sync();  // before the next row writes the shared memory
  }
}

}  // namespace acsl::detail
