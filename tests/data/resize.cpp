// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/resize.hpp>
#include <acsl/io/json.hpp>
#include <algorithm>
#include <cmath>
#include <support/image_files.hpp>
#include <utility>

namespace {

using acsl::index_t;

std::uint32_t crc32(std::vector<std::uint8_t> const& bytes) {
  std::uint32_t crc = ~0U;
  for (std::uint8_t const byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

/// The rule, pixel by pixel, as it is written down.
acsl::image8 resized_by_the_letter(acsl::image8 const& image, index_t height, index_t width) {
  acsl::image8 result(height, width);
  auto const place = [](index_t at, index_t to, index_t from) {
    float const f = static_cast<float>(
        (static_cast<double>(at) + 0.5) / (static_cast<double>(to) / static_cast<double>(from)) - 0.5);
    float const whole = std::floor(f);
    return std::pair(static_cast<index_t>(whole), f - whole);
  };
  for (index_t y = 0; y < height; ++y)
    for (index_t x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        auto [sx, fx] = place(x, width, image.width);
        auto const [sy, fy] = place(y, height, image.height);
        if (sx < 0) sx = 0, fx = 0;
        if (sx >= image.width - 1) sx = image.width - 1, fx = 0;
        long const a0 = std::lrint((1 - fx) * 2048), a1 = std::lrint(fx * 2048);
        long const b0 = std::lrint((1 - fy) * 2048), b1 = std::lrint(fy * 2048);
        auto const row = [&, left = sx](index_t at) {
          at = std::clamp<index_t>(at, 0, image.height - 1);
          return image.at(at, left)[c] * a0 + image.at(at, std::min(left + 1, image.width - 1))[c] * a1;
        };
        long const value = (((b0 * (row(sy) >> 4)) >> 16) + ((b1 * (row(sy + 1) >> 4)) >> 16) + 2) >> 2;
        result.at(y, x)[c] = static_cast<std::uint8_t>(std::clamp(value, 0L, 255L));
      }
  return result;
}

TEST_CASE("resizing gives OpenCV's bits") {
  auto const records = acsl::read_json(ACSL_TEST_SOURCE "/tests/golden/data/resize_opencv.json").at("records");
  REQUIRE(records.size() > 10);
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto const from = records.at(i).at("from").integers(), to = records.at(i).at("to").integers();
    CAPTURE(i);
    auto const image =
        test::noise_image(from[0], from[1], static_cast<std::uint32_t>(records.at(i).at("seed").integer()));
    CHECK(crc32(acsl::resize_bilinear(image, to[0], to[1]).pixels) == records.at(i).at("crc32").integer());
  }
}

TEST_CASE("resizing agrees with the rule written pixel by pixel") {
  struct example {
    index_t h0, w0, h, w;
  };
  for (auto const& e : {example{5, 7, 11, 13}, example{13, 11, 7, 5}, example{1, 1, 4, 4}, example{2, 9, 2, 3},
                        example{40, 3, 17, 8}, example{30, 30, 30, 31}, example{6, 6, 6, 6}}) {
    CAPTURE(e.h0);
    auto const image = test::noise_image(e.h0, e.w0, 9);
    CHECK(acsl::resize_bilinear(image, e.h, e.w) == resized_by_the_letter(image, e.h, e.w));
  }
}

TEST_CASE("white stays white and black stays black") {
  for (int const value : {0, 255}) {
    acsl::image8 image(9, 7);
    for (auto& v : image.pixels) v = static_cast<std::uint8_t>(value);
    for (auto const v : acsl::resize_bilinear(image, 31, 29).pixels) CHECK(v == value);
  }
}

TEST_CASE("the size is the largest that fits the scale, rounded") {
  struct example {
    index_t h0, w0, h, w;
  };
  for (auto const& e : {example{480, 640, 800, 1067}, example{427, 640, 800, 1199}, example{640, 428, 1196, 800},
                        example{333, 500, 800, 1201}, example{1200, 1600, 800, 1067}, example{375, 500, 800, 1067}}) {
    auto const extent = acsl::resized(e.h0, e.w0, {});
    CAPTURE(e.h0);
    CHECK(extent.height == e.h);
    CHECK(extent.width == e.w);
  }
  CHECK(acsl::resized(480, 640, {}).scale == 1.6666666666666667);
  CHECK(acsl::resized(427, 640, {}).scale == 1.873536299765808);
  CHECK(acsl::resized(100, 400, {1333, 800}).scale == 1333.0 / 400);  // the long side decides
  CHECK(acsl::resized(480, 640, {320, 512}).height == 320);           // which of the two is larger is found out
  CHECK(acsl::resized(1, 10000, {}).height == 1);                     // never empty
}

TEST_CASE("boxes are scaled in float32 and clipped to the last pixel") {
  std::vector<acsl::box> boxes = {{10, 20, 30, 40}, {-2, 0, 639, 479.5F}};
  auto const extent = acsl::resized(480, 640, {});
  acsl::resize_boxes(boxes, extent);
  float const s = static_cast<float>(extent.scale);
  CHECK(boxes[0].x1 == 10 * s);
  CHECK(boxes[0].y2 == 40 * s);
  CHECK(boxes[1].x1 == 0);
  CHECK(boxes[1].x2 == 639 * s);
  CHECK(boxes[1].y2 == 799);
}

TEST_CASE("empty extents are refused") {
  CHECK_THROWS_WITH_AS((void)acsl::resize_bilinear({}, 4, 4), doctest::Contains("pixels on both sides"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::resize_bilinear(test::noise_image(2, 2, 1), 0, 4),
                       doctest::Contains("pixels on both sides"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::resized(0, 4, {}), doctest::Contains("has pixels"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::resized(4, 4, {0, 4}), doctest::Contains("positive"), acsl::error);
}

}  // namespace
