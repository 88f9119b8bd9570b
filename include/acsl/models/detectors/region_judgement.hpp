// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/select_detections.hpp>
#include <acsl/models/heads/proposals.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// What a detector holds of some regions before it chooses detections.
struct region_judgement {
  tensor<float> scores;  ///< [R, classes + 1]
  tensor<box> boxes;     ///< [R], or [R · (classes + 1)] for class-specific boxes
};

/// total += share · other, for judgements of the same regions; an empty total becomes the product.
template <backend Backend>
void add_judgement(Backend& exec, region_judgement other, float share, region_judgement& total) {
  if (total.scores.empty() && share == 1) {
    total = std::move(other);
    return;
  }
  bool const first = total.scores.empty();
  auto const s = other.scores.view();
  auto const b = other.boxes.view();
  float* const scores = first ? s.data() : total.scores.data();
  box* const boxes = first ? b.data() : total.boxes.data();
  exec.for_each(s.size(), [=] ACSL_HOST_DEVICE(index_t i) { scores[i] = (first ? 0 : scores[i]) + share * s[i]; });
  exec.for_each(b.size(), [=] ACSL_HOST_DEVICE(index_t i) {
    box const old = first ? box{} : boxes[i];
    boxes[i] = {old.x1 + share * b[i].x1, old.y1 + share * b[i].y1, old.x2 + share * b[i].x2, old.y2 + share * b[i].y2};
  });
  if (first) total = std::move(other);
}

/// The detections of every image.
/// @param proposals the regions that were judged, image after image
template <backend Backend>
std::vector<std::vector<detection>> select_by_image(Backend& exec, region_judgement const& judged,
                                                    std::vector<std::vector<proposal>> const& proposals,
                                                    selection_options const& options) {
  std::vector<std::vector<detection>> result;
  index_t const regions = judged.scores.extent(0), groups = regions > 0 ? judged.boxes.size() / regions : 1;
  index_t first = 0;
  for (auto const& list : proposals) {
    auto const count = static_cast<index_t>(list.size());
    result.push_back(select_detections(exec, judged.boxes.view().slice(first * groups, count * groups),
                                       judged.scores.view().slice(first, count), options));
    first += count;
  }
  return result;
}

}  // namespace acsl
