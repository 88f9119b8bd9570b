// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/exif.hpp>
#include <acsl/io/detail/jpeg_errors.hpp>
#include <acsl/io/image.hpp>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

[[nodiscard]] inline bool is_jpeg(std::span<std::uint8_t const> bytes) {
  return bytes.size() >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF;
}

namespace detail {

// Ink left white is 255 in files that Adobe programs wrote, 0 in others.
inline void cmyk_to_bgr(std::uint8_t const* cmyk, std::uint8_t* bgr, index_t pixels, bool inverted) {
  for (index_t i = 0; i < pixels; ++i, cmyk += 4, bgr += 3) {
    int const flip = inverted ? 0 : 255;
    int const black = cmyk[3] ^ flip;
    for (int c = 0; c < 3; ++c) bgr[2 - c] = static_cast<std::uint8_t>(((cmyk[c] ^ flip) * black + 127) / 255);
  }
}

class jpeg_reader {
 public:
  explicit jpeg_reader(std::string const& file) : file_(file) {
    info_.err = errors_.install();
    if (!errors_.guard([this] { jpeg_create_decompress(&info_); })) errors_.fail(file_);
  }
  jpeg_reader(jpeg_reader const&) = delete;
  jpeg_reader& operator=(jpeg_reader const&) = delete;
  ~jpeg_reader() { jpeg_destroy_decompress(&info_); }

  image8 decode(std::span<std::uint8_t const> bytes) {
    bool const started = errors_.guard([this, bytes] {
      jpeg_mem_src(&info_, bytes.data(), static_cast<unsigned long>(bytes.size()));
      jpeg_save_markers(&info_, JPEG_APP0 + 1, 0xFFFF);
      jpeg_read_header(&info_, TRUE);
      bool const inks = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
      info_.out_color_space = inks ? JCS_CMYK : JCS_EXT_BGR;
      info_.dct_method = JDCT_ISLOW;
      info_.do_fancy_upsampling = TRUE;
      jpeg_start_decompress(&info_);
    });
    if (!started) errors_.fail(file_);

    image8 image = decoded_image(info_.output_height, info_.output_width, file_);
    bool const inks = info_.out_color_space == JCS_CMYK;
    int const stored = orientation();  // the end of decompression throws the markers away
    std::vector<std::uint8_t> ink_row(inks ? static_cast<std::size_t>(image.width) * 4 : 0);
    bool const read = errors_.guard([this, &image, &ink_row, inks] {
      while (info_.output_scanline < info_.output_height) {
        std::uint8_t* const target = image.row(info_.output_scanline);
        JSAMPROW row = inks ? ink_row.data() : target;
        jpeg_read_scanlines(&info_, &row, 1);
        if (inks) cmyk_to_bgr(row, target, image.width, info_.saw_Adobe_marker);
      }
      jpeg_finish_decompress(&info_);
    });
    if (!read) errors_.fail(file_);
    return upright(std::move(image), stored);
  }

 private:
  [[nodiscard]] int orientation() const {
    for (auto const* marker = info_.marker_list; marker; marker = marker->next)
      if (int const found = exif_orientation({marker->data, marker->data_length})) return found;
    return 1;
  }

  std::string const& file_;
  jpeg_errors errors_;
  jpeg_decompress_struct info_ = {};
};

class jpeg_writer {
 public:
  jpeg_writer() {
    info_.err = errors_.install();
    if (!errors_.guard([this] { jpeg_create_compress(&info_); })) errors_.fail("JPEG encoder");
  }
  jpeg_writer(jpeg_writer const&) = delete;
  jpeg_writer& operator=(jpeg_writer const&) = delete;
  ~jpeg_writer() {
    jpeg_destroy_compress(&info_);
    std::free(buffer_);  // libjpeg takes it from malloc
  }

  std::vector<std::uint8_t> encode(image8 const& image, int quality) {
    bool const written = errors_.guard([this, &image, quality] {
      jpeg_mem_dest(&info_, &buffer_, &size_);
      info_.image_width = static_cast<JDIMENSION>(image.width);
      info_.image_height = static_cast<JDIMENSION>(image.height);
      info_.input_components = 3;
      info_.in_color_space = JCS_EXT_BGR;
      jpeg_set_defaults(&info_);
      jpeg_set_quality(&info_, quality, TRUE);
      jpeg_start_compress(&info_, TRUE);
      while (info_.next_scanline < info_.image_height) {
        auto* row = const_cast<std::uint8_t*>(image.row(info_.next_scanline));  // libjpeg only reads it
        jpeg_write_scanlines(&info_, &row, 1);
      }
      jpeg_finish_compress(&info_);
    });
    if (!written) errors_.fail("JPEG encoder");
    return {buffer_, buffer_ + size_};
  }

 private:
  jpeg_errors errors_;
  jpeg_compress_struct info_ = {};
  unsigned char* buffer_ = nullptr;
  unsigned long size_ = 0;
};

}  // namespace detail

/// Decodes a JPEG with libjpeg-turbo's defaults: accurate integer IDCT, smooth chroma upsampling. Grey is replicated to
/// three channels; CMYK and YCCK are converted by r = c * k / 255, inverted as the Adobe marker says; the EXIF rotation
/// is applied.
/// @param file what messages call it
/// @throws acsl::file_error with libjpeg's reason, also where libjpeg would only warn and make pixels up (data that end
///         early, broken codes)
[[nodiscard]] inline image8 decode_jpeg(std::span<std::uint8_t const> bytes, std::string const& file) {
  return detail::jpeg_reader(file).decode(bytes);
}

/// @pre the image is not empty, no side is above 65500; quality in [1, 100]
[[nodiscard]] inline std::vector<std::uint8_t> encode_jpeg(image8 const& image, int quality = 90) {
  ACSL_EXPECTS(!image.empty() && image.height <= 65500 && image.width <= 65500, "a JPEG has sides in [1, 65500]",
               image.height, image.width);
  ACSL_EXPECTS(quality >= 1 && quality <= 100, "the quality of a JPEG lies in [1, 100]", quality);
  return detail::jpeg_writer().encode(image, quality);
}

inline void write_jpeg(std::filesystem::path const& path, image8 const& image, int quality = 90) {
  write_file_atomically(path, std::span<std::uint8_t const>(encode_jpeg(image, quality)));
}

}  // namespace acsl
