// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/boxes/anchors.hpp>
#include <acsl/boxes/assigner.hpp>
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/boxes/sampler.hpp>
#include <acsl/data/batch.hpp>
#include <vector>

namespace acsl {

/// How anchors become training samples; defaults are the original's (detector-spec 4.4, 6).
struct anchor_target_options {
  max_iou_assigner assigner{.positive = 0.7F, .negative = {0, 0.3F}, .minimum_positive = 0.3F};
  random_sampler sampler{.count = 256, .positive_fraction = 0.5, .negative_upper_bound = -1, .add_truths = false};
  delta_coder coder{.means = {0, 0, 0, 0}, .stds = {1, 1, 1, 1}};
};

/// One sampled anchor of one image.
struct anchor_sample {
  index_t level = 0;
  index_t anchor = 0;  ///< in the level, (y, x, a) order
  bool positive = false;
  delta target{};  ///< of a positive
};

/// Samples of one image, ascending (level, anchor): all positives, then all negatives.
struct anchor_samples {
  std::vector<anchor_sample> samples;
  index_t positives = 0, negatives = 0;
};

/// Assigns and samples the anchors of one image (detector-spec 4.3, 4.4). Only anchors that lie inside the image take
/// part. An image without one gives no sample (the original fails there).
///
/// @param levels anchors of every level, each with its feature size, in (y, x, a) order
/// @param key    of this image and step
template <backend Backend>
anchor_samples sample_anchors(Backend& exec, std::vector<tensor<box>> const& levels, std::vector<shape> const& cells,
                              std::vector<int> const& strides, image_info const& image, std::vector<box> const& truths,
                              anchor_target_options const& options, random_key key) {
  std::vector<box> inside;
  std::vector<anchor_sample> origin;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    auto const flags = inside_flags(exec, levels[i].view(), strides[i], cells[i][0], cells[i][1], image.padded_height,
                                    image.padded_width, image.height, image.width);
    for (index_t a = 0; a < levels[i].size(); ++a)
      if (flags[a]) {
        inside.push_back(levels[i][a]);
        origin.push_back({static_cast<index_t>(i), a, false, {}});
      }
  }
  anchor_samples result;
  if (inside.empty()) return result;
  auto const assigned =
      assign(exec, options.assigner, tensor_view<box const>(inside.data(), {static_cast<index_t>(inside.size())}),
             tensor_view<box const>(truths.data(), {static_cast<index_t>(truths.size())}));
  auto const chosen = sample_candidates(options.sampler, assigned.truth, key);
  for (std::int32_t i : chosen.positives) {
    auto one = origin[static_cast<std::size_t>(i)];
    one.positive = true;
    one.target =
        options.coder.encode(inside[static_cast<std::size_t>(i)],
                             truths[static_cast<std::size_t>(assigned.truth[static_cast<std::size_t>(i)] - 1)]);
    result.samples.push_back(one);
  }
  for (std::int32_t i : chosen.negatives) result.samples.push_back(origin[static_cast<std::size_t>(i)]);
  result.positives = static_cast<index_t>(chosen.positives.size());
  result.negatives = static_cast<index_t>(chosen.negatives.size());
  return result;
}

}  // namespace acsl
