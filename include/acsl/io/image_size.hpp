// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/detail/exif.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace acsl {

struct image_size {
  index_t height = 0, width = 0;  ///< pixels

  friend bool operator==(image_size, image_size) = default;
};

namespace detail {

template <std::size_t Bytes>
index_t big_endian(byte_source const& file, std::uint64_t at) {
  std::array<std::uint8_t, Bytes> bytes;
  file.read(at, bytes);
  index_t value = 0;
  for (auto const byte : bytes) value = value << 8 | byte;
  return value;
}

inline image_size png_size(byte_source const& file) {
  if (big_endian<4>(file, 12) != 0x49484452) throw file_error(file.name(), "bad PNG: it does not begin with IHDR");
  return {big_endian<4>(file, 20), big_endian<4>(file, 16)};
}

/// Walks over the segments of a JPEG up to that of its frame.
inline image_size jpeg_size(byte_source const& file) {
  int orientation = 1;
  for (std::uint64_t at = 2;;) {
    auto marker = big_endian<2>(file, at);
    if (marker == 0xFFFF) {  // any number of fill bytes
      ++at;
      continue;
    }
    if (marker >> 8 != 0xFF) throw file_error(file.name(), "bad JPEG: no marker at byte " + std::to_string(at));
    marker &= 0xFF;
    at += 2;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) continue;  // alone, without a segment
    if (marker == 0xD9 || marker == 0xDA) throw file_error(file.name(), "bad JPEG: the picture begins before its size");
    auto const length = big_endian<2>(file, at);
    if (length < 2) throw file_error(file.name(), "bad JPEG: a segment of no length");
    bool const frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      image_size const stored{big_endian<2>(file, at + 3), big_endian<2>(file, at + 5)};
      return orientation >= 5 ? image_size{stored.width, stored.height} : stored;
    }
    if (marker == 0xE1) {
      std::vector<std::uint8_t> segment(static_cast<std::size_t>(length - 2));
      file.read(at + 2, segment);
      if (int const found = exif_orientation(segment); found != 0 && orientation == 1) orientation = found;
    }
    at += static_cast<std::uint64_t>(length);
  }
}

}  // namespace detail

/// The size that `read_image` gives an image, read from the header of its JPEG or PNG file alone: a few hundred bytes,
/// no pixels. A JPEG whose EXIF header turns it by 90 degrees has its sides exchanged.
/// @throws acsl::file_error naming the file and the reason: missing, empty, another format, cut short, no size
[[nodiscard]] inline image_size read_image_size(std::filesystem::path const& path) {
  byte_source const file(path);
  if (file.size() == 0) throw file_error(file.name(), "the file is empty");
  std::array<std::uint8_t, 8> begin = {};
  file.read(0, std::span(begin).first(static_cast<std::size_t>(std::min<std::uint64_t>(begin.size(), file.size()))));
  constexpr std::array<std::uint8_t, 8> png = {0x89, 'P', 'N', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
  bool const jpeg = begin[0] == 0xFF && begin[1] == 0xD8 && begin[2] == 0xFF;
  if (!jpeg && begin != png) throw file_error(file.name(), "neither a JPEG nor a PNG file");
  auto const size = jpeg ? detail::jpeg_size(file) : detail::png_size(file);
  if (size.height < 1 || size.width < 1) throw file_error(file.name(), "its header gives no size");
  return size;
}

}  // namespace acsl
