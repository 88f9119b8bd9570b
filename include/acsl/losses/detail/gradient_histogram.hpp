// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/losses/detail/sigmoid_sweep.hpp>
#include <acsl/losses/harmonising_buckets.hpp>
#include <vector>

namespace acsl::detail {

/// Bucket of |σ(z) − t|, the last one closed on the right. A NaN counts in the first; the value shows it.
template <class T>
ACSL_HOST_DEVICE index_t gradient_bucket(T z, bool target, index_t bins) {
  T const size = sigmoid(target ? -z : z);
  auto const bucket = size > 0 ? static_cast<index_t>(static_cast<T>(bins) * size) : index_t{0};
  return bucket < bins ? bucket : bins - 1;
}

template <class T>
struct count_gradients {
  T const* logits;
  row_word const* rows;
  double* counts;  // [rows, bins]
  index_t columns, bins;
  ACSL_HOST_DEVICE void operator()(index_t i) const {
    double* const mine = counts + i * bins;
    for (index_t b = 0; b < bins; ++b) mine[b] = 0;
    if (rows[i].target < 0 || !(rows[i].weight > 0)) return;
    for (index_t j = 0; j < columns; ++j)
      mine[gradient_bucket(logits[i * columns + j], j == rows[i].target, bins)] += 1;
  }
};

/// Elements of rows that count, by bucket.
template <backend Backend, class T>
std::vector<double> gradient_histogram(Backend& exec, tensor_view<T const> logits, row_plan const& plan, index_t bins) {
  if (logits.rows() == 0) return std::vector<double>(static_cast<std::size_t>(bins), 0.0);
  device_arrays place(exec);
  tensor<double> counts({logits.rows(), bins}, exec.memory());
  exec.for_each(logits.rows(),
                count_gradients<T>{logits.data(), place(plan.rows), counts.data(), logits.columns(), bins},
                5.0 * static_cast<double>(logits.columns()));
  return add_blocks(exec, counts);
}

}  // namespace acsl::detail
