// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/segmentation_reader.hpp>
#include <acsl/io/json.hpp>
#include <cmath>
#include <support/shared_data.hpp>
#include <support/traced_polygon.hpp>
#include <unordered_map>

namespace {

using runs = std::vector<std::int64_t>;

acsl::run_length_mask from_text(acsl::index_t height, acsl::index_t width, std::string const& text) {
  return {height, width, acsl::runs_of_text(text)};
}
std::string to_text(acsl::run_length_mask const& mask) {
  return acsl::run_length_text(runs(mask.runs().begin(), mask.runs().end()));
}
/// One character a pixel, row by row.
std::string picture(acsl::run_length_mask const& mask) {
  std::string pixels(static_cast<std::size_t>(mask.height() * mask.width()), '.');
  acsl::index_t place = 0;
  for (std::size_t i = 0; i < mask.runs().size(); ++i)
    for (std::uint32_t n = 0; n < mask.runs()[i]; ++n, ++place)
      if (i % 2) pixels[static_cast<std::size_t>(place % mask.height() * mask.width() + place / mask.height())] = '#';
  return pixels;
}
auto box_of(acsl::json_value const& value) {
  std::array<double, 4> box{};
  for (std::size_t i = 0; i < 4; ++i) box[i] = value.at(i).number();
  return box;
}

TEST_CASE("the masks of LVIS's annotations and of odd polygons are those of the official tools, bit for bit") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  auto const cases = acsl::read_json(*folder / "mask_cases.json");
  auto const set = acsl::read_json(*folder / "lvis_val_100.json");
  std::unordered_map<std::int64_t, acsl::json_value> images, annotations;
  set.at("images").for_each_element([&](auto const& image) { images.emplace(image.at("id").integer(), image); });
  set.at("annotations").for_each_element([&](auto const& a) { annotations.emplace(a.at("id").integer(), a); });
  auto const check = [](acsl::run_length_mask const& mask, acsl::json_value const& expected) {
    CHECK(to_text(mask) == expected.at("counts").text());
    CHECK(mask.area() == expected.at("area").integer());
    CHECK(mask.box() == box_of(expected.at("bbox")));
    CHECK(from_text(mask.height(), mask.width(), expected.at("counts").text()) == mask);
  };
  CHECK(cases.at("lvis_annotations").size() == 977);
  cases.at("lvis_annotations").for_each_element([&](auto const& one) {
    auto const& annotation = annotations.at(one.at("id").integer());
    auto const& image = images.at(annotation.at("image_id").integer());
    check(acsl::detail::read_segmentation(annotation.at("segmentation"), image.at("height").integer(),
                                          image.at("width").integer()),
          one);
  });
  std::vector<acsl::run_length_mask> masks;
  cases.at("polygons").for_each_element([&](auto const& one) {
    masks.push_back(
        acsl::detail::read_segmentation(one.at("polygons"), one.at("height").integer(), one.at("width").integer()));
    check(masks.back(), one);
  });
  CHECK(masks.size() == 180);
  auto const mask_at = [&](acsl::json_value const& place) {
    return masks.at(static_cast<std::size_t>(place.integer()));
  };
  cases.at("iou").for_each_element([&](auto const& one) {
    double const overlap = one.at(2).number();
    CHECK(acsl::mask_overlap(mask_at(one.at(std::size_t{0})), mask_at(one.at(1))) == overlap);
    CHECK(acsl::mask_overlap(mask_at(one.at(1)), mask_at(one.at(std::size_t{0}))) == overlap);
  });
  cases.at("merge").for_each_element([&](auto const& one) {
    auto const a = mask_at(one.at("a")), b = mask_at(one.at("b"));
    CHECK(to_text(acsl::union_of(a, b)) == one.at("union").text());
    CHECK(to_text(acsl::intersection_of(a, b)) == one.at("intersection").text());
  });
  CHECK(cases.at("strings").size() == 60);
  cases.at("strings").for_each_element([](auto const& one) {
    CHECK(acsl::run_length_text(one.at("runs").integers()) == one.at("text").text());
    CHECK(acsl::runs_of_text(one.at("text").text()) == one.at("runs").integers());
  });
}

TEST_CASE("runs of no length are merged away, and area and box are those of the pixels") {
  CHECK(acsl::run_length_mask(2, 3, runs{0, 0, 1, 0, 0, 2, 0, 3}) == acsl::run_length_mask(2, 3, runs{1, 5}));
  CHECK(acsl::run_length_mask(2, 3, runs{2, 1, 0, 1, 2, 0}) == acsl::run_length_mask(2, 3, runs{2, 2, 2}));
  CHECK(acsl::run_length_mask(0, 5, runs{}) == acsl::run_length_mask(0, 5, runs{0, 0, 0}));
  acsl::run_length_mask const mask(3, 4, runs{4, 1, 3, 2, 2});
  CHECK(picture(mask) ==
        "...#"
        ".#.."
        "..#.");
  CHECK(mask.area() == 3);
  CHECK(mask.box() == std::array<double, 4>{1, 0, 3, 3});
  CHECK(acsl::run_length_mask(3, 4, runs{12}).box() == std::array<double, 4>{0, 0, 0, 0});
  CHECK(acsl::run_length_mask(3, 4, runs{0, 12}).box() == std::array<double, 4>{0, 0, 4, 3});
  CHECK(acsl::run_length_mask(3, 4, runs{4, 1, 7}).box() == std::array<double, 4>{1, 1, 1, 1});
}

