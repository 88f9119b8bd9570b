// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor_view.hpp>
#include <algorithm>
#include <cmath>
#include <string>

namespace acsl {

/// How far an array lies from what is trusted.
struct array_difference {
  double absolute = 0;  ///< the largest |found − wanted|
  double relative = 0;  ///< the largest |found − wanted| / |wanted|, where wanted is not 0
  double l2 = 0;        ///< ‖found − wanted‖ / ‖wanted‖; the numerator where wanted is all 0
  index_t compared = 0;
  std::string note = {};  ///< shapes, where they differ

  /// NaN and infinities equal themselves; else they differ by infinity, as arrays of different shapes do.
  static array_difference of(tensor_view<float const> found, tensor_view<float const> wanted) {
    if (found.extents() != wanted.extents())
      return {INFINITY, INFINITY, INFINITY, 0,
              std::string(found.extents().to_string().c_str()) + " against " + wanted.extents().to_string().c_str()};
    array_difference result;
    double squares = 0, size = 0;
    for (index_t i = 0; i < found.size(); ++i) {
      double const a = found[i], b = wanted[i];
      if (a == b || (std::isnan(a) && std::isnan(b))) {
        if (std::isfinite(b)) size += b * b;
        continue;
      }
      double const d = std::isfinite(a) && std::isfinite(b) ? std::fabs(a - b) : INFINITY;
      result.absolute = std::max(result.absolute, d);
      if (b != 0) result.relative = std::max(result.relative, std::isfinite(d) ? d / std::fabs(b) : INFINITY);
      squares += d * d;
      if (std::isfinite(b)) size += b * b;
    }
    result.l2 = size > 0 ? std::sqrt(squares / size) : std::sqrt(squares);
    result.compared = found.size();
    return result;
  }
};

}  // namespace acsl
