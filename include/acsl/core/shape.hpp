// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/message.hpp>
#include <cstdint>
#include <initializer_list>

namespace acsl {

/// Type of every extent and index.
using index_t = std::int64_t;

/// Extents of a dense row-major array, rank 0 to 6. Trivially copyable, usable in GPU kernels.
/// A default-made shape has rank 0 and one element: a scalar.
class shape {
 public:
  static constexpr int max_rank = 6;

  constexpr shape() = default;
  constexpr shape(std::initializer_list<index_t> extents) {
    for (index_t extent : extents) extents_[rank_++] = extent;
  }

  [[nodiscard]] ACSL_HOST_DEVICE constexpr int rank() const { return rank_; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t operator[](int axis) const { return extents_[axis]; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t& operator[](int axis) { return extents_[axis]; }

  /// Product of all extents; 1 for a scalar.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t elements() const {
    index_t product = 1;
    for (int axis = 0; axis < rank_; ++axis) product *= extents_[axis];
    return product;
  }
  /// Product of the extents from `axis` on.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t elements_from(int axis) const {
    index_t product = 1;
    for (; axis < rank_; ++axis) product *= extents_[axis];
    return product;
  }
  constexpr void push_back(index_t extent) { extents_[rank_++] = extent; }

  ACSL_HOST_DEVICE friend constexpr bool operator==(shape const& a, shape const& b) {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis)
      if (a.extents_[axis] != b.extents_[axis]) return false;
    return true;
  }

  /// "[2, 3, 4]", for messages.
  [[nodiscard]] message to_string() const {
    message text = "[";
    for (int axis = 0; axis < rank_; ++axis) text += message(axis > 0 ? ", " : "", extents_[axis]);
    return text += "]";
  }

 private:
  index_t extents_[max_rank] = {};
  int rank_ = 0;
};

}  // namespace acsl
