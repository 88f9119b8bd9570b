// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/boxes/iou.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

/// Half-open interval of overlaps that make a box a negative: low <= IoU < high.
struct overlap_range {
  float low = 0, high = 0.3F;
};

/// Numbers of the assigner; the original's for its three uses stand in detector-spec 6.1.
struct max_iou_assigner {
  float positive = 0.5F;  ///< at least this overlap makes a box positive
  overlap_range negative{0, 0.5F};
  float minimum_positive = 0.5F;  ///< an annotated box claims its best boxes from this overlap on
  bool assign_all_maxima = true;  ///< all boxes that tie for best, or the first only
};

/// What became of every candidate.
struct assignment {
  std::vector<std::int32_t> truth;  ///< −1 ignored, 0 negative, j + 1 positive for annotated box j
  std::vector<float> max_iou;       ///< largest overlap with any annotated box
};

/// Assigns candidates to annotated boxes by overlap (detector-spec 6.1). In this order, later steps overriding earlier
/// ones: all ignored; negative where the largest overlap lies in `negative`; positive for the first annotated box of
/// largest overlap where that is at least `positive`; and for every annotated box in ascending order, all candidates
/// whose overlap with it equals its largest one, exactly, if that is at least `minimum_positive`.
///
/// Without annotated boxes every candidate is negative (the original refuses that).
/// @note O(candidates · truths) time, O(candidates + truths) memory; same result for any number of threads
template <class Convention = inclusive, backend Backend>
assignment assign(Backend& exec, max_iou_assigner const& rule, tensor_view<box const> candidates,
                  tensor_view<box const> truths) {
  static_assert(Backend::host_memory, "acsl::assign: boxes lie in host memory");
  index_t const n = candidates.size(), k = truths.size();
  assignment result{std::vector<std::int32_t>(static_cast<std::size_t>(n), -1),
                    std::vector<float>(static_cast<std::size_t>(n), 0.0F)};
  auto* assigned = result.truth.data();
  auto* largest = result.max_iou.data();
  exec.for_each(
      n,
      [=](index_t i) {
        float best = k > 0 ? -1.0F : 0.0F;
        std::int32_t match = 0;
        for (index_t j = 0; j < k; ++j) {
          float const overlap = iou<Convention>(truths[j], candidates[i]);
          if (overlap > best) {
            best = overlap;
            match = static_cast<std::int32_t>(j);
          }
        }
        largest[i] = best;
        if (best >= rule.negative.low && best < rule.negative.high) assigned[i] = 0;
        if (k > 0 && best >= rule.positive) assigned[i] = match + 1;
      },
      3.0 * static_cast<double>(k + 1));
  if (n == 0 || k == 0) return result;

  std::vector<float> best(static_cast<std::size_t>(k));
  auto* best_of = best.data();
  exec.for_each(
      k,
      [=](index_t j) {
        float top = -1;
        for (index_t i = 0; i < n; ++i) {
          float const overlap = iou<Convention>(truths[j], candidates[i]);
          if (overlap > top) top = overlap;
        }
        best_of[j] = top;
      },
      3.0 * static_cast<double>(n));
  // The last claiming box wins, so each candidate looks for it from the end.
  if (rule.assign_all_maxima) {
    exec.for_each(
        n,
        [=](index_t i) {
          for (index_t j = k; j-- > 0;)
            if (best_of[j] >= rule.minimum_positive && iou<Convention>(truths[j], candidates[i]) == best_of[j]) {
              assigned[i] = static_cast<std::int32_t>(j + 1);
              return;
            }
        },
        3.0 * static_cast<double>(k));
  } else {
    for (index_t j = 0; j < k; ++j)
      for (index_t i = 0; i < n && best_of[j] >= rule.minimum_positive; ++i)
        if (iou<Convention>(truths[j], candidates[i]) == best_of[j]) {
          assigned[i] = static_cast<std::int32_t>(j + 1);
          break;
        }
  }
  return result;
}

}  // namespace acsl
