// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/boxes/nms.hpp>
#include <acsl/boxes/select_detections.hpp>
#include <acsl/boxes/soft_nms.hpp>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <support/boxes.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

namespace suppressing {

using acsl::box;

/// Keeps or drops the boxes one by one, looking at every kept one.
inline std::vector<std::int32_t> plain_nms(std::vector<box> const& boxes, std::vector<float> const& scores,
                                           float threshold) {
  std::vector<std::int32_t> order(boxes.size()), kept;
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
    float const p = scores[static_cast<std::size_t>(a)], q = scores[static_cast<std::size_t>(b)];
    return p != q ? p > q : a < b;
  });
  for (std::int32_t const i : order) {
    bool keep = true;
    for (std::int32_t const k : kept)
      if (test::overlap(boxes[static_cast<std::size_t>(k)], boxes[static_cast<std::size_t>(i)]) > threshold)
        keep = false;
    if (keep) kept.push_back(i);
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

TEST_CASE("suppression drops what overlaps by more than the threshold, not by exactly that") {
  ACSL_TEST_BACKEND exec;
  std::vector<box> const boxes = {{0, 0, 9, 4}, {0, 0, 9, 9}, {1, 1, 9, 9}, {20, 20, 29, 29}};
  std::vector<float> const scores = {.9F, .95F, .8F, .3F};
  CHECK(acsl::nms(exec, test::view(boxes), test::view(scores), 0.5F) == std::vector<std::int32_t>{0, 1, 3});
  CHECK(acsl::nms(exec, test::view(boxes), test::view(scores), 0.49F) == std::vector<std::int32_t>{1, 3});
  CHECK(acsl::nms(exec, {}, {}, 0.5F).empty());
  CHECK_THROWS_WITH_AS(acsl::nms(exec, test::view(boxes), {}, 0.5F), doctest::Contains("one score per box"),
                       acsl::error);
}

TEST_CASE("suppression of random boxes with equal scores equals the plain loop") {
  ACSL_TEST_BACKEND exec;
  for (std::uint64_t seed = 0; seed < 24; ++seed) {
    auto const boxes = test::random_boxes(10 + 20 * seed, seed, 40 + 10 * static_cast<int>(seed), 40);
    auto const scores = test::random_scores(boxes.size(), seed + 100, seed % 3 == 0 ? 0 : 6);
    for (float const threshold : {0.0F, 0.3F, 0.5F, 0.7F, 1.0F}) {
      CAPTURE(seed);
      CAPTURE(threshold);
      CHECK(acsl::nms(exec, test::view(boxes), test::view(scores), threshold) == plain_nms(boxes, scores, threshold));
    }
  }
}

TEST_CASE("boxes whose score is no number come last and disturb no other") {
  ACSL_TEST_BACKEND exec;
  auto boxes = test::random_boxes(200, 3);
  auto scores = test::random_scores(200, 4, 9);
  auto const wanted = plain_nms(boxes, scores, 0.5F);
  for (std::size_t i = 0; i < 50; ++i) {
    boxes.push_back({1000 + 50 * static_cast<float>(i), 0, 1009 + 50 * static_cast<float>(i), 9});
    scores.push_back(NAN);
  }
  auto found = acsl::nms(exec, test::view(boxes), test::view(scores), 0.5F);
  REQUIRE(found.size() == wanted.size() + 50);
  found.resize(wanted.size());
  CHECK(found == wanted);
}

/// A full pass over every class, then the best of what is left.
inline std::vector<acsl::detection> plain_selection(std::vector<box> const& boxes, acsl::tensor<float> const& scores,
                                                    acsl::selection_options const& options) {
  std::vector<acsl::detection> all;
  auto const rows = static_cast<std::size_t>(scores.extent(0)), columns = static_cast<std::size_t>(scores.extent(1));
  for (std::size_t c = 1; c < columns; ++c) {
    std::vector<box> candidates;
    std::vector<float> marks;
    for (std::size_t r = 0; r < rows; ++r) {
      float const score = scores[static_cast<acsl::index_t>(r * columns + c)];
      if (!(score > options.score_threshold)) continue;
      candidates.push_back(boxes.size() == rows ? boxes[r] : boxes[r * columns + c]);
      marks.push_back(score);
    }
    for (std::int32_t const k : plain_nms(candidates, marks, options.nms_threshold))
      all.push_back({candidates[static_cast<std::size_t>(k)], marks[static_cast<std::size_t>(k)],
                     static_cast<std::int32_t>(c - 1)});
  }
  if (static_cast<acsl::index_t>(all.size()) <= options.max_detections) return all;
  std::stable_sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.score > b.score; });
  all.resize(static_cast<std::size_t>(options.max_detections));
  return all;
}

