// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Names and the positions of the records that have them.
using placed_names = std::vector<std::pair<std::string_view, std::size_t>>;

/// Calls tell(name, one position, the next) for neighbours of one name, by ascending name and position.
/// Cost O(n log n), O(n) where the names are in order.
template <class Tell>
void for_each_repeated(placed_names names, Tell const& tell) {
  if (!std::is_sorted(names.begin(), names.end())) std::sort(names.begin(), names.end());
  for (std::size_t k = 1; k < names.size(); ++k)
    if (names[k].first == names[k - 1].first) tell(names[k].first, names[k - 1].second, names[k].second);
}

}  // namespace acsl::detail
