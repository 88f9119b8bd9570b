// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace acsl::detail {

/// The sum of a row of doubles in the order of NumPy's inner loop, to the last bit: up to 128 values in eight running
/// sums, more in two parts, the first half as long in whole groups of eight. The error grows with the logarithm of the
/// count.
[[nodiscard]] inline double pairwise_sum(std::span<double const> values) {
  std::size_t const count = values.size();
  if (count > 128) {
    std::size_t const half = count / 2 / 8 * 8;
    return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
  }
  double sum = 0;
  std::size_t i = 0;
  if (count >= 8) {
    std::array<double, 8> s{};
    for (; i + 8 <= count; i += 8)
      for (std::size_t lane = 0; lane < 8; ++lane) s[lane] += values[i + lane];
    sum = ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
  }
  for (; i < count; ++i) sum += values[i];
  return sum;
}

/// The mean, as the official tools take it of their figures: NumPy 1 sums a long row in pieces of 8192, one after the
/// other. −1 ("has no value") of none.
[[nodiscard]] inline double pairwise_mean(std::span<double const> values) {
  if (values.empty()) return -1;
  constexpr std::size_t piece = 8192;
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); i += piece)
    sum += pairwise_sum(values.subspan(i, std::min(piece, values.size() - i)));
  return sum / static_cast<double>(values.size());
}

}  // namespace acsl::detail
