// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/keep_smallest.hpp>
#include <acsl/core/math.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <cstddef>
#include <utility>
#include <vector>

namespace acsl {

/// `count` of the candidates without replacement, each next one in proportion to its weight among those that are left;
/// all of them when there are not more. In the order in which they are drawn.
///
/// The largest values of log(u) / weight are such a draw; compared as log(−log u) − log weight, which orders the same
/// and cannot overflow. Candidate j has number j of the key, whatever the others are.
/// @param log_weight of every number that may be a candidate
inline std::vector<std::size_t> choose_by_weight(std::vector<std::size_t> const& candidates,
                                                 std::vector<double> const& log_weight, index_t count, random_key key) {
  std::vector<std::pair<double, std::size_t>> drawn;
  for (std::size_t const j : candidates)
    drawn.emplace_back(math::log(-math::log1p(-key.uniform(j))) - log_weight[j], j);
  keep_smallest(drawn, static_cast<std::size_t>(count > 0 ? count : 0));
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < drawn.size(); ++i) {  // few, put in order one by one
    for (std::size_t at = i; at > 0 && drawn[at] < drawn[at - 1]; --at) std::swap(drawn[at], drawn[at - 1]);
  }
  for (auto const& one : drawn) result.push_back(one.second);
  return result;
}

}  // namespace acsl
