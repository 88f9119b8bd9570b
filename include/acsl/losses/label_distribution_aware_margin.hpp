// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/affine_softmax.hpp>
#include <vector>

namespace acsl {

struct margin_options {
  double largest_margin = 0.5, scale = 30;
  /// Deferred re-weighting is `instance_reweighting` around this loss.
  row_rules rules = {column_layout::background_first, divisor_kind::rows, {}};
};

/// Label-distribution-aware margins: A = s (z − Δ_y on the true column), Δ_c = m n_c^(−1/4), the largest of them
/// `largest_margin`; background, where the layout has it, has margin 0. Made for a cosine classifier (logits in
/// [−1, 1]). Scores are softmax(s z).
///
/// @param counts boxes of the foreground classes; a class without counts as one
/// @source Cao, Wei, Gaidon, Aréchiga, Ma, NeurIPS 2019 (losses-spec 4.7)
class margin_member : public affine_member {
 public:
  explicit margin_member(std::vector<std::int64_t> const& counts, margin_options options = {})
      : affine_member(tables(counts, options), options.rules), scale_(options.scale) {
    ACSL_EXPECTS(options.scale > 0, "the scale of the logits is positive", options.scale);
    ACSL_EXPECTS(options.largest_margin >= 0, "a margin is not negative", options.largest_margin);
  }
  [[nodiscard]] double score_scale() const { return scale_; }

 private:
  static affine_tables tables(std::vector<std::int64_t> const& counts, margin_options const& options) {
    column_layout const layout = options.rules.layout;
    column_map const map{layout, columns_of(layout, static_cast<index_t>(counts.size()))};
    affine_tables result;
    result.margin.assign(static_cast<std::size_t>(map.columns), 0);
    result.scale = options.scale;
    double largest = 0;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      auto& margin = result.margin[static_cast<std::size_t>(map.of_class(static_cast<index_t>(c) + 1))];
      margin = math::pow(static_cast<double>(counts[c] > 0 ? counts[c] : 1), -0.25);
      largest = margin > largest ? margin : largest;
    }
    for (double& margin : result.margin) margin *= options.largest_margin / largest;
    return result;
  }
  double scale_;
};

class label_distribution_aware_margin : public softmax_loss<margin_member> {
 public:
  explicit label_distribution_aware_margin(std::vector<std::int64_t> const& counts, margin_options options = {})
      : softmax_loss(margin_member(counts, std::move(options))) {}
};

static_assert(classification_loss<label_distribution_aware_margin>);

}  // namespace acsl
