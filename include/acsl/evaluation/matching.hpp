// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/evaluation/judged_set.hpp>
#include <acsl/evaluation/thresholds.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace acsl {

namespace detail {

/// The area that two boxes share; −1 when they only touch, or less.
inline double common_area(std::array<double, 4> const& a, std::array<double, 4> const& b) {
  double const width = std::min(a[0] + a[2], b[0] + b[2]) - std::max(a[0], b[0]);
  if (width <= 0) return -1;
  double const height = std::min(a[1] + a[3], b[1] + b[3]) - std::max(a[1], b[1]);
  return height <= 0 ? -1 : width * height;
}

}  // namespace detail

/// Intersection over union of two boxes x, y, width, height; extents as given, no "+1"; 0 when they only touch.
/// The order of operations is the official tools'. Compile with `-ffp-contract=off` where the processor has fused
/// products: overlaps that lie exactly on a threshold occur.
[[nodiscard]] inline double box_overlap(std::array<double, 4> const& a, std::array<double, 4> const& b) {
  double const both = detail::common_area(a, b);
  return both < 0 ? 0 : both / ((a[2] * a[3] + b[2] * b[3]) - both);
}

/// The share of a box that lies in a crowd's box.
[[nodiscard]] inline double box_coverage(std::array<double, 4> const& box, std::array<double, 4> const& crowd) {
  double const both = detail::common_area(box, crowd);
  return both < 0 ? 0 : both / (box[2] * box[3]);
}

/// What became of a detection: bit t stands for `overlap_thresholds[t]`. Neither: a false positive. Matched and not
/// ignored: a true positive.
struct match_outcome {
  std::uint16_t matched = 0, ignored = 0;
};

/// Gives the detections of one image and category their objects, greedily by score. One object serves for many calls
/// and keeps its memory.
class pair_matcher {
 public:
  /// Overlaps of every detection with every object of a pair, for the calls of `match` that follow.
  /// @param overlap overlap(detection, object); a negative one matches nothing
  template <class Overlap>
  void begin(std::span<judged_detection const> detections, std::span<judged_object const> objects, Overlap overlap) {
    detections_ = detections;
    objects_ = objects;
    overlaps_.resize(detections.size() * objects.size());
    auto out = overlaps_.begin();
    for (auto const& detection : detections)
      for (auto const& object : objects) *out++ = overlap(detection, object);
  }

  /// The rules of LVIS and COCO, at each threshold t, for one range of sizes. An object is ignored when it carries the
  /// flag or its area lies outside. Detections choose by descending score among the objects that are free: the object
  /// with the largest overlap >= min(t, 1 − 1e−10), the last one of equals; an ignored object only when no other is
  /// over the threshold. Whoever takes an ignored object is ignored. Who takes none is ignored when its own area lies
  /// outside the range or its category is not exhaustive in the image. Every object, also an ignored one, is taken
  /// once; a crowd any number of times.
  ///
  /// The official tools write the taken object's id where 0 means none; so here a detection that takes an object with
  /// the id 0 counts as having none.
  ///
  /// @param outcomes one per detection. Cost O(thresholds · detections · objects).
  void match(area_range const& range, std::span<match_outcome> outcomes) {
    order_.clear();
    for (int ignored = 0; ignored < 2; ++ignored)  // the ignored ones last, each group in its order
      for (std::size_t g = 0; g < objects_.size(); ++g)
        if (is_ignored(g, range) == (ignored == 1)) order_.push_back(g);
    for (auto& outcome : outcomes) outcome = {};
    for (std::size_t t = 0; t < overlap_thresholds.size(); ++t) match_at(t, range, outcomes);
  }

 private:
  [[nodiscard]] bool is_ignored(std::size_t object, area_range const& range) const {
    return objects_[object].ignore || !range.holds(objects_[object].area);
  }
  void match_at(std::size_t t, area_range const& range, std::span<match_outcome> outcomes) {
    taken_.assign(objects_.size(), 0);
    for (std::size_t d = 0; d < detections_.size(); ++d) {
      double need = std::min(overlap_thresholds[t], 1 - 1e-10);
      std::size_t best = none;
      for (std::size_t const g : order_) {
        if (taken_[g] && !objects_[g].crowd) continue;
        if (best != none && !is_ignored(best, range) && is_ignored(g, range)) break;
        double const overlap = overlaps_[d * objects_.size() + g];
        if (overlap < need) continue;
        need = overlap;
        best = g;
      }
      bool const matched = best != none && objects_[best].id != 0;
      bool ignored = best != none && is_ignored(best, range);
      if (best != none) taken_[best] = 1;
      if (!matched) ignored = ignored || !range.holds(detections_[d].area) || detections_[d].not_exhaustive;
      outcomes[d].matched = static_cast<std::uint16_t>(outcomes[d].matched | (matched << t));
      outcomes[d].ignored = static_cast<std::uint16_t>(outcomes[d].ignored | (ignored << t));
    }
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::span<judged_detection const> detections_;
  std::span<judged_object const> objects_;
  std::vector<double> overlaps_;
  std::vector<std::size_t> order_;
  std::vector<char> taken_;
};

}  // namespace acsl
