// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// A set of pixels as run lengths, as COCO and LVIS write it: column by column (pixel (row, column) has the index
/// column · height + row), background and foreground by turns, background first. Canonical: no run is 0 but perhaps the
/// first, and the runs add up to height · width. Counts, areas and boxes are exact.
class run_length_mask {
 public:
  /// A picture without pixels.
  run_length_mask() = default;
  /// Runs of length 0 are merged away. O(runs).
  /// @throws acsl::error when an extent or a run is negative, when the picture has 2^32 pixels or more, when the runs
  /// do
  ///         not add up to its size
  run_length_mask(index_t height, index_t width, std::span<std::int64_t const> runs) {
    expect_size(height, width);
    height_ = static_cast<std::uint32_t>(height);
    width_ = static_cast<std::uint32_t>(width);
    index_t const pixels = height * width;
    index_t end = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i] < 0) throw error(message("run ", i, " of a mask has the length ", runs[i]));
      if (runs[i] > pixels - end)
        throw error(message("the runs of a mask add up to more than its ", height, " x ", width, " pixels"));
      end += runs[i];
      append(i % 2 == 1, static_cast<std::uint32_t>(runs[i]));
    }
    if (end != pixels)
      throw error(message("the runs of a mask add up to ", end, ", not to its ", height, " x ", width, " pixels"));
    if (runs_.empty()) runs_.push_back(0);
    measure();
  }

  /// @throws acsl::error when a mask cannot have this size: a negative extent, more than 2^20, 2^32 pixels or more
  static void expect_size(index_t height, index_t width) {
    constexpr index_t most = index_t{1} << 20, pixels = std::numeric_limits<std::uint32_t>::max();
    if (height < 0 || width < 0 || height > most || width > most || height * width > pixels)
      throw error(message("a mask of ", height, " x ", width,
                          " pixels: extents are not negative, at most 2^20, and below 2^32 pixels"));
  }

  [[nodiscard]] index_t height() const { return height_; }
  [[nodiscard]] index_t width() const { return width_; }
  [[nodiscard]] std::span<std::uint32_t const> runs() const { return runs_; }
  /// Number of foreground pixels.
  [[nodiscard]] index_t area() const { return area_; }
  /// The tight box: smallest column and row, number of columns and rows. All zero for an empty mask.
  [[nodiscard]] std::array<double, 4> box() const {
    return {double(first_column_), double(first_row_), double(columns_), double(rows_)};
  }
  friend bool operator==(run_length_mask const&, run_length_mask const&) = default;

 private:
  void append(bool foreground, std::uint32_t length) {
    if (length == 0) return;
    if (runs_.empty() && foreground) runs_.push_back(0);
    if (runs_.size() % 2 == (foreground ? 1 : 0)) runs_.push_back(length);
    else runs_.back() += length;
  }
  void measure() {
    std::uint32_t place = 0, left = width_, right = 0, top = height_, bottom = 0;
    for (std::size_t i = 0; i < runs_.size(); place += runs_[i++]) {
      if (i % 2 == 0) continue;
      area_ += runs_[i];
      std::uint32_t const last = place + runs_[i] - 1;
      bool const one_column = place / height_ == last / height_;  // otherwise it touches both edges
      left = std::min(left, place / height_);
      right = std::max(right, last / height_);
      top = one_column ? std::min(top, place % height_) : 0;
      bottom = one_column ? std::max(bottom, last % height_) : height_ - 1;
    }
    if (area_ == 0) return;
    first_column_ = left;
    first_row_ = top;
    columns_ = right - left + 1;
    rows_ = bottom - top + 1;
  }

  std::uint32_t height_ = 0, width_ = 0, area_ = 0;
  std::uint32_t first_column_ = 0, first_row_ = 0, columns_ = 0, rows_ = 0;
  std::vector<std::uint32_t> runs_;
};

}  // namespace acsl
