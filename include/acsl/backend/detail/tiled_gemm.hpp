// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/finish.hpp>
#include <acsl/backend/detail/tiled_product.hpp>
#include <acsl/backend/gemm.hpp>

namespace acsl::detail {

/// The product of gemm.hpp for `tiled_product`.
struct gemm_tiles {
  index_t rows, columns, batches;
  bool a_inner_first, b_inner_first;
  index_t steps, lda, ldb, ldc;
  float const *left, *right;
  float* result;
  bool accumulate;
  epilogue last;

  [[nodiscard]] ACSL_HOST_DEVICE index_t inner(index_t) const { return steps; }
  [[nodiscard]] ACSL_HOST_DEVICE float a(index_t, index_t i, index_t k) const {
    return left[a_inner_first ? i * lda + k : k * lda + i];
  }
  [[nodiscard]] ACSL_HOST_DEVICE float b(index_t, index_t k, index_t j) const {
    return right[b_inner_first ? j * ldb + k : k * ldb + j];
  }
  ACSL_HOST_DEVICE void store(index_t, index_t i, index_t j, float sum) const {
    index_t const position = i * ldc + j;
    result[position] = finish(last, accumulate ? sum + result[position] : sum, i, j, position);
  }
};

template <class Exec>
void tiled_gemm(Exec& exec, gemm_problem const& p, float const* a, float const* b, float* c, epilogue const& last) {
  run_tiled(exec, gemm_tiles{p.m, p.n, 1, p.a == transpose::no, p.b == transpose::yes, p.k, p.leading_a(),
                             p.leading_b(), p.leading_c(), a, b, c, p.accumulate, last});
}

}  // namespace acsl::detail
