// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/boxes/roi_features.hpp>
#include <cmath>
#include <support/boxes.hpp>
#include <support/gradients.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

namespace pooling {

using acsl::index_t;
using acsl::roi;

/// One bilinear sample of a plane, by the letter of the specification, in double. `add`(cell, weight) for each
/// neighbour.
template <class Add>
void plain_sample(double y, double x, index_t height, index_t width, Add add) {
  auto const h = static_cast<double>(height), w = static_cast<double>(width);
  if (y < -1 || y > h || x < -1 || x > w) return;
  y = std::max(y, 0.0);
  x = std::max(x, 0.0);
  auto yl = static_cast<index_t>(y), xl = static_cast<index_t>(x), yh = yl + 1, xh = xl + 1;
  if (yl >= height - 1) {
    yl = yh = height - 1;
    y = static_cast<double>(yl);
  }
  if (xl >= width - 1) {
    xl = xh = width - 1;
    x = static_cast<double>(xl);
  }
  double const ly = y - static_cast<double>(yl), lx = x - static_cast<double>(xl);
  add(yl * width + xl, (1 - ly) * (1 - lx));
  add(yl * width + xh, (1 - ly) * lx);
  add(yh * width + xl, ly * (1 - lx));
  add(yh * width + xh, ly * lx);
}

/// For every bin of a region and every sample in it.
template <class Add>
void plain_bins(roi const& r, double scale, index_t bins, index_t samples, index_t height, index_t width, Add add) {
  double const sx = r.x1 * scale, sy = r.y1 * scale, ex = (r.x2 + 1.0) * scale, ey = (r.y2 + 1.0) * scale;
  double const bw = std::max(ex - sx, 0.0) / static_cast<double>(bins),
               bh = std::max(ey - sy, 0.0) / static_cast<double>(bins);
  auto const nx = samples > 0 ? samples : static_cast<index_t>(std::ceil(bw));
  auto const ny = samples > 0 ? samples : static_cast<index_t>(std::ceil(bh));
  for (index_t p = 0; p < bins; ++p)
    for (index_t q = 0; q < bins; ++q)
      for (index_t i = 0; i < ny; ++i)
        for (index_t j = 0; j < nx; ++j) {
          double const y =
              sy + static_cast<double>(p) * bh + (static_cast<double>(i) + 0.5) * bh / static_cast<double>(ny);
          double const x =
              sx + static_cast<double>(q) * bw + (static_cast<double>(j) + 0.5) * bw / static_cast<double>(nx);
          plain_sample(y, x, height, width, [&](index_t cell, double weight) {
            add(p * bins + q, cell, weight / static_cast<double>(nx * ny));
          });
        }
}

inline acsl::tensor<float> pool(ACSL_TEST_BACKEND& exec, acsl::tensor<float> const& map, std::vector<roi> const& rois,
                                index_t bins, index_t samples, double scale) {
  acsl::tensor<float> out({static_cast<index_t>(rois.size()), map.extent(1), bins, bins});
  exec.fill(out.view(), 77.0F);
  std::vector<index_t> rows;
  for (std::size_t i = 0; i < rois.size(); ++i) rows.push_back(static_cast<index_t>(i));
  auto const last = acsl::detail::channels_last(exec, map.view());
  acsl::roi_align(exec, {bins, samples, static_cast<float>(scale)}, last.view(), map.extents(), test::view(rois), rows,
                  out.view());
  return out;
}
inline acsl::tensor<float> pool_backward(ACSL_TEST_BACKEND& exec, acsl::tensor<float> const& g,
                                         acsl::shape const& extents, std::vector<roi> const& rois, index_t bins,
                                         index_t samples, double scale) {
  std::vector<index_t> rows;
  for (std::size_t i = 0; i < rois.size(); ++i) rows.push_back(static_cast<index_t>(i));
  auto last = acsl::filled(exec, {extents[0], extents[2] * extents[3], extents[1]}, 0.0F);
  acsl::roi_align_backward(exec, {bins, samples, static_cast<float>(scale)}, g.view(), extents, test::view(rois), rows,
                           last.view());
  auto result = acsl::filled(exec, extents, 0.0F);
  acsl::detail::add_channels_first(exec, std::as_const(last).view(), result.view());
  return result;
}

/// Regions of two images: ordinary ones, ones that stick out, ones outside, tiny ones and ones turned inside out.
inline std::vector<roi> some_regions(std::size_t count, std::uint64_t seed) {
  std::vector<roi> result;
  acsl::random_key const key{seed};
  for (std::size_t i = 0; i < count; ++i) {
    auto const draw = [&](std::uint64_t n, double low, double high) {
      return static_cast<float>(key.uniform(5 * i + n, low, high));
    };
    float const x = draw(0, -30, 110), y = draw(1, -30, 90);
    result.push_back({static_cast<float>(i % 2), x, y, x + draw(2, -5, 90), y + draw(3, -5, 90)});
  }
  return result;
}

TEST_CASE("pooled features and their gradient are those worked by hand") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> map({1, 1, 4, 5});
  for (index_t i = 0; i < 20; ++i) map[i] = static_cast<float>(i);
  std::vector<roi> const rois = {{0, 0, 0, 15, 15}, {0, 6, 2, 13, 9}, {0, 12, 8, 25, 23}, {0, 8, 8, 7, 7}};
  auto const out = pool(exec, map, rois, 2, 2, 0.25);
  std::vector<double> const wanted = {6, 8, 14.75, 16.75, 7, 8, 12, 13, 17.46875, 0, 0, 0, 12, 12, 12, 12};
  CHECK(test::largest_difference(out, wanted) <= 1e-5);

