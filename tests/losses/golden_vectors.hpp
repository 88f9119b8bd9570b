// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <acsl/losses/sigmoid_cross_entropy.hpp>
#include <acsl/losses/smooth_l1.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <array>
#include <support/golden.hpp>
#include <support/numbers.hpp>
#include <utility>

namespace loss_vectors {

/// Tolerances of value, gradient and scores against vectors that were computed in float64.
template <class T>
struct tolerance;
template <>
struct tolerance<double> {
  static constexpr double absolute = 1e-12, relative = 1e-10;
};
template <>
struct tolerance<float> {
  static constexpr double absolute = 2e-6, relative = 2e-5;
};

template <class T>
struct one_case {
  acsl::json_value entry;
  acsl::tensor<T> logits, gradient;
  std::vector<std::int32_t> labels;
  std::vector<float> row_weights;
  acsl::loss_arguments extra;

  explicit one_case(acsl::json_value e) : entry(std::move(e)), logits(test::golden_tensor<T>(entry.at("logits"))) {
    for (auto label : entry.at("labels").integers()) labels.push_back(static_cast<std::int32_t>(label));
    if (auto weights = entry.find("row_weights"))
      for (double w : test::numbers(*weights)) row_weights.push_back(static_cast<float>(w));
  }
  acsl::tensor_view<T const> input() const { return std::as_const(logits).view(); }
  acsl::tensor_view<std::int32_t const> label_view() const {
    return {labels.data(), {static_cast<acsl::index_t>(labels.size())}};
  }
  acsl::tensor_view<T> output() {
    gradient = acsl::tensor<T>(logits.extents());
    for (T& g : gradient.view()) g = T(77);  // must be overwritten
    return gradient.view();
  }
  acsl::loss_arguments const& arguments() {
    if (!row_weights.empty())
      extra.row_weights = {row_weights.data(), {static_cast<acsl::index_t>(row_weights.size())}};
    return extra;
  }
  /// A layout without a background column, as one with column 0 for background: the added column says so with a
  /// certainty that leaves neither value nor gradient.
  void add_background_column() {
    acsl::index_t const rows = logits.extent(0), columns = logits.extent(1);
    acsl::tensor<T> wider({rows, columns + 1});
    for (acsl::index_t i = 0; i < rows; ++i) {
      auto& label = labels[static_cast<std::size_t>(i)];
      bool const background = label == columns;
      wider[i * (columns + 1)] = background ? T(100000) : T(-100000);
      for (acsl::index_t j = 0; j < columns; ++j) wider[i * (columns + 1) + j + 1] = logits[i * columns + j];
      label = background ? 0 : label + 1;
    }
    logits = std::move(wider);
  }
  void expect(acsl::loss_result const& result, bool added_column = false) const {
    using limit = tolerance<T>;
    auto const expected = entry.at("expected");
    double const loss = expected.at("loss").number();
    CHECK(std::abs(result.value - loss) <= limit::absolute + limit::relative * std::abs(loss));
    CHECK(result.divisor == entry.at("normalizer").at("value").number());
    auto const wanted = test::golden_tensor<double>(expected.at("grad"));
    if (!added_column) {
      CHECK(test::excess(gradient, wanted, limit::relative) <= limit::absolute);
      return;
    }
    std::vector<T> found;
    for (acsl::index_t i = 0; i < gradient.size(); ++i) {
      if (i % gradient.extent(1) != 0) found.push_back(gradient[i]);
      else CHECK(gradient[i] == T(0));
    }
    CHECK(test::excess(found, wanted, limit::relative) <= limit::absolute);
  }
};

inline acsl::class_statistics classes_of(acsl::json_value const& entry) {
  auto const columns = static_cast<std::size_t>(entry.at("layout").at("columns").integer());
  std::string letters(columns - 1, 'f');
  if (auto const extra = entry.find("extra")) {
    auto const groups = extra->at("frequency_groups");
    for (auto [name, letter] : {std::pair("rare", 'r'), std::pair("common", 'c'), std::pair("frequent", 'f')})
      for (auto column : groups.at(name).integers()) letters[static_cast<std::size_t>(column - 1)] = letter;
  }
  return acsl::class_statistics::from_groups(letters);
}

template <class T>
void check_suppression(ACSL_TEST_BACKEND& exec, one_case<T>& one) {
  auto const& entry = one.entry;
  auto const hyper = entry.at("hyperparameters");
  acsl::suppression_options options;
  options.threshold = hyper.at("score_thr").number();
  options.mode = entry.at("mode").text() == "paper" ? acsl::suppression_mode::paper : acsl::suppression_mode::official;
  if (auto const fractions = hyper.find("bg_fraction"))
    options.background_fractions = {fractions->at("rare").number(), fractions->at("common").number(),
                                    fractions->at("frequent").number()};
  acsl::adaptive_class_suppression const loss(classes_of(entry), options);
  if (options.mode == acsl::suppression_mode::paper) {
    auto const gradient = one.output();
    one.expect(loss.evaluate(exec, one.input(), one.label_view(), gradient, acsl::random_key{1}, one.arguments()));
    return;
  }
  auto const kept = entry.at("extra").at("background_rows_kept");
  std::array<std::vector<std::int32_t>, 3> rows;
  std::size_t g = 0;
  for (auto const* name : {"rare", "common", "frequent"}) {
    for (auto row : kept.at(name).integers()) rows[g].push_back(static_cast<std::int32_t>(row));
    ++g;
  }
  auto const plan = loss.weight().plan_from_masks(one.label_view(), one.logits.extent(1), rows, one.arguments());
  auto const gradient = one.output();
  one.expect(loss.sweep(exec, one.input(), plan, gradient, one.arguments()));
  if (entry.at("id").text() == "acsl.official.natural_fractions") {  // nothing is left to chance
    auto const again = one.output();
    one.expect(loss.evaluate(exec, one.input(), one.label_view(), again, acsl::random_key{1}, one.arguments()));
  }
}

template <class T>
void check_case(ACSL_TEST_BACKEND& exec, one_case<T>& one) {
  auto const& entry = one.entry;
  auto const& kind = entry.at("loss").text();
  auto const& mode = entry.at("mode").text();
  if (kind == "acsl") return check_suppression(exec, one);
  bool const sigmoid = kind == "sigmoid_bce";
  bool const widen = sigmoid && entry.at("layout").at("background").text() == "none";
  if (widen) one.add_background_column();
  if (mode.starts_with("class_weight")) {
    auto const weights = test::numbers(entry.at("extra").at("class_weight"));
    for (auto label : one.labels)
      one.row_weights.push_back(static_cast<float>(weights[static_cast<std::size_t>(label)]));
    one.extra.divisor = entry.at("normalizer").at("value").number();
  }
  auto const gradient = one.output();
  auto const evaluate = [&](auto const& loss) {
    return loss.evaluate(exec, one.input(), one.label_view(), gradient, acsl::random_key{1}, one.arguments());
  };
  one.expect(sigmoid ? evaluate(acsl::sigmoid_cross_entropy{}) : evaluate(acsl::softmax_cross_entropy{}), widen);
  if (auto const scores = entry.at("expected").find("scores"); scores && !widen) {
    acsl::tensor<T> found(one.logits.extents());
    if (sigmoid) acsl::sigmoid_cross_entropy{}.score(exec, one.input(), found.view());
    else acsl::softmax_cross_entropy{}.score(exec, one.input(), found.view());
    CHECK(test::excess(found, test::golden_tensor<double>(*scores), tolerance<T>::relative) <= tolerance<T>::absolute);
  }
}

template <class T>
void check_regression(acsl::json_value const& entry) {
  auto const prediction = test::golden_tensor<T>(entry.at("pred")), target = test::golden_tensor<T>(entry.at("target"));
  double const rows = entry.at("normalizer").at("value").number();
  bool const smooth = entry.at("loss").text() == "smooth_l1";
  acsl::smooth_l1_element const element{smooth ? entry.at("hyperparameters").at("beta").number() : 1};
  double sum = 0;
  std::vector<double> gradient;
  for (acsl::index_t i = 0; i < prediction.size(); ++i) {
    T const d = prediction[i] - target[i];
    acsl::value_and_slope<T> const one = smooth ? element(d) : acsl::l1_element{}(d);
    sum += static_cast<double>(one.value);
    gradient.push_back(static_cast<double>(one.slope) / rows);
  }
  double const loss = entry.at("expected").at("loss").number();
  CHECK(std::abs(sum / rows - loss) <= tolerance<T>::absolute + tolerance<T>::relative * loss);
  auto const wanted = test::golden_tensor<double>(entry.at("expected").at("grad"));
  CHECK(test::excess(gradient, wanted, tolerance<T>::relative) <= tolerance<T>::absolute);
}

TEST_CASE_TEMPLATE("losses, gradients and scores equal the vectors of an independent computation", T, double, float) {
  ACSL_TEST_BACKEND exec;
  auto const vectors = test::golden("losses/vectors.json").at("vectors");
  int classification = 0, regression = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    auto const entry = vectors.at(i);
    CAPTURE(entry.at("id").text());
    if (entry.has("pred")) {
      check_regression<T>(entry);
      ++regression;
      continue;
    }
    one_case<T> one(entry);
    check_case(exec, one);
    ++classification;
  }
  CHECK(classification == 19);
  CHECK(regression == 3);
}

}  // namespace loss_vectors
