// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/batch.hpp>
#include <acsl/models/detectors/box_cascade.hpp>
#include <acsl/models/detectors/detection_options.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/named_loss.hpp>
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// A two-stage detector: backbone, pyramid, proposals, and one or more box stages. One stage is Faster R-CNN, three are
/// Cascade R-CNN.
///
/// Parameters are named `backbone.…`, `neck.…`, `rpn_head.…` and `bbox_head.…` (one stage) or `bbox_head.{i}.…`, in
/// this order, as in checkpoints of the original. Runs on backends whose memory the host can reach.
///
/// @tparam Backbone  `resnet<Block>`
/// @tparam Neck      `feature_pyramid`
/// @tparam Proposals `region_proposal_head`
/// @tparam Stage     `box_stage<Loss>`
template <class Backbone, class Neck, class Proposals, class Stage>
class two_stage_detector {
 public:
  using backbone_type = Backbone;
  using neck_type = Neck;
  using proposals_type = Proposals;
  using stage_type = Stage;
  using loss_type = typename Stage::loss_type;

  two_stage_detector(Backbone backbone, Neck neck, Proposals proposals, std::vector<Stage> stages)
      : backbone_(std::move(backbone)),
        neck_(std::move(neck)),
        proposals_(std::move(proposals)),
        cascade_(std::move(stages)) {}

  [[nodiscard]] box_cascade<Stage>& stages() { return cascade_; }
  [[nodiscard]] Proposals const& proposals() const { return proposals_; }

  /// Random weights for training from scratch.
  void initialise(random_key key) {
    key = key.with(purpose::initialise);
    backbone_.initialise(key.with(0));
    neck_.initialise(key.with(1));
    proposals_.initialise(key.with(2));
    cascade_.initialise(key.with(3));
  }

  /// Whether `train_step` computes the proposal head's losses even where they train nothing, as the original does. It
  /// does until told otherwise; without them a step that trains classifiers alone assigns no anchors.
  void compute_frozen_losses(bool compute) { frozen_losses_ = compute; }

