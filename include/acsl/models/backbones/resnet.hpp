// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/nn/initialise.hpp>
#include <acsl/nn/max_pool.hpp>
#include <acsl/nn/residual_block.hpp>
#include <array>
#include <string>
#include <vector>

namespace acsl {

/// What a residual network is made for. Depth, groups and width are run-time options: R50, R101 and X101-64x4d are one
/// type.
template <class Norm>
struct resnet_options {
  std::vector<int> blocks = {3, 4, 6, 3};  ///< of each stage; see `resnet_blocks`
  index_t width = 64;                      ///< channels of the stem; stage k has width · 2^k planes
  index_t groups = 1, base_width = 64;     ///< ResNeXt: 64 groups of base width 4
  int frozen_stages = 1;                   ///< 0: the stem; k: the stem and layers 1 … k; −1: none
  bool zero_last_norm = true;              ///< `initialise` starts every block as the identity
  typename Norm::options_type norm = {};
};

/// Blocks of the four stages of the published depths. @throws acsl::error for another depth
inline std::vector<int> resnet_blocks(int depth) {
  switch (depth) {
    case 10:
      return {1, 1, 1, 1};
    case 18:
      return {2, 2, 2, 2};
    case 34:
    case 50:
      return {3, 4, 6, 3};
    case 101:
      return {3, 4, 23, 3};
    case 152:
      return {3, 8, 36, 3};
    default:
      break;
  }
  ACSL_EXPECTS(false, "the depth of a residual network is 10, 18, 34, 50, 101 or 152", depth);
  return {};
}

/// Residual network without its classifier (detector-spec 2). Input [N, 3, H, W]; output C2 … C5, strides 4, 8, 16, 32.
///
/// Parameters: `conv1`, `bn1`, `layer{1..4}.{block}.…` in the original's order. Frozen stages have no gradient and run
/// as in inference even while training.
template <class Block>
class resnet {
 public:
  using norm_type = typename Block::norm_type;
  using options_type = resnet_options<norm_type>;
  static constexpr int stages = 4;

  struct context {
    typename conv_norm<norm_type>::context stem;
    max_pool::context pool;
    tensor<float> stem_output, pooled;
    std::array<std::vector<typename Block::context>, stages> blocks;
    std::array<std::vector<tensor<float>>, stages> between;  // outputs of all blocks but a stage's last
    std::array<tensor_view<float const>, stages> outputs;    // of the stages; kept alive by the caller
  };

  explicit resnet(options_type options, memory_resource* memory = host_heap())
      : options_(std::move(options)),
        stem_({.in_channels = 3, .out_channels = options_.width, .kernel = 7, .stride = 2, .padding = 3}, options_.norm,
              memory) {
    ACSL_EXPECTS(options_.blocks.size() == stages, "a residual network has four stages", options_.blocks.size());
    ACSL_EXPECTS(options_.frozen_stages >= -1 && options_.frozen_stages <= stages, "frozen stages are -1 to 4",
                 options_.frozen_stages);
    index_t in = options_.width;
    for (int k = 0; k < stages; ++k) {
      index_t const planes = options_.width << k, out = planes * Block::expansion;
      for (int b = 0; b < options_.blocks[static_cast<std::size_t>(k)]; ++b) {
        index_t const stride = b == 0 && k > 0 ? 2 : 1;
        stages_[static_cast<std::size_t>(k)].emplace_back(
            typename Block::options_type{.in_channels = in,
                                         .planes = planes,
                                         .stride = stride,
                                         .groups = options_.groups,
                                         .base_width = options_.base_width,
                                         .downsample = b == 0 && (stride != 1 || in != out),
                                         .norm = options_.norm},
            memory);
        in = out;
      }
    }
    freeze();
  }

  [[nodiscard]] options_type const& options() const { return options_; }
  /// Channels of C2 … C5.
  [[nodiscard]] std::array<index_t, stages> out_channels() const {
    std::array<index_t, stages> result{};
    for (int k = 0; k < stages; ++k) result[static_cast<std::size_t>(k)] = (options_.width << k) * Block::expansion;
    return result;
  }

  void initialise(random_key key) {
    initialise_kaiming(stem_.conv().weight(), key.with(0));
    std::uint64_t n = 1;
    for (auto& stage : stages_)
      for (auto& block : stage) block.initialise(key.with(n++), options_.zero_last_norm);
  }

