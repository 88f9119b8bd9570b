// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/packed_product.hpp>
#include <acsl/backend/gemm.hpp>
#include <algorithm>

namespace acsl::detail {

/// The product of gemm.hpp on packed panels. Sums run over the inner dimension in order, in blocks; same bits on any
/// number of threads.
template <class Exec>
void cpu_gemm(Exec& exec, gemm_problem const& p, float const* a, float const* b, float* c, epilogue const& last) {
  if (p.m == 0 || p.n == 0) return;
  if (needs_own_addend(last, c, p.k)) {
    tensor<float> const addend = copy_of(exec, c, (p.m - 1) * p.leading_c() + p.n);
    epilogue own = last;
    own.addend = addend.data();
    return cpu_gemm(exec, p, a, b, c, own);
  }
  index_t const lda = p.leading_a(), ldb = p.leading_b();
  tensor<float> packed({panels(p.m, tile_rows) * tile_rows * std::max<index_t>(p.k, 1)}, exec.memory());
  if (p.a == transpose::no)
    pack_rows(
        exec, p.m, p.k, [=](index_t i, index_t k) { return a[i * lda + k]; }, packed.data());
  else
    pack_rows(
        exec, p.m, p.k, [=](index_t i, index_t k) { return a[k * lda + i]; }, packed.data());

  auto const rows_of_b = [=](index_t k0, index_t steps, index_t column, index_t count, float* to) {
    for (index_t s = 0; s < steps; ++s, to += tile_columns) {
      float const* from = b + (k0 + s) * ldb + column;
      for (index_t j = 0; j < count; ++j) to[j] = from[j];
      for (index_t j = count; j < tile_columns; ++j) to[j] = 0;
    }
  };
  auto const columns_of_b = [=](index_t k0, index_t steps, index_t column, index_t count, float* to) {
    for (index_t j = 0; j < count; ++j) {
      float const* from = b + (column + j) * ldb + k0;
      for (index_t s = 0; s < steps; ++s) to[s * tile_columns + j] = from[s];
    }
    for (index_t j = count; j < tile_columns; ++j)
      for (index_t s = 0; s < steps; ++s) to[s * tile_columns + j] = 0;
  };
  if (p.b == transpose::no)
    packed_product(exec, p.m, p.n, p.k, packed.data(), rows_of_b, c, p.leading_c(), p.accumulate, last);
  else packed_product(exec, p.m, p.n, p.k, packed.data(), columns_of_b, c, p.leading_c(), p.accumulate, last);
}

}  // namespace acsl::detail
