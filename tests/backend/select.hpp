// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <support/backend_memory.hpp>

namespace select_tests {

TEST_CASE("select gives the flagged indices in ascending order and their number") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {0, 1, 33, 1000, 16384, 16385, 70001})
    for (acsl::index_t const step : {1, 2, 7, 100000}) {
      CAPTURE(n);
      CAPTURE(step);
      std::vector<std::int32_t> wanted;
      for (acsl::index_t i = 0; i < n; ++i)
        if ((i + 1) % step == 0) wanted.push_back(static_cast<std::int32_t>(i));
      auto const flag = [=] ACSL_HOST_DEVICE(acsl::index_t i) { return (i + 1) % step == 0; };
      acsl::tensor<std::int32_t> out({n + 1}, exec.memory());
      exec.fill(out.view(), -1);
      auto const count = exec.select(n, flag, out.view());
      REQUIRE(count == static_cast<acsl::index_t>(wanted.size()));
      CHECK(test::host(exec, out.view().slice(0, count)) == wanted);
      CHECK(test::host(exec, out).back() == -1);
      acsl::tensor<std::int32_t> just({count}, exec.memory());  // room for what is found and no more
      CHECK(exec.select(n, flag, just.view()) == count);
      CHECK(test::host(exec, just) == wanted);
    }
}

TEST_CASE("select refuses an output that cannot hold what it finds") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<std::int32_t> out({16}, exec.memory());
  auto const even = [] ACSL_HOST_DEVICE(acsl::index_t i) { return i % 2 == 0; };
  CHECK_THROWS_AS(exec.select(33, even, out.view()), acsl::error);
}

}  // namespace select_tests
