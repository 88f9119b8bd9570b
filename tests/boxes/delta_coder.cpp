// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/boxes/delta_coder.hpp>
#include <acsl/boxes/level_mapping.hpp>
#include <cmath>
#include <support/boxes.hpp>

namespace {

using acsl::box;
using acsl::delta;

void near(delta const& found, delta const& wanted) {
  CHECK(found.dx == doctest::Approx(wanted.dx).epsilon(2e-6));
  CHECK(found.dy == doctest::Approx(wanted.dy).epsilon(2e-6));
  CHECK(found.dw == doctest::Approx(wanted.dw).epsilon(2e-6));
  CHECK(found.dh == doctest::Approx(wanted.dh).epsilon(2e-6));
}
void near(box const& found, box const& wanted, double tolerance) {
  CHECK(std::abs(found.x1 - wanted.x1) <= tolerance);
  CHECK(std::abs(found.y1 - wanted.y1) <= tolerance);
  CHECK(std::abs(found.x2 - wanted.x2) <= tolerance);
  CHECK(std::abs(found.y2 - wanted.y2) <= tolerance);
}

TEST_CASE("the boxes worked by hand encode to the published deltas and decode back") {
  box const p{10, 20, 59, 119}, g{16, 14, 85, 133};
  acsl::delta_coder coder;
  near(coder.encode(p, g), {0.32F, 0.04F, 0.336472213F, 0.182321593F});
  near(coder.decode(p, coder.encode(p, g)), g, 2e-5);
  coder.stds = {0.1F, 0.1F, 0.2F, 0.2F};
  near(coder.encode(p, g), {3.2F, 0.4F, 1.68236101F, 0.911607981F});
  near(coder.decode(p, coder.encode(p, g)), g, 2e-5);
  coder.stds = {0.05F, 0.05F, 0.1F, 0.1F};
  near(coder.encode(p, g), {6.4F, 0.8F, 3.36472201F, 1.82321596F});
  coder.stds = {0.033F, 0.033F, 0.067F, 0.067F};
  near(coder.encode(p, g), {9.69696999F, 1.21212125F, 5.02197313F, 2.72121763F});
  near(coder.decode(p, coder.encode(p, g)), g, 2e-5);
  coder.means = {0.1F, -0.2F, 0.3F, 0.4F};
  near(coder.decode(p, coder.encode(p, g)), g, 2e-5);
}

TEST_CASE("sizes are limited to 1000 / 16 of the region, shifts are not, and boxes are clipped to the image") {
  box const p{10, 20, 59, 119};
  acsl::delta_coder const coder;
  delta const d{0.5F, -0.25F, 6.0F, -0.1F};
  near(coder.decode(p, d), {-1502.5001F, -0.24187088F, 1621.5001F, 89.241867F}, 2e-3);
  near(acsl::clip(coder.decode(p, d), 300, 400), {0, 0, 399, 89.241867F}, 1e-4);
  box const tiny = coder.decode(p, {0, 0, -50, -50});  // 62.5 times smaller
  CHECK(tiny.x2 - tiny.x1 + 1 == doctest::Approx(50 / 62.5).epsilon(1e-5));
  CHECK(tiny.y2 - tiny.y1 + 1 == doctest::Approx(100 / 62.5).epsilon(1e-5));
  box const far = coder.decode(p, {100, 0, 0, 0});
  CHECK(far.x1 == doctest::Approx(5010));
}

TEST_CASE("two groups of deltas decode against the same region") {
  box const p{10, 20, 59, 119};
  acsl::delta_coder coder;
  coder.stds = {.1F, .1F, .2F, .2F};
  near(acsl::clip(coder.decode(p, {.1F, .2F, .3F, .4F}), 300, 400), {8.9540844F, 17.835644F, 61.045914F, 125.16435F},
       1e-4);
  near(acsl::clip(coder.decode(p, {-.1F, -.2F, -.3F, -.4F}), 300, 400),
       {10.955887F, 21.844185F, 57.044113F, 113.15582F}, 1e-4);
}

TEST_CASE("every pair of boxes survives the round trip") {
  auto const regions = test::random_boxes(200, 5), truths = test::random_boxes(200, 6);
  acsl::delta_coder coder;
  coder.stds = {.1F, .1F, .2F, .2F};
  for (std::size_t i = 0; i < 200; ++i)
    near(coder.decode(regions[i], coder.encode(regions[i], truths[i])), truths[i], 1e-3);
}

TEST_CASE("a region reads the level that fits its size") {
  auto const level = [](float side) { return acsl::level_of({0, 10, 20, 10 + side - 1, 20 + side - 1}, 56, 4); };
  CHECK(level(1) == 0);
  CHECK(level(111) == 0);
  CHECK(level(112) == 1);
  CHECK(level(223) == 1);
  CHECK(level(224) == 2);
  CHECK(level(447) == 2);
  CHECK(level(448) == 3);
  CHECK(level(5000) == 3);
  CHECK(acsl::level_of({0, 8, 8, 7, 7}, 56, 4) == 0);     // no area
  CHECK(acsl::level_of({0, 0, 0, 223, 55}, 56, 4) == 1);  // sqrt(224 · 56) = 112
  CHECK(acsl::level_of({0, 0, 0, NAN, 10}, 56, 4) == 0);
}

}  // namespace
