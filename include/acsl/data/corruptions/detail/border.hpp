// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <algorithm>

namespace acsl::corruptions::detail {

/// What lies beyond the border of a row "a b c d".
enum class border {
  nearest,  ///< a a | a b c d | d d: scikit-image's filters
  reflect,  ///< b a | a b c d | d c: `reflect` of SciPy
  mirror    ///< c b | a b c d | c b: OpenCV's filters
};

/// The place in [0, size) that stands for any other. @pre size > 0
inline index_t inside(index_t at, index_t size, border beyond) {
  if (at >= 0 && at < size) return at;
  if (beyond == border::nearest || size == 1) return std::clamp<index_t>(at, 0, size - 1);
  index_t const period = beyond == border::reflect ? 2 * size : 2 * size - 2;
  index_t const folded = (at % period + period) % period;
  if (folded < size) return folded;
  return period - folded - (beyond == border::reflect ? 1 : 0);
}

}  // namespace acsl::corruptions::detail
