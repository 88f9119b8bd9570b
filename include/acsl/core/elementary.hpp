// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/bit_cast.hpp>
#include <acsl/core/host_device.hpp>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

/// Elementary functions without branches and without calls, so that a loop over them becomes SIMD code with any
/// compiler and instruction set. That is done for float on the host; double and GPUs have the standard functions.
namespace acsl {

/// c ? a : b, by masks: an ordinary conditional keeps older compilers from making SIMD code.
template <class T>
ACSL_LEAF constexpr T blend(bool c, T a, T b) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float> || std::same_as<T, double>) {
    using word = std::conditional_t<std::same_as<T, float>, std::uint32_t, std::uint64_t>;
    word const mask = word{0} - static_cast<word>(c);
    return bit_cast<T>((bit_cast<word>(a) & mask) | (bit_cast<word>(b) & ~mask));
  }
#endif
  return c ? a : b;
}

#if !ACSL_ON_DEVICE
namespace detail {

/// Where e^x leaves the normal numbers of float: 2^−126, and 2^127.5.
inline constexpr float exponential_low = -87.33654F, exponential_high = 88.37626F;

/// 2 artanh(f) for |f| <= 1/3: the odd series up to f^13, whose rest is below 2e-9 of it.
ACSL_LEAF float twice_artanh(float f) {
  float const q = f * f;
  float s = q * (1.0F / 13) + 1.0F / 11;
  s = s * q + 1.0F / 9;
  s = s * q + 1.0F / 7;
  s = s * q + 1.0F / 5;
  s = s * q + 1.0F / 3;
  s = s * q + 1.0F;
  return 2.0F * f * s;
}

/// x = n ln 2 + r with n whole and |r| <= ln 2 / 2. @pre |x| < 2^21
struct reduced {
  float n, r;
  std::uint32_t bits;  // of 1.5 · 2^23 + n
};
ACSL_LEAF reduced reduce_by_ln2(float x) {
  float const shifted = x * 1.44269504F + 12582912.0F;  // rounds to a whole number
  float const n = shifted - 12582912.0F;
  return {n, (x - n * 0.693359375F) - n * -2.12194440e-4F, bit_cast<std::uint32_t>(shifted)};
}

/// e^r − 1 for |r| <= ln 2 / 2; coefficients of Moshier's Cephes library (expf).
ACSL_LEAF float exponential_minus_one_near_0(float r) {
  float p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  return p * (r * r) + r;
}

}  // namespace detail
#endif

/// e^x. float on the host: relative error below 1.2e-7; 0 below −87.34, infinite above 88.37. NaN passes.
template <std::floating_point T>
ACSL_LEAF T exponential(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    using detail::exponential_high, detail::exponential_low;
    float const inside = blend(x < exponential_low, exponential_low, blend(x > exponential_high, exponential_high, x));
    auto const [n, r, bits] = detail::reduce_by_ln2(inside);
    float const power = bit_cast<float>((bits - 0x4B400000U + 127U) << 23);  // 2^n
    float const y = (detail::exponential_minus_one_near_0(r) + 1.0F) * power;
    return blend(x < exponential_low, 0.0F, blend(x > exponential_high, std::numeric_limits<float>::infinity(), y));
  }
#endif
  return std::exp(x);
}

/// e^x − 1, without cancellation near 0. float on the host: relative error below 3e-7. NaN passes.
template <std::floating_point T>
ACSL_LEAF T exponential_minus_one(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    bool const near = std::fabs(x) < 0.34F;
    return blend(near, detail::exponential_minus_one_near_0(blend(near, x, 0.0F)), exponential(x) - 1.0F);
  }
#endif
  return std::expm1(x);
}

/// ln(1 + x) for x in [0, 1]. float on the host: relative error below 3e-7. NaN passes.
template <std::floating_point T>
ACSL_LEAF T logarithm_one_plus(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) return detail::twice_artanh(x / (2.0F + x));
#endif
  return std::log1p(x);
}

/// ln x for normal positive x and 0. float on the host: error below 2e-7 and 2e-7 of the value; −infinity at 0. NaN
/// passes.
template <std::floating_point T>
ACSL_LEAF T logarithm(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    auto const bits = bit_cast<std::uint32_t>(x);
    std::uint32_t const above = bits - 0x3F3504F3U;  // exponents counted from sqrt(1/2)
    auto const n = static_cast<float>(static_cast<std::int32_t>(above) >> 23);
    float const m = bit_cast<float>((above & 0x007FFFFFU) + 0x3F3504F3U);  // in [sqrt(1/2), sqrt(2))
    float const y = detail::twice_artanh((m - 1.0F) / (m + 1.0F)) + n * 0.693147181F;
    float const proper = blend(x > 0.0F, y, -std::numeric_limits<float>::infinity());
    float const infinity = std::numeric_limits<float>::infinity();
    float const top = blend(x == infinity, infinity, proper);
    return blend(x >= 0.0F, top, std::numeric_limits<float>::quiet_NaN());
  }
#endif
  return std::log(x);
}

}  // namespace acsl
