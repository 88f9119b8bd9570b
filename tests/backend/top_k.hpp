// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cmath>
#include <numeric>
#include <support/backend_memory.hpp>

namespace top_k_tests {

template <class Exec>
std::vector<std::int32_t> best(Exec& exec, std::vector<float> const& scores, acsl::index_t k) {
  auto const device = test::on(exec, scores);
  acsl::tensor<std::int32_t> indices({k}, exec.memory());
  exec.top_k(device.view(), k, indices.view());
  return test::host(exec, indices);
}

TEST_CASE("top_k gives the largest first, the lower index first among equals, and NaN last") {
  ACSL_TEST_BACKEND exec;
  float const nan = std::nanf(""), infinity = INFINITY;
  std::vector<float> const scores = {1, nan, 3, -infinity, 3, infinity, -0.0F, 0.0F, nan};
  CHECK(best(exec, scores, 9) == std::vector<std::int32_t>{5, 2, 4, 0, 6, 7, 3, 1, 8});
  CHECK(best(exec, scores, 3) == std::vector<std::int32_t>{5, 2, 4});
  CHECK(best(exec, scores, 2) == std::vector<std::int32_t>{5, 2});
  CHECK(best(exec, scores, 0).empty());
  CHECK(best(exec, {}, 0).empty());
}

TEST_CASE("top_k equals the front of a full sort, also with many ties") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {1, 33, 1000, 16384, 16385, 70001}) {
    std::vector<float> scores;
    acsl::random_key const key{8};
    for (acsl::index_t i = 0; i < n; ++i) {
      auto const number = static_cast<std::uint64_t>(i);
      scores.push_back(key.below(2 * number, 100) == 0 ? std::nanf("")
                                                       : static_cast<float>(key.below(2 * number + 1, 500)));
    }
    std::vector<std::int32_t> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
      float const x = scores[static_cast<std::size_t>(a)], y = scores[static_cast<std::size_t>(b)];
      return std::isnan(y) ? !std::isnan(x) : x > y;
    });
    for (acsl::index_t const k : {acsl::index_t{1}, n / 3, n - 1, n}) {
      CAPTURE(n);
      CAPTURE(k);
      CHECK(best(exec, scores, k) == std::vector<std::int32_t>(order.begin(), order.begin() + k));
    }
  }
}

TEST_CASE("top_k refuses more than there are, and another number of indices than k") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> const scores({3}, exec.memory());
  acsl::tensor<std::int32_t> indices({4}, exec.memory());
  CHECK_THROWS_AS(exec.top_k(scores.view(), 4, indices.view()), acsl::error);
  CHECK_THROWS_AS(exec.top_k(scores.view(), 3, indices.view()), acsl::error);
}

}  // namespace top_k_tests