TEST_CASE("run lengths that are none are refused") {
  auto const refused = [](auto&& make, char const* words) {
    CHECK_THROWS_WITH_AS((void)make(), doctest::Contains(words), acsl::error);
  };
  refused([] { return acsl::run_length_mask(2, 3, runs{1, 2}); }, "add up to 3, not to its 2 x 3 pixels");
  refused([] { return acsl::run_length_mask(2, 3, runs{1, 6}); }, "add up to more than its 2 x 3 pixels");
  refused([] { return acsl::run_length_mask(2, 3, runs{7, -1}); }, "add up to more");
  refused([] { return acsl::run_length_mask(2, 3, runs{5, -1, 2}); }, "run 1 of a mask has the length -1");
  refused([] { return acsl::run_length_mask(2, 3, runs{INT64_MAX, INT64_MAX, 8}); }, "add up to more");
  refused([] { return acsl::run_length_mask(2, 3, runs{}); }, "add up to 0");
  refused([] { return acsl::run_length_mask(-2, -3, runs{6}); }, "extents are not negative");
  refused([] { return acsl::run_length_mask(1 << 16, 1 << 16, runs{INT64_C(1) << 32}); }, "below 2^32 pixels");
  refused([] { return acsl::run_length_mask(INT64_MAX, INT64_MAX, runs{1}); }, "below 2^32 pixels");
  refused([] { return acsl::runs_of_text("aP"); }, "end inside a number");
  refused([] { return acsl::runs_of_text("1p"); }, "character 1 of a mask's compressed runs has the code 112");
  refused([] { return acsl::runs_of_text("1/"); }, "has the code 47");
  refused([] { return acsl::runs_of_text("\xff"); }, "has the code 255");
  refused([] { return acsl::runs_of_text("ooooooooooooooo0"); }, "a run of a mask is too long");
  refused([] { return acsl::polygon_mask(std::array{1.0, 2.0, 3.0, 4.0}, 9, 9); }, "found 4 numbers");
  refused([] { return acsl::polygon_mask(std::array{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0}, 9, 9); }, "found 7 numbers");
  refused([] { return acsl::polygon_mask(std::array{1.0, 2.0, 3.0, 4.0, 5.0, 1e300}, 9, 9); }, "within 1e9 pixels");
  refused(
      [] {
        return acsl::polygon_mask(std::array{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}, 0, 9);
      },
      "needs the width and height");
  // A short list of corners across a wide picture would take much memory.
  std::vector<double> zigzag;
  for (int i = 0; i < 100; ++i) zigzag.insert(zigzag.end(), {i % 2 * 1e9, double(i)});
  refused([&] { return acsl::polygon_mask(zigzag, 9, 1 << 20); }, "passes more than 16777216 columns of pixels");
  CHECK(acsl::runs_of_text("").empty());
}

TEST_CASE("parts of a segmentation that are no polygons have no pixels, as in the official tools") {
  auto const mask = [](std::string const& text) {
    return acsl::detail::read_segmentation(acsl::parse_json(text, "s.json"), 9, 9);
  };
  auto const square = mask("[[1, 1, 5, 1, 5, 5, 1, 5]]");
  CHECK(square.area() == 16);
  for (char const* more : {"[]", "[3]", "[2, 2]", "[7, 7, 8, 8]", "[7, 7, 8, 8, 6]"})
    CHECK(mask("[[1, 1, 5, 1, 5, 5, 1, 5], " + std::string(more) + "]") == square);
  CHECK(mask("[[1, 1, 5, 1, 5, 5, 1, 5, 0]]") == square);
  CHECK(mask("[[1, 1, 5, 1, 5]]").area() == 0);
  for (char const* first : {"[]", "[1, 1, 5, 1]"})
    CHECK_THROWS_WITH_AS((void)mask("[" + std::string(first) + "]"), doctest::Contains("three corners or more"),
                         acsl::file_error);
}

TEST_CASE("a polygon's crossings are found as a walk along its outline finds them") {
  std::uint32_t seed = 3;
  auto const random = [&seed] { return (seed = 1664525U * seed + 1013904223U) / 4294967296.0; };
  for (int i = 0; i < 3000; ++i) {
    std::vector<double> corners(static_cast<std::size_t>(6 + 2 * (i % 7)));
    for (auto& c : corners) {
      c = random() * 60 - 20;
      if (i % 3 == 0) c = std::round(c * 5) / 5;
      if (i % 5 == 0) c *= 20;
    }
    acsl::index_t const height = 1 + i % 23, width = 1 + i % 19;
    auto const mask = acsl::polygon_mask(corners, height, width);
    if (mask != test::traced_polygon(corners, height, width))
      CHECK(picture(mask) == picture(test::traced_polygon(corners, height, width)));
  }
}

TEST_CASE("a box beyond the picture is its part inside, and costs no more") {
  CHECK(picture(acsl::box_mask({1, 0, 2, 2}, 3, 4)) ==
        ".##."
        ".##."
        "....");
  CHECK(acsl::box_mask({-1e300, -1e300, 2e300, 2e300}, 30, 40).area() == 1200);
  CHECK(acsl::box_mask({1e300, 0, 5, 5}, 30, 40).area() == 0);
  CHECK(acsl::box_mask({-5e8, 2, 1e9, 1}, 30, 40).area() == 40);
}

TEST_CASE("masks of two sizes match nothing") {
  CHECK(acsl::mask_overlap(acsl::run_length_mask(2, 2, runs{0, 4}), acsl::run_length_mask(2, 3, runs{0, 6})) == -1);
  CHECK(acsl::mask_overlap(acsl::run_length_mask(2, 2, runs{0, 4}), acsl::run_length_mask(2, 3, runs{4, 2})) == 0);
  CHECK(acsl::mask_overlap(acsl::run_length_mask(2, 2, runs{4}), acsl::run_length_mask(2, 3, runs{0, 6})) == 0);
}

}  // namespace
