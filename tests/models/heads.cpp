// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/models/detectors/box_cascade.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/heads/classifier_factory.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/heads/roi_samples.hpp>
#include <algorithm>
#include <cmath>
#include <map>
#include <support/boxes.hpp>
#include <support/gradients.hpp>
#include <support/numbers.hpp>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using acsl::box;
using acsl::index_t;
using acsl::proposal;
using acsl::tensor_view;

acsl::image_info image_of(index_t height, index_t width, index_t padded_height, index_t padded_width) {
  acsl::image_info info;
  info.height = height;
  info.width = width;
  info.padded_height = padded_height;
  info.padded_width = padded_width;
  return info;
}

/// Two images in a batch padded to 96 x 128, the second smaller, with annotated boxes.
acsl::batch two_images() {
  acsl::batch result;
  result.info = {image_of(90, 128, 96, 128), image_of(60, 70, 64, 96)};
  result.boxes = {{{10, 10, 40, 45}, {60, 5, 125, 80}, {50, 50, 57, 58}, {0, 0, 2, 1}}, {{8, 20, 39, 55}}};
  result.labels = {{1, 2, 1, 1}, {2}};
  return result;
}

acsl::region_proposal_head small_head() {
  acsl::region_proposal_options options;
  options.in_channels = 2;
  options.feature_channels = 2;
  options.anchors.scales = {2, 4};
  options.anchors.ratios = {0.5F, 1};
  options.anchors.strides = {8, 16, 32};
  options.targets.sampler.count = 100000;  // all: nothing is drawn
  return acsl::region_proposal_head(options);
}

/// Scores in steps, so that many are equal, and small deltas, for maps of 12 x 16, 6 x 8 and 3 x 4.
std::vector<acsl::region_scores> some_scores(std::uint64_t seed) {
  std::vector<acsl::region_scores> result;
  for (index_t i = 0; i < 3; ++i) {
    index_t const h = 12 >> i, w = 16 >> i;
    acsl::region_scores level{test::noise({2, 4, h, w}, ++seed), test::noise({2, 16, h, w}, ++seed, 0.3)};
    for (float& z : level.objectness.view()) z = std::round(4 * z) / 4;
    result.push_back(std::move(level));
  }
  return result;
}

struct plain_anchor {
  std::size_t level;
  index_t y, x, a;
  box where;
};
std::vector<plain_anchor> plain_anchors() {
  std::vector<plain_anchor> result;
  for (std::size_t level = 0; level < 3; ++level) {
    int const stride = 8 << level;
    auto const base = acsl::base_anchors(stride, small_head().options().anchors);
    for (index_t y = 0; y < 12 >> level; ++y)
      for (index_t x = 0; x < 16 >> level; ++x)
        for (index_t a = 0; a < 4; ++a) {
          box b = base[static_cast<std::size_t>(a)];
          auto const dx = static_cast<float>(x * stride), dy = static_cast<float>(y * stride);
          result.push_back({level, y, x, a, {b.x1 + dx, b.y1 + dy, b.x2 + dx, b.y2 + dy}});
        }
  }
  return result;
}
index_t place(plain_anchor const& p, index_t image, index_t channels, index_t channel) {
  index_t const h = 12 >> p.level, w = 16 >> p.level;
  return ((image * channels + channel) * h + p.y) * w + p.x;
}

