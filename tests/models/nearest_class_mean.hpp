// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/models/heads/nearest_class_mean.hpp>
#include <acsl/validation/head_vector.hpp>
#include <cmath>
#include <map>
#include <string>
#include <support/golden.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

namespace class_means {

using acsl::feature_transform;
using acsl::index_t;
using labels_type = std::vector<std::int32_t>;

inline acsl::tensor_view<std::int32_t const> view(labels_type const& labels) {
  return {labels.data(), {static_cast<index_t>(labels.size())}};
}
/// Columns 1 … C of scores.
template <class Exec>
acsl::tensor<float> scores_of(Exec& exec, acsl::nearest_class_mean const& head, acsl::tensor<float> const& x) {
  index_t const classes = head.options().classes;
  auto all = acsl::filled(exec, {x.extent(0), classes + 1}, 77.0F);
  head.score(exec, x.view(), all.view());
  acsl::tensor<float> result({x.extent(0), classes});
  for (index_t r = 0; r < x.extent(0); ++r) {
    CHECK(all[r * (classes + 1)] == 77);  // background is left alone
    for (index_t c = 0; c < classes; ++c) result[r * classes + c] = all[r * (classes + 1) + c + 1];
  }
  return result;
}

TEST_CASE("centroids and scores equal the vector's, whole or in parts") {
  ACSL_TEST_BACKEND exec;
  auto const entry = test::golden_vector("ncm");
  auto const extra = entry.at("extra");
  auto const features = test::golden_tensor<float>(extra.at("features"));
  auto const query = test::golden_tensor<float>(extra.at("query"));
  labels_type labels;
  for (auto const label : extra.at("labels").integers()) labels.push_back(static_cast<std::int32_t>(label) + 1);
  for (auto const& [name, transform] :
       std::map<std::string, feature_transform>{{"un", feature_transform::none},
                                                {"l2n", feature_transform::unit},
                                                {"cl2n", feature_transform::centred_unit}})
    for (index_t const part : {6, 4}) {
      CAPTURE(name);
      CAPTURE(part);
      acsl::nearest_class_mean_options options{.dimensions = 2, .classes = 3, .transform = transform};
      if (transform == feature_transform::centred_unit) options.centre = acsl::numbers_of(extra.at("feature_mean"));
      acsl::nearest_class_mean head(options, exec.memory());
      head.add(exec, features.view().slice(0, part), view(labels_type(labels.begin(), labels.begin() + part)));
      head.add(exec, features.view().slice(part, 6 - part), view(labels_type(labels.begin() + part, labels.end())));
      auto const expected = entry.at("expected").at(name);
      CHECK(test::excess(head.centroids(exec), test::golden_tensor<double>(expected.at("centroids")), 1e-6) <= 1e-6);
      CHECK(test::excess(scores_of(exec, head, query), test::golden_tensor<double>(expected.at("scores")), 1e-6) <=
            2e-6);
    }
}

TEST_CASE("the check of acsl validate finds the vector's means and scores") {
  ACSL_TEST_BACKEND exec;
  auto const check = acsl::check_head_vector(exec, test::golden_vector("ncm"));
  CHECK_MESSAGE(check.passed(), check.problem);
  CHECK(check.state.compared == 18);
  CHECK(check.scores.compared == 18);
}

TEST_CASE("background and ignored rows are not learned, and a class without features is never chosen") {
  ACSL_TEST_BACKEND exec;
  acsl::nearest_class_mean head({.dimensions = 2, .classes = 3}, exec.memory());
  acsl::tensor<float> x({4, 2});
  for (index_t i = 0; i < 8; ++i) x[i] = static_cast<float>(i);
  CHECK(scores_of(exec, head, x)[0] == -INFINITY);  // nothing was added yet
  head.add(exec, std::as_const(x).view(), view({3, 0, -1, 1}));
  CHECK(head.counts() == std::vector<std::int64_t>{1, 0, 1});
  auto const scores = scores_of(exec, head, x);
  CHECK(scores[0] == -72);  // (0, 1) to (6, 7)
  CHECK(scores[1] == -INFINITY);
  CHECK(scores[2] == 0);
  head.add(exec, acsl::tensor_view<float const>(nullptr, {0, 2}), view({}));
  CHECK(head.counts() == std::vector<std::int64_t>{1, 0, 1});
  acsl::tensor<float> none({0, 4});
  head.score(exec, acsl::tensor_view<float const>(nullptr, {0, 2}), none.view());
}

TEST_CASE("a cosine is the product with the centroid over the dimensions; a feature of no length has 0") {
  ACSL_TEST_BACKEND exec;
  acsl::nearest_class_mean head({.dimensions = 2,
                                 .classes = 1,
                                 .transform = feature_transform::unit,
                                 .similarity = acsl::class_similarity::cosine},
                                exec.memory());
  acsl::tensor<float> x({2, 2});
  x[0] = 3;
  x[1] = 4;
  x[2] = x[3] = 0;
  head.add(exec, std::as_const(x).view().slice(0, 1), view({1}));
  auto const scores = scores_of(exec, head, x);
  CHECK(scores[0] == doctest::Approx(0.5));
  CHECK(scores[1] == 0);
}

TEST_CASE("labels, features and centres of other sizes are refused") {
  ACSL_TEST_BACKEND exec;
  acsl::nearest_class_mean head({.dimensions = 2, .classes = 3}, exec.memory());
  auto const x = test::noise({1, 2}, 1), wide = test::noise({1, 3}, 1);
  CHECK_THROWS_WITH_AS(head.add(exec, x.view(), view({4})), doctest::Contains("at most the number of classes"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(head.add(exec, x.view(), view({1, 2})), doctest::Contains("one label per row"), acsl::error);
  CHECK_THROWS_WITH_AS(head.add(exec, wide.view(), view({1})), doctest::Contains("the dimensions of the means"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(
      acsl::nearest_class_mean({.dimensions = 2, .classes = 3, .transform = feature_transform::centred_unit}),
      doctest::Contains("one number per dimension"), acsl::error);
  CHECK(head.counts() == std::vector<std::int64_t>{0, 0, 0});
}

}  // namespace class_means
