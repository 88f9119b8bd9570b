// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <bit>
#include <cmath>
#include <limits>
#include <string>

namespace {

void check_digits(double value) {
  CAPTURE(value);
  REQUIRE(std::string(acsl::decimal(value).c_str()) == std::to_string(value));
}
template <class T>
void check_ends() {
  for (T const value : {std::numeric_limits<T>::min(), T(0), T(1), T(10), std::numeric_limits<T>::max()})
    CHECK(std::string(acsl::decimal(value).c_str()) == std::to_string(value));
}

TEST_CASE("numbers have the digits of std::to_string") {
  check_ends<int>();
  check_ends<signed char>();
  check_ends<std::int64_t>();
  check_ends<std::uint32_t>();
  check_ends<std::uint64_t>();
  using limits = std::numeric_limits<double>;
  for (double const size : {0.0, 0.5e-6, 1.5e-6, 2.5e-6, 0.9999994, 0.9999995, 0.9999996, 1e15, 0x1p53, 0x1p63, 0x1p64,
                            1e22, limits::max(), limits::min(), limits::denorm_min(), limits::infinity()}) {
    check_digits(size);
    check_digits(-size);
  }
  check_digits(limits::quiet_NaN());
  check_digits(-limits::quiet_NaN());
}

TEST_CASE("random numbers have the digits of std::to_string") {
  acsl::random_key const key{7};
  for (std::uint64_t i = 0; i < 20000; ++i) {
    std::uint64_t const bits = key.bits(i);
    check_digits(std::bit_cast<double>(bits));
    check_digits(static_cast<double>(static_cast<std::int64_t>(bits)) / 1e9);
    check_digits(static_cast<double>(bits % 2000001) * 5e-7);                                       // near ties
    check_digits(static_cast<double>(bits % 100000007) / static_cast<double>(1U << (bits >> 59)));  // ties
  }
}

TEST_CASE("a broken precondition shows values of every kind") {
  int const line = __LINE__ + 2;
  auto const broken = [] {
    ACSL_EXPECTS(1 > 2, "a reason", 3, -0.25F, true, "text", std::string("string"), acsl::shape{2, 3}, acsl::shape{});
  };
  std::string const reason = "a reason; seen: 3 -0.250000 true text string [2, 3] []";
  try {
    broken();
    FAIL("it throws");
  } catch (acsl::error const& problem) {
    CHECK(acsl::reason_of(problem) == reason);
    CHECK(problem.what() ==
          "acsl: a reason (1 > 2" + reason.substr(8) + ") at " + __FILE__ + ":" + std::to_string(line));
  }
}

TEST_CASE("an error keeps its text through copies, and is a std::exception") {
  acsl::error const first("no " + std::string("vector"));
  acsl::error second = first;
  CHECK(second.what() == std::string("no vector"));
  second = acsl::error("another");
  CHECK(second.what() == std::string("another"));
  CHECK(first.what() == std::string("no vector"));
  CHECK(std::is_nothrow_copy_constructible_v<acsl::error>);
  CHECK(std::is_nothrow_copy_assignable_v<acsl::error>);
  CHECK_THROWS_AS(throw acsl::out_of_memory("a"), std::bad_alloc);
  CHECK_THROWS_WITH_AS(throw first, "no vector", std::exception);
}

}  // namespace
