// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/losses/detail/element_draws.hpp>
#include <set>
#include <vector>

namespace {

using acsl::index_t;

/// The bits of a row's columns as a team of one makes them.
std::vector<std::uint32_t> bits_of_row(acsl::detail::element_draws const& source, acsl::row_word const& row) {
  acsl::detail::row_draws<acsl::solo_team> draws{source, row};
  std::vector<std::uint32_t> result;
  for (index_t first = 0; first < source.columns; first += 256) {
    index_t const end = first + 256 < source.columns ? first + 256 : source.columns;
    draws(first, end);
    for (index_t j = first; j < end; ++j) result.push_back(draws.at(j));
  }
  return result;
}

TEST_CASE("random bits of an element are the same from a chunk and one by one, and no element's are another's") {
  acsl::detail::element_draws const source{acsl::random_key{5}, nullptr, 600};
  std::set<std::uint32_t> all;
  index_t high = 0;
  for (std::int32_t i = 0; i < 4; ++i) {
    acsl::row_word row;
    row.index = i;
    auto const bits = bits_of_row(source, row);
    REQUIRE(bits.size() == 600);
    for (std::int32_t j = 0; j < 600; ++j) {
      auto const one = bits[static_cast<std::size_t>(j)];
      CHECK(one == source.bits(row, j));
      all.insert(one);
      high += one >> 31;
    }
  }
  CHECK(all.size() == 2400);  // two of 2,400 are equal once in 1,500 keys
  CHECK(high == doctest::Approx(1200).epsilon(0.08));
}

TEST_CASE("choices of a caller are all bits or none, and decide what is possible") {
  using acsl::detail::chance;
  std::vector<std::uint8_t> const given = {0, 1, 1, 0, 0, 2};
  acsl::detail::element_draws const source{acsl::random_key{5}, given.data(), 3}, drawn{};
  acsl::row_word row;
  row.index = 1;
  CHECK(bits_of_row(source, row) == std::vector<std::uint32_t>{0, 0, ~0U});
  CHECK(source.bits(row, 2) == ~0U);
  for (double const probability : {0.25, 1.0}) {
    CHECK(chance::of(probability, source).happens(~0U));
    CHECK_FALSE(chance::of(probability, source).happens(0));
  }
  CHECK_FALSE(chance::of(0, source).happens(~0U));
  CHECK_FALSE(chance::of(0, drawn).happens(~0U));
  CHECK(chance::of(1, drawn).happens(0));
  CHECK(chance::of(0.25, drawn).happens(0xC0000000U));
  CHECK_FALSE(chance::of(0.25, drawn).happens(0xBFFFFFFFU));
}

}  // namespace
