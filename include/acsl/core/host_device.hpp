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

/// A function template that is called with host-only or device-only arguments; silences nvcc's cross-call check.
#if defined(__CUDACC__)
#  define ACSL_EXEC_CHECK_DISABLE _Pragma("nv_exec_check_disable")
#else
#  define ACSL_EXEC_CHECK_DISABLE
#endif
