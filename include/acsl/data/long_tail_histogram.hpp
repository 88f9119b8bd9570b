// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/category_table.hpp>
#include <acsl/io/count_text.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace acsl {
namespace detail {

inline constexpr std::array<char, 3> frequency_letters = {'r', 'c', 'f'};

/// A bin of the histogram: categories with `from` to `to` images, by letter.
struct count_bin {
  std::int64_t from, to;
  std::array<index_t, 3> categories = {};

  [[nodiscard]] index_t total() const { return categories[0] + categories[1] + categories[2]; }
};

/// 0, 1, 2, 3 to 5, 6 to 10, 11 to 20, …: steps of 1, 2, 5 in every decade, so that LVIS's groups end where bins do.
inline std::vector<count_bin> count_bins(category_table const& table) {
  std::vector<count_bin> bins = {{0, 0}};
  std::int64_t most = 0;
  for (category const& c : table.categories) most = std::max(most, c.image_count.value_or(0));
  for (std::int64_t decade = 1; bins.back().to < most; decade *= 10)
    for (std::int64_t const step : {1, 2, 5})
      if (bins.back().to < most) bins.push_back({bins.back().to + 1, step * decade});
  for (category const& c : table.categories) {
    auto const bin = std::lower_bound(bins.begin(), bins.end(), c.image_count.value_or(0),
                                      [](count_bin const& b, std::int64_t count) { return b.to < count; });
    for (std::size_t g = 0; g < frequency_letters.size(); ++g)
      bin->categories[g] += c.frequency == frequency_letters[g];
  }
  return bins;
}

}  // namespace detail

/// The long tail for a terminal, 79 columns: a line for every group, then how many categories have how many images, in
/// bins on a logarithmic scale. A bar is made of the letters of its categories.
[[nodiscard]] inline std::string long_tail_histogram(category_table const& table) {
  std::string text;
  char line[160];
  std::snprintf(line, sizeof line, "%-10s %12s %16s %12s %14s\n", "", "categories", "images each", "objects",
                "of all objects");
  text += line;
  std::int64_t all = 0;
  for (category const& c : table.categories) all += c.instance_count.value_or(0);
  for (char const letter : detail::frequency_letters) {
    std::int64_t categories = 0, objects = 0, least = INT64_MAX, most = 0;
    for (category const& c : table.categories) {
      if (c.frequency != letter) continue;
      ++categories;
      objects += c.instance_count.value_or(0);
      least = std::min(least, c.image_count.value_or(0));
      most = std::max(most, c.image_count.value_or(0));
    }
    std::snprintf(
        line, sizeof line, "%-10s %12s %16s %12s %12.1f %%\n",
        letter == 'r'   ? "r rare"
        : letter == 'c' ? "c common"
                        : "f frequent",
        count_text(categories).c_str(), categories == 0 ? "-" : (count_text(least) + " - " + count_text(most)).c_str(),
        count_text(objects).c_str(), all > 0 ? 100.0 * static_cast<double>(objects) / static_cast<double>(all) : 0.0);
    text += line;
  }
  auto const bins = detail::count_bins(table);
  index_t largest = 1;
  for (auto const& bin : bins) largest = std::max(largest, bin.total());
  constexpr double width = 50;
  text += "\n           images | categories\n";
  for (auto const& bin : bins) {
    if (bin.from == 0 && bin.total() == 0) continue;
    auto const range = count_text(bin.from) + (bin.from == bin.to ? "" : " - " + count_text(bin.to));
    std::string bar;
    index_t below = 0;
    for (std::size_t g = 0; g < bin.categories.size(); ++g) {
      below += bin.categories[g];
      auto const end = std::ceil(width * static_cast<double>(below) / static_cast<double>(largest));
      if (bin.categories[g] > 0 && end > static_cast<double>(bar.size()))
        bar.resize(static_cast<std::size_t>(end), detail::frequency_letters[g]);
    }
    std::snprintf(line, sizeof line, "%17s | %s %s\n", range.c_str(), bar.c_str(), count_text(bin.total()).c_str());
    text += line;
  }
  return text;
}

}  // namespace acsl
