// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace acsl {

/// What is accepted: |found − wanted| <= absolute + relative · |wanted|.
struct tolerance {
  double absolute, relative;
};
/// Of losses against vectors in float64, by the precision of the logits.
template <class T>
inline constexpr tolerance loss_tolerance = sizeof(T) == 8 ? tolerance{1e-12, 1e-10} : tolerance{2e-6, 2e-5};

/// The largest differences between two lists of numbers. NaN equals NaN, and an infinity itself; else they differ by
/// infinity, as lists of different lengths do.
struct difference {
  double absolute = 0, relative = 0;
  bool within = true;
  std::size_t compared = 0;

  template <class Found>
  static difference of(Found const& found, std::vector<double> const& wanted, tolerance accepted) {
    difference result;
    result.add_all(found, wanted, accepted);
    return result;
  }
  template <class Found>
  void add_all(Found const& found, std::vector<double> const& wanted, tolerance accepted) {
    if (static_cast<std::size_t>(found.size()) != wanted.size()) {
      *this = {INFINITY, INFINITY, false, compared + wanted.size()};
      return;
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) add(static_cast<double>(found.data()[i]), wanted[i], accepted);
  }
  void add(double found, double wanted, tolerance accepted) {
    ++compared;
    if (found == wanted || (std::isnan(found) && std::isnan(wanted))) return;
    double size = std::abs(found - wanted), share = size / std::abs(wanted);
    if (!std::isfinite(size)) size = share = INFINITY;
    absolute = std::max(absolute, size);
    relative = std::max(relative, share);
    within = within && size <= accepted.absolute + accepted.relative * std::abs(wanted);
  }
};

/// What became of a case on a backend. Tables of numbers (weights of classes, factors, probabilities, orders) and
/// corrected logits are values; outputs of classifiers are scores; class means are a state.
struct loss_check {
  std::string id;
  difference value, gradient, rows, scores, state;  ///< `compared` is 0 where the case has none
  difference
      intermediates;    ///< weights of elements, tables, histograms and parts of the value, where they are expected
  std::string problem;  ///< what was thrown; empty: nothing
  /// Where it ran, unless as asked: "in float", "in double on the host"; and what is expected but was not compared, by
  /// its names in the file: "not checked: sampling_weight".
  std::string note;

  [[nodiscard]] bool passed() const {
    return problem.empty() && value.within && gradient.within && rows.within && scores.within && state.within &&
           intermediates.within;
  }
  /// Numbers that were compared.
  [[nodiscard]] std::size_t compared() const {
    return value.compared + gradient.compared + rows.compared + scores.compared + state.compared +
           intermediates.compared;
  }
};

}  // namespace acsl