inline acsl::tensor<float> score_table(acsl::index_t rows, acsl::index_t columns, std::uint64_t seed,
                                       std::uint64_t levels) {
  acsl::tensor<float> result({rows, columns});
  auto const values = test::random_scores(static_cast<std::size_t>(rows * columns), seed, levels);
  std::copy(values.begin(), values.end(), result.data());
  return result;
}

TEST_CASE("the selection of detections equals a full pass over every class") {
  ACSL_TEST_BACKEND exec;
  int truncated = 0, whole = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    auto const rows = static_cast<acsl::index_t>(1 + seed % 8 * 9),
               columns = static_cast<acsl::index_t>(2 + seed % 7 * 3);
    bool const specific = seed % 2 == 1;
    auto const boxes = test::random_boxes(static_cast<std::size_t>(rows * (specific ? columns : 1)), seed, 50, 25);
    auto const scores = score_table(rows, columns, seed + 1, seed % 3 == 0 ? 0 : 5);
    for (acsl::index_t const most : {1, 7, 60, 100000})
      for (float const threshold : {0.0F, 0.4F, 0.99F}) {
        CAPTURE(seed);
        CAPTURE(most);
        CAPTURE(threshold);
        acsl::selection_options const options{threshold, seed % 4 < 2 ? 0.5F : 0.2F, most};
        auto const wanted = plain_selection(boxes, scores, options);
        auto const found = acsl::select_detections(exec, test::view(boxes), std::as_const(scores).view(), options);
        CHECK(found == wanted);
        ++(static_cast<acsl::index_t>(wanted.size()) == most ? truncated : whole);
      }
  }
  CHECK(truncated > 50);
  CHECK(whole > 50);
}

TEST_CASE("exactly as many survivors as asked for stay in class order, one more sorts them") {
  ACSL_TEST_BACKEND exec;
  std::vector<box> const boxes = {{0, 0, 9, 9}, {20, 0, 29, 9}};
  acsl::tensor<float> scores({2, 3});
  float const values[] = {.9F, .2F, .8F, .9F, .5F, .1F};
  std::copy(std::begin(values), std::end(values), scores.data());
  auto const select = [&](acsl::index_t most) {
    return acsl::select_detections(exec, test::view(boxes), std::as_const(scores).view(), {0, 0.5F, most});
  };
  using list = std::vector<acsl::detection>;
  CHECK(select(4) == list{{boxes[0], .2F, 0}, {boxes[1], .5F, 0}, {boxes[0], .8F, 1}, {boxes[1], .1F, 1}});
  CHECK(select(3) == list{{boxes[0], .8F, 1}, {boxes[1], .5F, 0}, {boxes[0], .2F, 0}});
  CHECK(select(0).empty());
  acsl::tensor<float> const none({0, 3});
  CHECK(acsl::select_detections(exec, {}, none.view(), {}).empty());
  CHECK_THROWS_WITH_AS(
      acsl::select_detections(exec, test::view(test::random_boxes(3, 1)), std::as_const(scores).view(), {}),
      doctest::Contains("one box per row, or one per row and class"), acsl::error);
  scores[4] = NAN;  // is above no threshold
  CHECK(select(4).size() == 3);
}

/// The inclusive convention, counting how often an overlap is computed: the offset is read six times for each.
struct counting {
  static inline long reads = 0;
  struct one {
    operator float() const {
      ++reads;
      return 1;
    }
  };
  static constexpr one offset{};
};

TEST_CASE("the best 300 of 1,230 classes need a small part of the work of a full pass") {
  ACSL_TEST_BACKEND exec;
  auto const boxes = test::random_boxes(300, 9, 700, 300);
  auto const scores = score_table(300, 1231, 10, 0);
  counting::reads = 0;
  auto const found = acsl::select_detections<counting>(exec, test::view(boxes), std::as_const(scores).view(), {});
  CHECK(counting::reads / 6 < 2000);  // a full pass computes some ten millions
  CHECK(found.size() == 300);
  // The same as the plain pass, of which only scores near the top matter here: no class keeps fewer for it.
  acsl::selection_options top;
  top.score_threshold = 0.995F;
  CHECK(found == plain_selection(boxes, scores, top));
}

std::vector<acsl::scored_box> inline three_boxes() {
  return {{{0, 0, 9, 9}, 0.9F, 0}, {{0, 0, 9, 5}, 0.8F, 1}, {{0, 5, 9, 9}, 0.7F, 2}};  // overlaps .6, .5 with the first
}

