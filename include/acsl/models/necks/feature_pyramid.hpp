// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/nn/conv2d.hpp>
#include <acsl/nn/initialise.hpp>
#include <acsl/nn/upsample.hpp>
#include <span>
#include <string>
#include <vector>

namespace acsl {

struct feature_pyramid_options {
  std::vector<index_t> in_channels;  ///< of the backbone's stages, fine to coarse
  index_t out_channels = 256;
  index_t levels = 5;  ///< at least the number of stages; further levels are subsampled by 2
};

/// Feature pyramid network (detector-spec 3): laterals 1x1, top-down sums of upsampled coarser maps, 3x3 convolutions;
/// no norm, no activation. Further levels take every second pixel of the level before.
///
/// Parameters: `lateral_convs.{i}.conv.{weight,bias}`, then `fpn_convs.{i}.conv.{weight,bias}`. Heights and widths of a
/// stage must be twice those of the next (inputs are multiples of 32).
/// @source Lin, Dollár, Girshick, He, Hariharan, Belongie, CVPR 2017
class feature_pyramid {
 public:
  struct context {
    std::vector<conv2d::context> laterals, outputs;
    std::vector<tensor<float>> merged;  // lateral plus coarser maps
  };

  explicit feature_pyramid(feature_pyramid_options options, memory_resource* memory = host_heap())
      : options_(std::move(options)) {
    ACSL_EXPECTS(!options_.in_channels.empty() && options_.levels >= static_cast<index_t>(options_.in_channels.size()),
                 "a pyramid has at least one level per stage of the backbone", options_.levels,
                 options_.in_channels.size());
    for (index_t in : options_.in_channels) {
      laterals_.emplace_back(conv2d_options{.in_channels = in, .out_channels = options_.out_channels, .bias = true},
                             memory);
      outputs_.emplace_back(conv2d_options{.in_channels = options_.out_channels,
                                           .out_channels = options_.out_channels,
                                           .kernel = 3,
                                           .padding = 1,
                                           .bias = true},
                            memory);
    }
  }

  [[nodiscard]] feature_pyramid_options const& options() const { return options_; }

  /// Xavier uniform, biases 0.
  void initialise(random_key key) {
    std::uint64_t n = 0;
    for_each_parameter("", [&](std::string const& name, parameter& p) {
      if (name.ends_with("weight")) initialise_xavier_uniform(p, key.with(n++));
      else initialise_constant(p, 0);
    });
  }

  /// @param stages C2 …, fine to coarse
  /// @return P2 …, `levels` maps, fine to coarse
  template <backend Backend>
  std::vector<tensor<float>> forward(Backend& exec, std::vector<tensor_view<float const>> const& stages, context& ctx) {
    ctx.laterals.assign(laterals_.size(), {});
    ctx.outputs.assign(outputs_.size(), {});
    for (std::size_t i = 0; i < laterals_.size(); ++i) ctx.laterals[i].input = stages[i];
    ctx.merged = merge(exec, stages);
    std::vector<tensor<float>> result;
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      result.push_back(outputs_[i].forward(exec, ctx.merged[i].view(), ctx.outputs[i]));
    add_levels(exec, result);
    return result;
  }
  template <backend Backend>
  std::vector<tensor<float>> infer(Backend& exec, std::vector<tensor_view<float const>> const& stages) const {
    auto const merged = merge(exec, stages);
    std::vector<tensor<float>> result;
    for (std::size_t i = 0; i < outputs_.size(); ++i) result.push_back(outputs_[i].infer(exec, merged[i].view()));
    add_levels(exec, result);
    return result;
  }

