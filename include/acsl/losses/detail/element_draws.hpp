// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <acsl/core/math.hpp>
#include <acsl/losses/row_plan.hpp>
#include <concepts>
#include <type_traits>

namespace acsl::detail {

/// Where 32 random bits for every element come from: from the key, or they are all 0 and all 1 as a caller chose.
struct element_draws {
  random_key key{0};
  std::uint8_t const* given = nullptr;  ///< [N, K] not 0 where chosen; null: drawn
  index_t columns = 0;

  /// One block of the key serves columns 16 apart, so that 64 neighbours are 16 blocks.
  [[nodiscard]] ACSL_LEAF philox_block block_of(row_word const& row, std::int32_t column) const {
    return key.block(static_cast<std::uint32_t>((column >> 6 << 4) | (column & 15)),
                     static_cast<std::uint32_t>(row.index));
  }
  [[nodiscard]] ACSL_LEAF std::uint32_t choice_of(row_word const& row, index_t column) const {
    return given[static_cast<index_t>(row.index) * columns + column] != 0 ? ~0U : 0U;
  }
  [[nodiscard]] ACSL_HOST_DEVICE std::uint32_t bits(row_word const& row, std::int32_t column) const {
    if (given) return choice_of(row, column);
    philox_block const block = block_of(row, column);
    std::int32_t const part = column >> 4 & 3;
    return part < 2 ? (part == 0 ? block[0] : block[1]) : (part == 2 ? block[2] : block[3]);
  }
};

/// A probability as what 32 random bits are compared with, to 2^-32; 0 is never and 1 is always.
struct chance {
  std::uint32_t possible = 0, from = 0;
  /// @param draws with choices of a caller, what is possible happens where they say so
  static chance of(double probability, element_draws const& draws) {
    double const rest = math::ceil((1 - probability) * 0x1p32);
    if (!(rest < 0x1p32)) return {};
    return {1, draws.given ? 1U : static_cast<std::uint32_t>(rest > 0 ? rest : 0)};
  }
  [[nodiscard]] ACSL_LEAF bool happens(std::uint32_t bits) const { return (possible != 0) & (bits >= from); }
};

/// The random bits of a row's columns: made 256 columns at a time by a team of one, else when they are asked for.
template <class Team>
struct row_draws {
  element_draws source;
  row_word row;
  ACSL_LEAF void operator()(index_t, index_t) const {}
  [[nodiscard]] ACSL_LEAF std::uint32_t at(index_t column) const {
    return source.bits(row, static_cast<std::int32_t>(column));
  }
};
template <>
struct row_draws<solo_team> {
  element_draws source;
  row_word row;
  index_t begin = 0;
  std::uint32_t bits[chunk_of_lanes] = {};

  ACSL_HOST_DEVICE void operator()(index_t first, index_t end) {
    begin = first;
    if (source.given) {
      for (index_t j = first; j < end; ++j) bits[j - first] = source.choice_of(row, j);
      return;
    }
    for (index_t at = 0; at < end - first; at += 64) {
      ACSL_INDEPENDENT_ITERATIONS
      for (int l = 0; l < lane_count; ++l) {
        philox_block const block = source.block_of(row, static_cast<std::int32_t>(first + at) + l);
        for (int part = 0; part < 4; ++part) bits[at + part * lane_count + l] = block[part];
      }
    }
  }
  [[nodiscard]] ACSL_LEAF std::uint32_t at(index_t column) const { return bits[column - begin]; }
};

/// In the place of `row_draws` where nothing is drawn.
struct no_draws : nothing_to_prepare {};

/// The draws of a row for the function object of a method: one with `draws()` takes an element's bits as last argument.
template <class Team, class Method>
ACSL_HOST_DEVICE auto draws_of(Team&, Method const& method, row_word const& row) {
  if constexpr (requires { method.draws(); }) return row_draws<Team>{method.draws(), row};
  else return no_draws{};
}

/// call(bits of the column), or call() where nothing is drawn.
template <class Draws, class Call>
ACSL_LEAF auto with_bits(Draws const& draws, index_t column, Call const& call) {
  if constexpr (std::same_as<Draws, no_draws>) return call();
  else return call(draws.at(column));
}

}  // namespace acsl::detail