  template <backend Backend>
  std::array<tensor<float>, stages> forward(Backend& exec, tensor_view<float const> images, context& ctx) {
    std::array<tensor<float>, stages> result;
    if (frozen(-1)) {
      ctx.pooled = pool_.infer(exec, stem_.infer(exec, images, fuse_relu::yes));
    } else {
      ctx.stem_output = stem_.forward(exec, images, ctx.stem, fuse_relu::yes);
      ctx.pooled = pool_.forward(exec, ctx.stem_output.view(), ctx.pool);
    }
    tensor_view<float const> x = ctx.pooled.view();
    for (std::size_t k = 0; k < stages; ++k) {
      auto& blocks = stages_[k];
      ctx.blocks[k].clear();
      ctx.blocks[k].resize(blocks.size());
      ctx.between[k].clear();
      ctx.between[k].reserve(blocks.size());
      for (std::size_t b = 0; b < blocks.size(); ++b) {
        auto y = frozen(static_cast<int>(k)) ? blocks[b].infer(exec, x) : blocks[b].forward(exec, x, ctx.blocks[k][b]);
        auto& home = b + 1 < blocks.size() ? ctx.between[k].emplace_back() : result[k];
        home = std::move(y);
        x = home.view();
      }
      if (frozen(static_cast<int>(k))) ctx.between[k].clear();
    }
    return result;
  }
  template <backend Backend>
  std::array<tensor<float>, stages> infer(Backend& exec, tensor_view<float const> images) const {
    std::array<tensor<float>, stages> result;
    tensor<float> x = pool_.infer(exec, stem_.infer(exec, images, fuse_relu::yes));
    for (std::size_t k = 0; k < stages; ++k)
      for (std::size_t b = 0; b < stages_[k].size(); ++b) {
        auto y = stages_[k][b].infer(exec, k > 0 && b == 0 ? result[k - 1].view() : x.view());
        (b + 1 < stages_[k].size() ? x : result[k]) = std::move(y);
      }
    return result;
  }

  /// From the gradients of C2 … C5 to those of the parameters. Stops above the frozen stages.
  template <backend Backend>
  void backward(Backend& exec, std::vector<tensor_view<float const>> const& output_gradients, context& ctx) {
    tensor<float> gradient;
    for (std::size_t k = stages; k-- > 0;) {
      if (frozen(static_cast<int>(k))) return;
      if (gradient.empty()) gradient = clone(exec, output_gradients[k]);
      else add_into(exec, output_gradients[k], gradient.view());
      bool const below = !frozen(static_cast<int>(k) - 1);
      for (std::size_t b = stages_[k].size(); b-- > 0;)
        gradient = stages_[k][b].backward(exec, gradient.view(), ctx.blocks[k][b], b > 0 || below);
    }
    if (frozen(-1)) return;
    gradient = pool_.backward(exec, gradient.view(), ctx.pool);
    stem_.backward(exec, gradient.view(), ctx.stem, false);
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    stem_.conv().for_each_parameter(prefix + "conv1.", visit);
    stem_.norm().for_each_parameter(prefix + "bn1.", visit);
    for (std::size_t k = 0; k < stages; ++k)
      for (std::size_t b = 0; b < stages_[k].size(); ++b)
        stages_[k][b].for_each_parameter(prefix + "layer" + std::to_string(k + 1) + "." + std::to_string(b) + ".",
                                         visit);
  }
  /// visit(name, layer, shape of its input) for every layer. @return the shapes of C2 … C5
  template <class Visitor>
  std::array<shape, stages> for_each_layer(std::string const& prefix, shape const& images, Visitor&& visit) const {
    shape x = stem_.for_each_layer(prefix + "conv1", prefix + "bn1", images, visit);
    visit(prefix + "relu", relu{}, x);
    visit(prefix + "maxpool", pool_, x);
    x = pool_.output_shape(x);
    std::array<shape, stages> result;
    for (std::size_t k = 0; k < stages; ++k) {
      for (std::size_t b = 0; b < stages_[k].size(); ++b)
        x = stages_[k][b].for_each_layer(prefix + "layer" + std::to_string(k + 1) + "." + std::to_string(b) + ".", x,
                                         visit);
      result[k] = x;
    }
    return result;
  }

 private:
  /// Whether stage k (0-based; −1: the stem) is frozen.
  [[nodiscard]] bool frozen(int k) const { return k < options_.frozen_stages; }
  void freeze() {
    auto const stop = [](std::string const&, parameter& p) { p.trainable = false; };
    if (frozen(-1)) {
      stem_.conv().for_each_parameter("", stop);
      stem_.norm().for_each_parameter("", stop);
    }
    for (int k = 0; k < stages; ++k)
      if (frozen(k))
        for (auto& block : stages_[static_cast<std::size_t>(k)]) block.for_each_parameter("", stop);
  }

  options_type options_;
  conv_norm<norm_type> stem_;
  max_pool pool_;
  std::array<std::vector<Block>, stages> stages_;
};

}  // namespace acsl
