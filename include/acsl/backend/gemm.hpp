// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>

namespace acsl {

/// What happens to an element of a product before it is stored, in this order; absent parts are null.
///
///     v = row_scale[i] · v + row_shift[i] + column_shift[j] + addend[i, j];   if relu: v = max(v, 0)
///
/// In a convolution the rows are output channels (of every image) and `addend` has the shape of the output.
/// A folded batch norm is `row_scale` and `row_shift`; a bias is `row_shift` (convolution) or `column_shift` (linear).
struct epilogue {
  float const* row_scale = nullptr;
  float const* row_shift = nullptr;
  float const* column_shift = nullptr;
  float const* addend = nullptr;  ///< same layout and leading dimension as the result; may be the result itself
  bool relu = false;
};

enum class transpose : bool { no, yes };

/// A product of two row-major matrices: C[m, n] = epilogue(op(A)[m, k] · op(B)[k, n] + (accumulate ? C : 0)).
struct gemm_problem {
  transpose a = transpose::no;
  transpose b = transpose::no;
  index_t m = 0, n = 0, k = 0;
  index_t lda = 0, ldb = 0, ldc = 0;  ///< elements from row to row as stored; 0: dense
  bool accumulate = false;

  [[nodiscard]] index_t leading_a() const { return lda ? lda : (a == transpose::no ? k : m); }
  [[nodiscard]] index_t leading_b() const { return ldb ? ldb : (b == transpose::no ? n : k); }
  [[nodiscard]] index_t leading_c() const { return ldc ? ldc : n; }
};

}  // namespace acsl
