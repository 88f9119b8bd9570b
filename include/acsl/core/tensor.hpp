// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/memory_resource.hpp>
#include <acsl/core/tensor_view.hpp>
#include <new>
#include <type_traits>
#include <utility>

namespace acsl {

namespace detail {

/// @throws acsl::out_of_memory telling extents and size
inline void* allocate(memory_resource& memory, std::size_t bytes, std::size_t alignment, shape const& extents) {
  try {
    return memory.allocate(bytes, alignment);
  } catch (std::bad_alloc const&) {
    throw out_of_memory({"an array of ", extents, " takes ", bytes >> 20, " MiB"});
  }
}

}  // namespace detail

/// A dense row-major array that owns its memory, taken from a memory resource (a backend's `exec.memory()`, or the
/// host's heap). Elements of a new tensor are **not** initialised: use `exec.fill`. Moves, does not copy: a copy of a
/// large array should be seen in the source (`clone(exec, x)`). The resource must outlive the tensor.
///
/// `T` is trivially copyable; memory is aligned to 64 bytes. Where there is none left, the constructor throws
/// `acsl::out_of_memory`.
template <class T>
class tensor {
  static_assert(std::is_trivially_copyable_v<T>, "acsl::tensor: T must be trivially copyable");

 public:
  using value_type = T;
  static constexpr std::size_t alignment = 64;

  tensor() : extents_{0} {}
  explicit tensor(shape extents, memory_resource* memory = host_heap()) : memory_(memory), extents_(extents) {
    if (size() > 0) data_ = static_cast<T*>(detail::allocate(*memory_, bytes(), alignment, extents_));
  }
  tensor(tensor&& other) noexcept
      : memory_(other.memory_),
        data_(std::exchange(other.data_, nullptr)),
        extents_(std::exchange(other.extents_, shape{0})) {}
  tensor& operator=(tensor&& other) noexcept {
    if (this != &other) {
      release();
      memory_ = other.memory_;
      data_ = std::exchange(other.data_, nullptr);
      extents_ = std::exchange(other.extents_, shape{0});
    }
    return *this;
  }
  tensor(tensor const&) = delete;
  tensor& operator=(tensor const&) = delete;
  ~tensor() { release(); }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] T const* data() const { return data_; }
  [[nodiscard]] shape const& extents() const { return extents_; }
  [[nodiscard]] index_t extent(int axis) const { return extents_[axis]; }
  [[nodiscard]] index_t size() const { return extents_.elements(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(size()) * sizeof(T); }

  [[nodiscard]] tensor_view<T> view() { return {data_, extents_}; }
  [[nodiscard]] tensor_view<T const> view() const { return {data_, extents_}; }
  operator tensor_view<T>() { return view(); }              // NOLINT(google-explicit-constructor)
  operator tensor_view<T const>() const { return view(); }  // NOLINT(google-explicit-constructor)

  /// Host memory only.
  T& operator[](index_t i) { return data_[i]; }
  T const& operator[](index_t i) const { return data_[i]; }

  /// Other extents with the same element count. @throws acsl::error when the counts differ.
  void reshape(shape extents) {
    ACSL_EXPECTS(extents.elements() == size(), "a reshaped tensor keeps its element count", extents, extents_);
    extents_ = extents;
  }

 private:
  void release() noexcept {
    if (data_) memory_->deallocate(data_, bytes(), alignment);
    data_ = nullptr;
  }

  memory_resource* memory_ = host_heap();
  T* data_ = nullptr;
  shape extents_;
};

}  // namespace acsl
