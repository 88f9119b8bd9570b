// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/losses/affine_softmax.hpp>
#include <vector>

namespace acsl {

/// Shares of labels: background `background`, and the classes in proportion to their boxes (at least one each). Methods
/// that adjust logits ask for the share of background rows, because no paper fixes it.
inline std::vector<double> label_shares(std::vector<std::int64_t> const& counts, double background) {
  ACSL_EXPECTS(background > 0 && background < 1, "the share of background rows lies in (0, 1)", background);
  double sum = 0;
  for (auto const n : counts) sum += static_cast<double>(n > 0 ? n : 1);
  std::vector<double> shares = {background};
  for (auto const n : counts) shares.push_back((1 - background) * static_cast<double>(n > 0 ? n : 1) / sum);
  return shares;
}

/// Logit-adjusted softmax: b_j = τ log max(π_j, 1e-12) for the shares π of labels. Scores are the softmax of the raw
/// logits. With τ = 1 the value and gradient of `balanced_softmax`, whose offsets differ by a constant.
/// @source Menon, Jayasumana, Rawat, Jain, Veit, Kumar, ICLR 2021 (losses-spec 4.5)
class logit_adjustment : public softmax_loss<affine_member> {
 public:
  /// @param shares of the columns (`label_shares` for the layout with background first)
  explicit logit_adjustment(std::vector<double> shares, double tau = 1,
                            row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_loss(affine_member(tables(std::move(shares), tau), std::move(rules))) {}

 private:
  static affine_tables tables(std::vector<double> offset, double tau) {
    for (double& x : offset) x = tau * math::log(x > 1e-12 ? x : 1e-12);
    return {.offset = std::move(offset)};
  }
};

/// Balanced softmax: b_j = log n_j for the numbers n of samples of the columns, background included; a count below 1
/// counts as 1.
/// @source Ren, Yu, Sheng, Ma, Zhao, Yi, Li, NeurIPS 2020 (losses-spec 4.5). For detection see `balanced_sigmoid`
class balanced_softmax : public softmax_loss<affine_member> {
 public:
  explicit balanced_softmax(std::vector<double> counts,
                            row_rules rules = {column_layout::background_first, divisor_kind::rows, {}})
      : softmax_loss(affine_member(tables(std::move(counts)), std::move(rules))) {}

 private:
  static affine_tables tables(std::vector<double> offset) {
    for (double& n : offset) n = math::log(n > 1 ? n : 1);
    return {.offset = std::move(offset)};
  }
};

static_assert(classification_loss<logit_adjustment> && classification_loss<balanced_softmax>);

}  // namespace acsl
