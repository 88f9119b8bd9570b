// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace acsl {

struct judged_object {
  std::int64_t id = 0;
  std::array<double, 4> box = {};  ///< x, y, width, height
  double area = 0;                 ///< as annotated; decides the size class
  bool ignore = false;
  bool crowd = false;  ///< many objects as one: takes any number of detections
  index_t place = 0;   ///< in the list of annotations
};

struct judged_detection {
  std::array<double, 4> box = {};
  double area = 0;  ///< width * height; of a mask without a box, its pixels
  double score = 0;
  bool not_exhaustive = false;  ///< its image may hold more objects of its category than are annotated
  index_t place = 0;            ///< in the list of results
};

/// What one image holds of one category: ranges of `judged_set::objects` and `judged_set::detections`.
struct judged_pair {
  index_t first_object = 0, end_object = 0;
  index_t first_detection = 0, end_detection = 0;
};

/// What is left to compare after the rules of a protocol (see `select_judged`), by category and image. Only pairs that
/// hold something exist.
struct judged_set {
  std::vector<judged_object> objects;        ///< inside a pair: order of the annotation file
  std::vector<judged_detection> detections;  ///< inside a pair: descending score, then order of the results
  std::vector<judged_pair> pairs;            ///< by category, inside a category by ascending image id
  std::vector<index_t> first_pair;           ///< category k has the pairs first_pair[k] .. first_pair[k + 1] − 1

  [[nodiscard]] index_t categories() const { return static_cast<index_t>(first_pair.size()) - 1; }
  [[nodiscard]] std::span<judged_pair const> pairs_of(index_t k) const {
    auto const place = static_cast<std::size_t>(k);
    return {pairs.data() + first_pair[place], pairs.data() + first_pair[place + 1]};
  }
  [[nodiscard]] std::span<judged_object const> objects_of(judged_pair const& pair) const {
    return {objects.data() + pair.first_object, objects.data() + pair.end_object};
  }
  [[nodiscard]] std::span<judged_detection const> detections_of(judged_pair const& pair) const {
    return {detections.data() + pair.first_detection, detections.data() + pair.end_detection};
  }
};

}  // namespace acsl
