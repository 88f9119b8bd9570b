// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/choose.hpp>
#include <algorithm>
#include <numeric>

namespace {

TEST_CASE("the smallest values are kept in their order, whatever order that is") {
  acsl::random_key const key{3};
  for (std::size_t size = 0; size < 70; ++size)
    for (int order = 0; order < 3; ++order) {
      std::vector<int> values(size);
      std::iota(values.begin(), values.end(), -5);
      if (order == 1) std::reverse(values.begin(), values.end());
      if (order == 2)
        std::sort(values.begin(), values.end(), [&](int a, int b) {
          return key.bits(static_cast<std::uint64_t>(a + 5)) < key.bits(static_cast<std::uint64_t>(b + 5));
        });
      for (std::size_t count = 0; count <= size + 1; ++count) {
        auto kept = values, wanted = values;
        acsl::keep_smallest(kept, count);
        std::erase_if(wanted, [&](int value) { return value + 5 >= static_cast<int>(count); });
        REQUIRE(kept == wanted);
      }
    }
}

TEST_CASE("a choice is the members with the smallest numbers, ascending as they were") {
  acsl::random_key const key{11};
  std::vector<std::int32_t> members(5000);
  std::iota(members.begin(), members.end(), 40);
  auto by_number = members;
  std::sort(by_number.begin(), by_number.end(), [&](std::int32_t a, std::int32_t b) {
    return key.bits(static_cast<std::uint64_t>(a)) < key.bits(static_cast<std::uint64_t>(b));
  });
  for (std::size_t const count : {std::size_t{0}, std::size_t{1}, std::size_t{128}, std::size_t{4999}}) {
    std::vector<std::int32_t> wanted(by_number.begin(), by_number.begin() + static_cast<std::ptrdiff_t>(count));
    std::sort(wanted.begin(), wanted.end());
    CHECK(acsl::choose(members, static_cast<acsl::index_t>(count), key) == wanted);
  }
  CHECK(acsl::choose(members, 5000, key) == members);
}

}  // namespace
