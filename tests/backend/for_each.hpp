// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <support/backend_memory.hpp>

namespace for_each_tests {

TEST_CASE("for_each calls its function once for every index, whatever a call costs") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {0, 1, 2, 33, 4097, 100003})
    for (double const cost : {0.1, 1.0, 100.0, 1e6}) {
      CAPTURE(n);
      CAPTURE(cost);
      acsl::tensor<std::int64_t> calls({n + 1}, exec.memory());
      exec.fill(calls.view(), 0);
      auto* const seen = calls.data();
      exec.for_each(
          n, [=] ACSL_HOST_DEVICE(acsl::index_t i) { seen[i] += i + 1; }, cost);
      auto const found = test::host(exec, calls);
      acsl::index_t wrong = found.back() != 0;
      for (acsl::index_t i = 0; i < n; ++i) wrong += found[static_cast<std::size_t>(i)] != i + 1;
      CHECK(wrong == 0);
    }
}

TEST_CASE("a call sees what an earlier one wrote") {
  ACSL_TEST_BACKEND exec;
  constexpr acsl::index_t n = 50000;
  acsl::tensor<std::int32_t> x({n}, exec.memory());
  exec.fill(x.view(), 1);
  auto* const value = x.data();
  for (int round = 0; round < 4; ++round)
    exec.for_each(n / 2, [=] ACSL_HOST_DEVICE(acsl::index_t i) {
      value[i] += value[n - 1 - i];
      value[n - 1 - i] = value[i];
    });
  CHECK(test::host(exec, x) == std::vector<std::int32_t>(n, 16));
}

}  // namespace for_each_tests
