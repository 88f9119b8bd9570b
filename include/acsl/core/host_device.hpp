// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Marks a leaf function that runs on the host and inside GPU kernels. Such a function is pure, allocates nothing and
/// is tested on the CPU. This is the only header that asks which compiler is at work.
#if defined(__CUDACC__)
#  define ACSL_HOST_DEVICE __host__ __device__
#else
#  define ACSL_HOST_DEVICE
#endif

/// 1 while a compiler makes code for a device, where the standard's elementary functions are the fast ones.
#if defined(__CUDA_ARCH__)
#  define ACSL_ON_DEVICE 1
#else
#  define ACSL_ON_DEVICE 0
#endif

/// A leaf function of inner loops, which is always inlined: a call that is left keeps a loop from becoming SIMD code.
/// `ACSL_ALWAYS_INLINE` alone goes behind the parameters of a lambda.
#if defined(__GNUC__)
#  define ACSL_ALWAYS_INLINE __attribute__((always_inline))
#else
#  define ACSL_ALWAYS_INLINE
#endif
#define ACSL_LEAF ACSL_HOST_DEVICE inline ACSL_ALWAYS_INLINE

/// A row kernel, which on the host stays a function of its own: whether its loops become SIMD code must not depend on
/// what it is inlined into.
#if defined(__GNUC__) && !defined(__CUDACC__)
#  define ACSL_ROW_KERNEL __attribute__((noinline))
#else
#  define ACSL_ROW_KERNEL ACSL_HOST_DEVICE
#endif

/// Before a loop whose iterations touch no element of each other, so that it may become SIMD code without proof.
#if defined(__CUDACC__)
#  define ACSL_INDEPENDENT_ITERATIONS
#elif defined(__clang__)
#  define ACSL_INDEPENDENT_ITERATIONS _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#  define ACSL_INDEPENDENT_ITERATIONS _Pragma("GCC ivdep") _Pragma("GCC unroll 1")
#else
#  define ACSL_INDEPENDENT_ITERATIONS
#endif

/// A function template that is called with host-only or device-only arguments; silences nvcc's cross-call check.
#if defined(__CUDACC__)
#  define ACSL_EXEC_CHECK_DISABLE _Pragma("nv_exec_check_disable")
#else
#  define ACSL_EXEC_CHECK_DISABLE
#endif

/// 1 where g++ or clang makes code for processors alone: it has the functions of <cmath>, prefetching and the
/// instruction sets' own functions under names of its own.
#if defined(__GNUC__) && !defined(__CUDACC__)
#  define ACSL_HOST_BUILTINS 1
#else
#  define ACSL_HOST_BUILTINS 0
#endif
