// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/nn/linear.hpp>
#include <acsl/nn/normalised_linear.hpp>
#include <acsl/nn/scaled_linear.hpp>
#include <string>
#include <utility>
#include <variant>

namespace acsl {

/// Which classifier, and its numbers; `in` and `out` are the head's to fill in.
struct any_classifier_options {
  index_t in = 0, out = 0;
  std::variant<linear_options, normalised_linear_options, scaled_linear_options> kind = {};
};

/// Any of the classifiers, chosen at run time: for programs that read the kind from a configuration. A program that
/// knows it at compile time names it instead.
class any_classifier {
 public:
  using options_type = any_classifier_options;
  using context = std::variant<linear::context, normalised_linear::context, scaled_linear::context>;

  explicit any_classifier(any_classifier_options options, memory_resource* memory = host_heap())
      : layer_(make(std::move(options), memory)) {}

  [[nodiscard]] index_t multiply_adds(shape const& input) const {
    return std::visit([&](auto const& layer) { return layer.multiply_adds(input); }, layer_);
  }
  [[nodiscard]] linear const* plain() const { return std::get_if<linear>(&layer_); }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    return std::visit(
        [&]<class Layer>(Layer& layer) {
          return layer.forward(exec, x, ctx.template emplace<typename Layer::context>());
        },
        layer_);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    return std::visit([&](auto const& layer) { return layer.infer(exec, x); }, layer_);
  }
  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    return std::visit(
        [&]<class Layer>(Layer& layer) {
          return layer.backward(exec, output_gradient, std::get<typename Layer::context>(ctx), input_gradient);
        },
        layer_);
  }
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    std::visit([&](auto& layer) { layer.for_each_parameter(prefix, visit); }, layer_);
  }

 private:
  using layer_type = std::variant<linear, normalised_linear, scaled_linear>;

  static layer_type make(any_classifier_options options, memory_resource* memory) {
    std::visit(
        [&](auto& own) {
          own.in = options.in;
          own.out = options.out;
        },
        options.kind);
    if (auto const* o = std::get_if<normalised_linear_options>(&options.kind)) return normalised_linear(*o, memory);
    if (auto const* o = std::get_if<scaled_linear_options>(&options.kind)) return scaled_linear(*o, memory);
    return linear(std::get<linear_options>(options.kind), memory);
  }

  layer_type layer_;
};

/// The classifier as a plain linear layer; null where it is something else.
inline linear const* plain_linear(linear const& classifier) { return &classifier; }
inline linear const* plain_linear(any_classifier const& classifier) { return classifier.plain(); }
template <class Classifier>
linear const* plain_linear(Classifier const&) {
  return nullptr;
}

}  // namespace acsl
