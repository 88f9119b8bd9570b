// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/models/heads/proposals.hpp>
#include <cstddef>
#include <span>
#include <vector>

/// Several views of the same photographs, in other sizes and mirrored: where their boxes lie in each other.
namespace acsl {

/// What a box of a resized, possibly mirrored image needs to be found in the photograph.
struct view_frame {
  float scale = 1, width = 0;  ///< resized = original * scale; of the resized image, pixels
  bool flipped = false;

  view_frame() = default;
  explicit view_frame(image_info const& image)
      : scale(static_cast<float>(image.scale)), width(static_cast<float>(image.width)), flipped(image.flipped) {}

  /// From the view to the photograph: mirrored back, then divided by the scale; neither clipped nor rounded.
  [[nodiscard]] ACSL_HOST_DEVICE box to_original(box const& b) const {
    box const turned = mirrored(b);
    return {turned.x1 / scale, turned.y1 / scale, turned.x2 / scale, turned.y2 / scale};
  }
  [[nodiscard]] box from_original(box const& b) const {
    return mirrored({b.x1 * scale, b.y1 * scale, b.x2 * scale, b.y2 * scale});
  }

 private:
  [[nodiscard]] ACSL_HOST_DEVICE box mirrored(box const& b) const {
    return flipped ? box{width - b.x2 - 1, b.y1, width - b.x1 - 1, b.y2} : b;
  }
};

/// The proposals of all views of the images, in pixels of the photographs: suppressed among each other, the best
/// `options.count` of every image, score descending (detector-spec 11.5).
/// @param views proposals of every view and image, in pixels of the view
template <backend Backend>
std::vector<std::vector<proposal>> merge_proposals(Backend& exec,
                                                   std::vector<std::vector<std::vector<proposal>>> const& views,
                                                   std::span<batch const> batches, proposal_options const& options) {
  std::vector<std::vector<proposal>> result(views.front().size());
  for (std::size_t n = 0; n < result.size(); ++n) {
    std::vector<box> boxes;
    std::vector<float> scores;
    for (std::size_t v = 0; v < views.size(); ++v)
      for (auto const& one : views[v][n]) {
        boxes.push_back(view_frame(batches[v].info[n]).to_original(one.where));
        scores.push_back(one.score);
      }
    shape const count{static_cast<index_t>(boxes.size())};
    for (std::int32_t const i : nms(exec, tensor_view<box const>(boxes.data(), count),
                                    tensor_view<float const>(scores.data(), count), options.nms_threshold))
      result[n].push_back({boxes[static_cast<std::size_t>(i)], scores[static_cast<std::size_t>(i)]});
    result[n] = best_proposals(std::move(result[n]), options.count);
  }
  return result;
}

}  // namespace acsl