TEST_CASE("the proposal network's losses and gradients equal the rules in plain loops") {
  acsl::cpu exec;
  auto const head = small_head();
  auto const images = two_images();
  auto scores = some_scores(1);
  std::vector<acsl::region_scores> gradients;
  auto const losses = head.losses(exec, scores, images, acsl::random_key{1}, &gradients);

  double classification = 0, regression = 0, divisor = 0;
  int positives = 0, negatives = 0, between = 0;
  std::vector<std::tuple<std::size_t, bool, index_t, double>> slopes;
  for (index_t n = 0; n < 2; ++n) {
    auto const& info = images.info[static_cast<std::size_t>(n)];
    auto const& truths = images.boxes[static_cast<std::size_t>(n)];
    std::vector<plain_anchor> inside;
    for (auto const& p : plain_anchors()) {
      int const stride = 8 << p.level;
      if (p.y >= (info.padded_height + stride - 1) / stride || p.x >= (info.padded_width + stride - 1) / stride)
        continue;
      if (p.where.x1 < 0 || p.where.y1 < 0 || p.where.x2 >= static_cast<float>(info.width) ||
          p.where.y2 >= static_cast<float>(info.height))
        continue;
      inside.push_back(p);
    }
    std::vector<int> match(inside.size(), -1);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      float most = -1;
      std::size_t best = 0;
      for (std::size_t j = 0; j < truths.size(); ++j)
        if (test::overlap(truths[j], inside[i].where) > most) {
          most = test::overlap(truths[j], inside[i].where);
          best = j;
        }
      if (most < 0.3F) match[i] = 0;
      if (most >= 0.7F) match[i] = static_cast<int>(best) + 1;
    }
    for (std::size_t j = 0; j < truths.size(); ++j) {
      float most = 0;
      for (auto const& p : inside) most = std::max(most, test::overlap(truths[j], p.where));
      if (most < 0.3F) continue;
      for (std::size_t i = 0; i < inside.size(); ++i)
        if (test::overlap(truths[j], inside[i].where) == most) match[i] = static_cast<int>(j) + 1;
    }
    int own_positives = 0, own_negatives = 0;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      auto const& p = inside[i];
      if (match[i] < 0) ++between;
      if (match[i] < 0) continue;
      bool const positive = match[i] > 0;
      ++(positive ? own_positives : own_negatives);
      index_t const at = place(p, n, 4, p.a);
      double const z = scores[p.level].objectness[at];
      classification += std::log1p(std::exp(positive ? -z : z));
      slopes.emplace_back(p.level, true, at, 1 / (1 + std::exp(-z)) - (positive ? 1 : 0));
      if (!positive) continue;
      box const &a = p.where, &g = truths[static_cast<std::size_t>(match[i] - 1)];
      double const aw = a.x2 - a.x1 + 1, ah = a.y2 - a.y1 + 1;
      double const wanted[4] = {(g.x1 + g.x2 - a.x1 - a.x2) / 2 / aw, (g.y1 + g.y2 - a.y1 - a.y2) / 2 / ah,
                                std::log((g.x2 - g.x1 + 1) / aw), std::log((g.y2 - g.y1 + 1) / ah)};
      for (index_t k = 0; k < 4; ++k) {
        index_t const where = place(p, n, 16, 4 * p.a + k);
        double const d = scores[p.level].deltas[where] - wanted[k], beta = 1.0 / 9;
        regression += std::abs(d) < beta ? d * d / 2 / beta : std::abs(d) - beta / 2;
        slopes.emplace_back(p.level, false, where, std::abs(d) < beta ? d / beta : (d > 0 ? 1 : -1));
      }
    }
    divisor += std::max(own_positives, 1) + std::max(own_negatives, 1);
    positives += own_positives;
    negatives += own_negatives;
  }
  CHECK(positives > 5);
  CHECK(negatives > 50);
  CHECK(between > 5);
  REQUIRE(losses.size() == 2);
  CHECK(losses[0].name == "loss_rpn_cls");
  CHECK(losses[0].value == doctest::Approx(classification / divisor).epsilon(1e-6));
  CHECK(losses[1].value == doctest::Approx(regression / divisor).epsilon(1e-5));
  double others = 0;  // everything that has a gradient is in the list
  for (auto const& level : gradients) {
    for (float const g : level.objectness.view()) others += g != 0;
    for (float const g : level.deltas.view()) others += g != 0;
  }
  double listed = 0;
  for (auto const& [level, is_score, at, slope] : slopes) {
    float const found = is_score ? gradients[level].objectness[at] : gradients[level].deltas[at];
    CHECK(found == doctest::Approx(slope / divisor).epsilon(1e-4));
    listed += found != 0;
  }
  CHECK(others == listed);
}

TEST_CASE("an image without an anchor inside adds no loss and counts twice in the divisor") {
  acsl::cpu exec;
  auto const head = small_head();
  auto images = two_images();
  auto const scores = some_scores(1);
  auto const value = [&] { return head.losses(exec, scores, images, acsl::random_key{1}, nullptr)[0].value; };
  double const both = value();
  images.info[1] = image_of(5, 5, 32, 32);
  double const one = value();
  CHECK(std::isfinite(one));
  CHECK(one != both);
  images.info[0] = image_of(5, 5, 32, 32);
  CHECK(value() == 0);
}

TEST_CASE("sampled anchors keep to the quota and depend on the key") {
  acsl::cpu exec;
  acsl::region_proposal_options options = small_head().options();
  options.targets.sampler.count = 16;
  acsl::region_proposal_head const head(options);
  auto const images = two_images();
  auto const scores = some_scores(1);
  std::vector<double> values;
  for (std::uint64_t seed : {1U, 1U, 2U}) {
    std::vector<acsl::region_scores> gradients;
    values.push_back(head.losses(exec, scores, images, acsl::random_key{seed}, &gradients)[0].value);
    int counts[2] = {};
    for (auto const& level : gradients)
      for (index_t i = 0; i < level.objectness.size(); ++i)
        counts[i / (level.objectness.size() / 2)] += level.objectness[i] != 0;
    CHECK(counts[0] == 16);
    CHECK(counts[1] == 16);
  }
  CHECK(values[0] == values[1]);
  CHECK(values[0] != values[2]);
}

