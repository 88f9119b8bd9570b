// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/parameter.hpp>
#include <acsl/models/heads/anchor_losses.hpp>
#include <acsl/models/heads/proposals.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/nn/conv2d.hpp>
#include <acsl/nn/initialise.hpp>
#include <acsl/nn/relu.hpp>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// Numbers of the region proposal network; defaults are the original's (detector-spec 4).
struct region_proposal_options {
  index_t in_channels = 256;
  index_t feature_channels = 256;
  anchor_options anchors;
  anchor_target_options targets;
  float smooth_l1_beta = 1.0F / 9.0F;
  proposal_options training{2000, 2000, 2000, 0.7F, 0};
  proposal_options testing{1000, 1000, 1000, 0.7F, 0};
};

/// Region proposal network: one 3x3 convolution and two 1x1 convolutions, shared by all levels of the pyramid.
///
/// Parameters, in order: `rpn_conv.{weight,bias}`, `rpn_cls.{weight,bias}`, `rpn_reg.{weight,bias}`.
/// @source Ren, He, Girshick, Sun: "Faster R-CNN", NIPS 2015; numbers of detector-spec 4
class region_proposal_head {
 public:
  struct level_context {
    conv2d::context conv, objectness, deltas;
    tensor<float> hidden;  // rpn_conv's output before the relu is overwritten by its relu
    relu::context activation;
  };
  struct context {
    std::vector<level_context> levels;
  };

  explicit region_proposal_head(region_proposal_options options, memory_resource* memory = host_heap())
      : options_(std::move(options)),
        conv_({.in_channels = options_.in_channels,
               .out_channels = options_.feature_channels,
               .kernel = 3,
               .padding = 1,
               .bias = true},
              memory),
        objectness_({.in_channels = options_.feature_channels, .out_channels = anchors_per_cell(), .bias = true},
                    memory),
        deltas_({.in_channels = options_.feature_channels, .out_channels = 4 * anchors_per_cell(), .bias = true},
                memory) {}

  [[nodiscard]] region_proposal_options const& options() const { return options_; }

  /// Weights ~ N(0, 0.01²), biases 0.
  void initialise(random_key key) {
    std::uint64_t n = 0;
    for_each_parameter("", [&](std::string const& name, parameter& p) {
      if (name.ends_with("weight")) initialise_normal(p, 0.01, key.with(n++));
      else initialise_constant(p, 0);
    });
  }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    conv_.for_each_parameter(prefix + "rpn_conv.", visit);
    objectness_.for_each_parameter(prefix + "rpn_cls.", visit);
    deltas_.for_each_parameter(prefix + "rpn_reg.", visit);
  }
  /// visit(name, layer, shape of its input) for every convolution, on every level.
  template <class Visitor>
  void for_each_layer(std::string const& prefix, std::span<shape const> levels, Visitor&& visit) const {
    for (shape const& level : levels) {
      visit(prefix + "rpn_conv", conv_, level);
      shape const hidden = conv_.geometry().output_shape(level);
      visit(prefix + "rpn_cls", objectness_, hidden);
      visit(prefix + "rpn_reg", deltas_, hidden);
    }
  }

  template <backend Backend>
  std::vector<region_scores> forward(Backend& exec, std::span<tensor_view<float const> const> levels, context& ctx) {
    ctx.levels.clear();
    ctx.levels.resize(levels.size());
    std::vector<region_scores> result;
    for (std::size_t i = 0; i < levels.size(); ++i) {
      auto& level = ctx.levels[i];
      level.hidden = activation_.forward(exec, conv_.forward(exec, levels[i], level.conv), level.activation);
      result.push_back({objectness_.forward(exec, level.hidden, level.objectness),
                        deltas_.forward(exec, level.hidden, level.deltas)});
    }
    return result;
  }

  template <backend Backend>
  std::vector<region_scores> infer(Backend& exec, std::span<tensor_view<float const> const> levels) const {
    std::vector<region_scores> result;
    for (auto const& level : levels) {
      auto const hidden = conv_.infer(exec, level, fuse_relu::yes);
      result.push_back({objectness_.infer(exec, hidden), deltas_.infer(exec, hidden)});
    }
    return result;
  }

  /// From the gradients of the scores to those of the levels.
  template <backend Backend>
  std::vector<tensor<float>> backward(Backend& exec, std::vector<region_scores> const& gradients, context& ctx,
                                      bool input_gradient = true) {
    std::vector<tensor<float>> result;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      auto& level = ctx.levels[i];
      auto hidden = objectness_.backward(exec, gradients[i].objectness, level.objectness);
      auto const other = deltas_.backward(exec, gradients[i].deltas, level.deltas);
      add_into(exec, other.view(), hidden.view());
      auto const before = activation_.backward(exec, hidden, level.activation);
      result.push_back(conv_.backward(exec, before, level.conv, input_gradient));
    }
    return result;
  }

  /// Anchors of every level for feature maps of these sizes.
  template <backend Backend>
  std::vector<tensor<box>> anchors(Backend& exec, std::vector<region_scores> const& scores) const {
    ACSL_EXPECTS(scores.size() == options_.anchors.strides.size(), "one anchor stride per level of the pyramid",
                 scores.size(), options_.anchors.strides.size());
    std::vector<tensor<box>> result;
    for (std::size_t i = 0; i < scores.size(); ++i)
      result.push_back(grid_anchors(exec, base_anchors(options_.anchors.strides[i], options_.anchors),
                                    options_.anchors.strides[i], scores[i].objectness.extent(2),
                                    scores[i].objectness.extent(3)));
    return result;
  }

  /// Losses `loss_rpn_cls` and `loss_rpn_bbox` (each summed over levels) and, when `gradients` is given, their
  /// gradients with respect to the scores. An observer hears what `anchor_losses` tells.
  template <backend Backend, observer Observer = no_observer>
  std::vector<named_loss> losses(Backend& exec, std::vector<region_scores> const& scores, batch const& images,
                                 random_key key, std::vector<region_scores>* gradients,
                                 Observer const& seen = {}) const {
    auto const levels = anchors(exec, scores);
    return anchor_losses(exec, scores, levels, images, options_.anchors.strides, options_.targets,
                         options_.smooth_l1_beta, key, gradients, seen);
  }

  /// Proposals of every image, at most `options.count` each, score descending.
  template <backend Backend>
  std::vector<std::vector<proposal>> proposals(Backend& exec, std::vector<region_scores> const& scores,
                                               std::vector<image_info> const& images,
                                               proposal_options const& options) const {
    auto const levels = anchors(exec, scores);
    std::vector<std::vector<proposal>> result(images.size());
    for (std::size_t n = 0; n < images.size(); ++n) {
      std::vector<proposal> all;
      for (std::size_t i = 0; i < scores.size(); ++i) {
        auto const found = level_proposals(exec, scores[i].objectness.view().slice(static_cast<index_t>(n)),
                                           scores[i].deltas.view().slice(static_cast<index_t>(n)), levels[i].view(),
                                           options_.targets.coder, images[n], options);
        all.insert(all.end(), found.begin(), found.end());
      }
      result[n] = best_proposals(std::move(all), options.count);
    }
    return result;
  }

 private:
  [[nodiscard]] index_t anchors_per_cell() const {
    return static_cast<index_t>(options_.anchors.scales.size() * options_.anchors.ratios.size());
  }

  region_proposal_options options_;
  conv2d conv_;
  relu activation_;
  conv2d objectness_, deltas_;
};

}  // namespace acsl
