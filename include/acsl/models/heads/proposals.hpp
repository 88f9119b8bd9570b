// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/anchors.hpp>
#include <acsl/boxes/box.hpp>
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/boxes/nms.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/losses/stable.hpp>
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

namespace acsl {

/// How many proposals survive each step.
struct proposal_options {
  index_t before_nms = 2000;  ///< best scores of a level that enter suppression; 0: all
  index_t after_nms = 2000;   ///< first of a level that survive it
  index_t count = 2000;       ///< best of all levels
  float nms_threshold = 0.7F;
  float minimum_size = 0;  ///< px of the resized image, both sides; 0: no filter
};

/// A box that may hold an object, in pixels of the resized image.
struct proposal {
  box where;
  float score = 0;  ///< objectness, sigmoid
};

/// Proposals of one level of one image (detector-spec 4.6, steps 1 to 6).
///
/// @param objectness [A, H, W] logits
/// @param deltas     [4A, H, W], channels 4a … 4a+3 are (dx, dy, dw, dh) of anchor a
/// @param anchors    [H·W·A] in (y, x, a) order
/// @return the rows that suppression kept, in input order: by score when the level had more than `before_nms` anchors,
///         else in anchor order; ties by lower anchor
template <backend Backend>
std::vector<proposal> level_proposals(Backend& exec, tensor_view<float const> objectness,
                                      tensor_view<float const> deltas, tensor_view<box const> anchors,
                                      delta_coder const& coder, image_info const& image,
                                      proposal_options const& options) {
  index_t const per_cell = objectness.extent(0), cells = objectness.extent(1) * objectness.extent(2);
  index_t const total = per_cell * cells;
  if (total == 0) return {};
  tensor<float> scores({total}, exec.memory());
  {
    auto const in = objectness;
    auto const out = scores.view();
    exec.for_each(
        total, [=] ACSL_HOST_DEVICE(index_t i) { out[i] = sigmoid(in[i % per_cell * cells + i / per_cell]); }, 10);
  }
  index_t const taken = options.before_nms > 0 ? std::min(options.before_nms, total) : total;
  tensor<std::int32_t> chosen({taken}, exec.memory());
  if (taken < total) exec.top_k(tensor_view<float const>(scores.view()), taken, chosen.view());
  else std::iota(chosen.data(), chosen.data() + taken, 0);

  tensor<box> boxes({taken}, exec.memory());
  tensor<float> box_scores({taken}, exec.memory());
  index_t kept = 0;
  for (index_t i = 0; i < taken; ++i) {
    index_t const anchor = chosen[i], channel = anchor % per_cell, cell = anchor / per_cell;
    float const* d = deltas.data() + 4 * channel * cells + cell;
    box const decoded = clip(coder.decode(anchors[anchor], delta{d[0], d[cells], d[2 * cells], d[3 * cells]}),
                             image.height, image.width);
    if (options.minimum_size > 0 &&
        !(decoded.x2 - decoded.x1 + 1 >= options.minimum_size && decoded.y2 - decoded.y1 + 1 >= options.minimum_size))
      continue;
    boxes[kept] = decoded;
    box_scores[kept++] = scores[anchor];
  }
  auto const survivors = nms(exec, tensor_view<box const>(boxes.view().slice(0, kept)),
                             tensor_view<float const>(box_scores.view().slice(0, kept)), options.nms_threshold);
  std::vector<proposal> result;
  for (std::int32_t i : survivors) {
    if (static_cast<index_t>(result.size()) == options.after_nms) break;
    result.push_back({boxes[i], box_scores[i]});
  }
  return result;
}

/// The `count` best proposals of all levels, score descending, ties in the order given, NaN last (detector-spec 4.6,
/// last step).
inline std::vector<proposal> best_proposals(std::vector<proposal> all, index_t count) {
  std::stable_sort(all.begin(), all.end(), [](proposal const& a, proposal const& b) {
    return detail::top_k_order{}(detail::scored<float>{a.score, 0}, detail::scored<float>{b.score, 0});
  });
  if (static_cast<index_t>(all.size()) > count) all.resize(static_cast<std::size_t>(count));
  return all;
}

/// Rows of image 0, then of image 1, …: [N, 5] x1, y1, x2, y2, score.
inline tensor<float> rows_of(std::vector<std::vector<proposal>> const& proposals) {
  std::size_t count = 0;
  for (auto const& list : proposals) count += list.size();
  tensor<float> rows({static_cast<index_t>(count), 5});
  float* to = rows.data();
  for (auto const& list : proposals)
    for (auto const& [where, score] : list)
      for (float const value : {where.x1, where.y1, where.x2, where.y2, score}) *to++ = value;
  return rows;
}

}  // namespace acsl
