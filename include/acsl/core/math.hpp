// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>

#if !ACSL_HOST_BUILTINS
#  include <cmath>
#endif

/// The standard's functions of <cmath> that headers of losses use, without that header: its special functions of
/// physics and the algorithms that those need are a third of what such a header would make a compiler read.
namespace acsl::math {

#if ACSL_HOST_BUILTINS
ACSL_LEAF float exp(float x) { return __builtin_expf(x); }
ACSL_LEAF double exp(double x) { return __builtin_exp(x); }
ACSL_LEAF float expm1(float x) { return __builtin_expm1f(x); }
ACSL_LEAF double expm1(double x) { return __builtin_expm1(x); }
ACSL_LEAF float log(float x) { return __builtin_logf(x); }
ACSL_LEAF double log(double x) { return __builtin_log(x); }
ACSL_LEAF float log1p(float x) { return __builtin_log1pf(x); }
ACSL_LEAF double log1p(double x) { return __builtin_log1p(x); }
ACSL_LEAF float fabs(float x) { return __builtin_fabsf(x); }
ACSL_LEAF double fabs(double x) { return __builtin_fabs(x); }
ACSL_LEAF float sqrt(float x) { return __builtin_sqrtf(x); }
ACSL_LEAF double sqrt(double x) { return __builtin_sqrt(x); }
ACSL_LEAF float cos(float x) { return __builtin_cosf(x); }
ACSL_LEAF double cos(double x) { return __builtin_cos(x); }
ACSL_LEAF float atan(float x) { return __builtin_atanf(x); }
ACSL_LEAF double atan(double x) { return __builtin_atan(x); }
ACSL_LEAF float ceil(float x) { return __builtin_ceilf(x); }
ACSL_LEAF double ceil(double x) { return __builtin_ceil(x); }
ACSL_LEAF float floor(float x) { return __builtin_floorf(x); }
ACSL_LEAF double floor(double x) { return __builtin_floor(x); }
ACSL_LEAF float pow(float x, float y) { return __builtin_powf(x, y); }
ACSL_LEAF double pow(double x, double y) { return __builtin_pow(x, y); }
ACSL_LEAF float hypot(float x, float y) { return __builtin_hypotf(x, y); }
ACSL_LEAF double hypot(double x, double y) { return __builtin_hypot(x, y); }
ACSL_LEAF float fma(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
ACSL_LEAF double fma(double x, double y, double z) { return __builtin_fma(x, y, z); }
ACSL_LEAF bool isnan(double x) { return __builtin_isnan(x); }
ACSL_LEAF bool signbit(double x) { return __builtin_signbit(x); }
ACSL_LEAF bool isfinite(double x) { return __builtin_isfinite(x); }
#else
using std::exp, std::expm1, std::log, std::log1p, std::fabs, std::sqrt, std::cos, std::atan, std::ceil, std::floor,
    std::pow, std::hypot, std::fma, std::isnan, std::isfinite, std::signbit;
#endif

}  // namespace acsl::math
