// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>

namespace acsl {

/// Whether an operation that runs at inference ends with a relu in its epilogue.
enum class fuse_relu : bool { no, yes };

/// to[i] += from[i]. Same sizes.
template <backend Backend>
void add_into(Backend& exec, tensor_view<float const> from, tensor_view<float> to) {
  ACSL_EXPECTS(from.size() == to.size(), "add_into: both sides have the same size", from.extents(), to.extents());
  float const* x = from.data();
  float* y = to.data();
  exec.for_each(
      to.size(), [=] ACSL_HOST_DEVICE(index_t i) { y[i] += x[i]; }, 0.5);
}

}  // namespace acsl
