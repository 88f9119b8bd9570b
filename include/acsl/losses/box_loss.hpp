// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/concepts.hpp>
#include <acsl/losses/overlap.hpp>
#include <acsl/losses/stable.hpp>
#include <concepts>
#include <span>

/// What a box head can regress with. Each kind says what it is a function of; who holds the boxes brings them into that
/// form and divides.
namespace acsl {

/// Of one encoded coordinate d = prediction − target, for itself: smooth L1 and its kin.
template <class L>
concept coordinate_loss = requires(L const& loss, double d) {
  { loss(d) } -> std::same_as<value_and_slope<double>>;
};
/// Of the absolute corners (x1, y1, x2, y2) of a prediction and its target: the losses of overlap.
template <class L>
concept corner_loss = requires(L const& loss, double const* corners) {
  { loss(corners, corners) } -> std::same_as<overlap_term<double>>;
};
/// Of all encoded coordinates of a batch at once, with a divisor of its own and perhaps a state: `harmonised_l1`.
template <class L>
concept batch_difference_loss = requires(L& loss, std::span<double const> differences, std::span<double> gradient,
                                         std::span<float const> weights) {
  { loss.evaluate(differences, gradient, nullptr, weights) } -> std::same_as<loss_result>;
};

namespace detail {
struct takes_any_loss {
  template <class L>
  void operator()(L&) const {}
};
}  // namespace detail

/// One of the others, chosen at run time: visit(f) is f(the chosen one).
template <class L>
concept chosen_box_loss = requires(L& loss) {
  loss.visit(detail::takes_any_loss{});
};

template <class L>
concept box_loss = coordinate_loss<L> || corner_loss<L> || batch_difference_loss<L> || chosen_box_loss<L>;

}  // namespace acsl
