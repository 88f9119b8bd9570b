// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl {

/// Leaves the `count` smallest values, in the order in which they stood; all, where there are not more. @pre no two are
/// equal, none is NaN
/// @source Hoare, "Algorithm 65: find", 1961
/// @note O(N) on average for values in random order
template <class T>
void keep_smallest(std::vector<T>& values, std::size_t count) {
  if (count >= values.size()) return;
  std::vector<T> found = values;  // found[wanted] gets what would stand there after sorting
  auto const wanted = static_cast<std::ptrdiff_t>(count);
  auto const at = [&](std::ptrdiff_t i) -> T& { return found[static_cast<std::size_t>(i)]; };
  for (std::ptrdiff_t first = 0, last = static_cast<std::ptrdiff_t>(found.size()) - 1; first < last;) {
    T const pivot = at(wanted);
    std::ptrdiff_t i = first, j = last;
    while (i <= j) {
      while (at(i) < pivot) ++i;
      while (pivot < at(j)) --j;
      if (i <= j) std::swap(at(i++), at(j--));
    }
    if (j < wanted) first = i;
    if (wanted < i) last = j;
  }
  std::erase_if(values, [&](T const& value) { return !(value < at(wanted)); });
}

}  // namespace acsl
