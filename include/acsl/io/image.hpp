// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace acsl {

/// A decoded photograph: height x width pixels of three 8-bit channels in the order **B, G, R**, rows without gaps.
struct image8 {
  static constexpr index_t channels = 3;

  index_t height = 0, width = 0;
  std::vector<std::uint8_t> pixels;  ///< height * width * 3

  image8() = default;
  /// All zero: black.
  image8(index_t height_px, index_t width_px) : height(height_px), width(width_px) {
    ACSL_EXPECTS(height_px >= 0 && width_px >= 0, "an image has no negative extent", height_px, width_px);
    pixels.resize(static_cast<std::size_t>(height_px * width_px * channels));
  }

  [[nodiscard]] bool empty() const { return pixels.empty(); }
  [[nodiscard]] std::uint8_t* row(index_t y) { return pixels.data() + y * width * channels; }
  [[nodiscard]] std::uint8_t const* row(index_t y) const { return pixels.data() + y * width * channels; }
  /// The three bytes of a pixel. Unchecked.
  [[nodiscard]] std::uint8_t* at(index_t y, index_t x) { return row(y) + x * channels; }
  [[nodiscard]] std::uint8_t const* at(index_t y, index_t x) const { return row(y) + x * channels; }

  friend bool operator==(image8 const&, image8 const&) = default;
};

namespace detail {

/// Refuses the extents of a damaged or hostile header before memory is asked for: 2^29 pixels are 1.5 GB.
inline image8 decoded_image(index_t height, index_t width, std::string const& file) {
  if (height * width > index_t{1} << 29)
    throw file_error(file,
                     "an image of " + std::to_string(width) + " x " + std::to_string(height) + " pixels is too large");
  return {height, width};
}

}  // namespace detail
}  // namespace acsl
