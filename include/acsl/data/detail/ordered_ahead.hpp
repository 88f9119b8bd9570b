// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Makes items first, first + 1, … last - 1 on worker threads, at most `ahead` beyond the one that is waited for, and
/// hands them out in order. What making an item threw is thrown where the item would have been handed out, and from
/// then on. Without workers items are made when they are asked for.
template <class Item>
class ordered_ahead {
 public:
  ordered_ahead(std::function<Item(index_t)> make, index_t first, index_t last, int workers, index_t ahead)
      : make_(std::move(make)),
        last_(last),
        to_make_(first),
        to_hand_out_(first),
        slots_(static_cast<std::size_t>(ahead)) {
    try {
      for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
    } catch (...) {  // the system refused a thread: those that run must end before their members do
      stop();
      throw;
    }
  }
  ordered_ahead(ordered_ahead const&) = delete;
  ordered_ahead& operator=(ordered_ahead const&) = delete;
  ~ordered_ahead() { stop(); }

  /// Nothing after the last item.
  std::optional<Item> next() {
    if (to_hand_out_ >= last_) return std::nullopt;
    if (threads_.empty()) {
      std::optional<Item> item(make_(to_hand_out_));
      ++to_hand_out_;
      return item;
    }
    std::unique_lock lock(mutex_);
    auto& slot = slot_of(to_hand_out_);
    made_.wait(lock, [&slot] { return slot.item.has_value() || slot.failure; });
    if (slot.failure) std::rethrow_exception(slot.failure);
    auto item = std::exchange(slot.item, std::nullopt);
    ++to_hand_out_;
    lock.unlock();
    room_.notify_all();
    return item;
  }

 private:
  struct made_item {
    std::optional<Item> item;
    std::exception_ptr failure;
  };

  made_item& slot_of(index_t number) { return slots_[static_cast<std::size_t>(number) % slots_.size()]; }

  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      room_.wait(lock, [this] {
        return stopping_ || to_make_ >= last_ || to_make_ < to_hand_out_ + static_cast<index_t>(slots_.size());
      });
      if (stopping_ || to_make_ >= last_) return;
      index_t const number = to_make_++;
      lock.unlock();
      made_item result;
      try {
        result.item.emplace(make_(number));
      } catch (...) {
        result.failure = std::current_exception();
      }
      lock.lock();
      slot_of(number) = std::move(result);
      made_.notify_all();
    }
  }

  void stop() {
    {
      std::lock_guard const lock(mutex_);
      stopping_ = true;
    }
    room_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  std::function<Item(index_t)> make_;
  index_t const last_;
  index_t to_make_, to_hand_out_;  // guarded by the mutex once there are threads
  bool stopping_ = false;
  std::vector<made_item> slots_;
  std::mutex mutex_;
  std::condition_variable made_, room_;
  std::vector<std::thread> threads_;
};

}  // namespace acsl::detail
