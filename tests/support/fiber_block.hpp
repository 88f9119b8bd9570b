// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <ucontext.h>
#include <acsl/backend/detail/poison.hpp>
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>
#if defined(ACSL_ADDRESS_SANITIZER)
#  include <sanitizer/common_interface_defs.h>
#endif

namespace test {

/// A kernel's members do not meet as they must.
struct team_error : std::logic_error {
  using std::logic_error::logic_error;
};

/// The members of a team as fibers of one thread, in a chosen order: what one member does too early shows as a wrong
/// value, always the same. A member that leaves before a barrier where others wait, and members that wait at different
/// barriers, are errors.
class fiber_block {
 public:
  /// @param order of the members from barrier to barrier: 0 ascending, 1 descending, others: shuffled anew every time
  explicit fiber_block(int size, unsigned order = 0) : order_(order), fibers_(static_cast<std::size_t>(size)) {
    for (auto& fiber : fibers_) fiber.stack = std::make_unique_for_overwrite<char[]>(stack_bytes);
  }
  fiber_block(fiber_block const&) = delete;
  fiber_block& operator=(fiber_block const&) = delete;

  [[nodiscard]] int size() const { return static_cast<int>(fibers_.size()); }

  /// Runs body(rank) for every member.
  void run(std::function<void(int)> body) {
    body_ = std::move(body);
    for (std::size_t rank = 0; rank < fibers_.size(); ++rank) start(rank);
    std::vector<std::size_t> order(fibers_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (order_ == 1) std::reverse(order.begin(), order.end());
    std::mt19937 random(order_);
    failure_.clear();
    while (true) {
      if (order_ > 1) std::shuffle(order.begin(), order.end(), random);
      for (std::size_t const rank : order)
        if (!fibers_[rank].done) resume(rank);
      auto const waiting = std::find_if(fibers_.begin(), fibers_.end(), [](fiber_state const& f) { return !f.done; });
      if (waiting == fibers_.end()) break;
      for (auto const& other : fibers_)  // everyone waits at one barrier, or it never opens
        if (failure_.empty() && (other.done || other.place != waiting->place))
          failure_ = describe(*waiting) + ", " + describe(other);
    }
    if (!failure_.empty()) throw team_error("members do not meet: " + failure_);
  }

  /// @param place names the barrier; 0: the end of a kernel
  void barrier(int rank, int place) {
    fibers_[static_cast<std::size_t>(rank)].place = place;
    suspend(static_cast<std::size_t>(rank));
    if (!failure_.empty()) throw abandoned{};
  }

 private:
  static constexpr std::size_t stack_bytes = 256 * 1024;
  struct abandoned {};
  struct fiber_state {
    ucontext_t context;
    std::unique_ptr<char[]> stack;
    void* shadow = nullptr;
    int place = 0;
    bool done = false;
  };

  std::string describe(fiber_state const& f) const {
    std::string const name = "member " + std::to_string(&f - fibers_.data());
    bool const left = f.done || f.place == 0;
    return name + (left ? " has left the kernel" : " waits at line " + std::to_string(f.place));
  }
  void start(std::size_t rank) {
    auto& fiber = fibers_[rank];
    fiber.done = false;
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get();
    fiber.context.uc_stack.ss_size = stack_bytes;
    fiber.context.uc_link = nullptr;
    auto const self = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&fiber.context, reinterpret_cast<void (*)()>(&fiber_block::enter), 3, static_cast<unsigned>(self >> 32),
                static_cast<unsigned>(self), static_cast<unsigned>(rank));
  }
  static void enter(unsigned high, unsigned low, unsigned rank) {
    auto* const self = reinterpret_cast<fiber_block*>(std::uintptr_t{high} << 32 | low);
    self->arrived_in_fiber(rank);
    try {
      self->body_(static_cast<int>(rank));
    } catch (abandoned const&) {
    }
    self->fibers_[rank].done = true;
    self->suspend(rank);
  }
  // The address sanitizer is told of every change of stack.
  void resume(std::size_t rank) {
#if defined(ACSL_ADDRESS_SANITIZER)
    void* shadow = nullptr;
    __sanitizer_start_switch_fiber(&shadow, fibers_[rank].stack.get(), stack_bytes);
#endif
    swapcontext(&scheduler_, &fibers_[rank].context);
#if defined(ACSL_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(shadow, nullptr, nullptr);
#endif
  }
  void suspend(std::size_t rank) {
#if defined(ACSL_ADDRESS_SANITIZER)
    __sanitizer_start_switch_fiber(fibers_[rank].done ? nullptr : &fibers_[rank].shadow, main_stack_, main_bytes_);
#endif
    swapcontext(&fibers_[rank].context, &scheduler_);
    arrived_in_fiber(rank);
  }
  void arrived_in_fiber([[maybe_unused]] std::size_t rank) {
#if defined(ACSL_ADDRESS_SANITIZER)
    __sanitizer_finish_switch_fiber(fibers_[rank].shadow, &main_stack_, &main_bytes_);
#endif
  }

  unsigned order_;
  std::vector<fiber_state> fibers_;
  std::function<void(int)> body_;
  std::string failure_;
  ucontext_t scheduler_{};
  void const* main_stack_ = nullptr;
  std::size_t main_bytes_ = 0;
};

}  // namespace test
