// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/boxes/jitter.hpp>
#include <algorithm>
#include <cmath>

namespace {

using acsl::box;

TEST_CASE("a box is moved in all sixteen patterns of signs, by up to a sixth of its sides") {
  box const around{100, 200, 159, 319};  // 60 wide, 120 high
  float most_x = 0, most_y = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    auto const boxes = acsl::jittered_boxes(around, 1000, 1000, acsl::random_key{seed});
    REQUIRE(boxes.size() == 16);
    for (std::size_t pattern = 0; pattern < 16; ++pattern) {
      auto const& b = boxes[pattern];
      float const moved[] = {b.x1 - around.x1, b.y1 - around.y1, b.x2 - around.x2, b.y2 - around.y2};
      for (std::size_t j = 0; j < 4; ++j) {
        CHECK(std::abs(moved[j]) <= (j % 2 == 0 ? 10 : 20));
        CHECK((moved[j] > 0) == ((pattern >> j & 1) != 0));
        auto& most = j % 2 == 0 ? most_x : most_y;
        most = std::max(most, std::abs(moved[j]));
      }
    }
  }
  CHECK(most_x > 9.9F);
  CHECK(most_y > 19.8F);
}

TEST_CASE("jittered boxes stay in the image, and the same key gives the same boxes") {
  box const corner{0, 0, 59, 39};
  auto const boxes = acsl::jittered_boxes(corner, 40, 60, acsl::random_key{1}, 0.25F);
  for (auto const& b : boxes) {
    CHECK(b.x1 >= 0);
    CHECK(b.y1 >= 0);
    CHECK(b.x2 <= 59);
    CHECK(b.y2 <= 39);
    CHECK(b.x2 > b.x1);
    CHECK(b.y2 > b.y1);
  }
  CHECK(boxes == acsl::jittered_boxes(corner, 40, 60, acsl::random_key{1}, 0.25F));
  CHECK(boxes != acsl::jittered_boxes(corner, 40, 60, acsl::random_key{2}, 0.25F));
}

}  // namespace
