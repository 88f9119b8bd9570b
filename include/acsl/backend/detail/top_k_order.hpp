// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <cstdint>

namespace acsl::detail {

template <class T>
struct scored {
  T score;
  std::int32_t index;
};

/// The total order of `top_k`: larger scores first, among equal ones the lower index; NaN comes last.
struct top_k_order {
  template <class T>
  ACSL_HOST_DEVICE constexpr bool operator()(scored<T> a, scored<T> b) const {
    if (a.score > b.score) return true;
    if (a.score < b.score) return false;
    bool const a_is_nan = a.score != a.score, b_is_nan = b.score != b.score;
    if (a_is_nan != b_is_nan) return b_is_nan;
    return a.index < b.index;
  }
};

}  // namespace acsl::detail
