// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/balanced_l1.hpp>
#include <acsl/losses/harmonised_l1.hpp>
#include <acsl/losses/overlap.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/validation/detail/checked_entry.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// Whether an entry of a file of loss vectors is a loss of boxes: it has `pred` and `target`.
[[nodiscard]] inline bool is_box_vector(json_value const& entry) { return entry.has("pred") && entry.has("target"); }

namespace detail {

/// Sums and gradients of one entry, before the division.
template <class T>
struct box_outcome {
  double sum = 0;
  std::vector<double> gradient = {};
};

/// The sum over numbers of a loss of differences.
template <class T, class Loss>
box_outcome<T> over_numbers(Loss const& loss, std::vector<T> const& found, std::vector<T> const& wanted) {
  box_outcome<T> result;
  for (std::size_t i = 0; i < found.size(); ++i) {
    auto const one = loss(found[i] - wanted[i]);
    result.sum += static_cast<double>(one.value);
    result.gradient.push_back(static_cast<double>(one.slope));
  }
  return result;
}
/// The sum over boxes of a loss of corners.
template <class T, class Loss>
box_outcome<T> over_boxes(Loss const& loss, std::vector<T> const& found, std::vector<T> const& wanted) {
  box_outcome<T> result;
  for (std::size_t i = 0; i < found.size(); i += 4) {
    auto const one = loss(found.data() + i, wanted.data() + i);
    result.sum += static_cast<double>(one.value);
    for (T const g : one.gradient) result.gradient.push_back(static_cast<double>(g));
  }
  return result;
}

/// Evaluates the loss that an entry names. @throws acsl::file_error for one that is not known
template <class T>
box_outcome<T> evaluate_boxes(json_value const& entry, std::vector<T> const& found, std::vector<T> const& wanted) {
  auto const numbers = entry.find("hyperparameters");
  auto const number = [&](char const* name, double otherwise) {
    auto const given = numbers ? numbers->find(name) : std::nullopt;
    return given ? given->number() : otherwise;
  };
  auto const kind = entry.at("loss").text(), id = entry.at("id").text();
  double const epsilon = number("eps", 1e-7);
  auto const iou = [&](iou_form form) {
    return over_boxes(iou_loss{form, number("eps", 1e-6), number("offset", 0)}, found, wanted);
  };
  if (kind == "l1") return over_numbers(l1_element{}, found, wanted);
  if (kind == "smooth_l1") return over_numbers(smooth_l1_element{number("beta", 1)}, found, wanted);
  if (kind == "balanced_l1") {
    if (number("beta", 1) != 1) entry.at("hyperparameters").at("beta").fail("balanced L1 has beta 1 here");
    return over_numbers(balanced_l1_element{number("alpha", 0.5), number("gamma", 1.5)}, found, wanted);
  }
  if (kind == "iou_log") return iou(iou_form::logarithm);
  if (kind == "iou_linear") return iou(iou_form::linear);
  if (kind == "iou_square") return iou(iou_form::square);
  if (kind == "giou") return over_boxes(generalised_iou_loss{epsilon}, found, wanted);
  if (kind == "diou") return over_boxes(distance_iou_loss{epsilon}, found, wanted);
  if (kind == "bounded_iou")
    return over_boxes(bounded_iou_loss{number("beta", 0.2), number("eps", 1e-3)}, found, wanted);
  if (kind == "ciou") {
    auto const weight = id.ends_with(".differentiable_alpha") ? tradeoff::differentiable
                        : id.ends_with(".detached_alpha")     ? tradeoff::detached
                                                              : tradeoff::detached_gated;
    return over_boxes(complete_iou_loss{weight, epsilon}, found, wanted);
  }
  if (kind != "ghmr") entry.at("loss").fail("there is no loss of boxes \"" + kind + "\"");
  std::vector<T> differences, slopes(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) differences.push_back(found[i] - wanted[i]);
  auto const bins =
      numbers && numbers->has("bins") ? integer_of(numbers->at("bins"), 1, harmonising_options::most_bins) : 10;
  harmonised_l1 loss(number("mu", 0.02), {.bins = bins, .momentum = number("momentum", 0)});
  auto const one = loss.evaluate(std::span<T const>(differences), std::span<T>(slopes));
  box_outcome<T> result{one.value * one.divisor, {}};
  for (T const slope : slopes) result.gradient.push_back(static_cast<double>(slope) * one.divisor);
  return result;
}

}  // namespace detail

/// Checks a loss of boxes, on the host, in T.
/// @pre is_box_vector(entry) @throws acsl::file_error naming the place of what does not fit
template <class T>
loss_check check_box_vector(json_value const& entry, tolerance accepted = loss_tolerance<T>) {
  return detail::checked_entry(entry, [&](loss_check& check) {
    check.note = "on the host";
    auto const target = numbers_of(entry.at("target"));
    if (target.size() % 4 != 0) entry.at("target").fail("expected four numbers for every box");
    auto const prediction = detail::numbers_of(entry.at("pred"), static_cast<index_t>(target.size()));
    double const divisor = entry.at("normalizer").at("value").number();
    if (!(divisor > 0)) entry.at("normalizer").at("value").fail("expected a number above 0");
    auto found = detail::evaluate_boxes(entry, std::vector<T>(prediction.begin(), prediction.end()),
                                        std::vector<T>(target.begin(), target.end()));
    for (double& g : found.gradient) g /= divisor;
    check.value.add(found.sum / divisor, entry.at("expected").at("loss").number(), accepted);
    check.gradient.add_all(found.gradient, numbers_of(entry.at("expected").at("grad")), accepted);
  });
}

}  // namespace acsl
