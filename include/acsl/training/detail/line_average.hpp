// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/training/training_log.hpp>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Sums of what a log line averages.
class line_average {
 public:
  void add(std::vector<named_loss> const& losses, double seconds, double data_seconds, double norm) {
    if (losses_.size() != losses.size()) {
      losses_ = losses;
      for (auto& loss : losses_) loss.value = 0;
    }
    for (std::size_t i = 0; i < losses.size(); ++i) losses_[i].value += losses[i].value;
    seconds_ += seconds;
    data_seconds_ += data_seconds;
    norm_ += norm;
    ++count_;
  }
  [[nodiscard]] index_t count() const { return count_; }
  log_line take() {
    log_line line;
    auto const n = static_cast<double>(count_);
    for (auto& loss : losses_) loss.value /= n;
    line.losses = std::exchange(losses_, {});
    line.seconds = std::exchange(seconds_, 0) / n;
    line.data_seconds = std::exchange(data_seconds_, 0) / n;
    line.gradient_norm = std::exchange(norm_, 0) / n;
    count_ = 0;
    return line;
  }

 private:
  std::vector<named_loss> losses_;
  double seconds_ = 0, data_seconds_ = 0, norm_ = 0;
  index_t count_ = 0;
};

}  // namespace acsl::detail