  acsl::tensor<float> g({2, 1, 2, 2});
  float const values[] = {1, 2, 3, 4, 0.5F, 0, 0, 1};
  std::copy(std::begin(values), std::end(values), g.data());
  auto const back = pool_backward(exec, g, map.extents(), {rois[1], rois[2]}, 2, 2, 0.25);
  std::vector<double> const gradient = {0,         .015625,  .125,    .203125, .03125,    0,        .140625,
                                        1.09375,   1.640625, .25,     0,       .296875,   2.1875,   2.76953125,
                                        .49609375, 0,        .046875, .34375,  .52734375, .33203125};
  CHECK(test::largest_difference(back, gradient) <= 1e-6);
}

TEST_CASE("pooling of random regions equals the plain loops, forward and backward") {
  ACSL_TEST_BACKEND exec;
  for (index_t const samples : {2, 1, 3, 0})
    for (double const scale : {0.25, 0.125}) {
      CAPTURE(samples);
      CAPTURE(scale);
      auto const map = test::noise({2, 35, 13, 17}, 4);
      auto const rois = some_regions(41, 6);
      auto const out = pool(exec, map, rois, 3, samples, scale);
      auto const g = test::noise({41, 35, 3, 3}, 8);
      auto const back = pool_backward(exec, g, map.extents(), rois, 3, samples, scale);
      std::vector<double> wanted(static_cast<std::size_t>(out.size()), 0.0),
          gradient(static_cast<std::size_t>(map.size()), 0.0);
      for (std::size_t r = 0; r < rois.size(); ++r)
        plain_bins(rois[r], scale, 3, samples, 13, 17, [&](index_t bin, index_t cell, double weight) {
          for (index_t c = 0; c < 35; ++c) {
            auto const o = static_cast<std::size_t>((static_cast<index_t>(r) * 35 + c) * 9 + bin);
            auto const m = static_cast<std::size_t>((static_cast<index_t>(rois[r].image) * 35 + c) * 13 * 17 + cell);
            wanted[o] += weight * static_cast<double>(map[static_cast<index_t>(m)]);
            gradient[m] += weight * static_cast<double>(g[static_cast<index_t>(o)]);
          }
        });
      CHECK(test::largest_difference(out, wanted) <= 2e-5);
      CHECK(test::largest_difference(back, gradient) <= 1e-4);
    }
}

TEST_CASE("a sample exactly one pixel outside counts, one further does not") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> map({1, 1, 2, 2});
  exec.fill(map.view(), 1.0F);
  auto const at = [&](float y) {  // one bin, one sample at (y, 0.5)
    return pool(exec, map, {{0, 0, y - 0.5F, 0, y - 0.5F}}, 1, 1, 1)[0];
  };
  CHECK(at(-1.0F) == 1);
  CHECK(at(-1.0078125F) == 0);
  CHECK(at(2.0F) == 1);
  CHECK(at(2.0078125F) == 0);
}

