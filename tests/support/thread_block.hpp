// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <acsl/backend/detail/fork_join.hpp>
#include <functional>
#include <thread>
#include <vector>

namespace test {

/// The members of a team as threads, for the thread sanitizer. The sanitizer must see the order that a barrier of a
/// GPU's block promises and nothing else: the barrier's own atomics are hidden from it, and what the barrier orders is
/// told by name.
class thread_block {
 public:
  explicit thread_block(int size) : size_(size) {}
  thread_block(thread_block const&) = delete;
  thread_block& operator=(thread_block const&) = delete;

  [[nodiscard]] int size() const { return size_; }

  /// Runs body(rank) for every member.
  void run(std::function<void(int)> const& body) {
    passed_.assign(static_cast<std::size_t>(size_), {});
    std::vector<std::thread> members;
    for (int rank = 0; rank < size_; ++rank) members.emplace_back([&body, rank] { body(rank); });
    for (auto& member : members) member.join();
  }

  void barrier(int rank, int /*place*/) {
    // Two names in turn: a fast member that is at the next barrier already must not be ordered before this one's end.
    char* const name = &names_[64 * (passed_[static_cast<std::size_t>(rank)].barriers++ % 2)];
#if defined(ACSL_THREAD_SANITIZER)
    __tsan_release(name);
#endif
    wait();
#if defined(ACSL_THREAD_SANITIZER)
    __tsan_acquire(name);
#else
    static_cast<void>(name);
#endif
  }

 private:
  struct alignas(64) counter {
    unsigned barriers = 0;  // only its member touches it
  };

  ACSL_UNWATCHED void wait() {
    unsigned const round = __atomic_load_n(&round_, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&arrived_, 1, __ATOMIC_ACQ_REL) == size_) {
      __atomic_store_n(&arrived_, 0, __ATOMIC_RELAXED);
      __atomic_store_n(&round_, round + 1, __ATOMIC_RELEASE);
      syscall(SYS_futex, &round_, FUTEX_WAKE_PRIVATE, size_, nullptr, nullptr, 0);
    } else {
      while (__atomic_load_n(&round_, __ATOMIC_ACQUIRE) == round)
        syscall(SYS_futex, &round_, FUTEX_WAIT_PRIVATE, round, nullptr, nullptr, 0);
    }
  }

  int size_, arrived_ = 0;
  unsigned round_ = 0;
  std::vector<counter> passed_;
  alignas(64) char names_[128] = {};
};

}  // namespace test
