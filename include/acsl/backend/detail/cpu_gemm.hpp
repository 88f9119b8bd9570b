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
  pack_rows(exec, p.m, p.k, a, lda, p.a, packed.data());
  auto const multiply = [&](auto const& pack) {
    packed_product(exec, p.m, p.n, p.k, packed.data(), pack, c, p.leading_c(), p.accumulate, last);
  };
  if (p.b == transpose::no) multiply(packed_lines{b, ldb});
  else multiply(packed_columns{b, ldb});
}

}  // namespace acsl::detail
