// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/image.hpp>
#include <cstdint>
#include <span>
#include <utility>

namespace acsl::detail {

/// The orientation, 1 to 8, that an APP1 segment of a JPEG names (tag 0x0112 of the first directory); 0: none, or the
/// segment is no well-formed EXIF header.
inline int exif_orientation(std::span<std::uint8_t const> segment) {
  constexpr std::size_t prefix = 6;  // "Exif", two zeros; offsets count from behind it
  constexpr std::uint8_t name[prefix] = {'E', 'x', 'i', 'f', 0, 0};
  if (segment.size() < prefix + 8) return 0;
  for (std::size_t i = 0; i < prefix; ++i)
    if (segment[i] != name[i]) return 0;
  auto const tiff = segment.subspan(prefix);
  bool const little = tiff[0] == 'I';
  if (tiff[0] != tiff[1] || (!little && tiff[0] != 'M')) return 0;
  auto const number = [tiff, little](std::size_t at, std::size_t bytes) -> std::size_t {
    std::size_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::size_t{tiff[at + i]} << 8 * (little ? i : bytes - 1 - i);
    return value;
  };
  std::size_t const directory = number(4, 4);
  if (number(2, 2) != 42 || directory + 2 > tiff.size()) return 0;
  std::size_t const entries = number(directory, 2);
  for (std::size_t entry = 0; entry < entries; ++entry) {
    std::size_t const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.size()) return 0;
    if (number(at, 2) != 0x0112) continue;
    std::size_t const value = number(at + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 0;
  }
  return 0;
}

/// Undoes an EXIF orientation: 2 mirrored, 3 turned by 180 degrees, 4 upside down, 5 to 8 with exchanged axes.
inline image8 upright(image8 image, int orientation) {
  if (orientation <= 1) return image;
  bool const exchanged = orientation >= 5;
  // Where pixel (y, x) of the result lies in the stored picture.
  bool const from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  bool const from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  image8 result(exchanged ? image.width : image.height, exchanged ? image.height : image.width);
  for (index_t y = 0; y < result.height; ++y)
    for (index_t x = 0; x < result.width; ++x) {
      index_t const across = exchanged ? y : x, down = exchanged ? x : y;
      std::uint8_t const* const source =
          image.at(from_bottom ? image.height - 1 - down : down, from_right ? image.width - 1 - across : across);
      for (int c = 0; c < 3; ++c) result.at(y, x)[c] = source[c];
    }
  return result;
}

}  // namespace acsl::detail