/// All steps over one list per level.
std::vector<proposal> plain_proposals(std::vector<acsl::region_scores> const& scores, index_t image,
                                      acsl::image_info const& info, acsl::proposal_options const& options) {
  std::vector<proposal> all;
  auto const anchors = plain_anchors();
  for (std::size_t level = 0; level < 3; ++level) {
    std::vector<std::pair<float, plain_anchor const*>> rows;
    for (auto const& p : anchors)
      if (p.level == level) rows.emplace_back(acsl::sigmoid(scores[level].objectness[place(p, image, 4, p.a)]), &p);
    if (options.before_nms > 0 && static_cast<index_t>(rows.size()) > options.before_nms) {
      std::stable_sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) { return a.first > b.first; });
      rows.resize(static_cast<std::size_t>(options.before_nms));
    }
    std::vector<proposal> list;
    for (auto const& [score, p] : rows) {
      acsl::delta d;
      float* const parts[] = {&d.dx, &d.dy, &d.dw, &d.dh};
      for (index_t k = 0; k < 4; ++k) *parts[k] = scores[level].deltas[place(*p, image, 16, 4 * p->a + k)];
      auto const b = acsl::clip(acsl::delta_coder{}.decode(p->where, d), info.height, info.width);
      if (options.minimum_size > 0 &&
          (b.x2 - b.x1 + 1 < options.minimum_size || b.y2 - b.y1 + 1 < options.minimum_size))
        continue;
      list.push_back({b, score});
    }
    std::vector<std::size_t> order(list.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return list[a].score > list[b].score; });
    std::vector<bool> dropped(list.size(), false);
    for (std::size_t i = 0; i < order.size(); ++i)
      for (std::size_t j = i + 1; j < order.size() && !dropped[order[i]]; ++j)
        if (test::overlap(list[order[i]].where, list[order[j]].where) > options.nms_threshold) dropped[order[j]] = true;
    index_t kept = 0;
    for (std::size_t i = 0; i < list.size(); ++i)
      if (!dropped[i] && kept++ < options.after_nms) all.push_back(list[i]);
  }
  std::stable_sort(all.begin(), all.end(), [](auto const& a, auto const& b) { return a.score > b.score; });
  if (static_cast<index_t>(all.size()) > options.count) all.resize(static_cast<std::size_t>(options.count));
  return all;
}

TEST_CASE("proposals equal the steps in plain loops, with many equal scores") {
  acsl::cpu exec;
  auto const head = small_head();
  auto const images = two_images();
  for (std::uint64_t seed : {1U, 20U, 40U})
    for (acsl::proposal_options const& options :
         {acsl::proposal_options{2000, 2000, 2000, 0.7F, 0}, acsl::proposal_options{100, 60, 90, 0.5F, 0},
          acsl::proposal_options{0, 300, 50, 0.3F, 9}, acsl::proposal_options{200, 200, 1000, 0.9F, 20}}) {
      CAPTURE(seed);
      CAPTURE(options.count);
      auto const scores = some_scores(seed);
      auto const found = head.proposals(exec, scores, images.info, options);
      for (index_t n = 0; n < 2; ++n) {
        auto const wanted = plain_proposals(scores, n, images.info[static_cast<std::size_t>(n)], options);
        auto const& list = found[static_cast<std::size_t>(n)];
        REQUIRE(list.size() == wanted.size());
        for (std::size_t i = 0; i < list.size(); ++i) {
          CHECK(list[i].where == wanted[i].where);
          CHECK(list[i].score == wanted[i].score);
        }
      }
    }
}

TEST_CASE("gradients of the proposal network equal central differences") {
  acsl::cpu exec;
  auto head = small_head();
  test::fill_parameters(head, 4);
  test::zero_gradients(exec, head);
  std::vector<acsl::tensor<float>> levels;
  for (index_t i = 0; i < 3; ++i)
    levels.push_back(test::noise({2, 2, 12 >> i, 16 >> i}, 30 + static_cast<std::uint64_t>(i)));
  std::vector<tensor_view<float const>> views;
  for (auto const& level : levels) views.push_back(std::as_const(level).view());
  acsl::region_proposal_head::context ctx;
  auto const out = head.forward(exec, views, ctx);
  std::vector<acsl::region_scores> r;
  for (auto const& level : out)
    r.push_back({test::noise(level.objectness.extents(), 50), test::noise(level.deltas.extents(), 51)});
  auto const dx = head.backward(exec, r, ctx);
  auto const loss = [&] {
    auto const now = std::as_const(head).infer(exec, views);
    double sum = 0;
    for (std::size_t i = 0; i < now.size(); ++i)
      sum += test::projection(r[i].objectness, now[i].objectness) + test::projection(r[i].deltas, now[i].deltas);
    return sum;
  };
  for (std::size_t i = 0; i < 3; ++i)
    test::compare_with_differences("level", levels[i].view(), test::as_doubles(dx[i].view()), loss, 1e-2, 1e-2, 40,
                                   2e-2);
  head.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    test::compare_with_differences(name, p.value.view(), test::as_doubles(p.gradient.view()), loss, 1e-3, 2e-2, 40,
                                   5e-2);
  });
}

