// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/random_key.hpp>
#include <acsl/losses/balanced_l1.hpp>
#include <acsl/losses/overlap.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <support/golden.hpp>

namespace {

template <class T>
using box_function = std::function<acsl::overlap_term<T>(T const*, T const*)>;
template <class T>
using number_function = std::function<acsl::value_and_slope<T>(T)>;

template <class T>
std::map<std::string, box_function<T>> box_losses() {
  return {{"reg.iou_log", acsl::iou_loss{}},
          {"reg.iou_log.legacy_plus1", acsl::iou_loss{.offset = 1}},
          {"reg.iou_linear", acsl::iou_loss{.form = acsl::iou_form::linear}},
          {"reg.iou_square", acsl::iou_loss{.form = acsl::iou_form::square}},
          {"reg.giou", acsl::generalised_iou_loss{}},
          {"reg.diou", acsl::distance_iou_loss{}},
          {"reg.ciou.differentiable_alpha", acsl::complete_iou_loss{acsl::tradeoff::differentiable}},
          {"reg.ciou.detached_alpha_gated", acsl::complete_iou_loss{}},
          {"reg.ciou.detached_alpha", acsl::complete_iou_loss{acsl::tradeoff::detached}},
          {"reg.bounded_iou", acsl::bounded_iou_loss{}}};
}
template <class T>
std::map<std::string, number_function<T>> number_losses() {
  return {{"reg.l1", acsl::l1_element{}},
          {"reg.smooth_l1.beta1", acsl::smooth_l1_element{}},
          {"reg.smooth_l1.beta1over9", acsl::smooth_l1_element{1.0 / 9}},
          {"reg.balanced_l1", acsl::balanced_l1_element{}}};
}

TEST_CASE_TEMPLATE("regression losses equal the vectors of an independent computation", T, double, float) {
  bool const exact = sizeof(T) == 8;
  double const absolute = exact ? 2e-12 : 1e-6, relative = exact ? 1e-10 : 2e-5;
  auto const boxes = box_losses<T>();
  auto const numbers = number_losses<T>();
  auto const vectors = test::golden("losses/loss-vectors.json").at("vectors");
  int cases = 0;
  for (std::size_t k = 0; k < vectors.size(); ++k) {
    auto const entry = vectors.at(k);
    auto const id = entry.at("id").text();
    if (!boxes.contains(id) && !numbers.contains(id)) continue;
    CAPTURE(id);
    ++cases;
    auto const prediction = test::golden_tensor<T>(entry.at("pred")),
               target = test::golden_tensor<T>(entry.at("target"));
    auto const wanted = acsl::numbers_of(entry.at("expected").at("grad"));
    double const divisor = entry.at("normalizer").at("value").number();
    double sum = 0;
    auto const same = [&](T slope, acsl::index_t at) {
      double const want = wanted[static_cast<std::size_t>(at)];
      CHECK(std::abs(static_cast<double>(slope) / divisor - want) <= absolute + relative * std::abs(want));
    };
    for (acsl::index_t i = 0; i < prediction.size(); ++i) {
      if (numbers.contains(id)) {
        auto const one = numbers.at(id)(prediction[i] - target[i]);
        sum += static_cast<double>(one.value);
        same(one.slope, i);
      } else if (i % 4 == 0) {
        auto const one = boxes.at(id)(prediction.data() + i, target.data() + i);
        sum += static_cast<double>(one.value);
        for (int j = 0; j < 4; ++j) same(one.gradient[j], i + j);
      }
    }
    double const loss = entry.at("expected").at("loss").number();
    CHECK(std::abs(sum / divisor - loss) <= absolute + relative * std::abs(loss));
  }
  CHECK(cases == 14);
}

TEST_CASE("gradients of box losses equal central differences") {
  acsl::random_key const key{7};
  for (auto const& [id, loss] : box_losses<double>()) {
    if (id == "reg.ciou.detached_alpha" || id == "reg.ciou.detached_alpha_gated") continue;  // a constant that is none
    CAPTURE(id);
    for (std::uint64_t n = 0; n < 60; ++n) {
      auto const u = [&](std::uint64_t i, double low, double high) { return key.uniform(20 * n + i, low, high); };
      double const t[] = {u(0, 0, 20), u(1, 0, 20), u(2, 30, 60), u(3, 30, 60)};
      double p[] = {u(4, 0, 25), u(5, 0, 25), u(6, 28, 70), u(7, 28, 70)};
      auto const one = loss(p, t);
      for (int j = 0; j < 4; ++j) {
        double const before = p[j];
        p[j] = before + 1e-6;
        double const above = loss(p, t).value;
        p[j] = before - 1e-6;
        double const below = loss(p, t).value;
        p[j] = before;
        CHECK(one.gradient[j] == doctest::Approx((above - below) / 2e-6).epsilon(1e-5));
      }
    }
  }
  for (double const d : {-3.0, -0.4, 0.01, 0.99, 1.01, 5.0}) {
    acsl::balanced_l1_element const element;
    CHECK(element(d).slope ==
          doctest::Approx((element(d + 1e-6).value - element(d - 1e-6).value) / 2e-6).epsilon(1e-6));
  }
}

TEST_CASE("equal boxes cost nothing, disjoint and degenerate ones give finite numbers") {
  double const box[] = {3, 4, 30, 50}, far[] = {100, 100, 120, 130}, point[] = {5, 5, 5, 5};
  for (auto const& [id, loss] : box_losses<double>()) {
    CAPTURE(id);
    auto const same = loss(box, box);
    CHECK(same.value == doctest::Approx(0).epsilon(1e-3));
    for (auto const* other : {far, point}) {
      auto const one = loss(other, box), back = loss(box, other);
      CHECK(std::isfinite(one.value));
      CHECK(one.value > 0.5);
      for (int j = 0; j < 4; ++j) {
        CHECK(std::isfinite(one.gradient[j]));
        CHECK(std::isfinite(back.gradient[j]));
      }
    }
  }
  auto const apart = acsl::iou_loss{}(far, box);
  for (double const g : apart.gradient) CHECK(g == 0);
  auto const pulled = acsl::generalised_iou_loss{}(far, box);
  CHECK(pulled.gradient[0] != 0);
}

}  // namespace
