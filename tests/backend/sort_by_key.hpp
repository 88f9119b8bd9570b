// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <numeric>
#include <support/backend_memory.hpp>
#include <utility>

namespace sort_by_key_tests {

struct descending {
  ACSL_HOST_DEVICE bool operator()(std::int32_t a, std::int32_t b) const { return b < a; }
};
struct ascending {
  ACSL_HOST_DEVICE bool operator()(float a, float b) const { return a < b; }
};

TEST_CASE("sorting orders keys, takes the values along and keeps the order of equal keys") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {0, 1, 2, 33, 1000, 16384, 16385, 70001}) {
    CAPTURE(n);
    std::vector<std::pair<std::int32_t, double>> pairs;
    acsl::random_key const key{6};
    for (acsl::index_t i = 0; i < n; ++i)
      pairs.emplace_back(static_cast<std::int32_t>(key.below(static_cast<std::uint64_t>(i), 37)), 0.5 * double(i));
    std::vector<std::int32_t> keys;
    std::vector<double> values;
    for (auto const& [k, v] : pairs) keys.push_back(k), values.push_back(v);
    auto device_keys = test::on(exec, keys);
    auto device_values = test::on(exec, values);
    exec.sort_by_key(device_keys.view(), device_values.view(), descending{});
    std::stable_sort(pairs.begin(), pairs.end(), [](auto const& a, auto const& b) { return b.first < a.first; });
    for (std::size_t i = 0; i < pairs.size(); ++i) std::tie(keys[i], values[i]) = pairs[i];
    CHECK(test::host(exec, device_keys) == keys);
    CHECK(test::host(exec, device_values) == values);
  }
}

TEST_CASE("infinities have their place in the order") {
  ACSL_TEST_BACKEND exec;
  float const infinity = std::numeric_limits<float>::infinity();
  auto keys = test::on(exec, std::vector<float>{2, -infinity, infinity, -3});
  auto values = test::on(exec, std::vector<std::int32_t>{0, 1, 2, 3});
  exec.sort_by_key(keys.view(), values.view(), ascending{});
  CHECK(test::host(exec, values) == std::vector<std::int32_t>{1, 3, 0, 2});
  CHECK(test::host(exec, keys) == std::vector<float>{-infinity, -3, 2, infinity});
}

TEST_CASE("sorting refuses another number of values than of keys") {
  ACSL_TEST_BACKEND exec;
  acsl::tensor<float> keys({3}, exec.memory());
  acsl::tensor<std::int32_t> values({4}, exec.memory());
  CHECK_THROWS_AS(exec.sort_by_key(keys.view(), values.view(), ascending{}), acsl::error);
}

}  // namespace sort_by_key_tests