TEST_CASE("regions are sampled as written: annotated boxes first, each its own match, without a part in the others'") {
  acsl::cpu exec;
  acsl::batch images;
  images.info = {image_of(100, 100, 100, 100), image_of(100, 100, 100, 100)};
  images.boxes = {{{0, 0, 9, 9}, {4, 0, 13, 9}}, {}};
  images.labels = {{5, 7}, {}};
  // Candidate 0 overlaps the first annotated box by .6, candidate 1 the second by .82 and the first by .54. So
  // candidate 0 is below the threshold of .7, but the best that the first annotated box has, which claims it. Were
  // annotated boxes candidates of each other, each would be its own best and candidate 0 would stay background.
  std::vector<std::vector<box>> const candidates = {{{0, 0, 9, 5}, {3, 0, 12, 9}, {50, 50, 59, 59}}, {{1, 1, 5, 5}}};
  acsl::max_iou_assigner const rule{0.7F, {0, 0.7F}, 0.5F, true};
  acsl::random_sampler const sampler{
      .count = 100, .positive_fraction = 1, .negative_upper_bound = -1, .add_truths = true};
  auto const found = acsl::sample_rois(exec, candidates, images, rule, sampler, acsl::random_key{1});
  REQUIRE(found.size() == 6);
  CHECK(found.labels == std::vector<std::int32_t>{5, 7, 5, 7, 0, 0});
  CHECK(found.is_truth == std::vector<std::uint8_t>{1, 1, 0, 0, 0, 0});
  CHECK(found.truths[2] == images.boxes[0][0]);
  CHECK(found.truths[3] == images.boxes[0][1]);
  CHECK(found.rois[2].y2 == 5);
  CHECK(found.rois[5].image == 1);
  CHECK(found.rois[4].x1 == 50);
  acsl::random_sampler alone = sampler;
  alone.add_truths = false;
  CHECK(acsl::sample_rois(exec, candidates, images, rule, alone, acsl::random_key{1}).labels ==
        std::vector<std::int32_t>{5, 7, 0, 0});
}

TEST_CASE("the box regression loss counts all rows and reads the columns of the label") {
  acsl::roi_samples samples;
  samples.rois = {{0, 10, 20, 59, 119}, {0, 0, 0, 9, 9}};
  samples.labels = {2, 0};
  samples.truths = {{16, 14, 85, 133}, {}};
  samples.is_truth = {0, 0};
  acsl::delta_coder const coder;  // the target is (0.32, 0.04, 0.3364722, 0.1823216)
  acsl::smooth_l1_element const smooth;
  for (bool const agnostic : {false, true}) {
    index_t const columns = agnostic ? 4 : 12;
    acsl::tensor<float> deltas({2, columns}), gradient({2, columns});
    for (float& v : deltas.view()) v = 100;  // of columns that must not be read
    for (float& v : gradient.view()) v = 0;
    index_t const first = agnostic ? 0 : 8;
    float const values[] = {0.32F, 0.54F, -1.66352779F, 0.1823216F};  // d = 0, .5, -2, 0
    std::copy(std::begin(values), std::end(values), deltas.data() + first);
    double const loss =
        acsl::box_regression_loss(std::as_const(deltas).view(), samples, coder, agnostic, smooth, 0.25, &gradient);
    CHECK(loss == doctest::Approx((0.125 + 1.5) / 2).epsilon(1e-5));
    for (index_t i = 0; i < gradient.size(); ++i) {
      double const wanted = i == first + 1 ? 0.25 * 0.5 / 2 : i == first + 2 ? -0.25 / 2 : 0;
      CHECK(std::abs(gradient[i] - wanted) < 1e-6);
    }
  }
}

