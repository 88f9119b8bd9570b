// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/prefetch.hpp>
#include <acsl/losses/detail/lane_packing.hpp>
#include <acsl/losses/detail/row_sum.hpp>
#include <cstdint>

/// Rows that train few of their columns, by a team of one: those are packed side by side, so that exponentials are
/// taken of them alone, and the others are little more than passed over. The gradient may stand where the logits do.
namespace acsl::detail {

/// Part of a row: as many columns as fit beside their packed copy into the first cache.
template <class T>
struct packed_part {
  static constexpr std::int32_t most = 2048;
  T kept[most + lane_count];
  lane_bits bits[most / lane_count];
  std::int32_t columns, target, count;

  /// Packs what is trained but for the target. @param g null, or where the gradient will stand
  /// @return Σ (z − z) over what is not trained: 0, or a NaN where something is not finite
  template <class Trains>
  ACSL_LEAF double pack(T const* z, T* g, Trains const& trains) {
    T hidden[lane_count] = {};
    std::uint32_t flags[lane_count] = {};
    auto const look = [&](std::int32_t j, int l) ACSL_ALWAYS_INLINE {
      bool const trained = trains(z[j], j);
      flags[l] = static_cast<std::uint32_t>(trained);
      hidden[l] += blend(trained, T(0), z[j] - z[j]);
    };
    std::int32_t found = 0, j = 0;
    for (; j + lane_count <= columns; j += lane_count) {
      if (g) prefetch_to_write(g, j, j + lane_count);  // reading and writing overlap only if it is asked for here
      ACSL_INDEPENDENT_ITERATIONS
      for (int l = 0; l < lane_count; ++l) look(j + l, l);
      auto const set = bits[j / lane_count] = without_target(lanes_set(flags), j);
      found += pack_lanes(set, z + j, kept + found);
    }
    if (j < columns) {
      for (std::uint32_t& flag : flags) flag = 0;
      for (int l = 0; l < columns - j; ++l) look(j + l, l);
      auto set = bits[j / lane_count] = without_target(lanes_set(flags), j);
      for (; set != 0; set &= set - 1) kept[found++] = z[j + lowest_bit(set)];
    }
    count = found;
    double sum = 0;
    for (T const one : hidden) sum += static_cast<double>(one);
    return sum;
  }
  /// What was packed, at its places in the gradient; 0 between. @param next logits that will be read soon
  ACSL_LEAF void spread(T* g, T const* next) const {
    std::int32_t from = 0, j = 0;
    for (; j + lane_count <= columns; j += lane_count) {
      prefetch_to_read(next, j, j + lane_count);
      from += spread_lanes(bits[j / lane_count], kept + from, g + j);
    }
    if (j == columns) return;
    T rest[lane_count];
    spread_lanes(bits[j / lane_count], kept + from, rest);
    for (int l = 0; l < columns - j; ++l) g[j + l] = rest[l];
  }
  /// The same where something is hidden: z − z between. @param g may be z
  ACSL_LEAF void spread_beside(T const* z, T* g) const {
    for (std::int32_t j = 0, from = 0; j < columns; ++j)
      g[j] = (bits[j / lane_count] >> (j % lane_count) & 1U) != 0 ? kept[from++] : z[j] - z[j];
  }

 private:
  ACSL_LEAF lane_bits without_target(lane_bits set, std::int32_t first) const {
    auto const at = static_cast<std::uint32_t>(target - first);
    return at < static_cast<std::uint32_t>(lane_count) ? set & ~(lane_bits{1} << at) : set;
  }
};

/// A row whose trained columns are those where trains(logit, column).
/// @param target the column that `term` is told of; others' terms are term(logit, false). Not negative; beyond the
///               columns: none
/// @return the sum of the terms, in any form; g[column] = slope · factor
template <class T, class Term, class Trains>
ACSL_LEAF double sweep_packed(index_t columns, std::int32_t target, T const* z, T* g, T factor, Term const& term,
                              Trains const& trains) {
  solo_team team;
  packed_part<T> part;
  auto const end = static_cast<std::int32_t>(columns);
  bool const has_target = target < end && trains(z[target], target);
  auto const own = has_target ? term(z[target], true) : decltype(term(T(0), true)){};
  double sum = has_target ? static_cast<double>(value_of(own)) : 0;
  for (std::int32_t begin = 0; begin < end; begin += part.most) {
    part.columns = end - begin < part.most ? end - begin : part.most;
    part.target = target - begin;
    double const hidden =
        part.pack(z + begin, g ? g + begin : nullptr,
                  [&](T logit, std::int32_t j) ACSL_ALWAYS_INLINE { return trains(logit, begin + j); });
    sum += hidden + sum_share(team, part.count, [&](index_t k) ACSL_ALWAYS_INLINE {
             auto const one = term(part.kept[k], false);
             part.kept[k] = one.slope * factor;
             return one;
           });
    if (g && hidden == 0) part.spread(g + begin, z + begin + part.columns);
    else if (g) part.spread_beside(z + begin, g + begin);
  }
  if (g && has_target) g[target] = own.slope * factor;
  return sum;
}

}  // namespace acsl::detail
