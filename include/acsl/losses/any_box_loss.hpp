// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/balanced_l1.hpp>
#include <acsl/losses/box_loss.hpp>
#include <acsl/losses/harmonised_l1.hpp>
#include <acsl/losses/overlap.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <utility>
#include <variant>

namespace acsl {

/// Any of the shipped losses of boxes, chosen at run time: for programs that read the loss from a configuration. A
/// program that knows its loss at compile time names it instead. Smooth L1 with β = 1 at first.
class any_box_loss {
 public:
  using variant_type = std::variant<smooth_l1_element, l1_element, balanced_l1_element, harmonised_l1, iou_loss,
                                    generalised_iou_loss, distance_iou_loss, complete_iou_loss, bounded_iou_loss>;

  any_box_loss() = default;
  explicit any_box_loss(variant_type loss) : loss_(std::move(loss)) {}

  [[nodiscard]] variant_type const& get() const { return loss_; }
  /// f(the loss itself)
  template <class F>
  decltype(auto) visit(F&& f) {
    return std::visit(std::forward<F>(f), loss_);
  }
  /// Nothing for a loss without state.
  template <class Visitor>
  void visit_state(Visitor&& visit_array) {
    visit([&](auto& loss) {
      if constexpr (requires { loss.visit_state(visit_array); }) loss.visit_state(visit_array);
    });
  }

 private:
  variant_type loss_;
};

static_assert(box_loss<any_box_loss>);

}  // namespace acsl
