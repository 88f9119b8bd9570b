// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/draw_detections.hpp>
#include <limits>

namespace {

using acsl::index_t;

std::vector<std::string> const names = {"cat", "dog"};

bool has_colour(acsl::image8 const& image, index_t y, index_t x, acsl::colour const& c) {
  auto const* p = image.at(y, x);
  return p[0] == std::lround(c.blue) && p[1] == std::lround(c.green) && p[2] == std::lround(c.red);
}

TEST_CASE("a detection becomes an outline around its pixels and a label above") {
  acsl::image8 image(600, 600);
  acsl::draw_detections(image, {{{200, 300, 399, 449}, 0.75F, 1}}, names);
  auto const ink = acsl::class_colour(1);
  CHECK(image.width == 600);
  for (auto const& [y, x] : {std::pair<index_t, index_t>{300, 200}, {301, 399}, {449, 201}, {449, 399}, {400, 201}})
    CHECK(has_colour(image, y, x, ink));
  for (auto const& [y, x] : {std::pair<index_t, index_t>{302, 202}, {450, 300}, {400, 199}, {400, 400}, {447, 397}})
    CHECK(has_colour(image, y, x, {0, 0, 0}));
  acsl::image8 expected(600, 600);  // the label: ground in the colour of the class, "dog 0.75" in black or white
  acsl::fill_rectangle(expected, 200, 278, 200 + 2 * (acsl::text_width("dog 0.75") + 3), 300, ink, 0.9F);
  acsl::draw_text(expected, 204, 281, "dog 0.75", 2,
                  acsl::luma(ink) > 120 ? acsl::colour{0, 0, 0} : acsl::colour{255, 255, 255});
  for (index_t y = 278; y < 300; ++y) CHECK(std::equal(image.row(y), image.row(y) + 3 * 600, expected.row(y)));
  acsl::image8 continuous(600, 600);
  acsl::draw_detections<acsl::continuous>(continuous, {{{200, 300, 400, 450}, 0.75F, 1}}, names);
  CHECK(continuous == image);
}

TEST_CASE("weak detections are left out, of the others the best are drawn, on top") {
  acsl::image8 const black(600, 600);
  std::vector<acsl::detection> const found = {
      {{10, 100, 60, 200}, 0.5F, 0}, {{300, 100, 400, 200}, 0.29F, 0}, {{10, 100, 60, 200}, 0.9F, 1}};
  auto all = black, best = black, none = black;
  acsl::draw_detections(all, found, names);
  CHECK(has_colour(all, 150, 10, acsl::class_colour(1)));  // the same box: the better one covers it
  CHECK(has_colour(all, 150, 300, {0, 0, 0}));
  acsl::draw_detections(best, found, names, {.max_detections = 1});
  auto alone = black;
  acsl::draw_detections(alone, {found[2]}, names);
  CHECK(best == alone);
  CHECK(all != alone);
  acsl::draw_detections(none, found, names, {.score_threshold = 0.95F});
  CHECK(none == black);
  acsl::draw_detections(none, {}, names);
  CHECK(none == black);
  acsl::draw_detections(none, found, names, {.max_detections = 0});
  CHECK(none == black);
  float const nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  acsl::draw_detections(none, {{{0, 0, nan, 5}, 0.9F, 0}, {{0, 0, 5, infinity}, 0.9F, 0}, {{0, 0, 5, 5}, nan, 0}},
                        names);
  CHECK(none == black);
}

TEST_CASE("a small picture is enlarged, boxes with it") {
  acsl::image8 small(64, 128);
  acsl::draw_detections(small, {{{32, 16, 63, 47}, 0.8F, 0}}, names);
  CHECK(small.height == 256);
  CHECK(small.width == 512);
  CHECK(has_colour(small, 64, 200, acsl::class_colour(0)));
  CHECK(has_colour(small, 191, 200, acsl::class_colour(0)));
  CHECK(has_colour(small, 192, 200, {0, 0, 0}));
  acsl::image8 as_is(64, 128);
  acsl::draw_detections(as_is, {}, names, {.minimum_side = 0});
  CHECK(as_is == acsl::image8(64, 128));
  acsl::image8 empty;
  acsl::draw_detections(empty, {{{0, 0, 5, 5}, 0.8F, 0}}, names);
  CHECK(empty.empty());
}

TEST_CASE("labels keep off each other where there is room") {
  acsl::detail::drawn_label first, second;
  first.width = second.width = 100;
  first.height = second.height = 20;
  first.box = second.box = {50, 100, 200, 250};
  acsl::detail::place_label(first, {}, 400, 400);
  CHECK(first.x == 50);
  CHECK(first.y == 80);
  acsl::detail::place_label(second, {first}, 400, 400);
  CHECK(second.x == 50);
  CHECK(second.y == 100);  // above, to the right, it would overlap from 100 to 150
  acsl::detail::drawn_label corner;
  corner.width = 100;
  corner.height = 20;
  corner.box = {380, 5, 399, 60};
  acsl::detail::place_label(corner, {}, 400, 400);
  CHECK(corner.x == 300);  // moved into the picture
  CHECK(corner.y == 0);
}

TEST_CASE("boxes far outside the picture and unknown classes do no harm") {
  acsl::image8 image(600, 600);
  acsl::draw_detections(image, {{{-1e30F, -1e30F, 1e30F, 1e30F}, 0.9F, 0}, {{700, 700, 900, 900}, 0.9F, 0}}, names);
  CHECK(has_colour(image, 300, 300, {0, 0, 0}));
  CHECK_THROWS_AS(acsl::draw_detections(image, {{{0, 0, 5, 5}, 0.9F, 2}}, names), acsl::error);
  CHECK_THROWS_AS(acsl::draw_detections(image, {{{0, 0, 5, 5}, 0.9F, -1}}, names), acsl::error);
}

TEST_CASE("classes beside each other have colours far apart") {
  for (index_t label = 0; label < 100; ++label) {
    auto const a = acsl::class_colour(label), b = acsl::class_colour(label + 1);
    CHECK(std::fabs(a.blue - b.blue) + std::fabs(a.green - b.green) + std::fabs(a.red - b.red) > 100);
  }
}

}  // namespace
