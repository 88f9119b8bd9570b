// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/box_result.hpp>
#include <acsl/evaluation/detail/pairwise_mean.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace acsl {

/// Not the thresholds of average precision: these are numpy.arange(0.5, 0.96, 0.05).
inline constexpr std::array<double, 10> proposal_thresholds = [] {
  std::array<double, 10> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.5 + static_cast<double>(i) * (0.55 - 0.5);
  return values;
}();

/// How many of the objects proposals cover, classes aside.
struct proposal_recall {
  std::vector<index_t> counts;                       ///< of proposals per image
  std::vector<std::array<double, 10>> by_threshold;  ///< per count: share of objects covered at 0.5, 0.55, …, 0.95
  /// The mean over the thresholds; −1 without objects.
  [[nodiscard]] double average(std::size_t count) const { return detail::pairwise_mean(by_threshold[count]); }
};

namespace detail {

/// Outermost pixels of a box in float32, as the original computes with them.
struct pixel_box {
  float x1, y1, x2, y2;
  explicit pixel_box(std::array<double, 4> const& box)
      : x1(static_cast<float>(box[0])),
        y1(static_cast<float>(box[1])),
        x2(static_cast<float>(box[0] + box[2] - 1)),
        y2(static_cast<float>(box[1] + box[3] - 1)) {}
  [[nodiscard]] float area() const { return (x2 - x1 + 1) * (y2 - y1 + 1); }
};

inline float overlap(pixel_box const& a, pixel_box const& b) {
  float const width = std::max(std::min(a.x2, b.x2) - std::max(a.x1, b.x1) + 1, 0.0F);
  float const height = std::max(std::min(a.y2, b.y2) - std::max(a.y1, b.y1) + 1, 0.0F);
  float const both = width * height;
  return both / (a.area() + b.area() - both);
}

/// The overlap of every object of an image with the proposal that it gets: the pair with the largest overlap is taken
/// out, again and again; of equals the first object and its first proposal. −1 when proposals have run out, 0 for all
/// where there are none. O(objects² + objects · proposals · objects that lose their best one).
inline std::vector<float> covered(std::vector<pixel_box> const& objects, std::span<pixel_box const> proposals) {
  std::vector<float> result(objects.size());
  if (proposals.empty()) return result;
  std::vector<char> taken(proposals.size());
  std::vector<std::pair<float, std::size_t>> best(objects.size());
  auto const look = [&](std::size_t object) {
    best[object] = {-1, 0};
    for (std::size_t p = 0; p < proposals.size(); ++p)
      if (float const value = taken[p] ? -1 : overlap(objects[object], proposals[p]); value > best[object].first)
        best[object] = {value, p};
  };
  for (std::size_t object = 0; object < objects.size(); ++object) look(object);
  std::vector<char> done(objects.size());
  for (float& value : result) {
    std::size_t chosen = objects.size();
    for (std::size_t object = 0; object < objects.size(); ++object)
      if (!done[object] && (chosen == objects.size() || best[object].first > best[chosen].first)) chosen = object;
    value = best[chosen].first;
    done[chosen] = 1;
    if (value < 0) continue;
    std::size_t const gone = best[chosen].second;
    taken[gone] = 1;
    for (std::size_t object = 0; object < objects.size(); ++object)
      if (!done[object] && best[object].second == gone) look(object);
  }
  return result;
}

}  // namespace detail

/// Recall of proposals as the original's `proposal_fast` has it: all annotations of an image are objects, boxes are
/// whole pixels ("+1", in float32), an image's best `counts` proposals may cover them, one each; see
/// `detail::covered`. None of LVIS's federated rules apply. Equal scores: the earlier proposal. Images run in parallel;
/// the figures do not depend on the number of threads.
///
/// @param proposals boxes with scores; their categories are not looked at
/// @param counts    ascending; −1 as the only one: all
/// @throws acsl::error for a proposal of an image that the set lacks
template <has_loops Backend>
[[nodiscard]] proposal_recall evaluate_proposals(Backend& exec, annotation_set const& truth,
                                                 std::vector<box_result> const& proposals,
                                                 std::vector<index_t> counts = {100, 300, 1000}) {
  static_assert(Backend::host_memory, "evaluation runs on the host");
  ACSL_EXPECTS(!counts.empty() && (counts[0] > 0 || counts == std::vector<index_t>{-1}) &&
                   std::is_sorted(counts.begin(), counts.end()),
               "counts of proposals are positive and ascend", counts.size());
  auto const images = positions_by_id(truth.images);
  std::vector<std::vector<detail::pixel_box>> objects(truth.images.size());
  std::vector<std::vector<box_result const*>> found(truth.images.size());
  for (annotation const& a : truth.annotations)
    if (auto const image = images.find(a.image_id); image != images.end())
      objects[static_cast<std::size_t>(image->second)].emplace_back(a.bbox);
  for (box_result const& proposal : proposals) {
    auto const image = images.find(proposal.image_id);
    ACSL_EXPECTS(image != images.end(), "every proposal has an image of the set", proposal.image_id);
    found[static_cast<std::size_t>(image->second)].push_back(&proposal);
  }
  std::vector<std::vector<std::vector<float>>> overlaps(counts.size());
  for (auto& list : overlaps) list.resize(truth.images.size());
  constexpr double cost_ns = 200'000;
  exec.for_each(
      static_cast<index_t>(truth.images.size()),
      [&objects, &found, &counts, out = overlaps.data()](index_t i) {
        auto const image = static_cast<std::size_t>(i);
        auto& list = found[image];
        std::stable_sort(list.begin(), list.end(), [](auto const* a, auto const* b) { return a->score > b->score; });
        std::vector<detail::pixel_box> boxes;
        for (auto const* const proposal : list) boxes.emplace_back(proposal->bbox);
        for (std::size_t k = 0; k < counts.size(); ++k)
          out[k][image] = detail::covered(
              objects[image], std::span(boxes).first(std::min(boxes.size(), static_cast<std::size_t>(counts[k]))));
      },
      cost_ns);

  proposal_recall result{std::move(counts), {}};
  for (auto const& list : overlaps) {
    auto& row = result.by_threshold.emplace_back();
    for (std::size_t t = 0; t < row.size(); ++t) {
      index_t covered = 0, all = 0;
      for (auto const& image : list)
        for (float const value : image) {
          covered += static_cast<double>(value) >= proposal_thresholds[t];
          ++all;
        }
      row[t] = all == 0 ? -1 : static_cast<double>(covered) / static_cast<double>(all);
    }
  }
  return result;
}

}  // namespace acsl
