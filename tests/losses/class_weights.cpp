// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/losses/class_weights.hpp>
#include <acsl/validation/class_weight_vector.hpp>
#include <support/loss_entry.hpp>
#include <utility>

namespace {

TEST_CASE("weights of classes equal the vectors of an independent computation") {
  for (auto const& [id, numbers] : {std::pair{"class_balanced.weights", 20}, std::pair{"reweight.tables", 15}}) {
    auto const check = acsl::check_class_weight_vector(test::loss_entry(id), {0, 1e-12});
    CHECK_MESSAGE(check.passed(), id);
    CHECK(check.value.compared == numbers);
  }
}

TEST_CASE("a class without boxes counts as one box, and a base outside [0, 1) is refused") {
  CHECK(acsl::inverse_frequency_weights({0, 4}) == acsl::inverse_frequency_weights({1, 4}));
  CHECK(acsl::effective_number_weights({0, 4}, 0.9) == acsl::effective_number_weights({1, 4}, 0.9));
  CHECK(acsl::effective_number_weights({7, 4, 1}, 0) == std::vector<double>{1, 1, 1});
  CHECK_THROWS_AS(acsl::effective_number_weights({1}, 1), acsl::error);
}

TEST_CASE("weights in groups have mean 1 among the members, and others weigh 1") {
  // Below 10: 2 and 8, whose inverses 0.5 and 0.125 have the mean 0.3125; from 10 on: nothing; from 100 on: 400.
  auto const groups = acsl::groups_by_count({2, 400, 8}, {10, 100}, false, true);
  CHECK(acsl::group_weights({2, 400, 8}, groups, 0, 100) ==
        std::vector<std::vector<double>>{{1, 1.6, 0.4}, {1}, {1, 1}});
  CHECK(acsl::group_weights({2, 400, 8}, groups, 0.5, 1.5)[0] == std::vector<double>{1, 1.5, 0.5});
}

}  // namespace
