// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/batch.hpp>
#include <acsl/models/detectors/box_cascade.hpp>
#include <acsl/models/detectors/detail/reports.hpp>
#include <acsl/models/detectors/detection_options.hpp>
#include <acsl/models/detectors/image_views.hpp>
#include <acsl/models/detectors/region_judgement.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/models/observer.hpp>
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
  /// @param seen hears all of it, under the names of docs/dump.md
  /// @return `loss_rpn_cls`, `loss_rpn_bbox` (see `compute_frozen_losses`), then `loss_cls`, `acc`, `loss_bbox` (a
  /// cascade: `s{i}.` before each)
  template <backend Backend, observer Observer = no_observer>
  std::vector<named_loss> train_step(Backend& exec, batch const& images, random_key key, Observer const& seen = {}) {
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
    detail::report_annotations(seen, images);
    detail::report_features(seen, images, stage_views, level_views, regions);
    std::vector<region_scores> region_gradients;
    std::vector<named_loss> losses;
    if (learn_proposals || frozen_losses_)
      losses = proposals_.losses(exec, regions, images, key.with(purpose::sample_anchors),
                                 learn_proposals ? &region_gradients : nullptr, with_prefix(seen, "rpn."));
    std::vector<tensor<float>> level_gradients;
    if (learn_proposals) level_gradients = proposals_.backward(exec, region_gradients, proposal_context, learn_neck);

    std::vector<tensor_view<float>> gradient_views;
    if (learn_neck)
      for (auto& gradient : level_gradients) gradient_views.push_back(gradient.view());
    auto const box_losses = cascade_.train_step(exec, level_views, candidates(exec, regions, images, seen), images, key,
                                                gradient_views, seen);
    losses.insert(losses.end(), box_losses.begin(), box_losses.end());
    detail::report_losses(seen, losses);

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
    return detect_views(exec, {&images, 1}, options).ensemble;
  }

  /// Detections of images that are looked at several times, in other sizes or mirrored (detector-spec 11.5): the views'
  /// proposals are merged; every view judges all of them; scores, and boxes in pixels of the photographs, are averaged.
  ///
  /// @param images the same photographs in every batch; one batch: as it is
  /// @param seen   hears what a single view computes, under the names of docs/dump.md
  /// @note the pyramids of all views are kept until the end
  template <backend Backend, observer Observer = no_observer>
  detection_results detect_views(Backend& exec, std::span<batch const> images, detection_options const& options = {},
                                 Observer const& seen = {}) const {
    static_assert(Backend::host_memory,
                  "acsl::two_stage_detector: detection needs a backend whose memory the host reaches");
    bool const several = images.size() > 1;
    ACSL_EXPECTS(!images.empty(), "there is a view of the images to detect in");
    ACSL_EXPECTS(!several || (options.rescale && !listens(seen)),
                 "several views have the pixels of the photographs in common, and are not observed");
    std::vector<std::vector<tensor<float>>> pyramids;
    std::vector<std::vector<std::vector<proposal>>> proposed;
    for (batch const& view : images) {
      ACSL_EXPECTS(view.info.size() == images.front().info.size(), "all views have as many images", view.info.size(),
                   images.front().info.size());
      auto const stages = backbone_.infer(exec, view.images.view());
      auto const& levels = pyramids.emplace_back(neck_.infer(exec, views(stages)));
      auto const regions = proposals_.infer(exec, views(levels));
      detail::report_features(seen, view, views(stages), views(levels), regions);
      proposed.push_back(proposals_.proposals(exec, regions, view.info, proposals_.options().testing));
    }
    auto merged =
        several ? merge_proposals(exec, proposed, images, proposals_.options().testing) : std::move(proposed.front());
    detail::report_proposals(seen, merged);
    std::vector<region_judgement> mean;
    for (std::size_t v = 0; v < images.size(); ++v) {
      auto const& info = images[v].info;
      auto judged = cascade_.judge(exec, views(pyramids[v]), regions_of(merged, info, several), info, options, seen);
      mean.resize(judged.size());
      for (std::size_t i = 0; i < judged.size(); ++i)
        add_judgement(exec, std::move(judged[i]), 1 / static_cast<float>(images.size()), mean[i]);
      pyramids[v].clear();
    }
    detection_results result;
    for (auto const& judged : mean) result.stages.push_back(select_by_image(exec, judged, merged, options.selection));
    result.ensemble = std::move(result.stages.back());
    result.stages.pop_back();
    return result;
  }

 private:
  /// The regions of one view.
  /// @param mapped proposals are in pixels of the photographs
  static std::vector<roi> regions_of(std::vector<std::vector<proposal>> const& proposals,
                                     std::vector<image_info> const& images, bool mapped) {
    std::vector<roi> result;
    for (std::size_t n = 0; n < proposals.size(); ++n)
      for (auto const& one : proposals[n]) {
        box const b = mapped ? view_frame(images[n]).from_original(one.where) : one.where;
        result.push_back({static_cast<float>(n), b.x1, b.y1, b.x2, b.y2});
      }
    return result;
  }

  /// The boxes of the training proposals, one list per image.
  template <backend Backend, observer Observer = no_observer>
  std::vector<std::vector<box>> candidates(Backend& exec, std::vector<region_scores> const& regions,
                                           batch const& images, Observer const& seen = {}) const {
    std::vector<std::vector<box>> result(images.info.size());
    auto proposed = proposals_.proposals(exec, regions, images.info, proposals_.options().training);
    detail::report_proposals(seen, proposed);
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
