// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/assigner.hpp>
#include <acsl/boxes/box.hpp>
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/boxes/sampler.hpp>
#include <acsl/data/batch.hpp>
#include <numeric>
#include <vector>

namespace acsl {

/// Regions that a box stage trains on: rows of image 0, then of image 1, …; in an image all positives, then all
/// negatives, each in ascending candidate order (detector-spec 6.2, 8.2).
struct roi_samples {
  std::vector<roi> rois;
  std::vector<std::int32_t> labels;    ///< 0 = background
  std::vector<box> truths;             ///< matched annotated box of a positive row; unspecified for a negative one
  std::vector<std::uint8_t> is_truth;  ///< the row is an annotated box that was added to the candidates

  [[nodiscard]] index_t size() const { return static_cast<index_t>(rois.size()); }
};

/// Assigns the candidates of every image to its annotated boxes and samples them. Annotated boxes are put before the
/// assigned candidates when the sampler says so: each is its own match, and has no part in the assignment of others.
///
/// @param candidates one list per image, in pixels of the resized image
/// @param key        of this step and stage; image n of the batch draws from `key.with(n)`
template <backend Backend>
roi_samples sample_rois(Backend& exec, std::vector<std::vector<box>> const& candidates, batch const& images,
                        max_iou_assigner const& assigner, random_sampler const& sampler, random_key key) {
  ACSL_EXPECTS(candidates.size() == images.info.size(), "one list of candidates per image", candidates.size(),
               images.info.size());
  expect_annotations(images);
  roi_samples result;
  for (std::size_t n = 0; n < candidates.size(); ++n) {
    auto const& truths = images.boxes[n];
    auto const& proposed = candidates[n];
    auto const assigned =
        assign(exec, assigner, tensor_view<box const>(proposed.data(), {static_cast<index_t>(proposed.size())}),
               tensor_view<box const>(truths.data(), {static_cast<index_t>(truths.size())}));
    std::size_t const added = sampler.add_truths ? truths.size() : 0;
    std::vector<box> all(truths.begin(), truths.begin() + static_cast<std::ptrdiff_t>(added));
    all.insert(all.end(), proposed.begin(), proposed.end());
    std::vector<std::int32_t> matches(added);
    std::iota(matches.begin(), matches.end(), 1);
    matches.insert(matches.end(), assigned.truth.begin(), assigned.truth.end());
    auto const chosen = sample_candidates(sampler, matches, key.with(n));
    auto const append = [&](std::int32_t row, bool positive) {
      auto const i = static_cast<std::size_t>(row);
      auto const match = positive ? static_cast<std::size_t>(matches[i] - 1) : 0;
      result.rois.push_back({static_cast<float>(n), all[i].x1, all[i].y1, all[i].x2, all[i].y2});
      result.labels.push_back(positive ? images.labels[n][match] : 0);
      result.truths.push_back(positive ? truths[match] : box{});
      result.is_truth.push_back(i < added && positive);
    };
    for (std::int32_t row : chosen.positives) append(row, true);
    for (std::int32_t row : chosen.negatives) append(row, false);
  }
  return result;
}

}  // namespace acsl
