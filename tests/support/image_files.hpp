// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <png.h>
#include <acsl/io/image.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>
//
#include <jpeglib.h>

namespace test {

using bytes = std::vector<std::uint8_t>;

/// Pseudo-random pixels: bytes of x = 1664525 x + 1013904223 mod 2^32, x >> 24.
inline acsl::image8 noise_image(acsl::index_t height, acsl::index_t width, std::uint32_t seed) {
  acsl::image8 image(height, width);
  for (auto& value : image.pixels) {
    seed = 1664525U * seed + 1013904223U;
    value = static_cast<std::uint8_t>(seed >> 24);
  }
  return image;
}

/// A smooth picture with four different corners, which JPEG keeps nearly as it is.
inline acsl::image8 gradient_image(acsl::index_t height, acsl::index_t width) {
  acsl::image8 image(height, width);
  for (acsl::index_t y = 0; y < height; ++y)
    for (acsl::index_t x = 0; x < width; ++x) {
      image.at(y, x)[0] = static_cast<std::uint8_t>(20 + 200 * x / width);
      image.at(y, x)[1] = static_cast<std::uint8_t>(20 + 200 * y / height);
      image.at(y, x)[2] = static_cast<std::uint8_t>(220 - 100 * (x + y) / (width + height));
    }
  return image;
}

/// A JPEG of one colour in any of libjpeg's colour spaces, best quality.
inline bytes one_colour_jpeg(J_COLOR_SPACE stored_as, std::vector<std::uint8_t> const& colour, bool adobe_marker,
                             unsigned side = 16) {
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = info.image_height = side;
  info.input_components = static_cast<int>(colour.size());
  info.in_color_space = colour.size() == 1 ? JCS_GRAYSCALE : colour.size() == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, stored_as);
  jpeg_set_quality(&info, 100, TRUE);
  info.write_Adobe_marker = adobe_marker ? TRUE : FALSE;
  jpeg_start_compress(&info, TRUE);
  std::vector<std::uint8_t> row;
  for (unsigned x = 0; x < side; ++x) row.insert(row.end(), colour.begin(), colour.end());
  auto* pointer = row.data();
  while (info.next_scanline < info.image_height) jpeg_write_scanlines(&info, &pointer, 1);
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  bytes result(buffer, buffer + size);
  std::free(buffer);
  return result;
}

/// The same JPEG with an EXIF segment that names an orientation.
inline bytes with_orientation(bytes jpeg, int orientation, bool little_endian) {
  bytes const number = little_endian ? bytes{static_cast<std::uint8_t>(orientation), 0, 0, 0}
                                     : bytes{0, static_cast<std::uint8_t>(orientation), 0, 0};
  bytes segment = {0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0};
  bytes const header = little_endian ? bytes{'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0}
                                     : bytes{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1};
  segment.insert(segment.end(), header.begin(), header.end());
  segment.insert(segment.end(), number.begin(), number.end());
  segment.insert(segment.end(), {0, 0, 0, 0});
  jpeg.insert(jpeg.begin() + 2, segment.begin(), segment.end());
  return jpeg;
}

/// A PNG of any kind. Rows are given as libpng stores them; `prepare` may add a palette or other chunks.
inline bytes any_png(int width, int colour_type, int bit_depth, std::vector<bytes> rows,
                     std::function<void(png_structp, png_infop)> const& prepare = {}, bool interlaced = false) {
  bytes result;
  auto* png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  auto* info = png_create_info_struct(png);
  png_set_write_fn(
      png, &result,
      [](png_structp p, png_bytep from, std::size_t count) {
        auto& target = *static_cast<bytes*>(png_get_io_ptr(p));
        target.insert(target.end(), from, from + count);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(rows.size()), bit_depth,
               colour_type, interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  if (prepare) prepare(png, info);
  std::vector<png_bytep> pointers;
  for (auto& row : rows) pointers.push_back(row.data());
  png_set_rows(png, info, pointers.data());
  png_write_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  png_destroy_write_struct(&png, &info);
  return result;
}

}  // namespace test
