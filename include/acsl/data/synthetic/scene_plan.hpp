// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/data/synthetic/draws.hpp>
#include <algorithm>
#include <utility>
#include <vector>

namespace acsl::synthetic {

/// Objects of one category that an image shall hold.
struct planned_category {
  index_t category;
  index_t instances = 1;
  index_t unlabelled = 0;  ///< so many of them get no annotation: the category is "not exhaustive" in the image
};

/// Which categories lie in which image, so that each lies in exactly the number of images asked for.
///
/// Images are filled evenly: a category goes to the images that hold the fewest so far, give or take a drawn number,
/// since a crowded image has no room and an empty one teaches nothing. One in eight is there more than once.
/// @param counts images of each category; at most `images`
inline std::vector<std::vector<planned_category>> plan_scenes(std::vector<std::pair<index_t, index_t>> const& counts,
                                                              index_t images, random_key key) {
  std::vector<std::vector<planned_category>> scenes(static_cast<std::size_t>(images));
  for (auto const& [category, count] : counts) {
    ACSL_EXPECTS(count <= images, "a category lies in at most as many images as there are", count, images);
    draws d(key.with(static_cast<std::uint64_t>(category)));
    std::vector<std::pair<double, index_t>> load;
    for (index_t i = 0; i < images; ++i)
      load.emplace_back(static_cast<double>(scenes[static_cast<std::size_t>(i)].size()) + d.uniform(0, 4), i);
    std::nth_element(load.begin(), load.begin() + (count - 1), load.end());
    load.resize(static_cast<std::size_t>(count));
    std::sort(load.begin(), load.end(), [](auto const& a, auto const& b) { return a.second < b.second; });
    for (auto const& [unused, image] : load) {
      planned_category planned{category};
      if (d.chance(0.125)) {
        planned.instances += 1 + d.below(2);
        if (d.chance(0.35)) planned.unlabelled = planned.instances - 1;
      }
      scenes[static_cast<std::size_t>(image)].push_back(planned);
    }
  }
  return scenes;
}

}  // namespace acsl::synthetic
