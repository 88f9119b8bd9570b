// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/masks/mask_algebra.hpp>
#include <acsl/masks/polygon_mask.hpp>
#include <acsl/masks/run_length_mask.hpp>
#include <acsl/masks/run_length_text.hpp>
#include <optional>
#include <string>
#include <vector>

namespace acsl::detail {

/// What `make` returns; an error of it becomes one of the value.
template <class Value, class Make>
run_length_mask mask_or_fail(Value const& value, Make make) {
  try {
    return make();
  } catch (error const& problem) {
    value.fail(reason_of(problem));
  }
}

/// A mask {"size": [height, width], "counts": …} with compressed text, or a list of run lengths, as counts.
template <class Value>
run_length_mask read_run_lengths(Value const& value) {
  auto const size = value.at("size");
  if (size.size() != 2) size.fail("the size of a mask is [height, width]");
  auto const height = size.at(std::size_t{0}).integer(), width = size.at(std::size_t{1}).integer();
  auto const counts = value.at("counts");
  if (counts.is_array()) {
    auto const runs = counts.integers();
    return mask_or_fail(value, [&] { return run_length_mask(height, width, runs); });
  }
  auto const& text = counts.text();
  return mask_or_fail(value, [&] { return run_length_mask(height, width, runs_of_text(text)); });
}

/// A `segmentation`: run lengths, which have a size of their own, or a list of polygons x, y, x, y, … in a picture of
/// the given size, of which the mask is the union. As the official tools have it, a last number without a partner does
/// not count, and what has fewer than three corners then has no pixels; the first polygon has more than four numbers.
template <class Value>
run_length_mask read_segmentation(Value const& value, index_t height, index_t width) {
  if (!value.is_array()) return read_run_lengths(value);
  std::optional<run_length_mask> whole;
  std::vector<double> corners;
  value.for_each_element([&](Value const& polygon) {
    corners.clear();
    polygon.for_each_element([&](Value const& number) { corners.push_back(number.number()); });
    bool const counts = whole || corners.size() > 4;
    if (counts) corners.resize(corners.size() / 2 * 2);
    if (counts && corners.size() < 6) corners.assign(6, 0);  // three times one corner: no pixels
    auto mask = mask_or_fail(polygon, [&] { return polygon_mask(corners, height, width); });
    whole = whole ? union_of(*whole, mask) : std::move(mask);
  });
  if (!whole) value.fail("a segmentation has a polygon or more");
  return *std::move(whole);
}

}  // namespace acsl::detail
