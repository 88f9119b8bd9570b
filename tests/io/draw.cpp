// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/text.hpp>
#include <set>
#include <string>
#include <vector>

namespace {

using acsl::colour;
using acsl::index_t;

/// One letter a pixel: '#' where something was drawn on black.
std::vector<std::string> drawn(acsl::image8 const& image) {
  std::vector<std::string> rows;
  for (index_t y = 0; y < image.height; ++y) {
    rows.emplace_back();
    for (index_t x = 0; x < image.width; ++x) rows.back() += image.at(y, x)[1] ? '#' : '.';
  }
  return rows;
}
using picture = std::vector<std::string>;
colour const white = {255, 255, 255};

TEST_CASE("hues turn from red over green to blue") {
  CHECK(acsl::from_hsv(0, 1, 1) == colour{0, 0, 255});
  CHECK(acsl::from_hsv(60, 1, 1) == colour{0, 255, 255});
  CHECK(acsl::from_hsv(120, 1, 1) == colour{0, 255, 0});
  CHECK(acsl::from_hsv(180, 1, 1) == colour{255, 255, 0});
  CHECK(acsl::from_hsv(240, 1, 1) == colour{255, 0, 0});
  CHECK(acsl::from_hsv(300, 1, 1) == colour{255, 0, 255});
  CHECK(acsl::from_hsv(-330, 1, 0.8) == colour{0, 102, 204});  // 30 degrees: half way to yellow
  CHECK(acsl::from_hsv(77, 0, 0.2) == colour{51, 51, 51});
  CHECK_THROWS_AS((void)acsl::from_hsv(0, 1.1, 0), acsl::error);
  CHECK(acsl::mix({0, 100, 200}, {100, 0, 200}, 0.25F) == colour{25, 75, 200});
  CHECK(acsl::luma(white) == doctest::Approx(255));
}

TEST_CASE("a rectangle is filled half-open, blended, and cut off at the edges") {
  acsl::image8 image(4, 6);
  acsl::fill_rectangle(image, 1, 1, 4, 3, white);
  CHECK(drawn(image) == picture{"......", ".###..", ".###..", "......"});
  acsl::fill_rectangle(image, 5, -10, 100, 2, white);
  CHECK(drawn(image) == picture{".....#", ".###.#", ".###..", "......"});
  acsl::fill_rectangle(image, 3, 3, 3, 4, white);
  acsl::fill_rectangle(image, 3, 3, 2, 4, white);
  CHECK(drawn(image)[3] == "......");
  acsl::fill_rectangle(image, 0, 3, 1, 4, {100, 201, 50}, 0.5F);
  CHECK(image.at(3, 0)[0] == 50);
  CHECK(image.at(3, 0)[1] == 101);
  CHECK(image.at(3, 0)[2] == 25);
  CHECK_THROWS_AS(acsl::fill_rectangle(image, 0, 0, 1, 1, white, 1.5F), acsl::error);
}

TEST_CASE("an outline lies inside its rectangle") {
  acsl::image8 image(6, 7);
  acsl::draw_rectangle(image, 1, 1, 6, 5, 1, white);
  CHECK(drawn(image) == picture{".......", ".#####.", ".#...#.", ".#...#.", ".#####.", "......."});
  acsl::image8 thick(6, 7);
  acsl::draw_rectangle(thick, 0, 0, 7, 6, 2, white);
  CHECK(drawn(thick) == picture{"#######", "#######", "##...##", "##...##", "#######", "#######"});
  acsl::image8 tiny(3, 3);
  acsl::draw_rectangle(tiny, 1, 1, 2, 2, 5, white);
  CHECK(drawn(tiny) == picture{"...", ".#.", "..."});
  acsl::draw_rectangle(tiny, -9, -9, 30, 30, 1, white);  // all of it outside
  CHECK(drawn(tiny) == picture{"...", ".#.", "..."});
  CHECK_THROWS_AS(acsl::draw_rectangle(tiny, 0, 0, 1, 1, 0, white), acsl::error);
}

TEST_CASE("text is drawn in its colour, twice as large at scale 2") {
  acsl::image8 image(12, 8);
  acsl::draw_text(image, 0, 0, "L", 1, {0, 255, 0});
  auto const rows = drawn(image);
  CHECK(rows[0] == "#.......");  // the letter L: a stem and a foot
  CHECK(rows[1] == "#.......");
  bool foot = false;
  for (auto const& row : rows) foot |= row.starts_with("####");
  CHECK(foot);
  CHECK(image.at(0, 0)[0] == 0);
  acsl::image8 twice(24, 16);
  acsl::draw_text(twice, 0, 0, "L", 2, white);
  for (index_t y = 0; y < 24; ++y)
    for (index_t x = 0; x < 16; ++x)
      CHECK(drawn(twice)[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] ==
            rows[static_cast<std::size_t>(y / 2)][static_cast<std::size_t>(x / 2)]);
}

TEST_CASE("every printable character but the space leaves a mark within its width and height") {
  std::set<picture> seen;
  for (char c = 33; c < 127; ++c) {
    std::string const text(1, c);
    acsl::image8 image(acsl::text_height_px + 4, 20);
    acsl::draw_text(image, 2, 2, text, 1, white);
    auto const marks = drawn(image);
    CAPTURE(text);
    index_t count = 0;
    for (index_t y = 0; y < image.height; ++y)
      for (index_t x = 0; x < image.width; ++x) {
        if (!image.at(y, x)[0]) continue;
        ++count;
        CHECK(x >= 2);
        CHECK(x < 2 + acsl::text_width(text));
        CHECK(y >= 2);
        CHECK(y < 2 + acsl::text_height_px);
      }
    CHECK(count > 0);
    seen.insert(marks);
  }
  CHECK(seen.size() == 93);  // the font draws one bar for l and |
}

TEST_CASE("text of any length and any bytes is drawn, and cut off at the edges") {
  acsl::image8 image(14, 40), marks(14, 40);
  acsl::draw_text(image, 1, 1, "a\xC3\xA4\n", 1, white);
  acsl::draw_text(marks, 1, 1, "a\?\?\?", 1, white);
  CHECK(image == marks);
  CHECK(acsl::text_width("") == 0);
  CHECK(acsl::text_width("ab") == acsl::text_width("a") + acsl::text_width("b"));
  acsl::draw_text(image, -500, -3, std::string(400, 'B'), 3, white);
  CHECK(image != marks);
  acsl::image8 wide(12, 4000);
  acsl::draw_text(wide, 0, 0, std::string(400, 'B'), 1, white);
  CHECK(drawn(wide)[2].rfind('#') > static_cast<std::size_t>(acsl::text_width(std::string(399, 'B')) - 1));
  CHECK_THROWS_AS(acsl::draw_text(wide, 0, 0, "a", 0, white), acsl::error);
}

}  // namespace
