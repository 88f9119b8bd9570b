// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/validation/loss_vector.hpp>
#include <cmath>
#include <string>
#include <utility>
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

/// What became of a case on a backend.
struct loss_check {
  std::string id;
  difference value, gradient, rows, scores, state;  ///< `compared` is 0 where the case has none
  std::string problem;                              ///< what was thrown; empty: nothing

  [[nodiscard]] bool passed() const {
    return problem.empty() && value.within && gradient.within && rows.within && scores.within && state.within;
  }
};

/// What a loss computes for a batch, in host memory.
struct loss_outcome {
  double value = 0;
  std::vector<double> gradient, rows, scores, state;
};

/// Evaluates and scores a batch on a backend, with logits in T.
/// @param loss changes its state
template <class T, backend Backend>
loss_outcome evaluate_loss(Backend& exec, any_classification_loss& loss, loss_vector const& batch,
                           loss_arguments const& arguments) {
  std::vector<T> host;
  for (double const z : batch.logits) host.push_back(static_cast<T>(z));
  index_t const rows = batch.extents[0], count = batch.extents.elements();
  tensor<T> logits(batch.extents, exec.memory()), gradient(batch.extents, exec.memory()),
      scores({rows, batch.classes + 1}, exec.memory());
  if (count > 0) exec.copy_from_host(tensor_view<T const>(host.data(), batch.extents), logits.view());
  exec.fill(gradient.view(), T(77));  // must be overwritten
  tensor_view<std::int32_t const> const labels(batch.labels.data(), {static_cast<index_t>(batch.labels.size())});
  loss_outcome result;
  tensor<double> row_losses({rows}, exec.memory());
  auto told = arguments;
  told.row_losses = row_losses.view();
  result.value = loss.evaluate(exec, std::as_const(logits).view(), labels, gradient.view(), random_key{1}, told).value;
  auto const take = [&]<class Number>(tensor<Number> const& from, std::vector<double>& to) {
    std::vector<Number> copy(static_cast<std::size_t>(from.size()));
    if (!copy.empty()) exec.copy_to_host(from.view(), tensor_view<Number>(copy.data(), from.extents()));
    to.assign(copy.begin(), copy.end());
  };
  take(row_losses, result.rows);
  take(gradient, result.gradient);
  if (count > 0) loss.score(exec, std::as_const(logits).view(), scores.view());
  if (count > 0) take(scores, result.scores);
  loss.visit_state([&](std::string const&, std::vector<double> const& values) {
    result.state.insert(result.state.end(), values.begin(), values.end());
  });
  return result;
}

/// Runs a case on a backend, with logits in T, and compares.
template <class T, backend Backend>
loss_check check_loss_vector(Backend& exec, loss_vector one, tolerance accepted = loss_tolerance<T>) {
  loss_check result;
  result.id = one.id;
  try {
    auto const arguments = one.arguments();
    auto const found = evaluate_loss<T>(exec, one.loss, one, arguments);
    result.value.add(found.value, one.expected.at("loss").number(), accepted);
    result.gradient = difference::of(found.gradient, numbers_of(one.expected.at("grad")), accepted);
    if (auto const rows = one.expected.find("row_loss")) {  // of the file: without the rows' weights
      auto plain = found.rows;
      for (std::size_t i = 0; i < one.row_weights.size(); ++i)
        if (one.row_weights[i] > 0) plain[i] /= static_cast<double>(one.row_weights[i]);
      result.rows = difference::of(plain, numbers_of(*rows), accepted);
    }
    if (!one.scores.empty()) {
      auto wanted = one.scores;
      for (std::size_t i = 0; i < wanted.size() && i < found.scores.size(); ++i)
        if (wanted[i] < 0) wanted[i] = found.scores[i];  // not given
      result.scores = difference::of(found.scores, wanted, accepted);
    }
    if (auto const after = one.expected.find("state_after")) {
      one.loss.visit_state([&](std::string const& name, std::vector<double> const& values) {
        result.state.add_all(values, numbers_of(after->at(name)), accepted);
      });
      if (result.state.compared == 0) result.problem = "a loss with a state is expected, this one keeps none";
    }
  } catch (error const& problem) {
    result.problem = problem.what();
  }
  return result;
}

}  // namespace acsl
