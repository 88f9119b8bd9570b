// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/box.hpp>
#include <acsl/boxes/detail/channels_last.hpp>
#include <algorithm>
#include <cmath>
#include <vector>

namespace acsl {

struct roi_align_options {
  index_t output = 7;   ///< bins per side
  index_t samples = 2;  ///< sample points per bin and side; 0: ceil(size of the bin)
  float scale = 1;      ///< feature pixels per image pixel
};

namespace detail {

/// One sample coordinate along one axis: two cells and their weights, both 0 outside the map.
struct axis_sample {
  index_t low = 0, high = 0;
  float low_weight = 0, high_weight = 0;
};

/// Samples of a region along one axis, bin by bin.
inline std::vector<axis_sample> axis_samples(float begin, float end, index_t bins, index_t& samples, index_t extent) {
  float const size = end - begin > 0 ? end - begin : 0;
  float const bin = size / static_cast<float>(bins);
  if (samples == 0) samples = static_cast<index_t>(std::ceil(bin));
  std::vector<axis_sample> result;
  for (index_t b = 0; b < bins; ++b)
    for (index_t s = 0; s < samples; ++s) {
      float at =
          begin + static_cast<float>(b) * bin + (static_cast<float>(s) + 0.5F) * bin / static_cast<float>(samples);
      axis_sample one;
      if (at >= -1 && at <= static_cast<float>(extent)) {
        at = at > 0 ? at : 0;
        one.low = static_cast<index_t>(at);
        if (one.low >= extent - 1) {
          one.low = one.high = extent - 1;
          at = static_cast<float>(one.low);
        } else {
          one.high = one.low + 1;
        }
        one.high_weight = at - static_cast<float>(one.low);
        one.low_weight = 1 - one.high_weight;
      }
      result.push_back(one);
    }
  return result;
}

/// Calls f(bin row, bin column, cell, weight) for every product of a region's samples with the map, in a fixed order.
template <class F>
void for_each_roi_sample(roi const& r, roi_align_options const& o, index_t height, index_t width, F f) {
  index_t rows = o.samples, columns = o.samples;
  auto const ys = axis_samples(r.y1 * o.scale, (r.y2 + 1) * o.scale, o.output, rows, height);
  auto const xs = axis_samples(r.x1 * o.scale, (r.x2 + 1) * o.scale, o.output, columns, width);
  float const share = 1 / static_cast<float>(rows * columns > 0 ? rows * columns : 1);
  for (index_t by = 0; by < o.output; ++by)
    for (index_t bx = 0; bx < o.output; ++bx)
      for (index_t i = 0; i < rows; ++i)
        for (index_t j = 0; j < columns; ++j) {
          auto const& y = ys[static_cast<std::size_t>(by * rows + i)];
          auto const& x = xs[static_cast<std::size_t>(bx * columns + j)];
          if (y.low_weight + y.high_weight == 0 || x.low_weight + x.high_weight == 0) continue;
          index_t const bin = by * o.output + bx;
          f(bin, y.low * width + x.low, y.low_weight * x.low_weight * share);
          f(bin, y.low * width + x.high, y.low_weight * x.high_weight * share);
          f(bin, y.high * width + x.low, y.high_weight * x.low_weight * share);
          f(bin, y.high * width + x.high, y.high_weight * x.high_weight * share);
        }
}

}  // namespace detail

/// Average of bilinear samples in every bin of a region (detector-spec 7.2): start x1 · scale, end (x2 + 1) · scale, no
/// half-pixel shift, no minimum size; samples beyond one pixel outside the map count as 0.
///
/// @param features [N, H·W, C], channels last (`detail::channels_last`)
/// @param extents  [N, C, H, W] of the map
/// @param rows     which regions to pool; row rows[i] of `output` is overwritten
/// @param output   [R, C, bins, bins]
/// @source He, Gkioxari, Dollár, Girshick, ICCV 2017; the original's variant, which differs from later ones by the
/// shift
template <backend Backend>
void roi_align(Backend& exec, roi_align_options const& options, tensor_view<float const> features, shape const& extents,
               tensor_view<roi const> rois, std::vector<index_t> const& rows, tensor_view<float> output) {
  static_assert(Backend::host_memory, "acsl::roi_align: regions lie in host memory");
  index_t const channels = extents[1], height = extents[2], width = extents[3], bins = options.output * options.output;
  index_t const* chosen = rows.data();
  exec.for_each(
      static_cast<index_t>(rows.size()),
      [=](index_t i) {
        roi const& r = rois[chosen[i]];
        float const* map = features.data() + static_cast<index_t>(r.image) * height * width * channels;
        thread_local std::vector<float> sums;
        sums.assign(static_cast<std::size_t>(bins * channels), 0.0F);
        float* to = sums.data();
        detail::for_each_roi_sample(r, options, height, width, [=](index_t bin, index_t cell, float weight) {
          float* s = to + bin * channels;
          float const* f = map + cell * channels;
          for (index_t c = 0; c < channels; ++c) s[c] += weight * f[c];
        });
        float* out = output.data() + chosen[i] * channels * bins;
        for (index_t c = 0; c < channels; ++c)
          for (index_t b = 0; b < bins; ++b) out[c * bins + b] = to[b * channels + c];
      },
      20.0 * static_cast<double>(bins * channels));
}

/// Adds the gradient of `roi_align` by the features to `feature_gradient` [N, H·W, C], channels last.
/// @note channels in blocks side by side, regions in order: same bits on any number of threads
template <backend Backend>
void roi_align_backward(Backend& exec, roi_align_options const& options, tensor_view<float const> output_gradient,
                        shape const& extents, tensor_view<roi const> rois, std::vector<index_t> const& rows,
                        tensor_view<float> feature_gradient) {
  static_assert(Backend::host_memory, "acsl::roi_align_backward: regions lie in host memory");
  index_t const channels = extents[1], height = extents[2], width = extents[3], bins = options.output * options.output;
  constexpr index_t block = 32;
  index_t const blocks = (channels + block - 1) / block;
  exec.for_each(
      blocks,
      [=, &rows](index_t part) {
        index_t const first = part * block, count = std::min(block, channels - first);
        std::vector<float> gradient(static_cast<std::size_t>(bins * count));
        for (index_t row : rows) {
          roi const& r = rois[row];
          float const* g = output_gradient.data() + (row * channels + first) * bins;
          for (index_t c = 0; c < count; ++c)
            for (index_t b = 0; b < bins; ++b) gradient[static_cast<std::size_t>(b * count + c)] = g[c * bins + b];
          float* map = feature_gradient.data() + static_cast<index_t>(r.image) * height * width * channels + first;
          float const* from = gradient.data();
          detail::for_each_roi_sample(r, options, height, width, [=](index_t bin, index_t cell, float weight) {
            float* f = map + cell * channels;
            float const* s = from + bin * count;
            for (index_t c = 0; c < count; ++c) f[c] += weight * s[c];
          });
        }
      },
      1e6);
}

}  // namespace acsl