TEST_CASE("soft suppression decays scores as worked by hand, in three ways") {
  acsl::soft_nms_options options;
  options.iou_threshold = 0.55F;
  auto found = acsl::soft_nms(three_boxes(), options);  // linear: .8 · (1 − .6); .7 stays: .5 is not above .55
  REQUIRE(found.size() == 3);
  CHECK(found[0].row == 0);
  CHECK(found[1].row == 2);
  CHECK(found[1].score == 0.7F);
  CHECK(found[2].row == 1);
  CHECK(found[2].score == doctest::Approx(0.32F));  // rows 1 and 2 overlap by 10 of 100 pixels: below the threshold

  options.decay = acsl::score_decay::gaussian;
  found = acsl::soft_nms(three_boxes(), options);
  REQUIRE(found.size() == 3);
  CHECK(found[1].row == 2);
  CHECK(found[1].score == doctest::Approx(0.7 * std::exp(-0.25 / 0.5)));
  CHECK(found[2].score == doctest::Approx(0.8 * std::exp(-0.36 / 0.5) * std::exp(-0.01 / 0.5)));

  options.decay = acsl::score_decay::hard;
  found = acsl::soft_nms(three_boxes(), options);
  REQUIRE(found.size() == 2);
  CHECK(found[1].row == 2);
}

/// Takes the best of the rest, decays the others, drops those that fell too low; over and over.
inline std::vector<acsl::scored_box> plain_soft_nms(std::vector<acsl::scored_box> rest,
                                                    acsl::soft_nms_options const& options) {
  std::vector<acsl::scored_box> result;
  while (!rest.empty()) {
    auto const best =
        std::max_element(rest.begin(), rest.end(), [](auto const& a, auto const& b) { return a.score < b.score; });
    auto const chosen = *best;
    result.push_back(chosen);
    rest.erase(best);
    std::vector<acsl::scored_box> left;
    for (auto other : rest) {
      float const o = test::overlap(chosen.where, other.where);
      if (o > 0) {
        if (options.decay == acsl::score_decay::gaussian) other.score *= std::exp(-o * o / options.sigma);
        else if (o > options.iou_threshold) other.score *= options.decay == acsl::score_decay::hard ? 0 : 1 - o;
        if (other.score < options.minimum_score) continue;
      }
      left.push_back(other);
    }
    rest = left;
  }
  return result;
}

TEST_CASE("soft suppression takes the place of the hard one where detections are selected") {
  ACSL_TEST_BACKEND exec;
  // Two boxes of 10 x 10 that share 80 of 120 pixels: overlap 2/3. By hand: 0.8 * (1 - 2/3), 0.8 * exp(-(2/3)^2 / 0.5).
  std::vector<acsl::box> const boxes = {{0, 0, 9, 9}, {0, 2, 9, 11}, {50, 50, 59, 59}};
  float const scores[] = {0, 0.9F, 0.1F, 0, 0.8F, 0.2F, 0, 0.7F, 0};
  acsl::selection_options options;
  options.soft = acsl::soft_nms_options{};
  auto const select = [&] {
    return acsl::select_detections(exec, test::view(boxes), acsl::tensor_view<float const>(scores, {3, 3}), options);
  };
  auto const linear = select();
  REQUIRE(linear.size() == 5);  // in class order, a class's in the order in which they were picked
  float const wanted[] = {0.9F, 0.7F, 0.8F / 3, 0.2F, 0.1F / 3};
  std::int32_t const labels[] = {0, 0, 0, 1, 1};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(linear[i].score == doctest::Approx(wanted[i]));
    CHECK(linear[i].label == labels[i]);
  }
  CHECK(linear[2].where == boxes[1]);
  CHECK(linear[3].where == boxes[1]);
  options.soft->decay = acsl::score_decay::gaussian;
  CHECK(select()[2].score == doctest::Approx(0.8 * std::exp(-4.0 / 9 / 0.5)));
  options.max_detections = 2;  // the best of all classes, score descending
  auto const best = select();
  REQUIRE(best.size() == 2);
  CHECK(best[0].score == 0.9F);
  CHECK(best[1].score == 0.7F);
  options.score_threshold = 0.75F;  // before suppression: 0.7 does not enter
  CHECK(select().size() == 2);
  CHECK(select()[1].where == boxes[1]);
}

TEST_CASE("soft suppression of random boxes equals the plain loop") {
  for (auto const decay : {acsl::score_decay::linear, acsl::score_decay::gaussian, acsl::score_decay::hard})
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
      acsl::soft_nms_options options;
      options.decay = decay;
      options.iou_threshold = 0.3F;
      options.minimum_score = 0.05F;
      auto const boxes = test::random_boxes(5 * seed, seed, 40, 40);
      auto const scores = test::random_scores(boxes.size(), seed + 50, 0);
      std::vector<acsl::scored_box> input;
      for (std::size_t i = 0; i < boxes.size(); ++i)
        input.push_back({boxes[i], scores[i], static_cast<std::int32_t>(i)});
      auto const wanted = plain_soft_nms(input, options), found = acsl::soft_nms(input, options);
      REQUIRE(found.size() == wanted.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        CHECK(found[i].row == wanted[i].row);
        CHECK(found[i].score == wanted[i].score);
        CHECK(found[i].where == boxes[static_cast<std::size_t>(found[i].row)]);
      }
    }
}

}  // namespace suppressing
