// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/evaluation/box_result.hpp>
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <unordered_map>
#include <vector>

namespace acsl::detail {

/// Places in the list of results that stay, by image: of an image with more than `max_dets` the best ones.
/// @param image_of of every result, below `images`
inline std::vector<index_t> limit_per_image(std::vector<box_result> const& results,
                                            std::vector<index_t> const& image_of, index_t images, index_t max_dets) {
  std::vector<index_t> first(static_cast<std::size_t>(images) + 1);
  for (index_t const image : image_of) ++first[static_cast<std::size_t>(image) + 1];
  std::partial_sum(first.begin(), first.end(), first.begin());
  std::vector<index_t> places(results.size()), next(first.begin(), first.end() - 1);
  for (std::size_t i = 0; i < results.size(); ++i)
    places[static_cast<std::size_t>(next[static_cast<std::size_t>(image_of[i])]++)] = static_cast<index_t>(i);
  if (max_dets < 0) return places;
  auto end = places.begin();
  for (std::size_t image = 0; image < static_cast<std::size_t>(images); ++image) {
    auto const begin = places.begin() + first[image], stop = places.begin() + first[image + 1];
    auto const count = std::min(stop - begin, static_cast<std::ptrdiff_t>(max_dets));
    if (stop - begin > count)  // only then: what is left keeps its order otherwise
      std::stable_sort(begin, stop, [&](index_t a, index_t b) {
        return results[static_cast<std::size_t>(a)].score > results[static_cast<std::size_t>(b)].score;
      });
    end = std::copy(begin, begin + count, end);
  }
  places.erase(end, places.end());
  return places;
}

/// Places in the list of results that stay, by image: of a category with more than `most` in the whole list the best
/// ones, equal scores in the order of the list.
inline std::vector<index_t> limit_per_category(std::vector<box_result> const& results, index_t most) {
  std::unordered_map<std::int64_t, std::vector<index_t>> by_category;
  for (std::size_t i = 0; i < results.size(); ++i)
    by_category[results[i].category_id].push_back(static_cast<index_t>(i));
  std::vector<index_t> places;
  for (auto& [category, list] : by_category) {
    if (most >= 0 && static_cast<index_t>(list.size()) > most) {
      std::stable_sort(list.begin(), list.end(), [&](index_t a, index_t b) {
        return results[static_cast<std::size_t>(a)].score > results[static_cast<std::size_t>(b)].score;
      });
      list.resize(static_cast<std::size_t>(most));
    }
    places.insert(places.end(), list.begin(), list.end());
  }
  std::sort(places.begin(), places.end());  // as the list has them: the order of the categories here is any
  return places;
}

}  // namespace acsl::detail
