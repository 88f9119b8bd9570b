// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/equilibrium.hpp>
#include <acsl/models/heads/feature_memory.hpp>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

namespace remembered_features {

using acsl::index_t;
using labels_type = std::vector<std::int32_t>;

inline acsl::tensor_view<std::int32_t const> view(labels_type const& labels) {
  return {labels.data(), {static_cast<index_t>(labels.size())}};
}
/// Features whose first number says which they are: 0, 1, …
inline acsl::tensor<float> numbered(index_t rows, index_t dimensions, float first = 0) {
  acsl::tensor<float> result({rows, dimensions});
  for (index_t i = 0; i < rows; ++i)
    for (index_t d = 0; d < dimensions; ++d) result[i * dimensions + d] = first + static_cast<float>(i + 1000 * d);
  return result;
}
template <class Exec>
void add(Exec& exec, acsl::feature_memory& memory, acsl::tensor<float> const& features, labels_type const& labels) {
  acsl::tensor<float> there(features.extents(), exec.memory());
  exec.copy_from_host(features.view(), there.view());
  memory.add(exec, std::as_const(there).view(), view(labels));
}
/// Number of every row of a draw, checked to be whole.
template <class Exec>
std::vector<float> numbers_of(Exec& exec, acsl::memory_rows const& rows) {
  acsl::tensor<float> host(rows.features.extents());
  exec.copy_to_host(rows.features.view(), host.view());
  std::vector<float> result;
  for (index_t i = 0; i < host.extent(0); ++i) {
    result.push_back(host[i * host.extent(1)]);
    for (index_t d = 0; d < host.extent(1); ++d)
      CHECK(host[i * host.extent(1) + d] == result.back() + static_cast<float>(1000 * d));
  }
  return result;
}

TEST_CASE("a memory keeps the newest features of every class, and nothing of background and ignored rows") {
  ACSL_TEST_BACKEND exec;
  acsl::feature_memory memory({.dimensions = 3, .classes = 2, .capacity = 4, .features_per_class = 9});
  std::vector<double> const scores = {0.1, 0.1};
  CHECK(memory.draw(exec, scores, acsl::random_key{1}).labels.empty());
  auto const kept = [&](std::int32_t label) {
    auto const rows = memory.draw(exec, scores, acsl::random_key{1});
    auto const numbers = numbers_of(exec, rows);
    std::set<float> result;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (rows.labels[i] == label) result.insert(numbers[i]);
    return result;
  };
  add(exec, memory, numbered(5, 3), {1, 0, -1, 1, 2});
  CHECK(kept(1) == std::set<float>{0, 3});
  CHECK(kept(2) == std::set<float>{4});
  add(exec, memory, numbered(2, 3, 10), {1, 1});  // full
  CHECK(kept(1) == std::set<float>{0, 3, 10, 11});
  add(exec, memory, numbered(1, 3, 20), {1});
  CHECK(kept(1) == std::set<float>{3, 10, 11, 20});
  add(exec, memory, numbered(6, 3, 30), labels_type(6, 1));  // more than there is place for
  CHECK(kept(1) == std::set<float>{32, 33, 34, 35});
  CHECK(kept(2) == std::set<float>{4});
  CHECK(memory.count(1) == 4);
  CHECK(memory.count(2) == 1);
}

TEST_CASE("a draw has different classes that are remembered and different features of each, by key") {
  ACSL_TEST_BACKEND exec;
  acsl::feature_memory memory({.dimensions = 2, .classes = 20});  // 80 kept, 8 classes of 4
  labels_type labels;
  for (std::int32_t i = 0; i < 300; ++i) labels.push_back(1 + i % 15);  // classes 16 to 20 were never seen
  add(exec, memory, numbered(300, 2), labels);
  std::vector<double> const scores(21, 0.3);
  auto const first = memory.draw(exec, scores, acsl::random_key{5});
  REQUIRE(first.labels.size() == 32);
  CHECK(first.features.extents() == acsl::shape{32, 2});
  CHECK(first.objects == labels_type(32, acsl::memory_rows::object));
  auto const numbers = numbers_of(exec, first);
  CHECK(std::set<float>(numbers.begin(), numbers.end()).size() == 32);
  std::map<std::int32_t, int> classes;
  for (std::size_t i = 0; i < 32; ++i) {
    ++classes[first.labels[i]];
    CHECK(first.labels[i] == labels[static_cast<std::size_t>(numbers[i])]);
  }
  CHECK(classes.size() == 8);
  for (auto const& [label, count] : classes) CHECK(count == 4);
  CHECK(numbers_of(exec, memory.draw(exec, scores, acsl::random_key{5})) == numbers);
  CHECK(numbers_of(exec, memory.draw(exec, scores, acsl::random_key{6})) != numbers);
}

TEST_CASE("classes are drawn in proportion to 1 / (mean score + 1e-7)") {
  ACSL_TEST_BACKEND exec;
  acsl::feature_memory memory({.dimensions = 1, .classes = 3, .classes_per_draw = 1, .features_per_class = 1});
  add(exec, memory, numbered(3, 1), {1, 2, 3});
  std::vector<double> const scores = {0.1, 0.2, 0.4, 0.01};  // the last is background's
  double count[3] = {};
  int const draws = 7000;
  for (std::uint64_t i = 0; i < draws; ++i)
    count[memory.draw(exec, scores, acsl::random_key{3}.with(i)).labels.at(0) - 1] += 1;
  double const wanted[] = {4.0 / 7, 2.0 / 7, 1.0 / 7};
  for (int c = 0; c < 3; ++c)  // five standard deviations
    CHECK(std::abs(count[c] / draws - wanted[c]) < 5 * std::sqrt(wanted[c] * (1 - wanted[c]) / draws));
  std::vector<double> const never = {0, 0.2, 0.4};  // 1e7 against 7.5
  int first = 0;
  for (std::uint64_t i = 0; i < 200; ++i)
    first += memory.draw(exec, never, acsl::random_key{4}.with(i)).labels.at(0) == 1;
  CHECK(first == 200);
}

TEST_CASE("rows of a memory are one object of each class for the equilibrium loss") {
  ACSL_TEST_BACKEND exec;
  // Batch: a row of object 0, class 1. Memory: two rows of class 1 and one of class 2.
  double const logits[] = {0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0};
  labels_type const labels = {1, 1, 1, 2};
  auto const object = acsl::memory_rows::object;
  labels_type const objects = {0, object, object, object};
  acsl::tensor<double> there({4, 3}, exec.memory());
  exec.copy_from_host(acsl::tensor_view<double const>(logits, {4, 3}), there.view());
  acsl::loss_arguments extra;
  extra.objects = view(objects);
  acsl::equilibrium loss(2, {.momentum = 0.5});
  loss.warm_up(exec, there.view(), view(labels), extra);
  double const e = std::exp(1.0), of_memory = (e / (e + 2) + e * e / (e * e + 2)) / 2;
  double const wanted[] = {0.25 * 0.01 + 0.75 * (1.0 / 3 + of_memory) / 2, 0.5 * 0.01 + 0.5 * e / (e + 2)};
  loss.visit_state([&](std::string const&, std::vector<double> const& mean_score) {
    for (std::size_t c = 0; c < 2; ++c) CHECK(mean_score[c] == doctest::Approx(wanted[c]).epsilon(1e-12));
  });
}

TEST_CASE("what does not fit a memory is refused") {
  ACSL_TEST_BACKEND exec;
  acsl::feature_memory memory({.dimensions = 3, .classes = 2});
  CHECK_THROWS_WITH_AS(add(exec, memory, numbered(2, 3), {1}), doctest::Contains("one label per row"), acsl::error);
  CHECK_THROWS_WITH_AS(add(exec, memory, numbered(1, 3), {3}), doctest::Contains("at most the number of classes"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(add(exec, memory, numbered(1, 2), {1}), doctest::Contains("the dimensions of the memory"),
                       acsl::error);
  add(exec, memory, numbered(0, 3), {});
  std::vector<double> const few = {0.5}, negative = {0.5, -0.1};
  CHECK_THROWS_WITH_AS(static_cast<void>(memory.draw(exec, few, acsl::random_key{1})),
                       doctest::Contains("a mean score for every class"), acsl::error);
  CHECK_THROWS_WITH_AS(static_cast<void>(memory.draw(exec, negative, acsl::random_key{1})),
                       doctest::Contains("a mean score is not negative"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::feature_memory({.classes = 2}), doctest::Contains("has dimensions and classes"),
                       acsl::error);
}

}  // namespace remembered_features