  /// @param output_gradients of P2 …, `levels` maps
  /// @return gradients of C2 …; empty tensors when not asked for
  template <backend Backend>
  std::vector<tensor<float>> backward(Backend& exec, std::vector<tensor_view<float const>> const& output_gradients,
                                      context& ctx, bool input_gradient = true) {
    std::size_t const stages = outputs_.size();
    std::vector<tensor<float>> merged(stages);
    tensor<float> coarser;  // gradient that the subsampled levels hand down, coarse to fine
    for (std::size_t i = output_gradients.size(); i-- > stages;) {
      auto const g = coarser.empty() ? clone(exec, output_gradients[i]) : std::move(coarser);
      coarser = clone(exec, output_gradients[i - 1]);
      subsample_backward(exec, g.view(), coarser.view());
    }
    for (std::size_t i = stages; i-- > 0;) {
      bool const last = i + 1 == stages && !coarser.empty();
      merged[i] = outputs_[i].backward(exec, last ? coarser.view() : output_gradients[i], ctx.outputs[i]);
    }
    for (std::size_t i = 0; i + 1 < stages; ++i) {  // the finer gradient flows up to the coarser
      upsample::context none;
      auto const up = upsample{}.backward(exec, merged[i].view(), none);
      add_into(exec, up.view(), merged[i + 1].view());
    }
    std::vector<tensor<float>> result(stages);
    for (std::size_t i = 0; i < stages; ++i)
      result[i] = laterals_[i].backward(exec, merged[i].view(), ctx.laterals[i], input_gradient);
    return result;
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    for (std::size_t i = 0; i < laterals_.size(); ++i)
      laterals_[i].for_each_parameter(prefix + "lateral_convs." + std::to_string(i) + ".conv.", visit);
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      outputs_[i].for_each_parameter(prefix + "fpn_convs." + std::to_string(i) + ".conv.", visit);
  }
  /// visit(name, layer, shape of its input) for every convolution.
  /// @param stages shapes of C2 … @return the shapes of P2 …
  template <class Visitor>
  std::vector<shape> for_each_layer(std::string const& prefix, std::span<shape const> stages, Visitor&& visit) const {
    ACSL_EXPECTS(stages.size() == laterals_.size(), "a pyramid takes one map per stage", stages.size(),
                 laterals_.size());
    std::vector<shape> levels;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      visit(prefix + "lateral_convs." + std::to_string(i) + ".conv", laterals_[i], stages[i]);
      levels.push_back({stages[i][0], options_.out_channels, stages[i][2], stages[i][3]});
    }
    for (std::size_t i = 0; i < stages.size(); ++i)
      visit(prefix + "fpn_convs." + std::to_string(i) + ".conv", outputs_[i], levels[i]);
    while (static_cast<index_t>(levels.size()) < options_.levels) {
      shape const fine = levels.back();
      levels.push_back({fine[0], fine[1], (fine[2] - 1) / 2 + 1, (fine[3] - 1) / 2 + 1});
    }
    return levels;
  }

 private:
  template <backend Backend>
  std::vector<tensor<float>> merge(Backend& exec, std::vector<tensor_view<float const>> const& stages) const {
    ACSL_EXPECTS(stages.size() == laterals_.size(), "a pyramid takes one map per stage", stages.size(),
                 laterals_.size());
    std::vector<tensor<float>> merged;
    for (std::size_t i = 0; i < stages.size(); ++i) merged.push_back(laterals_[i].infer(exec, stages[i]));
    for (std::size_t i = stages.size() - 1; i > 0; --i) upsample::add(exec, merged[i].view(), merged[i - 1].view());
    return merged;
  }
  template <backend Backend>
  void add_levels(Backend& exec, std::vector<tensor<float>>& levels) const {
    while (static_cast<index_t>(levels.size()) < options_.levels) {
      auto const fine = std::as_const(levels.back()).view();
      index_t const height = (fine.extent(2) - 1) / 2 + 1, width = (fine.extent(3) - 1) / 2 + 1;
      tensor<float> coarse({fine.extent(0), fine.extent(1), height, width}, exec.memory());
      float* out = coarse.data();
      exec.for_each(coarse.size(), [=] ACSL_HOST_DEVICE(index_t i) {
        index_t const plane = i / (height * width), y = i / width % height, x = i % width;
        out[i] = fine[(plane * fine.extent(2) + 2 * y) * fine.extent(3) + 2 * x];
      });
      levels.push_back(std::move(coarse));
    }
  }
  template <backend Backend>
  static void subsample_backward(Backend& exec, tensor_view<float const> coarse, tensor_view<float> fine) {
    index_t const height = coarse.extent(2), width = coarse.extent(3);
    exec.for_each(coarse.size(), [=] ACSL_HOST_DEVICE(index_t i) {
      index_t const plane = i / (height * width), y = i / width % height, x = i % width;
      fine[(plane * fine.extent(2) + 2 * y) * fine.extent(3) + 2 * x] += coarse[i];
    });
  }

  feature_pyramid_options options_;
  std::vector<conv2d> laterals_, outputs_;
};

}  // namespace acsl
