// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>

namespace acsl::detail {

/// 16 bytes of numbers, which a GPU loads and stores at once.
template <class T>
struct [[gnu::may_alias]] alignas(16) wide_numbers {
  static constexpr int count = 16 / static_cast<int>(sizeof(T));
  T at[count];
};

/// to[j] = f(j, from[j]) for every column of a row, spread over the members of a team; 16 bytes at a time between the
/// first and the last column that are aligned so, where both arrays are aligned alike. Which member has a column
/// depends on the alignment: members that go on with what others wrote need a barrier.
/// @param from null: f(j, 0)
/// @param to   may be `from`; null: results are dropped
template <class Team, class T, class F>
ACSL_HOST_DEVICE void for_each_wide(Team& team, index_t columns, T const* from, T* to, F&& f) {
  using wide = wide_numbers<T>;
  constexpr index_t bytes = sizeof(wide), size = sizeof(T);
  auto const beyond = [](T const* p) { return static_cast<index_t>(reinterpret_cast<std::uintptr_t>(p) % bytes); };
  index_t head = (bytes - beyond(from ? from : to)) % bytes / size;
  if (head > columns || (from && to && beyond(to) != beyond(from))) head = columns;
  index_t const pieces = (columns - head) / wide::count, end = head + pieces * wide::count;
  team.for_each(pieces + columns - (end - head), [&](index_t i) {
    if (i < pieces) {
      index_t const first = head + i * wide::count;
      wide x = {};
      if (from) x = *reinterpret_cast<wide const*>(from + first);
      for (int k = 0; k < wide::count; ++k) x.at[k] = f(first + k, x.at[k]);
      if (to) *reinterpret_cast<wide*>(to + first) = x;
    } else {
      index_t const single = i - pieces, j = single < head ? single : single + (end - head);
      T const x = f(j, from ? from[j] : T(0));
      if (to) to[j] = x;
    }
  });
}

}  // namespace acsl::detail
