// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/tensor_view.hpp>
#include <algorithm>
#include <cmath>
#include <vector>

namespace acsl {

/// When two boxes with scores are the same one.
struct row_tolerance {
  double box = 0.1;     ///< pixels, every corner
  double score = 1e-3;  ///< absolute
};

/// Boxes with scores of two computations, matched one to one.
struct row_matching {
  index_t matched = 0;
  index_t lonely = 0;  ///< of both lists, without a counterpart
  index_t at_cut = 0;  ///< the same, with a score so close to the lowest kept that either choice is right
  double box = 0;      ///< largest distance of corners of matched rows, pixels
  double score = 0;    ///< largest difference of scores of matched rows
};

/// Matches rows [N, 5] (x1, y1, x2, y2, score) or [N, 6] (and a label, which must be the same). A row of `found` takes
/// the nearest free row of `wanted` within the tolerance; lists end where a number of best rows was reached, so that a
/// row at the end may be missing from the other.
/// @note O(N²)
[[nodiscard]] inline row_matching match_rows(tensor_view<float const> found, tensor_view<float const> wanted,
                                             row_tolerance const& accepted = {}) {
  index_t const columns = found.extent(1);
  ACSL_EXPECTS(found.rank() == 2 && wanted.rank() == 2 && (columns == 5 || columns == 6) && wanted.extent(1) == columns,
               "rows have five numbers, or six with a label", found.extents(), wanted.extents());
  double cut = INFINITY;
  for (auto const& list : {found, wanted})
    for (index_t i = 0; i < list.extent(0); ++i) cut = std::min(cut, double{list(i, 4)});
  row_matching result;
  std::vector<bool> taken(static_cast<std::size_t>(wanted.extent(0)));
  auto const alone = [&](double score) { ++(score <= cut + accepted.score ? result.at_cut : result.lonely); };
  for (index_t i = 0; i < found.extent(0); ++i) {
    index_t best = -1;
    double nearest = accepted.box;
    for (index_t j = 0; j < wanted.extent(0); ++j) {
      if (taken[static_cast<std::size_t>(j)] || (columns == 6 && found(i, 5) != wanted(j, 5))) continue;
      if (!(std::fabs(double{found(i, 4)} - wanted(j, 4)) <= accepted.score)) continue;
      double distance = 0;
      for (index_t k = 0; k < 4; ++k) distance = std::max(distance, std::fabs(double{found(i, k)} - wanted(j, k)));
      if (distance < nearest || (best < 0 && distance <= nearest)) {
        nearest = distance;
        best = j;
      }
    }
    if (best < 0) {
      alone(found(i, 4));
      continue;
    }
    taken[static_cast<std::size_t>(best)] = true;
    ++result.matched;
    result.box = std::max(result.box, nearest);
    result.score = std::max(result.score, std::fabs(double{found(i, 4)} - wanted(best, 4)));
  }
  for (index_t j = 0; j < wanted.extent(0); ++j)
    if (!taken[static_cast<std::size_t>(j)]) alone(wanted(j, 4));
  return result;
}

}  // namespace acsl
