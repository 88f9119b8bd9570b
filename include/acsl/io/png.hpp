// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <png.h>
#include <acsl/core/file_error.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/png_errors.hpp>
#include <acsl/io/image.hpp>
#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace acsl {

[[nodiscard]] inline bool is_png(std::span<std::uint8_t const> bytes) {
  return bytes.size() >= 8 && png_sig_cmp(bytes.data(), 0, 8) == 0;
}

namespace detail {

class png_reader {
 public:
  png_reader(std::span<std::uint8_t const> bytes, std::string const& file) : file_(file), rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &errors_, &png_errors::leave, &png_errors::ignore);
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
    if (!info_) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw file_error(file_, "libpng cannot be set up");
    }
  }
  png_reader(png_reader const&) = delete;
  png_reader& operator=(png_reader const&) = delete;
  ~png_reader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  image8 decode() {
    bool const started = errors_.guard([this] {
      png_set_read_fn(png_, &rest_, [](png_structp png, png_bytep target, std::size_t count) {
        auto& rest = *static_cast<std::span<std::uint8_t const>*>(png_get_io_ptr(png));
        if (rest.size() < count) png_error(png, "the file ends early");
        std::copy_n(rest.data(), count, target);
        rest = rest.subspan(count);
      });
      png_read_info(png_, info_);
      png_set_expand(png_);  // palettes and few bits to 8 bits, a transparent colour to alpha
      png_set_strip_16(png_);
      png_set_strip_alpha(png_);
      png_set_gray_to_rgb(png_);
      png_set_bgr(png_);
      png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
    });
    if (!started) errors_.fail(file_);
    if (png_get_rowbytes(png_, info_) != std::size_t{3} * png_get_image_width(png_, info_))
      throw file_error(file_, "bad PNG: unexpected channels");

    image8 image = decoded_image(png_get_image_height(png_, info_), png_get_image_width(png_, info_), file_);
    std::vector<png_bytep> rows;
    for (index_t y = 0; y < image.height; ++y) rows.push_back(image.row(y));
    bool const read = errors_.guard([this, &rows] {
      png_read_image(png_, rows.data());
      png_read_end(png_, nullptr);
    });
    if (!read) errors_.fail(file_);
    return image;
  }

 private:
  std::string const& file_;
  std::span<std::uint8_t const> rest_;
  png_errors errors_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

class png_writer {
 public:
  png_writer() {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors_, &png_errors::leave, &png_errors::ignore);
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
    if (!info_) {
      png_destroy_write_struct(&png_, nullptr);
      throw error("PNG encoder: libpng cannot be set up");
    }
  }
  png_writer(png_writer const&) = delete;
  png_writer& operator=(png_writer const&) = delete;
  ~png_writer() { png_destroy_write_struct(&png_, &info_); }

  std::vector<std::uint8_t> encode(image8 const& image) {
    std::vector<std::uint8_t> bytes;
    bool const written = errors_.guard([this, &image, &bytes] {
      auto const append = [](png_structp png, png_bytep from, std::size_t count) {
        auto& target = *static_cast<std::vector<std::uint8_t>*>(png_get_io_ptr(png));
        bool fits = true;
        try {
          target.insert(target.end(), from, from + count);
        } catch (...) {  // no exception may cross libpng
          fits = false;
        }
        if (!fits) png_error(png, "out of memory");
      };
      png_set_write_fn(png_, &bytes, append, [](png_structp) {});
      png_set_IHDR(png_, info_, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
                   PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
      png_write_info(png_, info_);
      png_set_bgr(png_);
      for (index_t y = 0; y < image.height; ++y) png_write_row(png_, image.row(y));
      png_write_end(png_, nullptr);
    });
    if (!written) errors_.fail("PNG encoder");
    return bytes;
  }

 private:
  png_errors errors_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace detail

/// Decodes a PNG of any kind to 8-bit B, G, R: grey is replicated, palettes are resolved, 16-bit channels keep their
/// upper byte, alpha is dropped (not blended) and gamma chunks are not applied, as common training code reads them.
/// @param file what messages call it
/// @throws acsl::file_error with libpng's reason
[[nodiscard]] inline image8 decode_png(std::span<std::uint8_t const> bytes, std::string const& file) {
  return detail::png_reader(bytes, file).decode();
}

/// An 8-bit RGB PNG. @pre the image is not empty
[[nodiscard]] inline std::vector<std::uint8_t> encode_png(image8 const& image) {
  ACSL_EXPECTS(!image.empty(), "a PNG has at least one pixel", image.height, image.width);
  return detail::png_writer().encode(image);
}

inline void write_png(std::filesystem::path const& path, image8 const& image) {
  write_file_atomically(path, std::span<std::uint8_t const>(encode_png(image)));
}

}  // namespace acsl
