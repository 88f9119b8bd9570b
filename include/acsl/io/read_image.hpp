// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/file.hpp>
#include <acsl/io/image.hpp>
#include <acsl/io/jpeg.hpp>
#include <acsl/io/png.hpp>
#include <filesystem>
#include <span>
#include <string>

namespace acsl {

/// Decodes a JPEG or PNG from memory. The format is told by the first bytes, never by a name.
/// @param file what messages call it
/// @throws acsl::file_error when the bytes are neither, none, or damaged
[[nodiscard]] inline image8 decode_image(std::span<std::uint8_t const> bytes, std::string const& file) {
  if (bytes.empty()) throw file_error(file, "the file is empty");
  if (is_jpeg(bytes)) return decode_jpeg(bytes, file);
  if (is_png(bytes)) return decode_png(bytes, file);
  throw file_error(file, "neither a JPEG nor a PNG file");
}

/// Reads a JPEG or PNG file as 8-bit B, G, R. Grey becomes three equal channels, CMYK becomes RGB, the rotation of the
/// EXIF header is applied, alpha is dropped and 16-bit channels keep their upper byte.
/// @throws acsl::file_error naming the file and the reason: missing, empty, another format, cut short, corrupt
[[nodiscard]] inline image8 read_image(std::filesystem::path const& path) {
  return decode_image(read_file(path), path.string());
}

}  // namespace acsl
