// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/masks/mask_algebra.hpp>
#include <acsl/masks/polygon_mask.hpp>
#include <acsl/masks/run_length_text.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <optional>
#include <string_view>
#include <support/traced_polygon.hpp>
#include <vector>

namespace {

using acsl::index_t;
using acsl::run_length_mask;

void expect(bool holds) {
  if (!holds) std::abort();
}

std::vector<char> pixels_of(run_length_mask const& mask) {
  std::vector<char> pixels;
  for (std::size_t i = 0; i < mask.runs().size(); ++i)
    pixels.insert(pixels.end(), mask.runs()[i], static_cast<char>(i % 2));
  return pixels;
}

/// What is promised of every mask: canonical runs, area, tight box, a text that reads back.
void check(run_length_mask const& mask) {
  auto const list = mask.runs();
  expect(std::none_of(list.begin() + 1, list.end(), [](auto run) { return run == 0; }));
  auto const pixels = pixels_of(mask);
  expect(static_cast<index_t>(pixels.size()) == mask.height() * mask.width());
  index_t area = 0, left = mask.width(), right = -1, top = mask.height(), bottom = -1;
  for (index_t i = 0; i < static_cast<index_t>(pixels.size()); ++i) {
    if (!pixels[static_cast<std::size_t>(i)]) continue;
    ++area;
    left = std::min(left, i / mask.height());
    right = std::max(right, i / mask.height());
    top = std::min(top, i % mask.height());
    bottom = std::max(bottom, i % mask.height());
  }
  expect(mask.area() == area);
  if (area == 0) left = right = top = bottom = 0;
  index_t const more = area > 0 ? 1 : 0;
  expect(mask.box() == std::array{double(left), double(top), double(right - left + more), double(bottom - top + more)});
  std::vector<std::int64_t> const runs(list.begin(), list.end());
  expect(acsl::runs_of_text(acsl::run_length_text(runs)) == runs);
  expect(run_length_mask(mask.height(), mask.width(), runs) == mask);
}

/// What is promised of two masks of one size.
void check(run_length_mask const& a, run_length_mask const& b) {
  auto const one = union_of(a, b), both = intersection_of(a, b);
  check(one);
  check(both);
  auto const x = pixels_of(a), y = pixels_of(b), in_one = pixels_of(one), in_both = pixels_of(both);
  for (std::size_t i = 0; i < x.size(); ++i) expect(in_one[i] == (x[i] || y[i]) && in_both[i] == (x[i] && y[i]));
  double const expected = both.area() == 0 ? 0 : static_cast<double>(both.area()) / static_cast<double>(one.area());
  expect(mask_overlap(a, b) == expected && mask_overlap(b, a) == expected);
}

/// The runs of a text, which must read back; nothing when it is refused.
std::optional<std::vector<std::int64_t>> runs_of(std::string_view text) {
  try {
    auto runs = acsl::runs_of_text(text);
    expect(acsl::runs_of_text(acsl::run_length_text(runs)) == runs);
    return runs;
  } catch (acsl::error const&) {
    return std::nullopt;
  }
}

template <class Make>
std::optional<run_length_mask> mask_or_nothing(Make make) {
  try {
    auto mask = make();
    check(mask);
    return mask;
  } catch (acsl::error const&) {
    return std::nullopt;
  }
}

/// Corners of a polygon: numbers of 16 bits in 1/128 of a pixel, and behind some of them all bits of a double.
std::vector<double> corners_of(std::uint8_t const* data, std::size_t size, bool& near) {
  std::vector<double> corners;
  for (std::size_t place = 0; place + 2 <= size && corners.size() < 64;) {
    std::int16_t fixed;
    std::memcpy(&fixed, data + place, sizeof fixed);
    place += sizeof fixed;
    double value = fixed / 128.0;
    if (fixed % 64 == 63 && place + sizeof value <= size) {
      std::memcpy(&value, data + place, sizeof value);
      place += sizeof value;
    }
    near = near && value > -300 && value < 300;
    corners.push_back(value);
  }
  return corners;
}

}  // namespace

/// A fuzzer for masks, in the form that libFuzzer calls. Bytes: height, width, length of a text; two texts of run
/// lengths, the first of that length, the second up to a byte 0; corners of a polygon. Everything is either refused by
/// acsl::error or what a picture of single pixels says.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 3) return 0;
  index_t const height = data[0] % 37, width = data[1] % 37;
  std::size_t const length = std::min<std::size_t>(data[2], size - 3);
  std::string_view const rest(reinterpret_cast<char const*>(data) + 3 + length, size - 3 - length);
  std::string_view const texts[] = {{reinterpret_cast<char const*>(data) + 3, length}, rest.substr(0, rest.find('\0'))};
  std::vector<run_length_mask> masks;
  for (auto const text : texts) {
    auto runs = runs_of(text);
    if (!runs) continue;
    auto mask = mask_or_nothing([&] { return run_length_mask(height, width, *runs); });
    if (!mask && std::all_of(runs->begin(), runs->end(), [](auto run) { return run >= 0 && run < 1 << 20; })) {
      // Runs of another size: the same, as far as they fit, and what is left as the last one.
      index_t left = height * width;
      for (auto& run : *runs) left -= run = std::min(run, left);
      runs->push_back(left);
      mask = mask_or_nothing([&] { return run_length_mask(height, width, *runs); });
      expect(mask.has_value());
    }
    if (mask) masks.push_back(*std::move(mask));
  }
  auto const used = 3 + length + texts[1].size();
  bool near = true;
  auto const corners = corners_of(data + used, size - used, near);
  if (auto mask = mask_or_nothing([&] { return acsl::polygon_mask(corners, height, width); })) {
    if (near && corners.size() <= 16) expect(*mask == test::traced_polygon(corners, height, width));
    masks.push_back(*std::move(mask));
  }
  for (std::size_t i = 0; i < masks.size(); ++i) check(masks[i], masks[masks.size() - 1 - i]);
  return 0;
}
