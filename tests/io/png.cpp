// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/read_image.hpp>
#include <support/image_files.hpp>
#include <support/temporary_folder.hpp>

namespace {

using test::bytes;

bytes pixels_of(bytes const& png) { return acsl::decode_image(png, "kind.png").pixels; }

TEST_CASE("a written PNG reads back bit for bit") {
  test::temporary_folder const folder;
  auto const image = test::noise_image(17, 23, 1);
  acsl::write_png(folder / "picture.png", image);
  CHECK(acsl::read_image(folder / "picture.png") == image);
}

TEST_CASE("every kind of PNG becomes 8-bit blue, green, red") {
  SUBCASE("RGB") {
    CHECK(pixels_of(test::any_png(2, PNG_COLOR_TYPE_RGB, 8, {{1, 2, 3, 4, 5, 6}})) == bytes{3, 2, 1, 6, 5, 4});
  }
  SUBCASE("alpha is dropped, not blended") {
    CHECK(pixels_of(test::any_png(2, PNG_COLOR_TYPE_RGB_ALPHA, 8, {{1, 2, 3, 0, 4, 5, 6, 255}})) ==
          bytes{3, 2, 1, 6, 5, 4});
    CHECK(pixels_of(test::any_png(1, PNG_COLOR_TYPE_GRAY_ALPHA, 8, {{9, 100}})) == bytes{9, 9, 9});
  }
  SUBCASE("grey of 8 bits and of 1 bit") {
    CHECK(pixels_of(test::any_png(2, PNG_COLOR_TYPE_GRAY, 8, {{7, 200}})) == bytes{7, 7, 7, 200, 200, 200});
    CHECK(pixels_of(test::any_png(2, PNG_COLOR_TYPE_GRAY, 1, {{0b01000000}})) == bytes{0, 0, 0, 255, 255, 255});
  }
  SUBCASE("16-bit channels keep their upper byte") {
    CHECK(pixels_of(test::any_png(1, PNG_COLOR_TYPE_RGB, 16, {{1, 255, 2, 0, 3, 128}})) == bytes{3, 2, 1});
    CHECK(pixels_of(test::any_png(1, PNG_COLOR_TYPE_GRAY, 16, {{5, 250}})) == bytes{5, 5, 5});
  }
  SUBCASE("a palette, with a transparent entry") {
    auto const palette = [](png_structp png, png_infop info) {
      png_color const colours[] = {{1, 2, 3}, {4, 5, 6}};
      png_set_PLTE(png, info, colours, 2);
      png_byte const alpha[] = {0};
      png_set_tRNS(png, info, alpha, 1, nullptr);
    };
    CHECK(pixels_of(test::any_png(2, PNG_COLOR_TYPE_PALETTE, 8, {{1, 0}}, palette)) == bytes{6, 5, 4, 3, 2, 1});
    CHECK(pixels_of(test::any_png(2, PNG_COLOR_TYPE_PALETTE, 4, {{0x10}}, palette)) == bytes{6, 5, 4, 3, 2, 1});
  }
  SUBCASE("a gamma chunk is not applied") {
    auto const gamma = [](png_structp png, png_infop info) { png_set_gAMA(png, info, 1.0); };
    CHECK(pixels_of(test::any_png(1, PNG_COLOR_TYPE_RGB, 8, {{10, 20, 30}}, gamma)) == bytes{30, 20, 10});
  }
  SUBCASE("interlaced") {
    std::vector<bytes> rows;
    for (int y = 0; y < 9; ++y) rows.push_back(bytes(30, static_cast<std::uint8_t>(y)));
    auto const image = acsl::decode_image(test::any_png(10, PNG_COLOR_TYPE_RGB, 8, rows, {}, true), "kind.png");
    for (acsl::index_t y = 0; y < 9; ++y) CHECK(image.at(y, 5)[1] == y);
  }
}

TEST_CASE("a PNG that ends early is refused at every length") {
  auto const png = acsl::encode_png(test::noise_image(20, 20, 2));
  for (std::size_t length = 8; length < png.size(); length += 7) {
    CAPTURE(length);
    CHECK_THROWS_WITH_AS((void)acsl::decode_image({png.data(), length}, "half.png"),
                         doctest::Contains("half.png: bad PNG: "), acsl::file_error);
  }
}

TEST_CASE("a PNG with a wrong checksum is refused") {
  auto png = acsl::encode_png(test::noise_image(20, 20, 2));
  png[png.size() / 2] ^= 1;
  CHECK_THROWS_WITH_AS((void)acsl::decode_image(png, "bad.png"), doctest::Contains("bad.png: bad PNG: "),
                       acsl::file_error);
}

TEST_CASE("an empty image is not written") {
  CHECK_THROWS_WITH_AS((void)acsl::encode_png({}), doctest::Contains("at least one pixel"), acsl::error);
}

}  // namespace
