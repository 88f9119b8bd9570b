// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/nn/conv_norm.hpp>
#include <acsl/nn/initialise.hpp>
#include <optional>
#include <string>
#include <vector>

namespace acsl {

/// What a residual block is made for.
template <class Norm>
struct residual_block_options {
  index_t in_channels = 0;
  index_t planes = 0;  ///< the block puts out planes · expansion channels
  index_t stride = 1;
  index_t groups = 1;       ///< of the 3x3 convolution of a bottleneck
  index_t base_width = 64;  ///< its width is floor(planes · base_width / 64) · groups
  bool downsample = false;  ///< shortcut by a 1x1 convolution and a norm instead of the identity
  typename Norm::options_type norm = {};
};

namespace detail {

/// A residual block over any chain of convolutions: y = relu(chain(x) + shortcut(x)).
/// Parameters: `conv1`, `bn1`, `conv2`, `bn2`, …, `downsample.0`, `downsample.1`.
template <class Norm>
class residual_chain {
 public:
  struct context {
    std::vector<typename conv_norm<Norm>::context> chain;
    std::vector<tensor<float>> between;  // outputs of all units but the last, which the units view
    typename conv_norm<Norm>::context shortcut;
  };

  residual_chain(std::vector<conv2d_options> const& units, residual_block_options<Norm> const& options,
                 memory_resource* memory) {
    for (auto const& unit : units) chain_.emplace_back(unit, options.norm, memory);
    if (options.downsample)
      shortcut_.emplace(
          conv2d_options{
              .in_channels = options.in_channels, .out_channels = units.back().out_channels, .stride = options.stride},
          options.norm, memory);
    else
      ACSL_EXPECTS(options.stride == 1 && options.in_channels == units.back().out_channels,
                   "an identity shortcut keeps size and channels", options.stride, options.in_channels,
                   units.back().out_channels);
  }

  /// He initialisation of the convolutions. With `zero_last` the last norm starts at 0: the block is the identity.
  void initialise(random_key key, bool zero_last) {
    for (std::size_t i = 0; i < chain_.size(); ++i) initialise_kaiming(chain_[i].conv().weight(), key.with(i));
    if (shortcut_) initialise_kaiming(shortcut_->conv().weight(), key.with(chain_.size()));
    if (zero_last) initialise_constant(chain_.back().norm().weight(), 0);
  }

