// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/losses/class_weights.hpp>
#include <string>
#include <support/loss_entry.hpp>
#include <support/numbers.hpp>

namespace {

using test::loss_entry;
void same(std::vector<double> const& found, acsl::json_value const& wanted) {
  CHECK(test::excess(found, acsl::numbers_of(wanted), 1e-12) <= 0);
}

TEST_CASE("weights of classes equal the vectors of an independent computation") {
  auto const balanced = loss_entry("class_balanced.weights");
  auto const counts = balanced.at("extra").at("counts").integers();
  for (char const* beta : {"0.9", "0.99", "0.999", "0.9999"})
    same(acsl::effective_number_weights(counts, std::stod(beta)),
         balanced.at("expected").at(std::string("beta=") + beta));

  auto const tables = loss_entry("reweight.tables");
  auto const few = tables.at("extra").at("counts").integers();
  auto const expected = tables.at("expected");
  same(acsl::with_background(acsl::inverse_frequency_weights(few), 0.1, 5),
       expected.at("inverse_frequency_bg1_clipped"));
  same(acsl::with_background(acsl::effective_number_weights(few, 0.999), 0.1, 5),
       expected.at("effective_number_bg1_clipped"));
  same(acsl::effective_number_weights_with_background(few, 0.999), expected.at("effective_number_bg_3x_unclipped"));
}

TEST_CASE("a class without boxes counts as one box, and a base outside [0, 1) is refused") {
  CHECK(acsl::inverse_frequency_weights({0, 4}) == acsl::inverse_frequency_weights({1, 4}));
  CHECK(acsl::effective_number_weights({0, 4}, 0.9) == acsl::effective_number_weights({1, 4}, 0.9));
  CHECK(acsl::effective_number_weights({7, 4, 1}, 0) == std::vector<double>{1, 1, 1});
  CHECK_THROWS_AS(acsl::effective_number_weights({1}, 1), acsl::error);
}

}  // namespace
