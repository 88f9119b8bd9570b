// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/column_table.hpp>
#include <acsl/losses/detail/gradient_histogram.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>
#include <vector>

namespace acsl {

/// The weight of the gradient harmonising loss: elements whose gradient |σ(z) − t| is common weigh little. Buckets of
/// equal width count the elements of rows with a positive weight; with momentum κ the running mass of a non-empty
/// bucket is κ mass + (1 − κ) count. With U non-empty buckets and E elements, w = E / (mass · U) and D = E.
///
/// @note two reads of the matrix: the histogram, then the sweep
/// @source Li, Liu, Wang, AAAI 2019 (losses-spec 3.12)
class harmonised_gradient_weight : public sigmoid_rules {
 public:
  struct device {
    column_table::device weight;  // by bucket
    std::int32_t bins;
    template <class T>
    ACSL_LEAF T operator()(T z, bool target, row_word const&, std::int32_t) const {
      return weight.at<T>(detail::gradient_bucket(bce_and_slope(z, target).slope, bins));
    }
  };
  explicit harmonised_gradient_weight(harmonising_options options = {})
      : sigmoid_rules({column_layout::no_background, divisor_kind::valid_elements, {}}), buckets_(options) {}

  template <backend Backend, class T>
  void begin(Backend& exec, tensor_view<T const> logits, row_plan const& plan, loss_arguments const& extra) {
    buckets_.update(detail::gradient_histogram(exec, logits, plan, buckets_.bins()), extra.processes);
    weights_ = column_table(buckets_.weights());
  }
  template <class Place>
  [[nodiscard]] device on_device(Place&& place, row_plan const&, index_t) const {
    return {weights_.on_device(place), static_cast<std::int32_t>(buckets_.bins())};
  }
  template <class Visitor>
  void visit_state(Visitor&& visit) {
    buckets_.visit_state(visit);
  }

 private:
  harmonising_buckets buckets_;
  column_table weights_;
};

class harmonised_gradient : public sigmoid_loss<weighted_bce<harmonised_gradient_weight>> {
 public:
  explicit harmonised_gradient(harmonising_options options = {})
      : sigmoid_loss(weighted_bce(harmonised_gradient_weight(options))) {}
};

static_assert(classification_loss<harmonised_gradient>);

}  // namespace acsl
