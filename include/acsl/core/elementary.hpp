// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/bit_cast.hpp>
#include <acsl/core/host_device.hpp>
#include <acsl/core/math.hpp>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

/// Elementary functions without branches and without calls, so that a loop over them becomes SIMD code with any
/// compiler and instruction set. That is done for float on the host; double and GPUs have the standard functions.
namespace acsl {

/// +∞, a constant that device code may use, too.
template <std::floating_point T>
inline constexpr T infinity = std::numeric_limits<T>::infinity();

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

/// −|x|, by one operation on the bits of a float.
template <std::floating_point T>
ACSL_LEAF T minus_magnitude(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) return bit_cast<float>(bit_cast<std::uint32_t>(x) | 0x80000000U);
#endif
  return -math::fabs(x);
}

/// a · b + c, rounded once where the instruction set does that, else twice.
template <std::floating_point T>
ACSL_LEAF T multiply_add(T a, T b, T c) {
#if ACSL_ON_DEVICE || (defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF))
  return math::fma(a, b, c);
#else
  return a * b + c;
#endif
}

#if !ACSL_ON_DEVICE
namespace detail {

/// Where e^x leaves the normal numbers of float: 2^−126, and 2^127.5.
inline constexpr float exponential_low = -87.33654F, exponential_high = 88.37626F;

/// 2 artanh(f) for |f| <= 1/3: the odd series up to f^13, whose rest is below 2e-9 of it.
ACSL_LEAF float twice_artanh(float f) {
  float const q = f * f;
  float s = multiply_add(q, 1.0F / 13, 1.0F / 11);
  s = multiply_add(s, q, 1.0F / 9);
  s = multiply_add(s, q, 1.0F / 7);
  s = multiply_add(s, q, 1.0F / 5);
  s = multiply_add(s, q, 1.0F / 3);
  s = multiply_add(s, q, 1.0F);
  return 2.0F * f * s;
}

/// e^r − 1 for |r| <= ln 2 / 2: r + r² q(r), q of degree 4, off by at most 3.1e-9 of e^r (minimax, fitted for this).
ACSL_LEAF float exponential_minus_one_near_0(float r) {
  float q = multiply_add(r, 1.381454058e-3F, 8.368745446e-3F);
  q = multiply_add(q, r, 4.166838899e-2F);
  q = multiply_add(q, r, 1.666652113e-1F);
  q = multiply_add(q, r, 4.999999404e-1F);
  return multiply_add(q, r * r, r);
}

/// e^x = (1 + minus_one) · power with power = 2^n, n the whole number next to x / ln 2. @pre 2^n is a normal number
struct factored_exponential {
  float minus_one, power;
};
ACSL_LEAF factored_exponential factor_exponential(float x) {
  float const shifted = multiply_add(x, 1.44269504F, 12582912.0F);  // 1.5 · 2^23 + n, rounded to a whole number
  float const n = shifted - 12582912.0F;
  float const r = multiply_add(n, 2.12194440e-4F, multiply_add(n, -0.693359375F, x));  // x − n ln 2
  return {exponential_minus_one_near_0(r), bit_cast<float>((bit_cast<std::uint32_t>(shifted) << 23) + 0x3F800000U)};
}

}  // namespace detail
#endif

/// e^x for x in [−87, 88]; whatever for others, but a NaN passes. float on the host: relative error below 1.2e-7.
template <std::floating_point T>
ACSL_LEAF T exponential_bounded(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    auto const [minus_one, power] = detail::factor_exponential(x);
    return (minus_one + 1.0F) * power;
  }
#endif
  return math::exp(x);
}

/// e^x. float on the host: relative error below 1.2e-7; 0 below −87.34, infinite above 88.37. NaN passes.
template <std::floating_point T>
ACSL_LEAF T exponential(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    using detail::exponential_high, detail::exponential_low;
    float const inside = blend(x < exponential_low, exponential_low, blend(x > exponential_high, exponential_high, x));
    float const y = exponential_bounded(inside);
    return blend(x < exponential_low, 0.0F, blend(x > exponential_high, infinity<float>, y));
  }
#endif
  return math::exp(x);
}

/// e^x for x <= 0, a share of something. float on the host: 0 below −64, where it is less than 2e-28, so that a product
/// of it with anything at hand is a normal number: others slow processors down.
template <std::floating_point T>
ACSL_LEAF T exponential_share(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    float constexpr low = -64;
    return blend(x < low, 0.0F, exponential_bounded(x < low ? low : x));
  }
#endif
  return math::exp(x);
}

/// e^x − 1, without cancellation near 0. float on the host: relative error below 3e-7. NaN passes.
template <std::floating_point T>
ACSL_LEAF T exponential_minus_one(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    float constexpr low = -64, high = detail::exponential_high;
    float const inside = blend(x < low, low, blend(x > high, high, x));
    auto const [minus_one, power] = detail::factor_exponential(inside);
    return blend(x > high, infinity<float>, multiply_add(minus_one, power, power - 1.0F));
  }
#endif
  return math::expm1(x);
}

/// ln(1 + x) for x in [0, 1]. float on the host: relative error below 3e-7. NaN passes.
template <std::floating_point T>
ACSL_LEAF T logarithm_one_plus(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) return detail::twice_artanh(x / (2.0F + x));
#endif
  return math::log1p(x);
}

/// ln x for normal positive x; whatever for others. float on the host: error below 2e-7 and 2e-7 of the value.
template <std::floating_point T>
ACSL_LEAF T logarithm_bounded(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    std::uint32_t const above = bit_cast<std::uint32_t>(x) - 0x3F3504F3U;  // exponents counted from sqrt(1/2)
    auto const n = static_cast<float>(static_cast<std::int32_t>(above) >> 23);
    float const m = bit_cast<float>((above & 0x007FFFFFU) + 0x3F3504F3U);  // in [sqrt(1/2), sqrt(2))
    return multiply_add(n, 0.693147181F, detail::twice_artanh((m - 1.0F) / (m + 1.0F)));
  }
#endif
  return math::log(x);
}

/// ln x for normal positive x and 0. float on the host: error below 2e-7 and 2e-7 of the value; −infinity at 0. NaN
/// passes.
template <std::floating_point T>
ACSL_LEAF T logarithm(T x) {
#if !ACSL_ON_DEVICE
  if constexpr (std::same_as<T, float>) {
    float const proper = blend(x > 0.0F, logarithm_bounded(x), -infinity<float>);
    float const top = blend(x == infinity<float>, infinity<float>, proper);
    return blend(x >= 0.0F, top, std::numeric_limits<float>::quiet_NaN());
  }
#endif
  return math::log(x);
}

}  // namespace acsl
