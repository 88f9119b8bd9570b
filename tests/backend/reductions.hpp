// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cmath>
#include <support/backend_memory.hpp>
#include <utility>

namespace reductions_tests {

TEST_CASE("a reduction joins the start value and every element once") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {0, 1, 2, 15, 16, 17, 33, 4095, 4096, 4097, 8193, 100003}) {
    CAPTURE(n);
    auto const values = test::uniform_floats(n, 5);
    auto const tensor = test::on(exec, values);
    auto const* const x = tensor.data();
    double sum = 0.25, size = 0;
    float least = 7, largest = -7;
    for (float const value : values) {
      sum += double{value};
      size += std::abs(double{value});
      least = std::min(least, value);
      largest = std::max(largest, value);
    }
    auto const element = [=] ACSL_HOST_DEVICE(acsl::index_t i) { return x[i]; };
    auto const number = [=] ACSL_HOST_DEVICE(acsl::index_t i) { return i + 1; };
    float const found = exec.transform_reduce(n, element, 0.25F, acsl::plus{});
    CHECK(std::abs(double{found} - sum) <= 1e-6 * (size + 1));
    CHECK(std::abs(exec.transform_reduce(n, element, 0.25, acsl::plus{}) - sum) <= 1e-12 * (size + 1));
    CHECK(exec.transform_reduce(n, number, acsl::index_t{-3}, acsl::plus{}) == n * (n + 1) / 2 - 3);
    CHECK(exec.reduce(tensor.view(), 7.0F, acsl::minimum{}) == least);
    CHECK(exec.reduce(tensor.view(), -7.0F, acsl::maximum{}) == largest);
    CHECK(exec.reduce(tensor.view(), 0.25F, acsl::plus{}) == found);  // one order of sums for both, and every time
  }
}

TEST_CASE("a reduction hides no NaN behind a sum") {
  ACSL_TEST_BACKEND exec;
  std::vector<float> values(5000, 1.0F);
  values[4321] = std::nanf("");
  CHECK(std::isnan(exec.reduce(test::on(exec, values).view(), 0.0F, acsl::plus{})));
}

}  // namespace reductions_tests
