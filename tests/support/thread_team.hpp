// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/reference.hpp>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

/// Row kernels over a team of many members without a GPU: the same source, checked on a CPU. A `Block` says what the
/// members are: `fiber_block` (chosen orders) or `thread_block` (for the thread sanitizer).
namespace test {

template <class Block>
class thread_team {
 public:
  static constexpr int size_at_least = 1;
  struct alignas(64) slot {
    unsigned char bytes[64];
  };

  thread_team(Block& block, slot* slots, int rank) : block_(&block), slots_(slots), rank_(rank) {}

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int size() const { return block_->size(); }
  void sync(int line = __builtin_LINE()) { block_->barrier(rank_, line); }
  template <class F>
  void for_each(acsl::index_t n, F&& f) const {
    for (acsl::index_t i = rank_; i < n; i += size()) f(i);
  }
  /// The tree of a block of a GPU: inside every 32 members with strides 1, 2, 4, 8, 16, then those in order.
  template <class T, class Op>
  T reduce(T value, Op op, int line = __builtin_LINE()) {
    static_assert(sizeof(T) <= sizeof(slot) && std::is_trivially_copyable_v<T>);
    put(rank_, value);
    sync(line);
    if (rank_ == 0) {
      for (int base = 0; base < size(); base += 32) {
        int const count = size() - base < 32 ? size() - base : 32;
        for (int stride = 1; stride < 32; stride *= 2)
          for (int i = 0; i + stride < count; ++i)  // ascending: i + stride still holds its last round's value
            put(base + i, op(get<T>(base + i), get<T>(base + i + stride)));
        if (base > 0) put(0, op(get<T>(0), get<T>(base)));
      }
      put(size(), get<T>(0));
    }
    sync(line);
    return get<T>(size());
  }

 private:
  template <class T>
  void put(int i, T const& value) {
    std::memcpy(slots_[i].bytes, &value, sizeof value);
  }
  template <class T>
  [[nodiscard]] T get(int i) const {
    T value;
    std::memcpy(&value, slots_[i].bytes, sizeof value);
    return value;
  }
  Block* block_;
  slot* slots_;
  int rank_;
};

/// The reference backend, with teams. Shared memory starts as bytes 0xFF, which are NaNs: what a kernel forgets to
/// write shows.
template <class Block>
class team_backend : public acsl::reference {
 public:
  template <class... Arguments>
  explicit team_backend(Arguments... arguments) : block_(arguments...) {}

  template <class Kernel>
  void for_each_row(acsl::index_t rows, Kernel kernel, double /*cost*/ = 2000) {
    using team_type = thread_team<Block>;
    using shared = typename Kernel::shared;
    static_assert(std::is_trivially_copyable_v<shared>);
    std::vector<typename team_type::slot> slots(static_cast<std::size_t>(block_.size()) + 1);
    auto const memory = std::make_unique_for_overwrite<shared>();
    if (rows == 0) return;
    block_.run([&](int rank) {
      team_type team(block_, slots.data(), rank);
      for (acsl::index_t row = 0; row < rows; ++row) {
        if (rank == 0) std::memset(static_cast<void*>(memory.get()), 0xFF, sizeof(shared));
        block_.barrier(rank, 0);
        kernel(team, *memory, row);
        block_.barrier(rank, 0);
      }
    });
  }

 private:
  Block block_;
};

/// A team that leaves out one of every `period` barriers: to show that a kernel needs it. Reductions keep theirs.
template <class Team>
class without_sync : public Team {
 public:
  without_sync(Team const& team, int which, int period) : Team(team), which_(which), period_(period) {}
  void sync(int line = __builtin_LINE()) {
    if (count_++ % period_ != which_) Team::sync(line);
  }

 private:
  int which_, period_, count_ = 0;
};

/// A kernel whose team leaves out a barrier.
template <class Kernel>
struct broken_kernel {
  using shared = typename Kernel::shared;
  Kernel kernel;
  int which, period;
  template <class Team>
  void operator()(Team& team, shared& s, acsl::index_t row) const {
    without_sync<Team> broken(team, which, period);
    kernel(broken, s, row);
  }
};

/// A backend whose every kernel leaves out a barrier.
template <class Block>
class broken_backend : public team_backend<Block> {
 public:
  template <class... Arguments>
  broken_backend(int which, int period, Arguments... arguments)
      : team_backend<Block>(arguments...), which_(which), period_(period) {}
  template <class Kernel>
  void for_each_row(acsl::index_t rows, Kernel kernel, double /*cost*/ = 2000) {
    team_backend<Block>::for_each_row(rows, broken_kernel<Kernel>{kernel, which_, period_});
  }

 private:
  int which_, period_;
};

}  // namespace test
