// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the packed kernels of the processor are written with: compiler vectors, so that it is the same code for
/// AVX-512, AVX2, SSE and NEON.
namespace acsl::detail {

/// Floats in a vector register of the machine this is compiled for, and how many registers there are.
#if defined(__AVX512F__)
inline constexpr int vector_width = 16, vector_registers = 32;
#elif defined(__AVX__)
inline constexpr int vector_width = 8, vector_registers = 16;
#elif defined(__aarch64__)
inline constexpr int vector_width = 4, vector_registers = 32;
#else
inline constexpr int vector_width = 4, vector_registers = 16;
#endif

typedef float float_vector __attribute__((vector_size(vector_width * sizeof(float))));
/// The same at any address.
typedef float float_vector_anywhere
    __attribute__((vector_size(vector_width * sizeof(float)), aligned(sizeof(float)), may_alias));

}  // namespace acsl::detail

/// A kernel whose products are fused with their additions, which the rest of the library, compiled without contraction,
/// does only where `multiply_add` says so. `ACSL_FUSED_PRODUCTS` is the first line of its body.
#if defined(__clang__)
#  define ACSL_FUSED_KERNEL __attribute__((noinline))
#  define ACSL_FUSED_PRODUCTS _Pragma("clang fp contract(fast)")
#else
#  define ACSL_FUSED_KERNEL __attribute__((noinline, optimize("fp-contract=fast")))
#  define ACSL_FUSED_PRODUCTS
#endif
