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

/// y[r, c] = scale[c] · x[r, c] + shift[c]; a null `scale` is 1, a null `shift` 0. The arrays have the same shape and
/// may be the same array.
template <backend Backend>
void scale_columns(Backend& exec, tensor_view<float const> x, tensor_view<float> y, float const* scale,
                   float const* shift) {
  ACSL_EXPECTS(x.extents() == y.extents(), "scale_columns: both sides have the same shape", x.extents(), y.extents());
  index_t const columns = x.columns();
  exec.for_each(
      x.size(),
      [=] ACSL_HOST_DEVICE(index_t i) {
        index_t const c = i % columns;
        y[i] = (scale ? scale[c] : 1.0F) * x[i] + (shift ? shift[c] : 0.0F);
      },
      2);
}

}  // namespace acsl
