// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "recipes/recipe.hpp"

#include <acsl/io/class_group_files.hpp>
#include <acsl/losses/box_loss_factory.hpp>
#include <acsl/losses/correction_factory.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/models/heads/classifier_factory.hpp>
#include <acsl/training/parameter_pattern.hpp>

namespace trainer {

acsl::feature_pyramid_options pyramid_options(acsl::configuration const& config,
                                              std::vector<acsl::index_t> in_channels) {
  return {.in_channels = std::move(in_channels),
          .out_channels = config.model.pyramid_channels,
          .levels = config.model.pyramid_levels};
}

acsl::region_proposal_options proposal_options(acsl::configuration const& config) {
  auto const& p = config.proposals;
  auto const single = [](double value) { return static_cast<float>(value); };
  acsl::region_proposal_options o;
  o.in_channels = config.model.pyramid_channels;
  o.feature_channels = p.channels;
  o.anchors.scales.assign(p.anchor_scales.begin(), p.anchor_scales.end());
  o.anchors.ratios.assign(p.anchor_ratios.begin(), p.anchor_ratios.end());
  o.anchors.strides.assign(p.anchor_strides.begin(), p.anchor_strides.end());
  o.targets.assigner = {single(p.positive_iou), {0, single(p.negative_iou)}, single(p.minimum_positive_iou), true};
  o.targets.sampler = {p.samples, p.positive_fraction, -1, false};
  o.smooth_l1_beta = single(p.smooth_l1_beta);
  o.training = {p.train_before_nms, p.train_after_nms, p.train_count, single(p.nms_threshold), 0};
  o.testing = {p.test_before_nms, p.test_after_nms, p.test_count, single(p.nms_threshold), 0};
  return o;
}

std::vector<acsl::box_stage_options> stage_options(acsl::configuration const& config,
                                                   acsl::class_statistics const& classes) {
  auto const& h = config.box_head;
  std::size_t const stages = h.iou_thresholds.size();
  ACSL_EXPECTS(stages > 0, "box_head.iou_thresholds names at least one stage");
  ACSL_EXPECTS(h.stage_weights.size() == stages, "box_head.stage_weights has one number per stage",
               h.stage_weights.size(), stages);
  ACSL_EXPECTS(h.stds.size() == 4 * stages, "box_head.stds has four numbers per stage", h.stds.size(), stages);
  auto const& r = config.reweighting;
  ACSL_EXPECTS(r.clip.size() == 2, "reweighting.clip has two numbers", r.clip.size());
  acsl::instance_reweighting const reweighting = {
      acsl::label_weights_by_name(r.name, classes.instance_count, r.beta, r.clip[0], r.clip[1]), r.from_epoch,
      r.divide_by_weights, r.boxes};
  std::vector<acsl::box_stage_options> result;
  for (std::size_t i = 0; i < stages; ++i) {
    auto const threshold = static_cast<float>(h.iou_thresholds[i]);
    auto const std_of = [&](std::size_t j) { return static_cast<float>(h.stds[4 * i + j]); };
    acsl::box_stage_options o;
    o.in_channels = config.model.pyramid_channels;
    o.fc_channels = h.channels;
    o.classes = classes.classes();
    o.class_agnostic = h.class_agnostic;
    o.rois.output = h.roi_output;
    o.rois.samples = h.roi_samples;
    o.rois.finest = static_cast<float>(h.finest_scale);
    o.assigner = {threshold, {0, threshold}, threshold, true};
    o.sampler = {h.samples, h.positive_fraction, -1, true};
    o.coder.stds = {std_of(0), std_of(1), std_of(2), std_of(3)};
    o.loss_weight = h.stage_weights[i];
    o.regression_weight = h.regression_weight;
    o.reweighting = reweighting;
    result.push_back(o);
  }
  return result;
}

acsl::any_classification_loss classification_loss(acsl::configuration const& config,
                                                  acsl::class_statistics const& classes) {
  auto const& l = config.loss;
  acsl::loss_choice choice{.name = l.name, .mode = l.mode, .parameters = l.parameters};
  choice.suppression.threshold = l.threshold;
  if (!l.groups.empty()) choice.groups = acsl::read_class_groups(l.groups);
  ACSL_EXPECTS(l.background_fractions.size() == 3, "loss.background_fractions has three numbers",
               l.background_fractions.size());
  for (std::size_t i = 0; i < 3; ++i) choice.suppression.background_fractions[i] = l.background_fractions[i];
  return acsl::make_classification_loss(choice, classes);
}

acsl::any_box_loss box_loss(acsl::configuration const& config) {
  auto const& h = config.box_head;
  return acsl::make_box_loss({.name = h.regression_loss,
                              .mode = h.regression_mode,
                              .parameters = h.regression_parameters,
                              .smooth_l1_beta = static_cast<float>(h.smooth_l1_beta)});
}

acsl::any_classifier_options classifier_options(acsl::configuration const& config) {
  return acsl::make_classifier_options({config.box_head.classifier, config.box_head.classifier_parameters});
}

acsl::score_correction score_correction(acsl::configuration const& config, acsl::class_statistics const& classes) {
  auto const& t = config.test;
  return acsl::make_score_correction({t.correction, t.correction_mode, t.correction_parameters},
                                     acsl::score_rule_of(classification_loss(config, classes), t.activation), classes);
}

std::unique_ptr<any_detector> make_detector(acsl::configuration const& config, acsl::class_statistics const& classes) {
  std::string const& norm = config.model.norm;
  ACSL_EXPECTS(norm == "frozen_batch" || norm == "batch" || norm == "group",
               "model.norm is frozen_batch, batch or group", norm);
  bool const basic = config.model.depth < 50;
  auto* const make = norm == "group" ? (basic ? basic_group_norm : bottleneck_group_norm)
                                     : (basic ? basic_batch_norm : bottleneck_batch_norm);
  auto result = make(config, classes);
  auto const& t = config.training;
  acsl::train_only(*result, t.selectp == 0 ? t.train_only : acsl::train_only_patterns(static_cast<int>(t.selectp)));
  result->compute_frozen_losses(t.frozen_losses);
  return result;
}

}  // namespace trainer
