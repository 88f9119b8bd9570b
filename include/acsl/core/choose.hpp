// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/keep_smallest.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl {

/// The `count` members whose 64-bit number in the key is smallest, in their order; all of them, without drawing, when
/// there are not more. A uniform choice without replacement that does not depend on order or threads.
inline std::vector<std::int32_t> choose(std::vector<std::int32_t> members, index_t count, random_key key) {
  if (static_cast<index_t>(members.size()) <= count) return members;
  if (count <= 0) return {};
  std::vector<std::pair<std::uint64_t, std::int32_t>> drawn(members.size());
  ACSL_INDEPENDENT_ITERATIONS
  for (std::size_t i = 0; i < members.size(); ++i)
    drawn[i] = {key.bits(static_cast<std::uint64_t>(members[i])), members[i]};
  keep_smallest(drawn, static_cast<std::size_t>(count));
  members.resize(drawn.size());
  for (std::size_t i = 0; i < members.size(); ++i) members[i] = drawn[i].second;
  return members;
}

}  // namespace acsl
