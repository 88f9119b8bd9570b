// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <support/backend_memory.hpp>
#include <utility>

namespace exclusive_scan_tests {

TEST_CASE("a scan writes the sums before every element and returns the sum of all, also in place") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {0, 1, 33, 1000, 16384, 16385, 70001}) {
    CAPTURE(n);
    std::vector<std::int32_t> values, wanted;
    std::int32_t sum = 0;
    for (acsl::index_t i = 0; i < n; ++i) {
      values.push_back(static_cast<std::int32_t>(i * i % 11) - 3);
      wanted.push_back(sum);
      sum += values.back();
    }
    auto in = test::on(exec, values);
    acsl::tensor<std::int32_t> out({n}, exec.memory());
    CHECK(exec.exclusive_scan(std::as_const(in).view(), out.view()) == sum);
    CHECK(test::host(exec, out) == wanted);
    CHECK(exec.exclusive_scan(in.view(), in.view()) == sum);
    CHECK(test::host(exec, in) == wanted);
  }
}

TEST_CASE("a scan of 64-bit counts passes 2^31") {
  ACSL_TEST_BACKEND exec;
  auto const in = test::on(exec, std::vector<std::int64_t>(40, std::int64_t{1} << 30));
  acsl::tensor<std::int64_t> out({40}, exec.memory());
  CHECK(exec.exclusive_scan(in.view(), out.view()) == std::int64_t{40} << 30);
  CHECK(test::host(exec, out).back() == std::int64_t{39} << 30);
}

TEST_CASE("a scan refuses an output of another size") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<std::int32_t> const in({3}, exec.memory());
  acsl::tensor<std::int32_t> out({4}, exec.memory());
  CHECK_THROWS_AS(exec.exclusive_scan(in.view(), out.view()), acsl::error);
}

}  // namespace exclusive_scan_tests
