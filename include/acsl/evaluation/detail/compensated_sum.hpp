// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cmath>

namespace acsl::detail {

/// A sum of doubles with one rounding error, however many there are (Neumaier's variant of Kahan's).
class compensated_sum {
 public:
  void add(double value) {
    double const sum = sum_ + value;
    lost_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

/// The mean of the values above −1 ("has no value"); −1 when there are none.
class mean_of_valid {
 public:
  void add(double value) {
    if (!(value > -1)) return;
    sum_.add(value);
    ++count_;
  }
  [[nodiscard]] double value() const { return count_ == 0 ? -1 : sum_.value() / count_; }

 private:
  compensated_sum sum_;
  double count_ = 0;
};

}  // namespace acsl::detail
