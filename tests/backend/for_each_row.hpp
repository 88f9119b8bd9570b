// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <support/row_kernels.hpp>

namespace for_each_row_tests {

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
      exec.for_each_row(rows, test::sum_and_largest{x.data(), result.data(), columns});
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
    exec.for_each_row(rows, test::turn_around{x.data(), columns});
    for (acsl::index_t i = 0; i < rows; ++i)
      std::reverse(values.begin() + i * columns, values.begin() + (i + 1) * columns);
    CHECK(test::host(exec, x) == values);
  }
}

TEST_CASE("the losses' row kernels give what the reference's loops give") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  for (acsl::index_t const columns : {1, 33, 1231}) {
    auto const wanted = test::row_results(oracle, columns);
    for (auto const& [name, values] : test::row_results(exec, columns)) {
      CAPTURE(columns);
      CAPTURE(name);
      CHECK(test::distance(values, wanted.at(name)) <= 3e-6);
    }
  }
}

}  // namespace for_each_row_tests
