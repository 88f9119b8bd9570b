// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <concepts>
#include <cstdint>

namespace acsl {

/// The digits of a number as std::to_string writes them: whole numbers in full, others with six decimals, exact and
/// rounded half to even. For messages in headers that shall stay small: <cstdio> alone is 770 lines.
class decimal {
 public:
  template <std::integral T>
  explicit decimal(T value) {
    bool negative = false;
    if constexpr (std::signed_integral<T>) negative = value < 0;
    auto const bits = static_cast<std::uint64_t>(value);
    put_digits(negative ? 0 - bits : bits, 1);
    if (negative) *--at_ = '-';
  }
  explicit decimal(double value) {
    double const size = math::fabs(value);
    if (math::isfinite(size)) put_fixed(size);
    else
      for (char const* name = math::isnan(size) ? "nan" : "fni"; *name; ++name) *--at_ = *name;  // from the back
    if (math::signbit(value)) *--at_ = '-';
  }
  decimal(decimal const&) = delete;
  decimal& operator=(decimal const&) = delete;
  [[nodiscard]] char const* c_str() const { return at_; }

 private:
  void put_digits(std::uint64_t number, int least) {
    for (; number > 0 || least > 0; number /= 10, --least) *--at_ = static_cast<char>('0' + number % 10);
  }
  void put_fixed(double size) {
    double whole = math::floor(size), fraction = size - whole;
    double const scaled = fraction * 1e6, lost = math::fma(fraction, 1e6, -scaled);
    auto millionths = static_cast<std::uint64_t>(scaled);
    double const above = scaled - static_cast<double>(millionths);
    if (above > 0.5 || (above == 0.5 && (lost > 0 || (lost == 0 && millionths % 2 == 1)))) ++millionths;
    if (millionths == 1000000) whole += 1, millionths = 0;
    put_digits(millionths, 6);
    *--at_ = '.';
    char* const point = at_;
    int doublings = 0;
    for (; whole >= 0x1p63; whole /= 2) ++doublings;
    put_digits(static_cast<std::uint64_t>(whole), 1);
    for (; doublings > 0; --doublings) {
      int carry = 0;
      for (char* digit = point; digit-- > at_;) {
        int const twice = 2 * (*digit - '0') + carry;
        *digit = static_cast<char>('0' + twice % 10);
        carry = twice / 10;
      }
      if (carry > 0) *--at_ = '1';
    }
  }

  char text_[320] = {};  // the largest double has 309 digits before the point
  char* at_ = text_ + sizeof text_ - 1;
};

}  // namespace acsl
