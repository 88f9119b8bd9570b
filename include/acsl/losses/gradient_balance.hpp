// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/detail/sigmoid_sweep.hpp>
#include <vector>

namespace acsl {

/// What positive and negative elements of every class have pulled at its classifier so far: the state of methods that
/// weigh a class by the ratio of the two.
class gradient_balance {
 public:
  explicit gradient_balance(index_t classes)
      : positive_(static_cast<std::size_t>(classes), 0.0), negative_(positive_) {}

  [[nodiscard]] index_t classes() const { return static_cast<index_t>(positive_.size()); }
  /// positive / (negative + 1e-10); `initial` before the first step, while nothing has been counted at all.
  [[nodiscard]] std::vector<double> ratios(double initial) const {
    bool fresh = true;
    for (std::size_t c = 0; c < positive_.size(); ++c) fresh = fresh && positive_[c] == 0 && negative_[c] == 0;
    std::vector<double> result(positive_.size(), initial);
    for (std::size_t c = 0; !fresh && c < positive_.size(); ++c) result[c] = positive_[c] / (negative_[c] + 1e-10);
    return result;
  }
  /// Adds what a step counted in the first columns, over all processes, times `factor`.
  void add(column_sums const& step, double factor, communicator* processes) {
    std::vector<double> both(2 * positive_.size());
    for (std::size_t c = 0; c < positive_.size(); ++c) {
      both[2 * c] = factor * step.positive[c];
      both[2 * c + 1] = factor * step.negative[c];
    }
    if (processes) processes->sum(both.data(), static_cast<index_t>(both.size()));
    for (std::size_t c = 0; c < positive_.size(); ++c) {
      positive_[c] += both[2 * c];
      negative_[c] += both[2 * c + 1];
    }
  }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    visit("pos_grad", positive_);
    visit("neg_grad", negative_);
  }

 private:
  std::vector<double> positive_, negative_;
};

}  // namespace acsl
