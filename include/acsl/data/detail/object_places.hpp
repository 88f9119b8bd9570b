// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/loose_annotations.hpp>
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <unordered_map>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Which records the ids of a set's annotations name, and which categories an image holds.
struct object_places {
  static constexpr std::int32_t nowhere = -1;

  std::unordered_map<std::int64_t, std::int32_t> category_of_id;
  std::vector<std::int32_t> image, category;  ///< of every annotation the position, or `nowhere`
  std::vector<std::size_t> first;             ///< where the categories of an image begin in `held`; images + 1 entries
  std::vector<std::int32_t> held;             ///< ascending, each once
  std::vector<std::int64_t> images_of_category, objects_of_category;

  explicit object_places(loose_annotation_set const& set) {
    category_of_id = places_of(set.categories);
    auto const images = places_of(set.images);
    auto const find = [](auto const& places, std::int64_t id, bool there) {
      auto const found = there ? places.find(id) : places.end();
      return found == places.end() ? nowhere : found->second;
    };
    std::vector<std::pair<std::int32_t, std::int32_t>> pairs;
    pairs.reserve(set.annotations.size());
    image.reserve(set.annotations.size());
    category.reserve(set.annotations.size());
    objects_of_category.resize(set.categories.size());
    for (loose_annotation const& a : set.annotations) {
      bool const object = a.has(lack::object);
      image.push_back(find(images, a.image_id, object && a.has(lack::image_id)));
      category.push_back(find(category_of_id, a.category_id, object && a.has(lack::category_id)));
      if (image.back() >= 0 && category.back() >= 0) pairs.emplace_back(image.back(), category.back());
      if (category.back() >= 0) ++objects_of_category[static_cast<std::size_t>(category.back())];
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    first.resize(set.images.size() + 1);
    images_of_category.resize(set.categories.size());
    for (auto const& [at, c] : pairs) {
      ++first[static_cast<std::size_t>(at) + 1];
      ++images_of_category[static_cast<std::size_t>(c)];
      held.push_back(c);
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
  }

  [[nodiscard]] bool holds(std::size_t image_place, std::int32_t category_place) const {
    auto const begin = held.begin();
    return std::binary_search(begin + static_cast<std::ptrdiff_t>(first[image_place]),
                              begin + static_cast<std::ptrdiff_t>(first[image_place + 1]), category_place);
  }
  [[nodiscard]] bool is_empty(std::size_t image_place) const { return first[image_place] == first[image_place + 1]; }

 private:
  template <class Record>
  static std::unordered_map<std::int64_t, std::int32_t> places_of(std::vector<Record> const& records) {
    std::unordered_map<std::int64_t, std::int32_t> places;
    places.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i)
      if (records[i].has(lack::object) && records[i].has(lack::id))
        places.emplace(records[i].id, static_cast<std::int32_t>(i));
    return places;
  }
};

}  // namespace acsl::detail
