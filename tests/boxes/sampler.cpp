// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/boxes/sampler.hpp>
#include <algorithm>
#include <cmath>
#include <set>

namespace {

/// 300 candidates: every third positive, every fifth of the others ignored.
std::vector<std::int32_t> some_assignment() {
  std::vector<std::int32_t> result;
  for (std::int32_t i = 0; i < 300; ++i) result.push_back(i % 3 == 0 ? 1 + i % 4 : (i % 5 == 0 ? -1 : 0));
  return result;
}

TEST_CASE("samples keep to the quota, are ascending and of the right kind") {
  auto const assigned = some_assignment();  // 100 positive, 160 negative, 40 ignored
  acsl::random_sampler rule{.count = 80, .positive_fraction = 0.25, .negative_upper_bound = -1, .add_truths = false};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto const found = acsl::sample_candidates(rule, assigned, acsl::random_key{seed});
    CHECK(found.positives.size() == 20);
    CHECK(found.negatives.size() == 60);
    CHECK(std::is_sorted(found.positives.begin(), found.positives.end()));
    CHECK(std::is_sorted(found.negatives.begin(), found.negatives.end()));
    for (auto i : found.positives) CHECK(assigned[static_cast<std::size_t>(i)] > 0);
    for (auto i : found.negatives) CHECK(assigned[static_cast<std::size_t>(i)] == 0);
    CHECK(std::set<std::int32_t>(found.positives.begin(), found.positives.end()).size() == 20);
  }
}

TEST_CASE("fewer positives leave room for negatives, and a bound on negatives holds") {
  auto assigned = some_assignment();
  for (std::size_t i = 9; i < assigned.size(); i += 3) assigned[i] = -1;  // 3 positives are left
  acsl::random_sampler rule{.count = 100, .positive_fraction = 0.5, .negative_upper_bound = -1, .add_truths = false};
  auto const all = acsl::sample_candidates(rule, assigned, acsl::random_key{1});
  CHECK(all.positives == std::vector<std::int32_t>{0, 3, 6});
  CHECK(all.negatives.size() == 97);
  rule.negative_upper_bound = 2.5;
  CHECK(acsl::sample_candidates(rule, assigned, acsl::random_key{1}).negatives.size() == 7);
  for (auto& one : assigned) one = std::min(one, 0);
  auto const none = acsl::sample_candidates(rule, assigned, acsl::random_key{1});
  CHECK(none.positives.empty());
  CHECK(none.negatives.size() == 2);  // bound · max(1, positives)
  CHECK(acsl::sample_candidates(rule, {}, acsl::random_key{1}).negatives.empty());
}

TEST_CASE("everything is taken, whatever the key, when the quota is not reached") {
  auto const assigned = some_assignment();
  acsl::random_sampler const rule{
      .count = 1000, .positive_fraction = 0.25, .negative_upper_bound = -1, .add_truths = false};
  auto const a = acsl::sample_candidates(rule, assigned, acsl::random_key{1});
  auto const b = acsl::sample_candidates(rule, assigned, acsl::random_key{2});
  CHECK(a.positives.size() == 100);
  CHECK(a.negatives.size() == 160);
  CHECK(a.positives == b.positives);
  CHECK(a.negatives == b.negatives);
}

TEST_CASE("the choice depends on the key alone and is uniform") {
  auto const assigned = some_assignment();
  acsl::random_sampler const rule{
      .count = 40, .positive_fraction = 0.5, .negative_upper_bound = -1, .add_truths = false};
  std::vector<int> chosen(300, 0);
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    auto const found = acsl::sample_candidates(rule, assigned, acsl::random_key{seed});
    auto const again = acsl::sample_candidates(rule, assigned, acsl::random_key{seed});
    CHECK(found.positives == again.positives);
    CHECK(found.negatives == again.negatives);
    for (auto i : found.positives) ++chosen[static_cast<std::size_t>(i)];
    for (auto i : found.negatives) ++chosen[static_cast<std::size_t>(i)];
  }
  for (std::size_t i = 0; i < 300; ++i) {  // 500 draws of probability 1/5 or 1/8: standard deviations 8.9 and 7.4
    if (assigned[i] > 0) CHECK(std::abs(chosen[i] - 100) < 45);
    if (assigned[i] == 0) CHECK(std::abs(chosen[i] - 62) < 37);
    if (assigned[i] < 0) CHECK(chosen[i] == 0);
  }
}

}  // namespace