TEST_CASE("the box regression loss weighs its rows, and its divisor stays") {
  acsl::roi_samples samples;
  samples.rois = {{0, 10, 20, 59, 119}, {0, 5, 5, 40, 40}, {0, 0, 0, 9, 9}};
  samples.labels = {2, 1, 0};
  samples.truths = {{16, 14, 85, 133}, {6, 4, 45, 43}, {}};
  samples.is_truth = {0, 0, 0};
  auto const deltas = test::noise({3, 4}, 5);
  auto const run = [&](std::vector<float> const& weights) {
    acsl::tensor<float> gradient({3, 4});
    for (float& v : gradient.view()) v = 0;
    acsl::smooth_l1_element const smooth;
    double const value = acsl::box_regression_loss(deltas.view(), samples, {}, true, smooth, 1, &gradient, weights);
    return std::pair(value, std::move(gradient));
  };
  auto const plain = run({}), first = run({1, 0, 9}), second = run({0, 1, 9}), both = run({2, 3, 9});
  CHECK(first.first + second.first == doctest::Approx(plain.first));
  CHECK(both.first == doctest::Approx(2 * first.first + 3 * second.first));
  for (index_t i = 0; i < 12; ++i)
    CHECK(both.second[i] == doctest::Approx((i < 4 ? 2 : 3) * plain.second[i]).epsilon(1e-5));
  CHECK_THROWS_WITH_AS(run({1, 1}), doctest::Contains("one per row"), acsl::error);
}

TEST_CASE("a stage re-weights its rows from an epoch on, and its boxes where it is asked to") {
  acsl::cpu exec;
  acsl::roi_samples samples;
  samples.rois = {{0, 4, 4, 19, 19}, {0, 2, 6, 23, 25}, {0, 0, 0, 9, 9}};
  samples.labels = {2, 1, 0};
  samples.truths = {{5, 5, 18, 20}, {2, 6, 20, 25}, {}};
  samples.is_truth = {0, 0, 0};
  auto const map = test::noise({1, 3, 8, 8}, 5);
  std::vector<tensor_view<float const>> const levels = {map.view()};
  for (bool const boxes : {false, true})
    for (bool const divide : {false, true}) {
      acsl::box_stage_options options;
      options.in_channels = 3;
      options.fc_channels = 6;
      options.classes = 2;
      options.rois.strides = {4};
      using stage_type = acsl::box_stage<acsl::softmax_cross_entropy>;
      stage_type plain(options, {});
      options.reweighting = {{1, 2, 4}, 3, divide, boxes};
      stage_type weighted(options, {});
      test::fill_parameters(plain, 7, 0.6);
      test::fill_parameters(weighted, 7, 0.6);
      auto const out = std::as_const(plain).infer(exec, levels, samples.rois);
      stage_type::outputs before, after, without;
      acsl::random_key const key{1};
      auto const wanted = plain.losses(exec, out, samples, key, &without);
      weighted.begin_epoch(2);
      CHECK(weighted.losses(exec, out, samples, key, &before) == wanted);
      weighted.begin_epoch(3);
      auto const found = weighted.losses(exec, out, samples, key, &after);
      double const rows = 3, divisor = divide ? 4 + 2 + 1 : rows;
      index_t const columns = out.logits.extent(1);
      for (index_t i = 0; i < after.logits.size(); ++i) {
        double const weight = i / columns == 0 ? 4 : i / columns == 1 ? 2 : 1;
        CHECK(after.logits[i] == doctest::Approx(without.logits[i] * weight * rows / divisor).epsilon(1e-5));
      }
      CHECK((found[2] == wanted[2]) == !boxes);
    }
  acsl::box_stage_options options;
  options.classes = 2;
  options.reweighting.label_weight = {1, 1};
  CHECK_THROWS_WITH_AS((acsl::box_stage<acsl::softmax_cross_entropy>(options, {})),
                       doctest::Contains("a weight for background and one for every class"), acsl::error);
}

/// A stage that records what it is given and moves every region by one pixel.
struct recording_stage {
  struct context {};
  struct outputs {
    acsl::tensor<float> logits, deltas;
  };
  acsl::box_stage_options options_;
  std::vector<acsl::roi_samples>* seen;

  acsl::box_stage_options const& options() const { return options_; }
  template <class Exec, class Observer>
  outputs forward(Exec&, std::span<tensor_view<float const> const>, std::vector<acsl::roi> const&, context&,
                  Observer const&) {
    return {};
  }
  template <class Exec, class Observer>
  std::vector<acsl::named_loss> losses(Exec&, outputs const&, acsl::roi_samples const& samples, acsl::random_key,
                                       outputs*, Observer const&) {
    seen->push_back(samples);
    return {{"loss", 1, true}};
  }
  template <class Exec>
  void backward(Exec&, outputs const&, std::vector<acsl::roi> const&, context&, std::span<tensor_view<float> const>) {}
  std::vector<box> refine(std::vector<acsl::roi> const& rois, tensor_view<float const>,
                          std::vector<std::int32_t> const&, std::vector<acsl::image_info> const&) const {
    std::vector<box> result;
    for (auto const& r : rois) result.push_back({r.x1 + 1, r.y1, r.x2 + 1, r.y2});
    return result;
  }
  void initialise(acsl::random_key) {}
};

