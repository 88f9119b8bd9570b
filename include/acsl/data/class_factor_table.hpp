// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/io/count_text.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string>
#include <vector>

namespace acsl {

/// What a sampler does to the frequency groups, for a terminal: of the factors of a group's classes the smallest, mean
/// and largest, then of those above 1 the ten largest with names. A class without images has no factor and is left out;
/// one whose category has no letter belongs to the group of its number of images.
/// @param factors one per class: how often an epoch shows an image for the class's sake
/// @param images  images that hold the class
[[nodiscard]] inline std::string class_factor_table(std::vector<category> const& categories,
                                                    std::vector<std::int64_t> const& images,
                                                    std::vector<double> const& factors) {
  ACSL_EXPECTS(images.size() == categories.size() && factors.size() == categories.size(),
               "a factor and a number of images for every class", categories.size(), images.size(), factors.size());
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < factors.size(); ++c)
    if (images[c] > 0) order.push_back(c);
  std::string text;
  char line[256];
  std::snprintf(line, sizeof line, "  %-10s %10s %10s %10s %10s %10s\n", "", "classes", "above 1", "smallest", "mean",
                "largest");
  text += line;
  for (char const letter : {'r', 'c', 'f'}) {
    index_t classes = 0, above = 0;
    double sum = 0, least = 0, most = 0;
    for (auto const c : order) {
      if ((categories[c].frequency != 0 ? categories[c].frequency : frequency_of(images[c])) != letter) continue;
      least = classes == 0 ? factors[c] : std::min(least, factors[c]);
      most = classes == 0 ? factors[c] : std::max(most, factors[c]);
      sum += factors[c];
      above += factors[c] > 1;
      ++classes;
    }
    char const* const name = letter == 'r' ? "rare" : letter == 'c' ? "common" : "frequent";
    if (classes == 0) std::snprintf(line, sizeof line, "  %-10s %10d\n", name, 0);
    else
      std::snprintf(line, sizeof line, "  %-10s %10ld %10ld %10.3f %10.3f %10.3f\n", name, static_cast<long>(classes),
                    static_cast<long>(above), least, sum / static_cast<double>(classes), most);
    text += line;
  }
  std::erase_if(order, [&](std::size_t c) { return factors[c] <= 1; });
  std::size_t constexpr shown = 10;
  auto const last = order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), shown));
  std::partial_sort(order.begin(), last, order.end(), [&](std::size_t a, std::size_t b) {
    return factors[a] > factors[b] || (factors[a] == factors[b] && a < b);
  });
  if (!order.empty()) text += "  the largest:\n";
  for (auto at = order.begin(); at != last; ++at) {
    std::snprintf(line, sizeof line, "  %10.3f  ", factors[*at]);
    text += line + categories[*at].name + ", images: " + count_text(images[*at]) + "\n";
  }
  return text;
}

}  // namespace acsl
