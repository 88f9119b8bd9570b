// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/core/tensor_view.hpp>
#include <acsl/losses/class_weights.hpp>
#include <acsl/losses/concepts.hpp>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// Weights of rows by their labels, for any classification loss: r_i = w_{y_i} in `loss_arguments::row_weights`
/// (losses-spec 4.3), from some epoch on (deferred re-weighting, 4.7).
struct instance_reweighting {
  std::vector<double> label_weight = {};  ///< [C + 1], background at 0; empty: no weights
  index_t from_epoch = 0;                 ///< from 0; before it all rows weigh 1
  /// Whether the sum of the weights divides (LDAM-DRW), instead of what the loss divides by. Without effect on
  /// `balanced_group_softmax`, which divides each group by its weights in any case.
  bool divide_by_weights = false;
  /// Whether the box regression of a row has its weight too; its divisor stays. No method of the specification does.
  bool boxes = false;

  [[nodiscard]] bool active(index_t epoch) const { return !label_weight.empty() && epoch >= from_epoch; }

  /// One weight per row, 0 for an ignored one; empty where no weights are in force.
  /// @throws acsl::error for a label that has no weight
  [[nodiscard]] std::vector<float> row_weights(std::span<std::int32_t const> labels, index_t epoch) const {
    std::vector<float> weights;
    if (!active(epoch)) return weights;
    auto const count = static_cast<index_t>(label_weight.size());
    for (std::int32_t const label : labels) {
      ACSL_EXPECTS(label < count, "every label has a weight", label, count);
      weights.push_back(label < 0 ? 0.0F : static_cast<float>(label_weight[static_cast<std::size_t>(label)]));
    }
    return weights;
  }
  /// Puts weights into the arguments of a loss; `weights` must outlive them.
  void apply(std::vector<float> const& weights, loss_arguments& extra) const {
    if (weights.empty()) return;
    extra.row_weights = tensor_view<float const>(weights.data(), {static_cast<index_t>(weights.size())});
    if (!divide_by_weights) return;
    double sum = 0;
    for (float const w : weights) sum += static_cast<double>(w);
    extra.divisor = sum;  // 0: the loss's own divisor, with nothing to divide
  }
};

/// A table of label weights by its name in losses-spec 4.3; "none": an empty one.
///   `effective_number`            scaled to mean 1 over the classes, background 1, not clipped (DRW: β = 0.9999)
///   `effective_number_clipped`    the same, clipped to [low, high]
///   `inverse_frequency_clipped`   1/n scaled to mean 1 over the classes, background 1, clipped to [low, high]
///   `effective_number_background` background as a class of 3 Σ n boxes, mean 1 over all, not clipped
/// @throws acsl::error for another name, listing those that exist
[[nodiscard]] inline std::vector<double> label_weights_by_name(std::string_view name,
                                                               std::vector<std::int64_t> const& counts, double beta,
                                                               double low, double high) {
  double constexpr unlimited = std::numeric_limits<double>::infinity();
  if (name == "none") return {};
  if (name == "effective_number") return with_background(effective_number_weights(counts, beta), 0, unlimited);
  if (name == "effective_number_clipped") return with_background(effective_number_weights(counts, beta), low, high);
  if (name == "inverse_frequency_clipped") return with_background(inverse_frequency_weights(counts), low, high);
  if (name == "effective_number_background") return effective_number_weights_with_background(counts, beta);
  throw error("there is no table of weights \"" + std::string(name) +
              "\"; known: none, effective_number, effective_number_clipped, inverse_frequency_clipped, "
              "effective_number_background");
}

}  // namespace acsl