TEST_CASE("a cascade hands refined regions on, drops the annotated boxes it added, and adds them anew") {
  acsl::cpu exec;
  std::vector<acsl::roi_samples> seen;
  std::vector<recording_stage> stages(3);
  for (auto& stage : stages) {
    stage.options_.sampler.count = 1000;
    stage.options_.sampler.positive_fraction = 1;
    stage.seen = &seen;
  }
  acsl::box_cascade<recording_stage> cascade(std::move(stages));
  auto images = two_images();
  // In image 0 a candidate that hits the first annotated box exactly and one that misses everything; in image 1 none.
  std::vector<std::vector<box>> const candidates = {{images.boxes[0][0], {80, 82, 99, 89}}, {}};
  auto const losses = cascade.train_step(exec, {}, candidates, images, acsl::random_key{1}, {});
  CHECK(losses[2].name == "s2.loss");
  REQUIRE(seen.size() == 3);
  for (int i = 0; i < 3; ++i) {
    auto const& s = seen[static_cast<std::size_t>(i)];
    REQUIRE(s.size() == 7);  // 4 annotated boxes + 2 candidates, and 1 annotated box
    for (std::size_t r = 0; r < 4; ++r) {
      CHECK(s.is_truth[r] == 1);
      CHECK(s.rois[r].x1 == images.boxes[0][r].x1);
    }
    CHECK(s.rois[4].x1 == 10 + static_cast<float>(i));  // positive, and no annotated box although it equals one
    CHECK(s.labels[4] == 1);
    CHECK(s.is_truth[4] == 0);
    CHECK(s.rois[5].x1 == 80 + static_cast<float>(i));
    CHECK(s.labels[5] == 0);
    CHECK(s.rois[6].image == 1);
    CHECK(s.is_truth[6] == 1);
  }
  CHECK_THROWS_WITH_AS(acsl::box_cascade<recording_stage>({}), doctest::Contains("at least one box stage"),
                       acsl::error);
}

/// The detections of a cascade's regions.
template <class Cascade>
std::vector<std::vector<acsl::detection>> detections_of(acsl::cpu& exec, Cascade const& cascade,
                                                        std::vector<tensor_view<float const>> const& levels,
                                                        std::vector<std::vector<proposal>> const& proposals,
                                                        std::vector<acsl::image_info> const& images,
                                                        acsl::detection_options const& options) {
  std::vector<acsl::roi> rois;
  for (std::size_t n = 0; n < proposals.size(); ++n)
    for (auto const& p : proposals[n])
      rois.push_back({static_cast<float>(n), p.where.x1, p.where.y1, p.where.x2, p.where.y2});
  return select_by_image(exec, cascade.judge(exec, levels, rois, images, options).back(), proposals, options.selection);
}

