// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>
#include <type_traits>

namespace acsl {

/// A dense row-major array in somebody else's memory (host or device): pointer and extents. What crosses every
/// interface, so that a caller can hand over an Eigen matrix, a LibTorch tensor's pointer or device memory uncopied.
/// Copying a view copies no elements. Trivially copyable. Element access is unchecked.
template <class T>
class tensor_view {
 public:
  using value_type = std::remove_const_t<T>;

  constexpr tensor_view() : extents_{0} {}
  ACSL_HOST_DEVICE constexpr tensor_view(T* data, shape extents) : data_(data), extents_(extents) {}
  /// A view of mutable elements converts to one of constant elements.
  template <class U>
  requires(std::is_same_v<T, U const> && !std::is_const_v<U>) ACSL_HOST_DEVICE
      constexpr tensor_view(tensor_view<U> other)  // NOLINT(google-explicit-constructor)
      : data_(other.data()), extents_(other.extents()) {}

  [[nodiscard]] ACSL_HOST_DEVICE constexpr T* data() const { return data_; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr shape const& extents() const { return extents_; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t extent(int axis) const { return extents_[axis]; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr int rank() const { return extents_.rank(); }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t size() const { return extents_.elements(); }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr bool empty() const { return size() == 0; }

  /// As a matrix: the first extent, and the product of the others.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t rows() const { return extents_[0]; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr index_t columns() const { return extents_.elements_from(1); }

  [[nodiscard]] ACSL_HOST_DEVICE constexpr T* begin() const { return data_; }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr T* end() const { return data_ + size(); }

  ACSL_HOST_DEVICE constexpr T& operator[](index_t i) const { return data_[i]; }
  ACSL_HOST_DEVICE constexpr T& operator()(index_t i, index_t j) const { return data_[i * extents_[1] + j]; }
  ACSL_HOST_DEVICE constexpr T& operator()(index_t i, index_t j, index_t k) const {
    return data_[(i * extents_[1] + j) * extents_[2] + k];
  }
  ACSL_HOST_DEVICE constexpr T& operator()(index_t i, index_t j, index_t k, index_t l) const {
    return data_[((i * extents_[1] + j) * extents_[2] + k) * extents_[3] + l];
  }

  /// Element `i` of the first axis, one rank lower: a row of a matrix, an image of a batch.
  [[nodiscard]] constexpr tensor_view slice(index_t i) const {
    shape rest;
    for (int axis = 1; axis < extents_.rank(); ++axis) rest.push_back(extents_[axis]);
    return {data_ + i * columns(), rest};
  }
  /// Elements [first, first + count) of the first axis, same rank.
  [[nodiscard]] constexpr tensor_view slice(index_t first, index_t count) const {
    shape part = extents_;
    part[0] = count;
    return {data_ + first * columns(), part};
  }
  /// The same elements under other extents. @throws acsl::error when the element counts differ.
  [[nodiscard]] tensor_view reshaped(shape extents) const {
    ACSL_EXPECTS(extents.elements() == size(), "a reshaped view keeps its element count", extents, extents_);
    return {data_, extents};
  }

 private:
  T* data_ = nullptr;
  shape extents_;
};

template <class T>
tensor_view(T*, shape) -> tensor_view<T>;

/// A view of constant elements as a parameter that takes a view of mutable ones as well: T is told by another
/// parameter.
template <class T>
using constant_view = std::type_identity_t<tensor_view<T const>>;

}  // namespace acsl
