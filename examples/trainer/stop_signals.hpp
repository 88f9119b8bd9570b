// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <unistd.h>
#include <atomic>
#include <csignal>

namespace trainer {

/// While it lives, the first SIGINT or SIGTERM asks to stop, and the next one stops at once. One at a time.
class stop_signals {
 public:
  stop_signals() : interrupt_((flag() = false, std::signal(SIGINT, ask))), terminate_(std::signal(SIGTERM, ask)) {}
  stop_signals(stop_signals const&) = delete;
  stop_signals& operator=(stop_signals const&) = delete;
  ~stop_signals() {
    std::signal(SIGINT, interrupt_);
    std::signal(SIGTERM, terminate_);
  }
  [[nodiscard]] std::atomic<bool> const& asked() const { return flag(); }

 private:
  static std::atomic<bool>& flag() {
    static std::atomic<bool> asked{false};
    return asked;
  }
  static void ask(int number) {
    flag() = true;
    std::signal(number, SIG_DFL);
    constexpr char text[] = "\nstopping after this iteration; once more to stop at once\n";
    [[maybe_unused]] auto const written = ::write(STDERR_FILENO, text, sizeof text - 1);
  }

  void (*interrupt_)(int);
  void (*terminate_)(int);
};

}  // namespace trainer