TEST_CASE("a cascade at test time refines, averages logits, and decodes with the last stage, in plain steps") {
  acsl::cpu exec;
  using stage_type = acsl::box_stage<acsl::softmax_cross_entropy>;
  for (bool const agnostic : {true, false}) {
    CAPTURE(agnostic);
    std::vector<stage_type> stages;
    for (int i = 0; i < 3; ++i) {
      acsl::box_stage_options options;
      options.in_channels = 3;
      options.fc_channels = 6;
      options.classes = 4;
      options.class_agnostic = agnostic;
      options.rois.output = 2;
      options.rois.strides = {4};
      options.coder.stds = {0.1F / static_cast<float>(i + 1), 0.1F, 0.2F, 0.2F};
      stages.emplace_back(options, acsl::softmax_cross_entropy{});
      test::fill_parameters(stages.back(), 10 * static_cast<std::uint64_t>(i) + 3, 0.6);
    }
    auto const map = test::noise({2, 3, 24, 32}, 5);
    std::vector<tensor_view<float const>> const levels = {map.view()};
    std::vector<acsl::image_info> images = {image_of(96, 128, 96, 128), image_of(80, 100, 96, 128)};
    images[1].scale = 1.5;
    std::vector<std::vector<proposal>> proposals(2);
    for (auto const& b : test::random_boxes(20, 8, 70, 30)) proposals[b.x1 > 30 ? 0 : 1].push_back({b, 0.5F});

    std::vector<acsl::roi> rois;
    for (std::size_t n = 0; n < 2; ++n)
      for (auto const& p : proposals[n])
        rois.push_back({static_cast<float>(n), p.where.x1, p.where.y1, p.where.x2, p.where.y2});
    std::vector<double> mean(20 * 5, 0.0);
    std::vector<std::vector<box>> last(20);
    for (std::size_t i = 0; i < 3; ++i) {
      auto const out = std::as_const(stages[i]).infer(exec, levels, rois);
      auto const next = rois;
      for (std::size_t r = 0; r < 20; ++r) {
        auto const row = static_cast<index_t>(r);
        index_t best = 0;
        for (index_t c = 0; c < 5; ++c) {
          mean[r * 5 + static_cast<std::size_t>(c)] += static_cast<double>(out.logits[row * 5 + c]) / 3;
          if (out.logits[row * 5 + c] > out.logits[row * 5 + best]) best = c;
        }
        auto const& info = images[static_cast<std::size_t>(rois[r].image)];
        auto const decode = [&](index_t column) {
          float const* d = out.deltas.data() + row * out.deltas.extent(1) + 4 * (agnostic ? 0 : column);
          return acsl::clip(stages[i].options().coder.decode({next[r].x1, next[r].y1, next[r].x2, next[r].y2},
                                                             {d[0], d[1], d[2], d[3]}),
                            info.height, info.width);
        };
        if (i == 2)
          for (index_t c = 0; c < 5; ++c) last[r].push_back(decode(c));
        else {
          box const b = decode(best);
          rois[r] = {rois[r].image, b.x1, b.y1, b.x2, b.y2};
        }
      }
    }
    for (auto const activation : {acsl::score_activation::automatic, acsl::score_activation::sigmoid}) {
      acsl::detection_options options;
      options.activation = activation;
      options.selection.nms_threshold = 1;  // everything stays, in class order
      std::vector<stage_type> copies;
      acsl::box_cascade<stage_type> cascade(std::move(stages));
      auto const found = detections_of(exec, cascade, levels, proposals, images, options);
      for (std::size_t i = 0; i < 3; ++i) copies.push_back(std::move(cascade[i]));
      stages = std::move(copies);
      std::size_t first = 0;
      for (std::size_t n = 0; n < 2; ++n) {
        std::size_t const count = proposals[n].size();
        REQUIRE(found[n].size() == 4 * count);
        for (std::size_t c = 1; c < 5; ++c)
          for (std::size_t r = 0; r < count; ++r) {
            auto const& one = found[n][(c - 1) * count + r];
            double sum = 0;
            for (std::size_t k = 0; k < 5; ++k) sum += std::exp(mean[(first + r) * 5 + k]);
            double const e = std::exp(mean[(first + r) * 5 + c]);
            CHECK(one.score ==
                  doctest::Approx(activation == acsl::score_activation::sigmoid ? e / (1 + e) : e / sum).epsilon(1e-5));
            CHECK(one.label == static_cast<std::int32_t>(c - 1));
            auto const& b = last[first + r][c];
            CHECK(one.where.x1 == doctest::Approx(b.x1 / images[n].scale).epsilon(1e-4));
            CHECK(one.where.y2 == doctest::Approx(b.y2 / images[n].scale).epsilon(1e-4));
          }
        first += count;
      }
    }
  }
}

TEST_CASE("scores are corrected in every stage's logits and at the end, and boxes stay") {
  acsl::cpu exec;
  using stage_type = acsl::box_stage<acsl::softmax_cross_entropy>;
  for (std::size_t const count : {1U, 2U}) {
    CAPTURE(count);
    std::vector<stage_type> stages;
    for (std::size_t i = 0; i < count; ++i) {
      acsl::box_stage_options options;
      options.in_channels = 3;
      options.fc_channels = 6;
      options.classes = 2;
      options.class_agnostic = true;
      options.rois.output = 2;
      options.rois.strides = {4};
      stages.emplace_back(options, acsl::softmax_cross_entropy{});
      test::fill_parameters(stages.back(), 10 * i + 3, 0.6);
    }
    auto const map = test::noise({1, 3, 24, 32}, 5);
    std::vector<tensor_view<float const>> const levels = {map.view()};
    std::vector<acsl::image_info> const images = {image_of(96, 128, 96, 128)};
    std::vector<std::vector<proposal>> const proposals = {{{{4, 6, 40, 44}, 0.5F}}};
    acsl::score_correction how;
    how.offset = {0.5, -1, 2};
    how.factor = {1, 0.5, 2};
    how.weights = {.tau = 1, .skipped = {1, 0, 0}};

    double mean[3] = {};
    std::vector<acsl::roi> rois = {{0, 4, 6, 40, 44}};
    for (auto const& stage : stages) {
      auto const out = stage.infer(exec, levels, rois);
      for (index_t c = 0; c < 3; ++c) {
        auto const& w = stage.classifier().weight().value;
        double square = 0, b = double{stage.classifier().bias().value[c]};
        for (index_t d = 0; d < 6; ++d) square += double{w[c * 6 + d]} * double{w[c * 6 + d]};
        double const z = double{out.logits[c]}, normalised = (z - b) / std::sqrt(square) + b;
        mean[c] += ((c == 0 ? z : normalised) + how.offset[static_cast<std::size_t>(c)]) / static_cast<double>(count);
      }
      auto const next = stage.refine(rois, out.deltas.view(), {1}, images)[0];
      rois[0] = {0, next.x1, next.y1, next.x2, next.y2};
    }
    double const sum = std::exp(mean[0]) + std::exp(mean[1]) + std::exp(mean[2]);
    acsl::box_cascade<stage_type> cascade(std::move(stages));
    auto const before = detections_of(exec, cascade, levels, proposals, images, {})[0];
    cascade.correct_with(how);
    auto const after = detections_of(exec, cascade, levels, proposals, images, {})[0];
    REQUIRE(after.size() == 2);
    for (std::size_t c = 0; c < 2; ++c) {
      CHECK(after[c].score == doctest::Approx(how.factor[c + 1] * std::exp(mean[c + 1]) / sum).epsilon(1e-5));
      CHECK(after[c].where.x1 == before[c].where.x1);
      CHECK(after[c].where.y2 == before[c].where.y2);
    }
  }
}

