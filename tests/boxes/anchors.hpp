// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/boxes/anchors.hpp>
#include <utility>
#include <vector>

namespace anchors {

using acsl::box;

TEST_CASE("base anchors of the five strides are the published ones") {
  acsl::anchor_options const options;
  std::vector<std::pair<int, std::vector<box>>> const table = {
      {4, {{-21, -9, 24, 12}, {-14, -14, 17, 17}, {-9, -21, 12, 24}}},
      {8, {{-41, -19, 48, 26}, {-28, -28, 35, 35}, {-19, -41, 26, 48}}},
      {16, {{-83, -37, 98, 52}, {-56, -56, 71, 71}, {-37, -83, 52, 98}}},
      {32, {{-165, -75, 196, 106}, {-112, -112, 143, 143}, {-75, -165, 106, 196}}},
      {64, {{-330, -149, 393, 212}, {-224, -224, 287, 287}, {-149, -330, 212, 393}}}};
  for (auto const& [stride, wanted] : table) {
    CAPTURE(stride);
    CHECK(acsl::base_anchors(stride, options) == wanted);
  }
  acsl::anchor_options more;
  more.scales = {4, 8};
  auto const six = acsl::base_anchors(16, more);
  REQUIRE(six.size() == 6);
  CHECK(six[1] == table[2].second[0]);  // ratio-major, then scale
  CHECK(six[3] == table[2].second[1]);
  CHECK(six[2] == box{-24, -24, 39, 39});
}

TEST_CASE("the grid moves base anchors by the stride, in order of row, column, anchor") {
  ACSL_TEST_BACKEND exec;
  auto const base = acsl::base_anchors(4, {});
  auto const grid = acsl::grid_anchors(exec, base, 4, 2, 3);
  REQUIRE(grid.size() == 18);
  std::vector<box> const wanted = {{-21, -9, 24, 12},  {-14, -14, 17, 17}, {-9, -21, 12, 24},  {-17, -9, 28, 12},
                                   {-10, -14, 21, 17}, {-5, -21, 16, 24},  {-13, -9, 32, 12},  {-6, -14, 25, 17},
                                   {-1, -21, 20, 24},  {-21, -5, 24, 16},  {-14, -10, 17, 21}, {-9, -17, 12, 28}};
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(grid[static_cast<acsl::index_t>(i)] == wanted[i]);
  CHECK(acsl::grid_anchors(exec, base, 4, 0, 3).empty());
}

TEST_CASE("an anchor trains when its cell lies in the padded image and the anchor in the image itself") {
  ACSL_TEST_BACKEND exec;
  // Validity alone: a huge image, of which the padded part covers 1 x 2 cells of 2 x 3.
  std::vector<box> const one = {{0, 0, 1, 1}};
  auto const cells = acsl::grid_anchors(exec, std::vector<box>(3, one[0]), 4, 2, 3);
  auto const valid = acsl::inside_flags(exec, std::as_const(cells).view(), 4, 2, 3, 4, 8, 1000, 1000);
  std::vector<std::uint8_t> wanted(18, 0);
  std::fill_n(wanted.begin(), 6, std::uint8_t{1});
  CHECK(valid == wanted);

  for (int const stride : {4, 8, 32}) {
    acsl::index_t const rows = 200 / stride, columns = 250 / stride, height = 150, width = 233, padded_height = 160,
                        padded_width = 256;
    auto const grid = acsl::grid_anchors(exec, acsl::base_anchors(stride, {}), stride, rows, columns);
    auto const flags = acsl::inside_flags(exec, std::as_const(grid).view(), stride, rows, columns, padded_height,
                                          padded_width, height, width);
    int inside = 0;
    for (acsl::index_t y = 0; y < rows; ++y)
      for (acsl::index_t x = 0; x < columns; ++x)
        for (acsl::index_t a = 0; a < 3; ++a) {
          acsl::index_t const i = (y * columns + x) * 3 + a;
          box const& b = grid[i];
          bool const cell = static_cast<double>(y) < std::ceil(double(padded_height) / stride) &&
                            static_cast<double>(x) < std::ceil(double(padded_width) / stride);
          bool const expected = cell && b.x1 >= 0 && b.y1 >= 0 && b.x2 < 233 && b.y2 < 150;
          CHECK(flags[static_cast<std::size_t>(i)] == (expected ? 1 : 0));
          inside += expected;
        }
    CHECK((inside > 0) == (stride < 32));
  }
  CHECK(acsl::inside_flags(exec, acsl::tensor_view<box const>(), 4, 0, 0, 10, 10, 10, 10).empty());
}

}  // namespace anchors
