// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/philox.hpp>
#include <acsl/core/random_key.hpp>
#include <cmath>
#include <set>

namespace {

// Origin: the known-answer vectors that the authors of Philox publish with Random123 (kat_vectors, philox4x32 10).
TEST_CASE("philox gives the published known answers") {
  CHECK(acsl::philox4x32({{0, 0, 0, 0}}, {0, 0}) ==
        acsl::philox_block{{0x6627e8d5U, 0xe169c58dU, 0xbc57ac4cU, 0x9b00dbd8U}});
  CHECK(acsl::philox4x32({{~0U, ~0U, ~0U, ~0U}}, {~0U, ~0U}) ==
        acsl::philox_block{{0x408f276dU, 0x41c83b0eU, 0xa20bc7c6U, 0x6d5451fdU}});
  CHECK(acsl::philox4x32({{0x243f6a88U, 0x85a308d3U, 0x13198a2eU, 0x03707344U}}, {0xa4093822U, 0x299f31d0U}) ==
        acsl::philox_block{{0xd16cfe09U, 0x94fdccebU, 0x5001e420U, 0x24126ea1U}});
}

TEST_CASE("keys made with different values differ") {
  std::set<std::uint64_t> seen;
  acsl::random_key const root{42};
  for (std::uint64_t i = 0; i < 1000; ++i) seen.insert(root.with(i).bits(0));
  seen.insert(root.with(acsl::purpose::flip).bits(0));
  seen.insert(root.bits(0));
  CHECK(seen.size() == 1002);
}

TEST_CASE("uniform numbers fill [0, 1) evenly and integers stay below their bound") {
  acsl::random_key const key{7};
  double sum = 0;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    double const u = key.uniform(i);
    REQUIRE(u >= 0);
    REQUIRE(u < 1);
    REQUIRE(key.below(i, 3) < 3);
    sum += u;
  }
  CHECK(sum / 10000 == doctest::Approx(0.5).epsilon(0.02));
}

TEST_CASE("normal numbers have mean 0 and variance 1") {
  acsl::random_key const key{9};
  double sum = 0, square = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    double const x = key.normal(i);
    sum += x;
    square += x * x;
  }
  CHECK(std::abs(sum / 20000) < 0.03);
  CHECK(square / 20000 == doctest::Approx(1).epsilon(0.03));
}

}  // namespace
