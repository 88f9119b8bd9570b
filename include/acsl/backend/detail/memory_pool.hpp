// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/poison.hpp>
#include <acsl/core/memory_resource.hpp>
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <vector>

namespace acsl::detail {

/// Memory that is given back is kept and handed out again, so that a loop which repeats its sizes asks the operating
/// system for nothing: no page faults in the steady state. Any thread may allocate and free.
///
/// Sizes are rounded up to a class, eight classes to each doubling (at most an eighth of a block is wasted). A request
/// takes a kept block of its class or of the next few (up to half as large again), else asks upstream. Before it asks
/// upstream it gives kept blocks back while more is kept than was ever in use at once: what the pool holds stays below
/// twice the peak, plus one block, also when sizes keep changing. Alignments above 64 bytes go straight upstream.
class memory_pool final : public memory_resource {
 public:
  static constexpr std::size_t alignment = 64;

  explicit memory_pool(memory_resource* upstream = host_heap()) : upstream_(upstream) {}
  memory_pool(memory_pool const&) = delete;
  memory_pool& operator=(memory_pool const&) = delete;
  ~memory_pool() { release(); }

  [[nodiscard]] void* allocate(std::size_t bytes, std::size_t align) override {
    if (align > alignment) return upstream_->allocate(bytes, align);
    int const wanted = class_of(bytes);
    if (wanted + search >= classes) throw std::bad_alloc();
    std::lock_guard const lock(mutex_);
    header* block = take(wanted);
    if (!block) block = grow(wanted);
    used_ += bytes_of(block->size_class);
    peak_ = std::max(peak_, used_);
    void* const data = block + 1;
    mark_usable(data, bytes);
    return data;
  }
  void deallocate(void* data, std::size_t bytes, std::size_t align) override {
    if (align > alignment) return upstream_->deallocate(data, bytes, align);
    header* const block = static_cast<header*>(data) - 1;
    std::lock_guard const lock(mutex_);
    std::size_t const size = bytes_of(block->size_class);
    mark_unusable(data, size);
    kept_blocks_[static_cast<std::size_t>(block->size_class)].push_back(block);  // capacity was reserved in grow
    used_ -= size;
    kept_ += size;
  }

  /// Bytes in use now, in whole blocks.
  [[nodiscard]] std::size_t used_bytes() const { return locked(used_); }
  /// The most bytes in use at once since the start or the last `reset_peak`.
  [[nodiscard]] std::size_t peak_bytes() const { return locked(peak_); }
  /// Bytes kept for later.
  [[nodiscard]] std::size_t kept_bytes() const { return locked(kept_); }
  /// How often upstream was asked for a block.
  [[nodiscard]] std::uint64_t upstream_calls() const { return locked(upstream_calls_); }
  void reset_peak() {
    std::lock_guard const lock(mutex_);
    peak_ = used_;
  }
  /// Gives every kept block back to upstream.
  void release() {
    std::lock_guard const lock(mutex_);
    shrink_to(0);
  }

  /// The class of a request, and the bytes of a class.
  static constexpr int class_of(std::size_t bytes) {
    std::size_t const units = bytes <= alignment ? 1 : (bytes + alignment - 1) / alignment;
    if (units <= 8) return static_cast<int>(units) - 1;
    int const octave = std::bit_width(units - 1) - 4;  // units in (8 * 2^octave, 16 * 2^octave]
    std::size_t const step = std::size_t{1} << octave;
    return 8 * octave + static_cast<int>((units + step - 1) / step) - 1;
  }
  static constexpr std::size_t bytes_of(int size_class) {
    if (size_class < 8) return alignment * static_cast<std::size_t>(size_class + 1);
    int const octave = size_class / 8 - 1;
    return alignment * static_cast<std::size_t>(size_class - 8 * octave + 1) << octave;
  }

 private:
  static constexpr int classes = 8 * 48;
  static constexpr int search = 4;  // classes above its own that a request may take a block from
  struct alignas(alignment) header {
    int size_class;
  };
  static_assert(sizeof(header) == alignment);

  header* take(int wanted) {
    for (int size_class = wanted; size_class <= wanted + search; ++size_class) {
      auto& blocks = kept_blocks_[static_cast<std::size_t>(size_class)];
      if (blocks.empty()) continue;
      header* const block = blocks.back();
      blocks.pop_back();
      kept_ -= bytes_of(size_class);
      return block;
    }
    return nullptr;
  }
  header* grow(int size_class) {
    auto const index = static_cast<std::size_t>(size_class);
    std::size_t const size = bytes_of(size_class);
    if (kept_ > peak_) shrink_to(peak_);
    auto& blocks = kept_blocks_[index];
    std::size_t const owned = owned_[index] + 1;  // freeing must not allocate: make room for every block of the class
    if (blocks.capacity() < owned) blocks.reserve(2 * owned);
    void* memory = nullptr;
    try {
      memory = upstream_->allocate(sizeof(header) + size, alignment);
    } catch (std::bad_alloc const&) {
      shrink_to(0);  // what is kept may be what is missing
      memory = upstream_->allocate(sizeof(header) + size, alignment);
    }
    ++owned_[index];
    ++upstream_calls_;
    auto* const block = new (memory) header{size_class};
    mark_unusable(block + 1, size);
    return block;
  }
  void shrink_to(std::size_t bytes) {  // the largest blocks first
    for (std::size_t index = kept_blocks_.size(); index-- > 0 && kept_ > bytes;) {
      std::size_t const size = bytes_of(static_cast<int>(index));
      auto& blocks = kept_blocks_[index];
      while (!blocks.empty() && kept_ > bytes) {
        mark_usable(blocks.back() + 1, size);
        upstream_->deallocate(blocks.back(), sizeof(header) + size, alignment);
        blocks.pop_back();
        --owned_[index];
        kept_ -= size;
      }
    }
  }
  template <class T>
  T locked(T const& value) const {
    std::lock_guard const lock(mutex_);
    return value;
  }

  mutable std::mutex mutex_;
  memory_resource* upstream_;
  std::array<std::vector<header*>, classes> kept_blocks_;
  std::array<std::size_t, classes> owned_{};
  std::size_t used_ = 0, peak_ = 0, kept_ = 0;
  std::uint64_t upstream_calls_ = 0;
};

/// The pool of every host backend of this process. Never destroyed: tensors may live until the very end.
inline memory_pool& host_pool() {
  static auto* const pool = new memory_pool;
  return *pool;
}

}  // namespace acsl::detail
