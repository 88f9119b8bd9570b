// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/data/synthetic/inks.hpp>
#include <acsl/data/synthetic/shapes.hpp>
#include <acsl/data/synthetic/textures.hpp>
#include <algorithm>
#include <string>
#include <vector>

namespace acsl::synthetic {

/// What a category looks like: one of 4 shapes x 4 textures x 4 colours.
struct look {
  shape_kind shape;
  texture_kind texture;
  hue_kind hue;
};
inline constexpr index_t category_count = 64;

/// The look of a category, counted from 0. Category ids are one more.
constexpr look look_of(index_t category) {
  return {static_cast<shape_kind>(category / 16), static_cast<texture_kind>(category / 4 % 4),
          static_cast<hue_kind>(category % 4)};
}

/// "striped red star"
inline std::string name_of(index_t category) {
  look const l = look_of(category);
  return std::string(texture_names[static_cast<std::size_t>(l.texture)]) + ' ' +
         hue_names[static_cast<std::size_t>(l.hue)] + ' ' + shape_names[static_cast<std::size_t>(l.shape)];
}

/// Whether every row, column and colour of the grid shapes x textures meets the category once: the 16 such categories
/// are the common sights of the set.
constexpr bool in_latin_square(index_t category) { return (category / 16 + category / 4 % 4 + category % 4) % 4 == 0; }

/// Categories from the most to the least frequent, in an order drawn from the key.
///
/// The 16 most frequent ones form a Latin square: each pair of a shape and a texture has one usual colour, and so on.
/// So every other category differs from three frequent ones in a single attribute, one for each attribute: whatever
/// makes up a rare category is seen often, and a detector that only knows the frequent ones takes it for one of them.
inline std::vector<index_t> by_frequency(random_key key) {
  std::vector<index_t> order;
  for (index_t c = 0; c < category_count; ++c) order.push_back(c);
  std::sort(order.begin(), order.end(), [key](index_t a, index_t b) {
    if (in_latin_square(a) != in_latin_square(b)) return in_latin_square(a);
    return key.bits(static_cast<std::uint64_t>(a)) < key.bits(static_cast<std::uint64_t>(b));
  });
  return order;
}

}  // namespace acsl::synthetic