TEST_CASE("a stage has the classifier that it is asked for, with its parameters under the same names") {
  acsl::box_stage_options options;
  options.in_channels = 3;
  options.fc_channels = 6;
  options.classes = 4;
  options.rois.strides = {4};
  using stage_type = acsl::box_stage<acsl::softmax_cross_entropy, acsl::any_classifier>;
  using names_type = std::vector<std::string>;
  for (auto const& [name, wanted] :
       std::map<std::string, names_type>{{"linear", {"fc_cls.weight", "fc_cls.bias"}},
                                         {"normalised", {"fc_cls.weight", "fc_cls.bias"}},
                                         {"scaled_logits", {"fc_cls.weight", "fc_cls.bias", "fc_cls.scale"}},
                                         {"scaled_weights", {"fc_cls.weight", "fc_cls.bias", "fc_cls.scale"}}}) {
    CAPTURE(name);
    stage_type stage(options, {}, acsl::make_classifier_options({.name = name}));
    stage.initialise(acsl::random_key{1});
    names_type found;
    stage.for_each_parameter("", [&](std::string const& one, acsl::parameter& p) {
      if (!one.starts_with("fc_cls.")) return;
      found.push_back(one);
      if (one == "fc_cls.weight") CHECK(p.extents() == acsl::shape{5, 6});
      if (one == "fc_cls.scale") CHECK(test::largest_difference(p.value, std::vector<float>(5, 1.0F)) == 0);
      if (one == "fc_cls.bias") CHECK(test::largest_magnitude(p.value) == 0);
    });
    CHECK(found == wanted);
    CHECK((acsl::plain_linear(stage.classifier()) != nullptr) == (name == "linear"));
  }
  names_type without_bias;
  stage_type(options, {}, acsl::make_classifier_options({"normalised", {"bias=0"}}))
      .for_each_parameter("", [&](std::string const& one, acsl::parameter&) {
        if (one.starts_with("fc_cls.")) without_bias.push_back(one);
      });
  CHECK(without_bias == names_type{"fc_cls.weight"});
  CHECK_THROWS_WITH_AS((void)acsl::make_classifier_options({.name = "cosine"}),
                       doctest::Contains("known: linear, normalised, scaled_logits, scaled_weights"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::make_classifier_options({"normalised", {"temperature=-1"}}),
                       doctest::Contains("a temperature is positive"), acsl::error);
}

TEST_CASE("a stage takes no regions, starts as its loss asks, and refuses to have no class") {
  acsl::cpu exec;
  acsl::box_stage_options options;
  options.in_channels = 3;
  options.fc_channels = 6;
  options.classes = 4;
  options.rois.strides = {4};
  acsl::box_stage<acsl::softmax_cross_entropy> stage(options, {});
  stage.initialise(acsl::random_key{1});
  auto const map = test::noise({1, 3, 8, 8}, 5);
  std::vector<tensor_view<float const>> const levels = {map.view()};
  auto const out = std::as_const(stage).infer(exec, levels, {});
  CHECK(out.logits.extents() == acsl::shape{0, 5});
  CHECK(out.deltas.extents() == acsl::shape{0, 20});
  std::map<std::string, double> largest;
  stage.for_each_parameter(
      "", [&](std::string const& name, acsl::parameter& p) { largest[name] = test::largest_magnitude(p.value); });
  CHECK(largest.at("fc_cls.bias") == 0);
  CHECK(largest.at("fc_reg.weight") < 0.005);
  CHECK(largest.at("fc_cls.weight") < 0.05);
  CHECK(largest.at("shared_fcs.0.weight") <= std::sqrt(6.0 / (147 + 6)));
  options.classes = 0;
  CHECK_THROWS_WITH_AS((acsl::box_stage<acsl::softmax_cross_entropy>(options, {})),
                       doctest::Contains("at least one foreground class"), acsl::error);
}

}  // namespace
