// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/validation/loss_check.hpp>
#include <acsl/validation/loss_vector_file.hpp>
#include <support/golden.hpp>

namespace loss_vectors {

TEST_CASE_TEMPLATE(
    "losses, gradients, scores, states and intermediates equal the vectors of an independent computation", T, double,
    float) {
  ACSL_TEST_BACKEND exec;
  int cases = 0, scores = 0, states = 0, intermediates = 0;
  for (char const* file : {"losses/loss-vectors.json", "losses/loss-vectors-large.json"})
    for (auto& one : acsl::read_loss_vectors(test::golden(file))) {
      auto const check = acsl::check_loss_vector<T>(exec, one);
      CAPTURE(check.id);
      CAPTURE(check.problem);
      CAPTURE(check.value.absolute);
      CAPTURE(check.gradient.absolute);
      CAPTURE(check.scores.absolute);
      CAPTURE(check.state.absolute);
      CAPTURE(check.intermediates.absolute);
      CHECK(check.passed());
      CHECK(check.value.compared == 1);
      CHECK(static_cast<acsl::index_t>(check.gradient.compared) == one.extents.elements());
      ++cases;
      scores += check.scores.compared > 0;
      states += check.state.compared > 0;
      intermediates += check.intermediates.compared > 0;
    }
  CHECK(cases == 84);
  CHECK(scores == 33);
  CHECK(states == 13);
  CHECK(intermediates == 50);
}

TEST_CASE("a wrong value, gradient, score or state of a vector is noticed") {
  ACSL_TEST_BACKEND exec;
  auto const vectors = acsl::read_loss_vectors(test::golden("losses/loss-vectors.json"));
  auto const named = [&](std::string const& id) {
    for (auto const& one : vectors)
      if (one.id == id) return one;
    FAIL("there is no case " << id);
    return vectors.front();
  };
  auto other_batch = named("eqlv2.later_step");
  other_batch.logits[7] += 1e-3;
  auto const wrong = acsl::check_loss_vector<double>(exec, other_batch);
  CHECK_FALSE(wrong.value.within);
  CHECK_FALSE(wrong.gradient.within);
  CHECK_FALSE(wrong.scores.within);
  CHECK_FALSE(wrong.state.within);
  CHECK_FALSE(wrong.passed());
  auto short_batch = named("softmax_ce.bg_first");
  short_batch.labels.pop_back();
  CHECK(acsl::check_loss_vector<double>(exec, short_batch).problem.find("one label per row") != std::string::npos);
}

}  // namespace loss_vectors
