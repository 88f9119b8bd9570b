// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/read_image.hpp>
#include <cstdlib>
#include <initializer_list>
#include <support/image_files.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>

namespace {

void check_colour(acsl::image8 const& image, std::initializer_list<int> bgr, int tolerance = 2) {
  REQUIRE_FALSE(image.empty());
  int channel = 0;
  for (int const expected : bgr) {
    CAPTURE(channel);
    CHECK(std::abs(image.at(image.height / 2, image.width / 2)[channel++] - expected) <= tolerance);
  }
}

int largest_difference(acsl::image8 const& a, acsl::image8 const& b) {
  REQUIRE(a.height == b.height);
  REQUIRE(a.width == b.width);
  int largest = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
  return largest;
}

TEST_CASE("a written JPEG reads back as nearly the same picture") {
  test::temporary_folder const folder;
  auto const image = test::gradient_image(37, 53);
  acsl::write_jpeg(folder / "picture.jpg", image, 98);
  CHECK(largest_difference(acsl::read_image(folder / "picture.jpg"), image) <= 6);
}

TEST_CASE("the format is told by the contents, not by the name") {
  test::temporary_folder const folder;
  auto const image = test::gradient_image(8, 9);
  acsl::write_png(folder / "picture.jpg", image);
  CHECK(acsl::read_image(folder / "picture.jpg") == image);
}

TEST_CASE("a grey JPEG gives three equal channels") {
  check_colour(acsl::decode_image(test::one_colour_jpeg(JCS_GRAYSCALE, {77}, false), "grey.jpg"), {77, 77, 77});
}

TEST_CASE("colours come out in the order blue, green, red") {
  check_colour(acsl::decode_image(test::one_colour_jpeg(JCS_YCbCr, {200, 120, 40}, false), "rgb.jpg"), {40, 120, 200});
  check_colour(acsl::decode_image(test::one_colour_jpeg(JCS_RGB, {200, 120, 40}, true), "rgb.jpg"), {40, 120, 200});
}

TEST_CASE("CMYK and YCCK are converted, inverted or not as the Adobe marker says") {
  // Inks as Adobe programs write them, 255 for none: red 200, green 100, blue 50, black 204 of 255.
  auto const check = [](J_COLOR_SPACE space) {
    check_colour(acsl::decode_image(test::one_colour_jpeg(space, {200, 100, 50, 204}, true), "cmyk.jpg"), {40, 80, 160},
                 3);
    check_colour(acsl::decode_image(test::one_colour_jpeg(space, {255, 255, 255, 255}, true), "cmyk.jpg"),
                 {255, 255, 255});
    check_colour(acsl::decode_image(test::one_colour_jpeg(space, {255, 255, 255, 0}, true), "cmyk.jpg"), {0, 0, 0});
  };
  check(JCS_CMYK);
  check(JCS_YCCK);
  check_colour(acsl::decode_image(test::one_colour_jpeg(JCS_CMYK, {55, 155, 205, 51}, false), "cmyk.jpg"),
               {40, 80, 160}, 3);
}

TEST_CASE("every EXIF orientation is undone, in both byte orders") {
  auto const stored = test::gradient_image(24, 40);
  auto const jpeg = acsl::encode_jpeg(stored, 100);
  auto const plain = acsl::decode_image(jpeg, "plain.jpg");
  // Which stored corner (0 upper left, 1 upper right, 2 lower right, 3 lower left) each corner of the result shows.
  int const corners[9][4] = {{},           {0, 1, 2, 3}, {1, 0, 3, 2}, {2, 3, 0, 1}, {3, 2, 1, 0},
                             {0, 3, 2, 1}, {3, 0, 1, 2}, {2, 1, 0, 3}, {1, 2, 3, 0}};
  auto const corner = [](acsl::image8 const& image, int which) {
    auto const* p = image.at(which >= 2 ? image.height - 1 : 0, which == 1 || which == 2 ? image.width - 1 : 0);
    return std::vector<std::uint8_t>(p, p + 3);
  };
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (bool const little : {false, true}) {
      CAPTURE(orientation);
      auto const image = acsl::decode_image(test::with_orientation(jpeg, orientation, little), "turned.jpg");
      CHECK(image.height == (orientation >= 5 ? 40 : 24));
      CHECK(image.width == (orientation >= 5 ? 24 : 40));
      for (int i = 0; i < 4; ++i) CHECK(corner(image, i) == corner(plain, corners[orientation][i]));
    }
}

TEST_CASE("a malformed EXIF header is passed over") {
  auto const jpeg = acsl::encode_jpeg(test::gradient_image(16, 16), 90);
  auto const plain = acsl::decode_image(jpeg, "plain.jpg");
  CHECK(acsl::decode_image(test::with_orientation(jpeg, 9, true), "odd.jpg") == plain);
  auto beyond = test::with_orientation(jpeg, 6, true);
  beyond[2 + 4 + 6 + 4] = 200;  // the directory lies behind the end
  CHECK(acsl::decode_image(beyond, "odd.jpg") == plain);
  auto many = test::with_orientation(jpeg, 6, true);
  many[2 + 4 + 6 + 8] = many[2 + 4 + 6 + 9] = 255;  // more entries than there are, none of them the orientation
  many[2 + 4 + 6 + 10] = 0x13;
  CHECK(acsl::decode_image(many, "odd.jpg") == plain);
}

TEST_CASE("a JPEG that ends early is refused at every length, and never read beyond its end") {
  auto const jpeg = acsl::encode_jpeg(test::noise_image(40, 40, 1), 90);
  for (std::size_t length = 3; length < jpeg.size(); length += length < 700 ? 1 : 37) {
    std::vector<std::uint8_t> const part(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(length));
    CAPTURE(length);
    CHECK_THROWS_WITH_AS((void)acsl::decode_image(part, "half.jpg"), doctest::Contains("half.jpg: bad JPEG: "),
                         acsl::file_error);
  }
}

TEST_CASE("a truncated JPEG file is refused with the file's name and libjpeg's reason") {
  test::temporary_folder const folder;
  auto jpeg = acsl::encode_jpeg(test::noise_image(64, 64, 2), 90);
  jpeg.resize(jpeg.size() / 2);
  acsl::write_file_atomically(folder / "half.jpg", jpeg);
  CHECK_THROWS_WITH_AS((void)acsl::read_image(folder / "half.jpg"),
                       doctest::Contains("half.jpg: bad JPEG: Premature end"), acsl::file_error);
}

TEST_CASE("overwritten bytes in a JPEG give a picture or an error, never a crash") {
  auto const jpeg = acsl::encode_jpeg(test::noise_image(48, 48, 3), 85);
  std::uint32_t state = 5;
  int refused = 0;
  for (int attempt = 0; attempt < 400; ++attempt) {
    auto damaged = jpeg;
    for (int i = 0; i < 3; ++i) {
      state = 1664525U * state + 1013904223U;
      damaged[3 + (state >> 8) % (damaged.size() - 3)] = static_cast<std::uint8_t>(state);
    }
    try {
      auto const image = acsl::decode_image(damaged, "damaged.jpg");
      CHECK(image.pixels.size() == static_cast<std::size_t>(image.height * image.width * 3));
    } catch (acsl::file_error const&) {
      ++refused;
    }
  }
  CHECK(refused > 20);
}

TEST_CASE("stray bytes between the segments of a JPEG are only a warning") {
  auto jpeg = acsl::encode_jpeg(test::gradient_image(16, 16), 90);
  auto const plain = acsl::decode_image(jpeg, "plain.jpg");
  jpeg.insert(jpeg.begin() + 20, {1, 2, 3});  // behind the JFIF segment
  CHECK(acsl::decode_image(jpeg, "stray.jpg") == plain);
}

TEST_CASE("a missing, an empty, an unknown file and a folder are told apart") {
  test::temporary_folder const folder;
  test::write_text(folder / "empty.jpg", "");
  test::write_text(folder / "text.jpg", "no picture at all");
  CHECK_THROWS_WITH_AS((void)acsl::read_image(folder / "none.jpg"),
                       doctest::Contains("none.jpg: cannot open: No such file or directory"), acsl::file_error);
  CHECK_THROWS_WITH_AS((void)acsl::read_image(folder / "empty.jpg"), doctest::Contains("empty.jpg: the file is empty"),
                       acsl::file_error);
  CHECK_THROWS_WITH_AS((void)acsl::read_image(folder / "text.jpg"),
                       doctest::Contains("text.jpg: neither a JPEG nor a PNG"), acsl::file_error);
  CHECK_THROWS_WITH_AS((void)acsl::read_image(folder.path()), doctest::Contains("Is a directory"), acsl::file_error);
}

TEST_CASE("an absurd size in a header is refused before memory is asked for") {
  auto jpeg = acsl::encode_jpeg(test::gradient_image(16, 16), 90);
  for (std::size_t i = 2; i + 9 < jpeg.size(); ++i)
    if (jpeg[i] == 0xFF && jpeg[i + 1] == 0xC0) {
      jpeg[i + 5] = jpeg[i + 7] = 0xFD;
      break;
    }
  CHECK_THROWS_WITH_AS((void)acsl::decode_image(jpeg, "huge.jpg"), doctest::Contains("is too large"), acsl::file_error);
}

TEST_CASE("an empty image and an odd quality are not written") {
  CHECK_THROWS_WITH_AS((void)acsl::encode_jpeg({}), doctest::Contains("sides in [1, 65500]"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::encode_jpeg(test::gradient_image(4, 4), 0), doctest::Contains("quality"),
                       acsl::error);
}

TEST_CASE("real photographs are read") {
  auto const folder = test::photographs();
  if (!folder) return;
  int count = 0;
  for (auto const& entry : std::filesystem::directory_iterator(*folder / "val")) {
    auto const image = acsl::read_image(entry.path());
    CHECK(image.height > 100);
    if (++count == 16) break;
  }
  CHECK(count == 16);
}

}  // namespace