TEST_CASE("every region reads its level, in the order of the regions, and gives its gradient to it") {
  ACSL_TEST_BACKEND exec;
  acsl::roi_feature_options options;
  options.output = 3;
  options.finest = 14;
  options.strides = {4, 8, 16};
  std::vector<acsl::tensor<float>> maps;
  for (index_t i = 0; i < 4; ++i) maps.push_back(test::noise({2, 6, 32 >> i, 24 >> i}, static_cast<std::uint64_t>(i)));
  std::vector<acsl::tensor_view<float const>> levels;
  for (auto const& map : maps) levels.push_back(std::as_const(map).view());
  auto const rois = some_regions(60, 33);
  auto const out = acsl::roi_features(exec, levels, test::view(rois), options);
  REQUIRE(out.extents() == acsl::shape{60, 6, 3, 3});

  auto const g = test::noise(out.extents(), 12);
  std::vector<acsl::tensor<float>> gradients;
  std::vector<acsl::tensor_view<float>> views;
  for (auto const& map : maps) gradients.push_back(acsl::filled(exec, map.extents(), 0.5F));  // is added to
  for (auto& gradient : gradients) views.push_back(gradient.view());
  acsl::roi_features_backward(exec, g.view(), test::view(rois), options, views);

  std::vector<double> wanted(static_cast<std::size_t>(out.size()), 0.0);
  std::vector<std::vector<double>> back;
  for (auto const& map : maps) back.emplace_back(static_cast<std::size_t>(map.size()), 0.5);
  std::vector<int> used(3, 0);
  for (std::size_t r = 0; r < rois.size(); ++r) {
    double const w = std::max(rois[r].x2 - rois[r].x1 + 1.0, 0.0), h = std::max(rois[r].y2 - rois[r].y1 + 1.0, 0.0);
    auto const level =
        static_cast<std::size_t>(std::min(std::max(std::floor(std::log2(std::sqrt(w * h) / 14 + 1e-6)), 0.0), 2.0));
    ++used[level];
    auto const& map = maps[level];
    index_t const plane = map.extent(2) * map.extent(3);
    plain_bins(rois[r], 1.0 / options.strides[level], 3, 2, map.extent(2), map.extent(3),
               [&](index_t bin, index_t cell, double weight) {
                 for (index_t c = 0; c < 6; ++c) {
                   auto const o = static_cast<std::size_t>((static_cast<index_t>(r) * 6 + c) * 9 + bin);
                   auto const m =
                       static_cast<std::size_t>((static_cast<index_t>(rois[r].image) * 6 + c) * plane + cell);
                   wanted[o] += weight * static_cast<double>(map[static_cast<index_t>(m)]);
                   back[level][m] += weight * static_cast<double>(g[static_cast<index_t>(o)]);
                 }
               });
  }
  for (int const count : used) CHECK(count > 3);
  CHECK(test::largest_difference(out, wanted) <= 2e-5);
  for (std::size_t i = 0; i < 4; ++i) CHECK(test::largest_difference(gradients[i], back[i]) <= 1e-4);

  auto const none = acsl::roi_features(exec, levels, acsl::tensor_view<roi const>(), options);
  CHECK(none.extents() == acsl::shape{0, 6, 3, 3});
  options.strides = {4, 8, 16, 32, 64};
  CHECK_THROWS_WITH_AS(acsl::roi_features(exec, levels, test::view(rois), options),
                       doctest::Contains("one map per stride"), acsl::error);
}

TEST_CASE("pooling is linear in the features: central differences are exact") {
  ACSL_TEST_BACKEND exec;
  auto map = test::noise({2, 3, 9, 8}, 14);
  auto const rois = some_regions(9, 15);
  auto const r = test::noise({9, 3, 2, 2}, 16);
  auto const dx = pool_backward(exec, r, map.extents(), rois, 2, 2, 0.25);
  test::compare_with_differences(
      "features", map.view(), test::as_doubles(dx.view()),
      [&] { return test::projection(r, pool(exec, map, rois, 2, 2, 0.25)); }, 0.5, 1e-4, 200);
}

TEST_CASE("pooling has the same bits for one thread and for two") {
  test::with_one_and_two_threads<ACSL_TEST_BACKEND>([](auto& one, auto& two) {
    acsl::roi_feature_options const options;
    std::vector<acsl::tensor<float>> maps;
    std::vector<acsl::tensor_view<float const>> levels;
    for (index_t i = 0; i < 4; ++i)
      maps.push_back(test::noise({2, 70, 48 >> i, 48 >> i}, static_cast<std::uint64_t>(i)));
    for (auto const& map : maps) levels.push_back(std::as_const(map).view());
    auto const rois = some_regions(100, 2);
    auto const a = acsl::roi_features(one, levels, test::view(rois), options);
    auto const b = acsl::roi_features(two, levels, test::view(rois), options);
    CHECK(test::same_bits(a, b));
    auto const back = [&](auto& exec) {
      std::vector<acsl::tensor<float>> gradients;
      std::vector<acsl::tensor_view<float>> views;
      for (auto const& map : maps) gradients.push_back(acsl::filled(exec, map.extents(), 0.0F));
      for (auto& gradient : gradients) views.push_back(gradient.view());
      acsl::roi_features_backward(exec, a.view(), test::view(rois), options, views);
      return gradients;
    };
    auto const p = back(one), q = back(two);
    for (std::size_t i = 0; i < 4; ++i) CHECK(test::same_bits(p[i], q[i]));
  });
}

}  // namespace pooling
