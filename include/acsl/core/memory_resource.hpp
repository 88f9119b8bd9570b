// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <new>

namespace acsl {

/// Where tensors get their memory: the host's heap, or the pool of a backend. Takes the place of the class in
/// <memory_resource>, a header larger than all else that a loss includes.
class memory_resource {
 public:
  /// @param alignment a power of two
  /// @throws std::bad_alloc where there is none left
  [[nodiscard]] virtual void* allocate(std::size_t bytes, std::size_t alignment) = 0;
  /// Takes back what `allocate` returned for the same numbers.
  virtual void deallocate(void* data, std::size_t bytes, std::size_t alignment) = 0;

 protected:
  ~memory_resource() = default;  // whoever makes a resource knows its type
};

namespace detail {

class heap final : public memory_resource {
 public:
  [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment) override {
    return ::operator new(bytes, std::align_val_t(alignment));
  }
  void deallocate(void* data, std::size_t /*bytes*/, std::size_t alignment) override {
    ::operator delete(data, std::align_val_t(alignment));
  }
};
inline constinit heap host_heap_resource;

}  // namespace detail

/// The host's heap: operator new and delete.
inline memory_resource* host_heap() { return &detail::host_heap_resource; }

}  // namespace acsl
