// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/device_arrays.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/detail/sigmoid_sweep.hpp>
#include <acsl/losses/harmonising_buckets.hpp>
#include <vector>

namespace acsl::detail {

/// Bucket of a slope σ(z) − t, by its size, the last one closed on the right. A NaN counts in the first; the value
/// shows it.
template <class T>
ACSL_LEAF std::int32_t gradient_bucket(T slope, std::int32_t bins) {
  T const size = static_cast<T>(bins) * math::fabs(slope);
  auto const bucket = static_cast<std::int32_t>(blend(size > 0, size, T(0)));
  return bucket < bins ? bucket : bins - 1;
}

template <class T>
struct count_gradients {
  T const* logits;
  row_word const* rows;
  double* counts;  // [rows, bins]
  index_t columns;
  std::int32_t bins;
  ACSL_ROW_KERNEL void operator()(index_t i) const {
    double* const mine = counts + i * bins;
    for (std::int32_t b = 0; b < bins; ++b) mine[b] = 0;
    if (rows[i].target < 0 || !(rows[i].weight > 0)) return;
    // Buckets first, which is SIMD code, then counting, which is not, in places that do not wait for each other.
    constexpr std::int32_t chunk = 64, ways = 8;
    std::int32_t bucket[chunk], counted[harmonising_options::most_bins][ways];
    for (std::int32_t b = 0; b < bins; ++b)
      for (std::int32_t& n : counted[b]) n = 0;
    T const* z = logits + i * columns;
    std::int32_t const target = rows[i].target, end = static_cast<std::int32_t>(columns);
    for (std::int32_t first = 0; first < end; first += chunk) {
      std::int32_t const count = end - first < chunk ? end - first : chunk;
      walk_in_lanes(
          count, nothing_to_prepare{},
          [&](index_t at, int) ACSL_ALWAYS_INLINE {
            auto const l = static_cast<std::int32_t>(at);
            bucket[l] = gradient_bucket(bce_and_slope(z[first + l], first + l == target).slope, bins);
          },
          [] {});
      for (std::int32_t l = 0; l < count; ++l) ++counted[bucket[l]][l % ways];
    }
    for (std::int32_t b = 0; b < bins; ++b)
      for (std::int32_t const n : counted[b]) mine[b] += n;
  }
};

/// Elements of rows that count, by bucket.
template <backend Backend, class T>
std::vector<double> gradient_histogram(Backend& exec, tensor_view<T const> logits, row_plan const& plan, index_t bins) {
  if (logits.rows() == 0) return std::vector<double>(static_cast<std::size_t>(bins), 0.0);
  device_arrays place(exec);
  tensor<double> counts({logits.rows(), bins}, exec.memory());
  exec.for_each(logits.rows(),
                count_gradients<T>{logits.data(), place(plan.rows), counts.data(), logits.columns(),
                                   static_cast<std::int32_t>(bins)},
                5.0 * static_cast<double>(logits.columns()));
  return add_blocks(exec, counts);
}

}  // namespace acsl::detail
