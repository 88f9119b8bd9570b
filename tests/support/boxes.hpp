// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/tensor_view.hpp>
#include <algorithm>
#include <vector>

/// Random boxes, and views of vectors.
namespace test {

template <class T>
acsl::tensor_view<T const> view(std::vector<T> const& values) {
  return {values.data(), {static_cast<acsl::index_t>(values.size())}};
}

/// Boxes with whole coordinates in [0, extent] and sides of 1 to `side` pixels: overlaps are often equal.
inline std::vector<acsl::box> random_boxes(std::size_t count, std::uint64_t seed, int extent = 60, int side = 30) {
  std::vector<acsl::box> result;
  acsl::random_key const key{seed};
  for (std::size_t i = 0; i < count; ++i) {
    auto const draw = [&](std::uint64_t n, int below) {
      return static_cast<float>(key.below(4 * i + n, static_cast<std::uint64_t>(below)));
    };
    float const x = draw(0, extent), y = draw(1, extent);
    result.push_back({x, y, x + draw(2, side), y + draw(3, side)});
  }
  return result;
}

/// Scores in steps of 1 / levels, so that many are equal; all different when `levels` is 0.
inline std::vector<float> random_scores(std::size_t count, std::uint64_t seed, std::uint64_t levels) {
  std::vector<float> result;
  acsl::random_key const key{seed};
  for (std::size_t i = 0; i < count; ++i)
    result.push_back(levels == 0 ? static_cast<float>(key.uniform(i))
                                 : static_cast<float>(key.below(i, levels)) / static_cast<float>(levels));
  return result;
}

/// Overlap by the letter of the specification, float32, `one` added to every side.
inline float overlap(acsl::box const& a, acsl::box const& b, float one = 1) {
  float const w = std::min(a.x2, b.x2) - std::max(a.x1, b.x1) + one;
  float const h = std::min(a.y2, b.y2) - std::max(a.y1, b.y1) + one;
  if (w <= 0 || h <= 0) return 0;
  float const inter = w * h;
  return inter / ((a.x2 - a.x1 + one) * (a.y2 - a.y1 + one) + (b.x2 - b.x1 + one) * (b.y2 - b.y1 + one) - inter);
}

}  // namespace test
