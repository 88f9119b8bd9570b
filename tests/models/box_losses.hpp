// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/box_loss_factory.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/models/detectors/box_cascade.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <support/golden.hpp>
#include <support/gradients.hpp>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

/// The losses of boxes in the box stage.
namespace box_losses {

using acsl::box;
using acsl::index_t;

/// Every loss and every mode, with the vector that holds it.
struct named_choice {
  acsl::box_loss_choice choice;
  std::string vector;
  bool constant_factor = false;  ///< a factor that is a function of the box is a constant to the gradient
};
inline std::vector<named_choice> all() {
  return {{{.name = "smooth_l1"}, "reg.smooth_l1.beta1"},
          {{.name = "smooth_l1", .smooth_l1_beta = 1.0 / 9}, "reg.smooth_l1.beta1over9"},
          {{.name = "l1"}, "reg.l1"},
          {{.name = "balanced_l1"}, "reg.balanced_l1"},
          {{.name = "harmonised_l1"}, "reg.ghmr"},
          {{.name = "iou"}, "reg.iou_log"},
          {{.name = "iou", .parameters = {"offset=1"}}, "reg.iou_log.legacy_plus1"},
          {{.name = "iou", .mode = "linear"}, "reg.iou_linear"},
          {{.name = "iou", .mode = "square"}, "reg.iou_square"},
          {{.name = "giou"}, "reg.giou"},
          {{.name = "diou"}, "reg.diou"},
          {{.name = "ciou"}, "reg.ciou.detached_alpha_gated", true},
          {{.name = "ciou", .mode = "detached"}, "reg.ciou.detached_alpha", true},
          {{.name = "ciou", .mode = "differentiable"}, "reg.ciou.differentiable_alpha"},
          {{.name = "bounded_iou"}, "reg.bounded_iou"}};
}
inline bool of_corners(named_choice const& one) {
  auto loss = acsl::make_box_loss(one.choice);
  return loss.visit([]<class L>(L&) { return acsl::corner_loss<L>; });
}

inline acsl::delta_coder some_coder() { return {.means = {0.1F, -0.05F, 0.02F, 0}, .stds = {0.1F, 0.1F, 0.2F, 0.2F}}; }
inline acsl::delta encoded(acsl::roi const& region, box const& truth) {
  return some_coder().encode({region.x1, region.y1, region.x2, region.y2}, truth);
}

/// Regions near their objects; every third row is background. Classes 1 and 2.
inline acsl::roi_samples some_samples(std::size_t rows, std::uint64_t seed) {
  acsl::random_key const key{seed};
  acsl::roi_samples result;
  for (std::size_t i = 0; i < rows; ++i) {
    auto const u = [&](std::uint64_t n, double low, double high) {
      return static_cast<float>(key.uniform(16 * i + n, low, high));
    };
    box const truth{u(0, 0, 40), u(1, 0, 40), u(2, 60, 120), u(3, 60, 120)};
    result.truths.push_back(truth);
    result.rois.push_back(
        {0, truth.x1 + u(4, -9, 9), truth.y1 + u(5, -9, 9), truth.x2 + u(6, -9, 9), truth.y2 + u(7, -9, 9)});
    result.labels.push_back(i % 3 == 2 ? 0 : static_cast<std::int32_t>(1 + i % 2));
    result.is_truth.push_back(0);
  }
  return result;
}

struct outcome {
  double value;
  acsl::tensor<float> gradient;
};
template <class Loss>
outcome regress(Loss loss, acsl::tensor<float> const& deltas, acsl::roi_samples const& samples, bool agnostic,
                std::vector<float> const& weights = {}, double weight = 1) {
  outcome one{0, acsl::tensor<float>(deltas.extents())};
  for (float& g : one.gradient.view()) g = 0;
  one.value = acsl::box_regression_loss(deltas.view(), samples, some_coder(), agnostic, loss, weight, &one.gradient,
                                        std::span<float const>(weights));
  return one;
}

TEST_CASE("a stage gives the values and gradients of the vectors, divided by all its rows") {
  for (auto const& one : all()) {
    CAPTURE(one.vector);
    bool const corners = of_corners(one), own_divisor = one.choice.name == "harmonised_l1";
    auto const entry = test::golden_vector(one.vector);
    auto const prediction = test::golden_tensor<float>(entry.at("pred")),
               target = test::golden_tensor<float>(entry.at("target"));
    auto const wanted = acsl::numbers_of(entry.at("expected").at("grad"));
    index_t const positives = prediction.extent(0), rows = 2 * positives + 1;  // more background than objects
    acsl::tensor<float> deltas({rows, 4});
    acsl::roi_samples samples;
    for (index_t r = 0; r < rows; ++r) {
      index_t const p = r % positives;
      auto const at = [&](acsl::tensor<float> const& x) { return x.data() + 4 * p; };
      acsl::roi const region{0, 12, 9, 45, 58};
      acsl::delta found;
      box truth;
      if (corners) {
        truth = {at(target)[0], at(target)[1], at(target)[2], at(target)[3]};
        found = encoded(region, {at(prediction)[0], at(prediction)[1], at(prediction)[2], at(prediction)[3]});
      } else {
        found = {at(prediction)[0], at(prediction)[1], at(prediction)[2], at(prediction)[3]};
        truth = some_coder().decode({region.x1, region.y1, region.x2, region.y2},
                                    {at(target)[0], at(target)[1], at(target)[2], at(target)[3]});
      }
      float const values[4] = {found.dx, found.dy, found.dw, found.dh};
      for (index_t j = 0; j < 4; ++j) deltas[4 * r + j] = values[j];
      samples.rois.push_back(region);
      samples.truths.push_back(truth);
      samples.labels.push_back(r < positives ? 1 : 0);
      samples.is_truth.push_back(0);
    }
    auto const result = regress(acsl::make_box_loss(one.choice), deltas, samples, true);
    // The vectors divide by their rows, all of them positive.
    double const share = own_divisor ? 1 : static_cast<double>(positives) / static_cast<double>(rows);
    CHECK(result.value == doctest::Approx(share * entry.at("expected").at("loss").number()).epsilon(3e-5));
    for (index_t r = 0; r < rows; ++r)
      for (index_t j = 0; j < 4; ++j) {
        float const got = result.gradient[4 * r + j];
        if (r >= positives) {
          CHECK(got == 0);
          continue;
        }
        auto const g = [&](index_t k) { return wanted[static_cast<std::size_t>(4 * r + k)]; };
        double by_delta = g(j);
        if (corners) {  // x1, x2 = gx ∓ gw/2 ± 1/2, gx = px + pw (std dx + mean), gw = pw exp(std dw + mean)
          bool const x = j % 2 == 0;
          double const side = x ? 34 : 50, std = j < 2 ? 0.1 : 0.2;
          double const low = g(x ? 0 : 1), high = g(x ? 2 : 3);
          double const size =
              static_cast<double>(prediction[4 * r + (x ? 2 : 3)] - prediction[4 * r + (x ? 0 : 1)] + 1);
          by_delta = j < 2 ? side * std * (low + high) : size / 2 * std * (high - low);
        }
        CHECK(std::abs(double{got} - share * by_delta) <= 2e-5 * (1 + std::abs(by_delta)));
      }
  }
}

TEST_CASE("gradients by deltas equal central differences, through the decoder") {
  for (auto const& one : all()) {
    if (one.constant_factor) continue;  // the vectors check them
    for (bool const agnostic : {true, false}) {
      CAPTURE(one.vector);
      CAPTURE(agnostic);
      auto const samples = some_samples(12, 4);
      auto deltas = test::noise({12, agnostic ? 4 : 12}, 9, 0.7);
      auto const loss = acsl::make_box_loss(one.choice);
      std::vector<float> weights(12, 1.0F);
      weights[0] = 0.25F;
      weights[3] = 3;
      weights[4] = 0;
      auto const analytic = regress(loss, deltas, samples, agnostic, weights);
      test::compare_with_differences(
          "deltas", deltas.view(), test::as_doubles(analytic.gradient.view()),
          [&] { return regress(loss, deltas, samples, agnostic, weights).value; }, 2e-4, 1e-4, 1000, 2e-2);
    }
  }
}

TEST_CASE("the gradient is scaled, the value is not; a weight of a row multiplies it, and 0 leaves it out") {
  auto const samples = some_samples(9, 5);
  auto const deltas = test::noise({9, 12}, 6, 0.7);
  for (auto const& one : all()) {
    CAPTURE(one.vector);
    auto const loss = acsl::make_box_loss(one.choice);
    auto const plain = regress(loss, deltas, samples, false);
    auto const scaled = regress(loss, deltas, samples, false, {}, 0.25);
    CHECK(scaled.value == plain.value);
    auto const twice = regress(loss, deltas, samples, false, std::vector<float>(9, 2.0F));
    CHECK(twice.value == doctest::Approx(2 * plain.value));
    for (index_t i = 0; i < deltas.size(); ++i) {
      CHECK(scaled.gradient[i] == doctest::Approx(0.25 * plain.gradient[i]).epsilon(1e-6));
      CHECK(twice.gradient[i] == doctest::Approx(2 * plain.gradient[i]).epsilon(1e-6));
    }
    std::vector<float> weights(9, 1.0F);
    weights[1] = 0;
    auto const without = regress(loss, deltas, samples, false, weights);
    for (index_t j = 0; j < 12; ++j) CHECK(without.gradient[12 + j] == 0);
    auto background = samples;  // the same divisor
    background.labels[1] = 0;
    CHECK(without.value == doctest::Approx(regress(loss, deltas, background, false).value).epsilon(1e-12));
    CHECK_THROWS_WITH_AS(regress(loss, deltas, samples, false, {1, 1}), doctest::Contains("one per row"), acsl::error);
  }
}

TEST_CASE("no row, or background alone, costs nothing; a NaN reaches the value") {
  for (auto const& one : all()) {
    CAPTURE(one.vector);
    auto const loss = acsl::make_box_loss(one.choice);
    CHECK(regress(loss, acsl::tensor<float>({0, 4}), {}, true).value == 0);
    auto samples = some_samples(3, 5);
    auto deltas = test::noise({3, 4}, 6);
    for (index_t j = 0; j < 4; ++j) {
      float const before = std::exchange(deltas[j], std::numeric_limits<float>::quiet_NaN());
      CHECK(std::isnan(regress(loss, deltas, samples, true).value));
      deltas[j] = before;
    }
    for (auto& label : samples.labels) label = 0;
    auto const none = regress(loss, deltas, samples, true);
    CHECK(none.value == 0);
    CHECK(test::largest_magnitude(none.gradient) == 0);
  }
}

TEST_CASE("a size that the decoder limits gets no gradient, a shift that is as far gets one") {
  auto samples = some_samples(1, 5);
  for (auto const& one : all()) {
    if (!of_corners(one)) continue;
    CAPTURE(one.vector);
    acsl::tensor<float> deltas({1, 4});
    auto const loss = acsl::make_box_loss(one.choice);
    auto const at = [&](float dx, float dw, float dh) {
      float const values[4] = {dx, 0.3F, dw, dh};
      std::copy(std::begin(values), std::end(values), deltas.data());
      return regress(loss, deltas, samples, true);
    };
    auto const wide = at(0.5F, 40, 0.1F), wider = at(0.5F, 50, 0.1F);
    CHECK(wide.value == wider.value);
    CHECK(wide.gradient[2] == 0);
    CHECK(wide.gradient[3] != 0);
    auto const narrow = at(0.5F, 0.1F, -30);
    CHECK(narrow.gradient[3] == 0);
    CHECK(narrow.gradient[2] != 0);
    auto const inside = at(0.5F, 20, -20);  // 0.2 · 20 lies within ln(1000 / 16)
    CHECK(inside.gradient[2] != 0);
    CHECK(inside.gradient[3] != 0);
    if (one.choice.name == "giou" || one.choice.name == "diou") CHECK(at(90, 0.1F, 0.1F).gradient[0] != 0);
  }
}

using plain_stage = acsl::box_stage<acsl::softmax_cross_entropy>;
using chosen_stage = acsl::box_stage<acsl::softmax_cross_entropy, acsl::linear, acsl::any_box_loss>;

inline acsl::box_stage_options stage_options() {
  acsl::box_stage_options options;
  options.in_channels = 3;
  options.fc_channels = 6;
  options.classes = 2;
  options.coder = some_coder();
  options.loss_weight = 0.5;
  return options;
}
template <class Stage, class Exec>
std::pair<std::vector<acsl::named_loss>, typename Stage::outputs> losses_of(Exec& exec, Stage& stage) {
  auto const samples = some_samples(20, 8);
  typename Stage::outputs out{test::noise({20, 3}, 1), test::noise({20, 12}, 2, 0.5)}, gradients;
  auto losses = stage.losses(exec, out, samples, acsl::random_key{1}, &gradients);
  return {std::move(losses), std::move(gradients)};
}

TEST_CASE("smooth L1 stays the default, with the bits of its formula") {
  ACSL_TEST_BACKEND exec;
  plain_stage plain(stage_options(), {});
  chosen_stage chosen(stage_options(), {});
  auto const [losses, gradients] = losses_of(exec, plain);
  auto const [again, same] = losses_of(exec, chosen);
  CHECK(losses == again);
  CHECK(test::same_bits(gradients.deltas, same.deltas));

  auto const samples = some_samples(20, 8);
  auto const deltas = test::noise({20, 12}, 2, 0.5);
  double sum = 0;
  for (index_t r = 0; r < 20; ++r) {
    auto const i = static_cast<std::size_t>(r);
    if (samples.labels[i] == 0) continue;
    auto const target = encoded(samples.rois[i], samples.truths[i]);
    float const wanted[4] = {target.dx, target.dy, target.dw, target.dh};
    for (index_t j = 0; j < 4; ++j) {
      index_t const at = 12 * r + 4 * samples.labels[i] + j;
      auto const term = acsl::smooth_l1_element{1}(double{deltas[at]} - double{wanted[j]});
      sum += term.value;
      CHECK(gradients.deltas[at] == static_cast<float>(0.5 * term.slope / 20));
    }
  }
  CHECK(losses[2].value == 0.5 * (sum / 20));
}

TEST_CASE("a loss that is named is the loss itself, bit for bit, and both weights multiply it") {
  ACSL_TEST_BACKEND exec;
  auto options = stage_options();
  options.regression_weight = 4;
  auto const same = [&](auto loss, acsl::box_loss_choice const& choice) {
    CAPTURE(choice.name);
    acsl::box_stage<acsl::softmax_cross_entropy, acsl::linear, decltype(loss)> fixed(options, {}, {}, loss);
    chosen_stage chosen(options, {}, {}, acsl::make_box_loss(choice));
    auto const [losses, gradients] = losses_of(exec, fixed);
    auto const [others, slopes] = losses_of(exec, chosen);
    CHECK(losses == others);
    CHECK(test::same_bits(gradients.deltas, slopes.deltas));
    CHECK(test::same_bits(gradients.logits, slopes.logits));
    auto const plain = regress(loss, test::noise({20, 12}, 2, 0.5), some_samples(20, 8), false, {}, 2);
    CHECK(losses[2].value == 2 * plain.value);
    CHECK(test::same_bits(gradients.deltas, plain.gradient));
  };
  same(acsl::generalised_iou_loss{}, {.name = "giou"});
  same(acsl::distance_iou_loss{}, {.name = "diou"});
  same(acsl::complete_iou_loss{}, {.name = "ciou"});
  same(acsl::bounded_iou_loss{.beta = 0.5}, {.name = "bounded_iou", .parameters = {"beta=0.5"}});
  same(acsl::iou_loss{.form = acsl::iou_form::linear}, {.name = "iou", .mode = "linear"});
  same(acsl::balanced_l1_element{.gamma = 2}, {.name = "balanced_l1", .parameters = {"gamma=2"}});
  same(acsl::l1_element{}, {.name = "l1"});
  same(acsl::harmonised_l1(0.5), {.name = "harmonised_l1", .parameters = {"mu=0.5"}});
}

TEST_CASE("the state of a loss of boxes is the stage's, under a name of its own") {
  ACSL_TEST_BACKEND exec;
  auto const loss = acsl::make_box_loss({.name = "harmonised_l1", .parameters = {"momentum=0.75", "bins=5"}});
  std::vector<chosen_stage> stages, single;
  for (int i = 0; i < 2; ++i)
    stages.emplace_back(stage_options(), acsl::softmax_cross_entropy{}, acsl::linear_options{}, loss);
  single.emplace_back(stage_options(), acsl::softmax_cross_entropy{}, acsl::linear_options{}, loss);
  acsl::box_cascade<chosen_stage> cascade(std::move(stages));
  static_cast<void>(losses_of(exec, cascade[1]));
  std::vector<std::string> names;
  std::vector<double> sums;
  cascade.for_each_state("bbox_head.", [&](std::string const& name, std::vector<double> const& values) {
    names.push_back(name);
    sums.push_back(0);
    for (double const v : values) sums.back() += v;
  });
  CHECK(names == std::vector<std::string>{"bbox_head.loss_bbox.0.acc_sum", "bbox_head.loss_bbox.1.acc_sum"});
  CHECK(sums == std::vector<double>{0, 0.25 * 4 * 14});  // of 20 rows 14 are positive
  acsl::box_cascade<chosen_stage> one(std::move(single));
  one.for_each_state("bbox_head.", [](std::string const& name, std::vector<double> const&) {
    CHECK(name == "bbox_head.loss_bbox.acc_sum");
  });
}

TEST_CASE("names, modes and numbers that have no meaning are refused") {
  auto const refused = [](acsl::box_loss_choice const& choice, char const* why) {
    CHECK_THROWS_WITH_AS(static_cast<void>(acsl::make_box_loss(choice)), doctest::Contains(why), acsl::error);
  };
  refused({.name = "generalised"},
          "no loss of boxes \"generalised\"; known: smooth_l1, l1, balanced_l1, harmonised_l1, iou, giou, diou, ciou, "
          "bounded_iou");
  refused({.name = "iou", .mode = "log"}, "no mode \"log\" of iou; it has logarithm, linear, square");
  refused({.name = "giou", .mode = "linear"}, "giou has no modes");
  refused({.name = "giou", .parameters = {"eps=1"}}, "giou has no parameter \"eps\"; it has epsilon");
  refused({.name = "smooth_l1", .parameters = {"beta=1"}}, "smooth_l1 has no parameter \"beta\"; it has none");
  refused({.name = "balanced_l1", .parameters = {"alpha=0"}}, "the parameter \"alpha\" is above 0");
  refused({.name = "iou", .parameters = {"offset=-1"}}, "the parameter \"offset\" is 0 or more");
  refused({.name = "harmonised_l1", .parameters = {"bins=65"}}, "1 to 64 bins");
  for (char const* name : {"giou", "diou", "ciou", "bounded_iou", "iou"})
    refused({.name = name, .parameters = {"epsilon=0"}}, "the parameter \"epsilon\" is above 0");
}

}  // namespace box_losses
