// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <acsl/training/training_log.hpp>
#include <algorithm>
#include <chrono>
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

/// Shows how far long work is: one line that is rewritten on a terminal, cut to its width; plain lines elsewhere.
class progress {
 public:
  explicit progress(std::FILE* to = stdout) : to_(to), terminal_(isatty(fileno(to)) == 1) {}
  progress(progress const&) = delete;
  progress& operator=(progress const&) = delete;
  ~progress() { finish(); }

  void show(std::string const& text) {
    if (terminal_) {
      std::fprintf(to_, "\r\033[K%s", text.substr(0, columns()).c_str());
      open_ = true;
    } else {
      std::fprintf(to_, "%s\n", text.c_str());
    }
    std::fflush(to_);
  }
  void show(log_line const& line) {
    char text[256];
    std::snprintf(text, sizeof text, "epoch %ld [%ld/%ld]  eta %s  lr %.4g  time %.3f  data %.3f  memory %ld MiB",
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
  /// Counted work: "detecting [34/128]  eta 0:12", a few times a second on a terminal, every ten seconds elsewhere, and
  /// at the end. The time starts with the first call, or when `done` falls.
  void count(std::string const& what, index_t done, index_t total) {
    using clock = std::chrono::steady_clock;
    auto const seconds = [](clock::duration d) { return std::chrono::duration<double>(d).count(); };
    auto const now = clock::now();
    if (counted_ < 0 || done < counted_) {
      count_begin_ = count_shown_ = now;
      count_first_ = done;
    }
    counted_ = done;
    if (done < total && seconds(now - count_shown_) < (terminal_ ? 0.2 : 10.0)) return;
    count_shown_ = now;
    double const each = seconds(now - count_begin_) / static_cast<double>(std::max<index_t>(1, done - count_first_));
    show(what + " [" + std::to_string(done) + "/" + std::to_string(total) + "]  eta " +
         (done > count_first_ ? clock_text(each * static_cast<double>(total - done)) : "?"));
  }
  /// Ends the rewritten line, so that other text starts on a new one.
  void finish() {
    if (open_) std::fputc('\n', to_);
    open_ = false;
  }
  [[nodiscard]] bool on_terminal() const { return terminal_; }

 private:
  /// What a line may hold: a longer one would wrap, and the next would not replace it.
  [[nodiscard]] std::size_t columns() const {
    winsize size{};
    bool const known = ioctl(fileno(to_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1U : std::string::npos;
  }

  std::FILE* to_;
  bool terminal_, open_ = false;
  index_t counted_ = -1, count_first_ = 0;
  std::chrono::steady_clock::time_point count_begin_, count_shown_;
};

}  // namespace acsl
