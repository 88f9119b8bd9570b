// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/validation/detail/host_copies.hpp>
#include <acsl/validation/detail/loss_intermediates.hpp>
#include <acsl/validation/difference.hpp>
#include <acsl/validation/loss_vector.hpp>
#include <cmath>
#include <set>
#include <string>
#include <vector>

namespace acsl {

namespace detail {

/// What the random choices of a checked batch are drawn from, where it does not bring its own.
inline constexpr std::uint64_t checked_seed = 1;

}  // namespace detail

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
  index_t const rows = batch.extents[0], count = batch.extents.elements();
  auto const logits = detail::on_backend<T>(exec, batch.logits, batch.extents);
  tensor<T> gradient(batch.extents, exec.memory()), scores({rows, batch.classes + 1}, exec.memory());
  exec.fill(gradient.view(), T(77));  // must be overwritten
  tensor_view<std::int32_t const> const labels(batch.labels.data(), {static_cast<index_t>(batch.labels.size())});
  loss_outcome result;
  tensor<double> row_losses({rows}, exec.memory());
  auto told = arguments;
  told.row_losses = row_losses.view();
  result.value =
      loss.evaluate(exec, logits.view(), labels, gradient.view(), random_key{detail::checked_seed}, told).value;
  result.rows = detail::on_host(exec, row_losses);
  result.gradient = detail::on_host(exec, gradient);
  if (count > 0) loss.score(exec, logits.view(), scores.view());
  if (count > 0) result.scores = detail::on_host(exec, scores);
  loss.visit_state([&](std::string const&, std::vector<double> const& values) {
    result.state.insert(result.state.end(), values.begin(), values.end());
  });
  return result;
}

namespace detail {

/// Compares what an entry expects beside value, gradient, rows and scores; the note names what the loss does not give.
/// @param before the loss before the batch; `one` has it as it is after
template <class T, backend Backend>
void check_intermediates(Backend& exec, any_classification_loss const& before, loss_vector const& one,
                         loss_arguments const& arguments, loss_outcome const& found, tolerance accepted,
                         loss_check& check) {
  loss_intermediates<T, Backend> const also(exec, one, arguments, random_key{checked_seed});
  std::string unchecked;
  auto const compare = [&](std::string const& name, json_value const& wanted, auto const& numbers) {
    if (numbers) check.intermediates.add_all(*numbers, numbers_of(wanted), accepted);
    else unchecked += (unchecked.empty() ? "not checked: " : ", ") + name;
  };
  std::set<std::string> const elsewhere = {"loss", "grad", "row_loss", "scores", "state_after"};
  for (auto const& name : one.expected.keys()) {
    if (elsewhere.count(name)) continue;
    auto numbers = also.find(before, name);
    if (name == "grad_l1") {
      double sum = 0;
      for (double const g : found.gradient) sum += std::abs(g);
      numbers = {sum};
    }
    compare(name, one.expected.at(name), numbers);
  }
  if (auto const after = one.expected.find("state_after")) {
    std::set<std::string> own;
    auto loss = one.loss;
    loss.visit_state([&](std::string const& name, std::vector<double> const&) { own.insert(name); });
    for (auto const& name : after->keys())
      if (!own.count(name)) compare("state_after." + name, after->at(name), also.find(one.loss, name));
  }
  check.note += unchecked;
}

}  // namespace detail

/// Runs a case on a backend, with logits in T, and compares. What an entry expects that the loss does not give stands
/// in the note.
template <class T, backend Backend>
loss_check check_loss_vector(Backend& exec, loss_vector one, tolerance accepted = loss_tolerance<T>) {
  loss_check result;
  result.id = one.id;
  try {
    auto const arguments = one.arguments();
    auto const before = one.loss;
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
    detail::check_intermediates<T>(exec, before, one, arguments, found, accepted, result);
  } catch (error const& problem) {
    result.problem = problem.what();
  }
  return result;
}

}  // namespace acsl
