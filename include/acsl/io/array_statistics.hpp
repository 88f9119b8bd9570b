// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/io/stored_array.hpp>
#include <algorithm>
#include <cmath>

namespace acsl {

/// Of the finite numbers of an array: least, largest, mean, and deviation √(Σ (x − mean)² / n); of the others their
/// counts. All 0 where no number is finite. Sums in double, in order.
struct array_statistics {
  double min = 0, max = 0, mean = 0, deviation = 0;
  index_t finite = 0, nan = 0, infinite = 0;
};

/// @note reads the array twice
[[nodiscard]] inline array_statistics statistics_of(stored_array const& array) {
  array_statistics result;
  double sum = 0, squares = 0;
  for_each_element(array, [&](auto element) {
    auto const x = static_cast<double>(element);
    if (std::isnan(x)) {
      ++result.nan;
    } else if (std::isinf(x)) {
      ++result.infinite;
    } else {
      result.min = result.finite == 0 ? x : std::min(result.min, x);
      result.max = result.finite == 0 ? x : std::max(result.max, x);
      sum += x;
      ++result.finite;
    }
  });
  if (result.finite == 0) return result;
  result.mean = sum / static_cast<double>(result.finite);
  for_each_element(array, [&](auto element) {
    auto const x = static_cast<double>(element);
    if (std::isfinite(x)) squares += (x - result.mean) * (x - result.mean);
  });
  result.deviation = std::sqrt(squares / static_cast<double>(result.finite));
  return result;
}

}  // namespace acsl
