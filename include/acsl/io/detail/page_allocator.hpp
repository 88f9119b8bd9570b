// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/mman.h>
#include <cstddef>
#include <new>

namespace acsl::detail {

/// For parts that are joined to a whole and freed one after the other: freed memory is the system's again at once,
/// where a heap would keep it until all of its neighbours are free. Whole pages: not for small or many things. POSIX.
template <class T>
struct page_allocator {
  using value_type = T;

  page_allocator() = default;
  template <class Other>
  page_allocator(page_allocator<Other> const&) {}  // NOLINT(google-explicit-constructor): what containers ask for

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_alloc();
    void* const pages = ::mmap(nullptr, count * sizeof(T), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    return static_cast<T*>(pages);
  }
  void deallocate(T* pages, std::size_t count) noexcept { ::munmap(pages, count * sizeof(T)); }

  friend bool operator==(page_allocator, page_allocator) { return true; }
};

}  // namespace acsl::detail
