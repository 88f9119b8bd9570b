// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/resource.h>
#include <unistd.h>
#include <acsl/training/training_log.hpp>
#include <cmath>
#include <cstdio>
#include <string>

namespace acsl {

/// "1:02:03", "4:05"; "?" for what is no time.
inline std::string clock_text(double seconds) {
  if (!(seconds >= 0) || seconds > 1e8) return "?";
  auto const total = static_cast<long>(std::lround(seconds));
  char text[32];
  if (total >= 3600) std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", total / 3600, total / 60 % 60, total % 60);
  else std::snprintf(text, sizeof text, "%ld:%02ld", total / 60, total % 60);
  return text;
}

/// Largest resident size of this process so far, MiB.
inline index_t peak_memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/// Shows how far long work is: one line that is rewritten on a terminal, plain lines elsewhere.
class progress {
 public:
  explicit progress(std::FILE* to = stdout) : to_(to), terminal_(isatty(fileno(to)) == 1) {}
  progress(progress const&) = delete;
  progress& operator=(progress const&) = delete;
  ~progress() { finish(); }

  void show(std::string const& text) {
    if (terminal_) {
      std::fprintf(to_, "\r\033[K%s", text.c_str());
      open_ = true;
    } else {
      std::fprintf(to_, "%s\n", text.c_str());
    }
    std::fflush(to_);
  }
  void show(log_line const& line) {
    char text[256];
    std::snprintf(text, sizeof text, "epoch %ld [%ld/%ld]  eta %s  lr %.5f  time %.3f  data %.3f  memory %ld MiB",
                  static_cast<long>(line.epoch), static_cast<long>(line.iteration),
                  static_cast<long>(line.iterations_per_epoch), clock_text(line.eta_seconds).c_str(), line.lr,
                  line.seconds, line.data_seconds, static_cast<long>(line.memory_mib));
    std::string all = text;
    for (auto const& loss : line.losses) {
      std::snprintf(text, sizeof text, "  %s %.4f", loss.name.c_str(), loss.value);
      all += text;
    }
    std::snprintf(text, sizeof text, "  loss %.4f", total_loss(line.losses));
    show(all + text);
  }
  /// Ends the rewritten line, so that other text starts on a new one.
  void finish() {
    if (open_) std::fputc('\n', to_);
    open_ = false;
  }
  [[nodiscard]] bool on_terminal() const { return terminal_; }

 private:
  std::FILE* to_;
  bool terminal_, open_ = false;
};

}  // namespace acsl
