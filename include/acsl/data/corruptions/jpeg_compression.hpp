// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/severity.hpp>
#include <acsl/io/jpeg.hpp>

namespace acsl::corruptions {

/// Through a JPEG of the quality 25, 18, 15, 10, 7 and back, in memory. Exact: libjpeg's defaults (colour at half the
/// resolution), as Pillow uses them.
/// @pre no side is above 65500
inline image8 jpeg_compression(image8 const& image, int severity) {
  constexpr detail::by_severity<int> qualities{25, 18, 15, 10, 7};
  return decode_jpeg(encode_jpeg(image, detail::of_severity(qualities, severity)), "the corrupted JPEG");
}

}  // namespace acsl::corruptions
