// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/validation/array_difference.hpp>
#include <acsl/validation/row_matching.hpp>
#include <limits>
#include <vector>

namespace {

acsl::tensor_view<float const> rows(std::vector<float> const& values, acsl::index_t columns) {
  return {values.data(), {static_cast<acsl::index_t>(values.size()) / columns, columns}};
}

TEST_CASE("differences of arrays, by hand") {
  std::vector<float> const wanted = {3, 0, -4, 0}, found = {3, 0.5F, -5, 0};
  auto const d = acsl::array_difference::of(rows(found, 2), rows(wanted, 2));
  CHECK(d.absolute == 1);
  CHECK(d.relative == 0.25);
  CHECK(d.l2 == doctest::Approx(std::sqrt(1.25) / 5));
  CHECK(d.compared == 4);
  CHECK(acsl::array_difference::of(rows(found, 2), rows(found, 2)).l2 == 0);
  std::vector<float> const zeros(4);
  CHECK(acsl::array_difference::of(rows(found, 2), rows(zeros, 2)).l2 == doctest::Approx(std::sqrt(9 + 0.25 + 25)));

  auto const other = acsl::array_difference::of(rows(found, 2), rows(wanted, 4));
  CHECK(std::isinf(other.l2));
  CHECK(other.note == "[2, 2] against [1, 4]");
}

TEST_CASE("numbers that are none equal themselves alone") {
  float const nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  std::vector<float> const odd = {nan, infinity, 1}, one = {nan, 1, 1}, none = {0, infinity, 1};
  CHECK(acsl::array_difference::of(rows(odd, 3), rows(odd, 3)).l2 == 0);
  CHECK(std::isinf(acsl::array_difference::of(rows(odd, 3), rows(one, 3)).l2));
  CHECK(std::isinf(acsl::array_difference::of(rows(none, 3), rows(odd, 3)).absolute));
}

TEST_CASE("boxes with scores and labels are matched one to one") {
  std::vector<float> const wanted = {0,  0,  9,  9,  0.9F, 1,       // the first of found
                                     0,  0,  9,  9,  0.9F, 2,       // another label
                                     20, 20, 29, 29, 0.8F, 1,       // moved too far
                                     40, 40, 49, 49, 0.7F, 1,       // another score
                                     60, 60, 69, 69, 0.1F, 1};      // the last kept
  std::vector<float> const found = {0,  0,  9,  9.05F, 0.9F,    1,  //
                                    0,  0,  9,  9,     0.8995F, 2,  //
                                    20, 21, 29, 29,    0.8F,    1,  //
                                    40, 40, 49, 49,    0.6F,    1,  //
                                    80, 80, 89, 89,    0.1F,    1};
  auto const m = acsl::match_rows(rows(found, 6), rows(wanted, 6));
  CHECK(m.matched == 2);
  CHECK(m.lonely == 4);
  CHECK(m.at_cut == 2);
  CHECK(m.box == doctest::Approx(0.05).epsilon(1e-3));
  CHECK(m.score == doctest::Approx(0.0005).epsilon(1e-3));

  // Two equal rows need two counterparts, and the nearest is taken.
  std::vector<float> const pair = {0, 0, 9, 9, 0.5F, 0, 0, 9, 9, 0.5F}, near = {0, 0, 9, 9.08F, 0.5F, 0, 0, 9, 9, 0.5F};
  CHECK(acsl::match_rows(rows(pair, 5), rows(near, 5)).matched == 2);
  CHECK(acsl::match_rows(rows(pair, 5), rows({0, 0, 9, 9, 0.5F}, 5)).matched == 1);
  CHECK(acsl::match_rows(rows({}, 5), rows({}, 5)).matched == 0);
  CHECK_THROWS_WITH_AS(static_cast<void>(acsl::match_rows(rows(pair, 5), rows(found, 6))),
                       doctest::Contains("rows have five numbers, or six"), acsl::error);
}

}  // namespace
