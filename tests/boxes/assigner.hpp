// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/boxes/assigner.hpp>
#include <support/boxes.hpp>
#include <support/gradients.hpp>
#include <vector>

namespace assigning {

/// The four steps over a table of overlaps, ov[truth][candidate], one after another.
inline std::vector<std::int32_t> by_the_letter(acsl::max_iou_assigner const& rule,
                                               std::vector<std::vector<float>> const& ov, std::size_t candidates) {
  std::vector<std::int32_t> result(candidates, -1);
  for (std::size_t i = 0; i < candidates; ++i) {
    float most = 0;
    std::size_t first = 0;
    for (std::size_t j = ov.size(); j-- > 0;)
      if (ov[j][i] >= most) {
        most = ov[j][i];
        first = j;
      }
    if (most >= rule.negative.low && most < rule.negative.high) result[i] = 0;
    if (!ov.empty() && most >= rule.positive) result[i] = static_cast<std::int32_t>(first + 1);
  }
  for (std::size_t j = 0; j < ov.size(); ++j) {
    float most = 0;
    for (float const v : ov[j]) most = std::max(most, v);
    if (most < rule.minimum_positive) continue;
    for (std::size_t i = 0; i < candidates; ++i)
      if (ov[j][i] == most) {
        result[i] = static_cast<std::int32_t>(j + 1);
        if (!rule.assign_all_maxima) break;
      }
  }
  return result;
}

inline acsl::max_iou_assigner proposal_rule() { return {0.7F, {0, 0.3F}, 0.3F, true}; }

TEST_CASE("the plain rule gives the assignment worked by hand") {
  std::vector<std::vector<float>> const overlaps = {{0, .1F, .5F, .8F, .45F, .29F, .3F},
                                                    {.9F, .2F, .5F, .75F, .1F, 0, 0},
                                                    {0, 0, .1F, .1F, 0, .25F, 0},
                                                    {0, .35F, 0, 0, .35F, 0, 0}};
  CHECK(by_the_letter(proposal_rule(), overlaps, 7) == std::vector<std::int32_t>{2, 4, -1, 1, 4, 0, -1});
}

TEST_CASE("random boxes with many equal overlaps are assigned as the plain rule says") {
  ACSL_TEST_BACKEND exec;
  int ignored = 0, positive = 0, negative = 0;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    auto const candidates = test::random_boxes(1 + seed * 7, 2 * seed, 24, 10);
    auto const truths = test::random_boxes(seed % 9, 2 * seed + 1, 24, 10);
    std::vector<std::vector<float>> overlaps(truths.size());
    for (std::size_t j = 0; j < truths.size(); ++j)
      for (auto const& c : candidates) overlaps[j].push_back(test::overlap(truths[j], c));
    for (acsl::max_iou_assigner rule :
         {proposal_rule(), acsl::max_iou_assigner{}, acsl::max_iou_assigner{0.5F, {0.1F, 0.4F}, 0.01F, true},
          acsl::max_iou_assigner{0.5F, {0.1F, 0.4F}, 0.01F, false}}) {
      CAPTURE(seed);
      auto const found = acsl::assign(exec, rule, test::view(candidates), test::view(truths));
      auto const wanted = by_the_letter(rule, overlaps, candidates.size());
      CHECK(found.truth == wanted);
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        float most = 0;
        for (auto const& row : overlaps) most = std::max(most, row[i]);
        CHECK(found.max_iou[i] == most);
        ignored += wanted[i] < 0;
        negative += wanted[i] == 0;
        positive += wanted[i] > 0;
      }
    }
  }
  CHECK(ignored > 100);
  CHECK(positive > 100);
  CHECK(negative > 100);
}

TEST_CASE("without annotated boxes every candidate is negative; without candidates there is nothing") {
  ACSL_TEST_BACKEND exec;
  auto const some = test::random_boxes(5, 3);
  auto const none = acsl::assign(exec, proposal_rule(), test::view(some), acsl::tensor_view<acsl::box const>());
  CHECK(none.truth == std::vector<std::int32_t>(5, 0));
  CHECK(none.max_iou == std::vector<float>(5, 0.0F));
  CHECK(acsl::assign(exec, proposal_rule(), acsl::tensor_view<acsl::box const>(), test::view(some)).truth.empty());
}

TEST_CASE("the assignment is the same for one thread and for two") {
  test::with_one_and_two_threads<ACSL_TEST_BACKEND>([](auto& one, auto& two) {
    auto const candidates = test::random_boxes(20000, 1, 800, 200), truths = test::random_boxes(40, 2, 800, 200);
    auto const a = acsl::assign(one, proposal_rule(), test::view(candidates), test::view(truths));
    auto const b = acsl::assign(two, proposal_rule(), test::view(candidates), test::view(truths));
    CHECK(a.truth == b.truth);
    CHECK(a.max_iou == b.max_iou);
  });
}

}  // namespace assigning