  template <backend Backend>
  tensor<float> forward(Backend& exec, tensor_view<float const> x, context& ctx) {
    ctx.chain.resize(chain_.size());
    ctx.between.clear();
    ctx.between.reserve(chain_.size());
    auto const identity = shortcut_ ? shortcut_->forward(exec, x, ctx.shortcut, fuse_relu::no) : tensor<float>();
    auto const addend = shortcut_ ? identity.view() : x;
    tensor_view<float const> input = x;
    for (std::size_t i = 0; i + 1 < chain_.size(); ++i) {
      ctx.between.push_back(chain_[i].forward(exec, input, ctx.chain[i], fuse_relu::yes));
      input = ctx.between.back().view();
    }
    return chain_.back().forward(exec, input, ctx.chain.back(), fuse_relu::yes, addend);
  }
  template <backend Backend>
  tensor<float> infer(Backend& exec, tensor_view<float const> x) const {
    auto const identity = shortcut_ ? shortcut_->infer(exec, x, fuse_relu::no) : tensor<float>();
    tensor<float> between;
    tensor_view<float const> input = x;
    for (std::size_t i = 0; i + 1 < chain_.size(); ++i) {
      auto next = chain_[i].infer(exec, input, fuse_relu::yes);
      between = std::move(next);
      input = between.view();
    }
    return chain_.back().infer(exec, input, fuse_relu::yes, shortcut_ ? identity.view() : x);
  }
  template <backend Backend>
  tensor<float> backward(Backend& exec, tensor_view<float const> output_gradient, context& ctx,
                         bool input_gradient = true) {
    tensor<float> identity;
    auto gradient =
        chain_.back().backward(exec, output_gradient, ctx.chain.back(), chain_.size() > 1 || input_gradient, &identity);
    for (std::size_t i = chain_.size() - 1; i-- > 0;)
      gradient = chain_[i].backward(exec, gradient.view(), ctx.chain[i], i > 0 || input_gradient);
    if (shortcut_) identity = shortcut_->backward(exec, identity.view(), ctx.shortcut, input_gradient);
    if (!input_gradient) return {};
    add_into(exec, identity.view(), gradient.view());
    return gradient;
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    for (std::size_t i = 0; i < chain_.size(); ++i) {
      auto const number = std::to_string(i + 1);
      chain_[i].conv().for_each_parameter(prefix + "conv" + number + ".", visit);
      chain_[i].norm().for_each_parameter(prefix + "bn" + number + ".", visit);
    }
    if (!shortcut_) return;
    shortcut_->conv().for_each_parameter(prefix + "downsample.0.", visit);
    shortcut_->norm().for_each_parameter(prefix + "downsample.1.", visit);
  }
  /// visit(name, layer, shape of its input) for every layer; a relu follows every norm of the chain.
  /// @return the shape of the output
  template <class Visitor>
  shape for_each_layer(std::string const& prefix, shape const& input, Visitor&& visit) const {
    shape x = input;
    for (std::size_t i = 0; i < chain_.size(); ++i) {
      auto const number = std::to_string(i + 1);
      x = chain_[i].for_each_layer(prefix + "conv" + number, prefix + "bn" + number, x, visit);
      visit(prefix + "relu" + number, relu{}, x);
    }
    if (shortcut_) shortcut_->for_each_layer(prefix + "downsample.0", prefix + "downsample.1", input, visit);
    return x;
  }

 private:
  std::vector<conv_norm<Norm>> chain_;
  std::optional<conv_norm<Norm>> shortcut_;
};

}  // namespace detail

/// Two 3x3 convolutions; the first has the stride. ResNet-18 and -34. Groups and base width must be 1 and 64.
/// @source He, Zhang, Ren, Sun, CVPR 2016
template <class Norm>
class basic_block : public detail::residual_chain<Norm> {
 public:
  using norm_type = Norm;
  using options_type = residual_block_options<Norm>;
  static constexpr index_t expansion = 1;

  explicit basic_block(options_type const& o, memory_resource* memory = host_heap())
      : detail::residual_chain<Norm>(
            {{.in_channels = o.in_channels, .out_channels = o.planes, .kernel = 3, .stride = o.stride, .padding = 1},
             {.in_channels = o.planes, .out_channels = o.planes, .kernel = 3, .padding = 1}},
            o, memory) {
    ACSL_EXPECTS(o.groups == 1 && o.base_width == 64, "a basic block has one group and base width 64", o.groups,
                 o.base_width);
  }
};

/// 1x1, 3x3 with the stride and the groups, 1x1 to four times the planes. ResNet-50 and deeper, ResNeXt.
/// @source He, Zhang, Ren, Sun, CVPR 2016 (stride on the 3x3, as in the "pytorch" style); Xie et al., CVPR 2017
template <class Norm>
class bottleneck : public detail::residual_chain<Norm> {
 public:
  using norm_type = Norm;
  using options_type = residual_block_options<Norm>;
  static constexpr index_t expansion = 4;

  explicit bottleneck(options_type const& o, memory_resource* memory = host_heap())
      : detail::residual_chain<Norm>({{.in_channels = o.in_channels, .out_channels = width(o)},
                                      {.in_channels = width(o),
                                       .out_channels = width(o),
                                       .kernel = 3,
                                       .stride = o.stride,
                                       .padding = 1,
                                       .groups = o.groups},
                                      {.in_channels = width(o), .out_channels = expansion * o.planes}},
                                     o, memory) {}

 private:
  static index_t width(options_type const& o) { return o.planes * o.base_width / 64 * o.groups; }
};

}  // namespace acsl