  /// For what depends on the epoch: deferred re-weighting. Before the first step of every epoch.
  void begin_epoch(index_t epoch) { cascade_.begin_epoch(epoch); }

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    backbone_.for_each_parameter(prefix + "backbone.", visit);
    neck_.for_each_parameter(prefix + "neck.", visit);
    proposals_.for_each_parameter(prefix + "rpn_head.", visit);
    cascade_.for_each_parameter(prefix + "bbox_head.", visit);
  }
  /// visit(name, layer, shape of its input) for every layer that runs at inference, named like its parameters, for
  /// images [N, 3, H, W] with so many proposals. Every layer has `multiply_adds(shape)`. What has no layer of its own
  /// is not visited: the relu of the proposal head, sums, upsampling, features of regions.
  template <class Visitor>
  void for_each_layer(std::string const& prefix, shape const& images, index_t regions, Visitor&& visit) const {
    auto const stages = backbone_.for_each_layer(prefix + "backbone.", images, visit);
    auto const levels = neck_.for_each_layer(prefix + "neck.", stages, visit);
    proposals_.for_each_layer(prefix + "rpn_head.", levels, visit);
    cascade_.for_each_layer(prefix + "bbox_head.", regions, visit);
  }
  /// visit(name, vector<double>&) for every array that a loss keeps between steps: `bbox_head.loss_cls.…`,
  /// `bbox_head.loss_bbox.…`, in a cascade `bbox_head.loss_cls.{i}.…`.
  template <class Visitor>
  void for_each_state(std::string const& prefix, Visitor&& visit) {
    cascade_.for_each_state(prefix + "bbox_head.", visit);
  }

  /// Losses of a batch; adds their gradients to those of the trainable parameters. Parts below which nothing learns run
  /// as in inference and keep nothing.
  ///
  /// @param key of this step: sampling of anchors, boxes and background rows draws from it
  /// @return `loss_rpn_cls`, `loss_rpn_bbox` (see `compute_frozen_losses`), then `loss_cls`, `acc`, `loss_bbox` (a
  /// cascade: `s{i}.` before each)
  template <backend Backend>
  std::vector<named_loss> train_step(Backend& exec, batch const& images, random_key key) {
    static_assert(Backend::host_memory,
                  "acsl::two_stage_detector: training needs a backend whose memory the host reaches");
    ACSL_EXPECTS(images.images.extent(0) == static_cast<index_t>(images.info.size()),
                 "one description per image of the batch", images.images.extents(), images.info.size());
    expect_annotations(images);
    bool const learn_backbone = learns(backbone_), learn_neck = learn_backbone || learns(neck_);
    bool const learn_proposals = learn_neck || learns(proposals_);

    typename Backbone::context backbone_context;
    typename Neck::context neck_context;
    typename Proposals::context proposal_context;
    auto const stages = learn_backbone ? backbone_.forward(exec, images.images.view(), backbone_context)
                                       : backbone_.infer(exec, images.images.view());
    auto const stage_views = views(stages);
    auto const levels = learn_neck ? neck_.forward(exec, stage_views, neck_context) : neck_.infer(exec, stage_views);
    auto const level_views = views(levels);

    auto const regions =
        learn_proposals ? proposals_.forward(exec, level_views, proposal_context) : proposals_.infer(exec, level_views);
    std::vector<region_scores> region_gradients;
    std::vector<named_loss> losses;
    if (learn_proposals || frozen_losses_)
      losses = proposals_.losses(exec, regions, images, key.with(purpose::sample_anchors),
                                 learn_proposals ? &region_gradients : nullptr);
    std::vector<tensor<float>> level_gradients;
    if (learn_proposals) level_gradients = proposals_.backward(exec, region_gradients, proposal_context, learn_neck);

    std::vector<tensor_view<float>> gradient_views;
    if (learn_neck)
      for (auto& gradient : level_gradients) gradient_views.push_back(gradient.view());
    auto const box_losses =
        cascade_.train_step(exec, level_views, candidates(exec, regions, images), images, key, gradient_views);
    losses.insert(losses.end(), box_losses.begin(), box_losses.end());

    if (learn_neck) {
      auto const stage_gradients = neck_.backward(exec, views(level_gradients), neck_context, learn_backbone);
      if (learn_backbone) backbone_.backward(exec, views(stage_gradients), backbone_context);
    }
    return losses;
  }

  /// Fills the states of losses that can be warmed up (`equilibrium`) with the regions on which `train_step` would
  /// train with this key. Runs as in inference; nothing else changes.
  template <backend Backend>
  void warm_up(Backend& exec, batch const& images, random_key key) {
    expect_annotations(images);
    auto const levels = neck_.infer(exec, views(backbone_.infer(exec, images.images.view())));
    auto const level_views = views(levels);
    auto const regions = proposals_.infer(exec, level_views);
    cascade_.warm_up(exec, level_views, candidates(exec, regions, images), images, key);
  }

  /// Detections of every image of a batch, in the order that `select_detections` documents.
  template <backend Backend>
  std::vector<std::vector<detection>> detect(Backend& exec, batch const& images,
                                             detection_options const& options = {}) const {
    static_assert(Backend::host_memory,
                  "acsl::two_stage_detector: detection needs a backend whose memory the host reaches");
    auto const stages = backbone_.infer(exec, images.images.view());
    auto const levels = neck_.infer(exec, views(stages));
    auto const level_views = views(levels);
    auto const regions = proposals_.infer(exec, level_views);
    auto const proposed = proposals_.proposals(exec, regions, images.info, proposals_.options().testing);
    return cascade_.detect(exec, level_views, proposed, images.info, options);
  }

 private:
  /// The boxes of the training proposals, one list per image.
  template <backend Backend>
  std::vector<std::vector<box>> candidates(Backend& exec, std::vector<region_scores> const& regions,
                                           batch const& images) const {
    std::vector<std::vector<box>> result(images.info.size());
    auto const proposed = proposals_.proposals(exec, regions, images.info, proposals_.options().training);
    for (std::size_t n = 0; n < proposed.size(); ++n)
      for (auto const& one : proposed[n]) result[n].push_back(one.where);
    return result;
  }
  template <class Part>
  static bool learns(Part& part) {
    bool any = false;
    part.for_each_parameter("", [&](std::string const&, parameter& p) { any = any || p.trainable; });
    return any;
  }
  template <class Tensors>
  static std::vector<tensor_view<float const>> views(Tensors const& tensors) {
    std::vector<tensor_view<float const>> result;
    for (auto const& one : tensors) result.push_back(one.view());
    return result;
  }

  Backbone backbone_;
  Neck neck_;
  Proposals proposals_;
  box_cascade<Stage> cascade_;
  bool frozen_losses_ = true;
};

}  // namespace acsl
