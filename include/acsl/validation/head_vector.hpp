// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/clone.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/losses/tau_normalisation.hpp>
#include <acsl/models/heads/nearest_class_mean.hpp>
#include <acsl/nn/normalised_linear.hpp>
#include <acsl/nn/scaled_linear.hpp>
#include <acsl/validation/detail/checked_entry.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <acsl/validation/detail/host_copies.hpp>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Whether an entry of a file of loss vectors is a classifier that belongs to a method.
[[nodiscard]] inline bool is_head_vector(json_value const& entry) {
  for (char const* kind : {"normed_linear", "lws", "ncm", "tau_norm"})
    if (detail::has_text(entry, "loss", kind)) return true;
  return false;
}

namespace detail {

template <backend Backend>
tensor<float> matrix_on(Backend& exec, number_matrix const& from) {
  return on_backend<float>(exec, from.numbers, from.extents);
}

/// Gives a layer the parameters of an entry, and gradients of 0.
template <backend Backend, class Layer>
void load_layer(Backend& exec, Layer& layer, json_value const& extra) {
  layer.for_each_parameter("", [&](std::string const& name, parameter& p) {
    p.value = on_backend<float>(exec, numbers_of(extra.at(name), p.value.size()), p.extents());
    p.require_gradient();
    exec.fill(p.gradient.view(), 0.0F);
  });
}

/// Outputs as scores; gradients by features, weights and bias.
template <backend Backend>
void check_normalised_linear(Backend& exec, json_value const& entry, loss_check& check, tolerance accepted) {
  auto const extra = entry.at("extra"), expected = entry.at("expected"), hyper = entry.at("hyperparameters");
  auto const weight = matrix_of(extra.at("weight"));
  auto const features = matrix_of(extra.at("features"), weight.extents[1]);
  auto const upstream = matrix_of(extra.at("upstream"), weight.extents[0]);
  if (upstream.extents[0] != features.extents[0]) extra.at("upstream").fail("expected a row for each row of features");
  double const temperature = hyper.at("temperature").number();
  normalised_linear layer({.in = weight.extents[1],
                           .out = weight.extents[0],
                           .temperature = temperature,
                           .power = hyper.at("power").number(),
                           .eps = hyper.at("eps").number()},
                          exec.memory());
  load_layer(exec, layer, extra);
  auto const x = matrix_on(exec, features), above = matrix_on(exec, upstream);
  normalised_linear::context ctx;
  auto const y = layer.forward(exec, x.view(), ctx);
  auto const by_features = layer.backward(exec, above.view(), ctx);
  tolerance const of_outputs{accepted.absolute * std::max(1.0, temperature), accepted.relative};  // angles times it
  check.scores.add_all(on_host(exec, y), acsl::numbers_of(expected.at("output")), of_outputs);
  check.gradient.add_all(on_host(exec, by_features), acsl::numbers_of(expected.at("grad_features")), of_outputs);
  layer.for_each_parameter("", [&](std::string const& name, parameter& p) {
    check.gradient.add_all(on_host(exec, p.gradient), acsl::numbers_of(expected.at("grad_" + name)), of_outputs);
  });
}

/// Logits as scores, the softmax cross-entropy of them, and its gradient by the factors.
template <backend Backend>
void check_scaled_linear(Backend& exec, json_value const& entry, loss_check& check, tolerance accepted) {
  auto const extra = entry.at("extra"), expected = entry.at("expected");
  auto const& mode = entry.at("mode").text();
  if (mode != "scale_logits" && mode != "scale_weights") entry.at("mode").fail("there is no layer \"" + mode + "\"");
  auto const weight = matrix_of(extra.at("weight"));
  auto const features = matrix_of(extra.at("features"), weight.extents[1]);
  auto const labels = integers_of(extra.at("labels"), 0, static_cast<std::int32_t>(weight.extents[0]) - 1);
  expect_count(extra.at("labels"), labels.size(), features.extents[0]);
  scaled_linear layer({.in = weight.extents[1],
                       .out = weight.extents[0],
                       .part = mode == "scale_logits" ? scaled_part::logits : scaled_part::weights},
                      exec.memory());
  load_layer(exec, layer, extra);
  auto const x = matrix_on(exec, features);
  scaled_linear::context ctx;
  auto const logits = layer.forward(exec, x.view(), ctx);
  tensor<float> gradient(logits.extents(), exec.memory());
  softmax_cross_entropy loss;
  auto const found =
      loss.evaluate(exec, logits.view(), {labels.data(), {features.extents[0]}}, gradient.view(), random_key{1});
  layer.backward(exec, std::as_const(gradient).view(), ctx);
  check.scores.add_all(on_host(exec, logits), acsl::numbers_of(expected.at("logits")), accepted);
  check.value.add(found.value, expected.at("loss").number(), accepted);
  check.gradient.add_all(on_host(exec, layer.scale().gradient), acsl::numbers_of(expected.at("grad_scale")), accepted);
}

/// For every transformation of features that the entry expects: class means as state, similarities as scores.
template <backend Backend>
void check_class_means(Backend& exec, json_value const& entry, loss_check& check, tolerance accepted) {
  auto const extra = entry.at("extra"), expected = entry.at("expected");
  if (entry.at("mode").text() != "negative_squared_l2")
    entry.at("mode").fail("there is no similarity \"" + entry.at("mode").text() + "\"");
  auto const features = matrix_of(extra.at("features"));
  index_t const dimensions = features.extents[1];
  auto const query = matrix_of(extra.at("query"), dimensions);
  for (auto const& name : expected.keys()) {
    auto const wanted = expected.at(name);
    auto const transform = name == "un"     ? feature_transform::none
                           : name == "l2n"  ? feature_transform::unit
                           : name == "cl2n" ? feature_transform::centred_unit
                                            : (wanted.fail("there is no such transformation"), feature_transform::none);
    auto const means = matrix_of(wanted.at("centroids"), dimensions);
    index_t const classes = means.extents[0];
    auto labels = integers_of(extra.at("labels"), 0, static_cast<std::int32_t>(classes) - 1);
    expect_count(extra.at("labels"), labels.size(), features.extents[0]);
    for (auto& label : labels) ++label;  // background is 0 here
    nearest_class_mean_options options{.dimensions = dimensions, .classes = classes, .transform = transform};
    if (transform == feature_transform::centred_unit) options.centre = numbers_of(extra.at("feature_mean"), dimensions);
    nearest_class_mean head(std::move(options), exec.memory());
    auto const x = matrix_on(exec, features), q = matrix_on(exec, query);
    head.add(exec, x.view(), {labels.data(), {features.extents[0]}});
    auto scores = filled(exec, {query.extents[0], classes + 1}, 0.0F);
    head.score(exec, q.view(), scores.view());
    auto found = on_host(exec, scores);
    for (index_t row = query.extents[0]; row-- > 0;) found.erase(found.begin() + row * (classes + 1));  // background
    check.state.add_all(on_host(exec, head.centroids(exec)), means.numbers, accepted);
    check.scores.add_all(found, matrix_of(wanted.at("scores"), classes).numbers, accepted);
  }
}

/// Normalised weights, for every power that the entry expects.
template <backend Backend>
void check_tau_normalisation(Backend& exec, json_value const& entry, loss_check& check, tolerance accepted) {
  auto const expected = entry.at("expected");
  auto const weight = matrix_of(entry.at("extra").at("weight"));
  auto const w = matrix_on(exec, weight);
  auto const single = on_host(exec, w);
  for (auto const& key : expected.keys()) {
    auto const factors = tau_normalisation_factors(exec, w.view(), number_in_key(expected, key, "tau"));
    auto found = single;
    for (std::size_t i = 0; i < found.size(); ++i) found[i] *= factors[i / static_cast<std::size_t>(w.extent(1))];
    check.value.add_all(found, matrix_of(expected.at(key), w.extent(1)).numbers, accepted);
  }
}

}  // namespace detail

/// Checks a classifier that belongs to a method on a backend, in float: these layers know no other precision. What a
/// normalised linear layer multiplies by its temperature may differ by as many times the absolute tolerance.
/// @pre is_head_vector(entry) @throws acsl::file_error naming the place of what does not fit
template <backend Backend>
loss_check check_head_vector(Backend& exec, json_value const& entry, tolerance accepted = loss_tolerance<float>) {
  return detail::checked_entry(entry, [&](loss_check& check) {
    check.note = "in float";
    auto const& kind = entry.at("loss").text();
    if (kind == "normed_linear") detail::check_normalised_linear(exec, entry, check, accepted);
    else if (kind == "lws") detail::check_scaled_linear(exec, entry, check, accepted);
    else if (kind == "ncm") detail::check_class_means(exec, entry, check, accepted);
    else detail::check_tau_normalisation(exec, entry, check, accepted);
  });
}

}  // namespace acsl
