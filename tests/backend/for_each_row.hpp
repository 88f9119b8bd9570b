// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <support/backend_memory.hpp>

namespace for_each_row_tests {

/// Sum and largest element of every row.
struct sum_and_largest {
  using shared = acsl::no_shared;
  float const* x;
  float* result;
  acsl::index_t columns;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared&, acsl::index_t row) const {
    float sum = 0, largest = -1e30F;
    team.for_each(columns, [&](acsl::index_t j) {
      float const value = x[row * columns + j];
      sum += value;
      largest = largest < value ? value : largest;
    });
    sum = team.reduce(sum, acsl::plus{});
    largest = team.reduce(largest, acsl::maximum{});
    if (team.rank() == 0) {
      result[2 * row] = sum;
      result[2 * row + 1] = largest;
    }
  }
};

/// Turns a row around in its place, through shared memory.
struct turn_around {
  struct shared {
    float line[1300];
  };
  float* x;
  acsl::index_t columns;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared& s, acsl::index_t row) const {
    float* const line = x + row * columns;
    team.for_each(columns, [&](acsl::index_t j) { s.line[j] = line[j]; });
    team.sync();
    team.for_each(columns, [&](acsl::index_t j) { line[j] = s.line[columns - 1 - j]; });
  }
};

TEST_CASE("a row kernel runs once for every row, and a team's sum and maximum are those of the row") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const rows : {0, 1, 33, 1000})
    for (acsl::index_t const columns : {0, 1, 31, 33, 129, 1231}) {
      if (rows == 1000 && columns > 100) continue;
      CAPTURE(rows);
      CAPTURE(columns);
      auto const values = test::uniform_floats(rows * columns, 3);
      auto const x = test::on(exec, values);
      acsl::tensor<float> result({rows, 2}, exec.memory());
      exec.for_each_row(rows, sum_and_largest{x.data(), result.data(), columns});
      std::vector<float> wanted;
      for (acsl::index_t i = 0; i < rows; ++i) {
        auto const begin = values.begin() + i * columns, end = begin + columns;
        double sum = 0;
        for (auto p = begin; p != end; ++p) sum += double{*p};
        wanted.push_back(static_cast<float>(sum));
        wanted.push_back(columns ? *std::max_element(begin, end) : -1e30F);
      }
      CHECK(test::distance(test::host(exec, result), wanted) < 2e-5);
    }
}

TEST_CASE("a team's shared memory holds what was written before a barrier") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const columns : {1, 32, 257, 1300}) {
    CAPTURE(columns);
    constexpr acsl::index_t rows = 65;
    auto values = test::uniform_floats(rows * columns, 4);
    auto x = test::on(exec, values);
    exec.for_each_row(rows, turn_around{x.data(), columns});
    for (acsl::index_t i = 0; i < rows; ++i)
      std::reverse(values.begin() + i * columns, values.begin() + (i + 1) * columns);
    CHECK(test::host(exec, x) == values);
  }
}

}  // namespace for_each_row_tests
