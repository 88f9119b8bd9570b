// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/data/synthetic/catalogue.hpp>
#include <acsl/data/synthetic/scene.hpp>
#include <algorithm>
#include <vector>

namespace acsl::synthetic {

/// Fills the two federated lists of an image, ascending: categories that were checked and are absent (a drawn share of
/// the absent ones, not all), and categories of which an object went without a label.
/// @param checked share of the absent categories that were checked
inline void label_image(std::vector<scene_object> const& objects, double checked, random_key key, image_record& image) {
  std::vector<bool> shown(category_count), incomplete(category_count);
  for (auto const& object : objects) {
    shown[static_cast<std::size_t>(object.category)] = true;
    if (!object.labelled) incomplete[static_cast<std::size_t>(object.category)] = true;
  }
  for (index_t c = 0; c < category_count; ++c) {
    auto const i = static_cast<std::size_t>(c);
    if (!shown[i] && key.uniform(static_cast<std::uint64_t>(c)) < checked) image.neg_category_ids.push_back(c + 1);
    if (incomplete[i]) image.not_exhaustive_category_ids.push_back(c + 1);
  }
}

}  // namespace acsl::synthetic
