// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/batch.hpp>
#include <acsl/losses/box_loss_factory.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/models/backbones/resnet.hpp>
#include <acsl/models/detectors/two_stage_detector.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/heads/classifier_factory.hpp>
#include <acsl/models/heads/region_proposal_head.hpp>
#include <acsl/models/necks/feature_pyramid.hpp>
#include <acsl/nn/batch_norm.hpp>
#include <string>
#include <support/numbers.hpp>
#include <utility>
#include <vector>

/// A whole detector that is small enough for tests: ten layers, eight channels, two classes, images of 64 x 64.
namespace test {

using tiny_backbone = acsl::resnet<acsl::basic_block<acsl::batch_norm>>;
using tiny_stage = acsl::box_stage<acsl::any_classification_loss, acsl::any_classifier, acsl::any_box_loss>;
template <class Stage>
using tiny_detector_of =
    acsl::two_stage_detector<tiny_backbone, acsl::feature_pyramid, acsl::region_proposal_head, Stage>;
using tiny_detector = tiny_detector_of<tiny_stage>;

struct tiny_options {
  std::size_t stages = 1;
  int frozen_stages = -1;
  bool class_agnostic = false;
  std::string loss = "softmax_cross_entropy";
  acsl::classifier_choice classifier = {};
  acsl::box_loss_choice box_loss = {};
  acsl::index_t proposals = 100;  ///< in training; 0: a box head trains on annotated boxes alone
  acsl::index_t samples = 64;     ///< regions of an image that a stage trains on
};

/// @param make_stage from the options of a stage: tests that need one loss compile no other
template <class MakeStage>
auto make_tiny_detector_of(tiny_options const& options, std::uint64_t seed, MakeStage const& make_stage) {
  using stage_type = decltype(make_stage(acsl::box_stage_options{}));
  acsl::resnet_options<acsl::batch_norm> body;
  body.blocks = acsl::resnet_blocks(10);
  body.width = 8;
  body.frozen_stages = options.frozen_stages;
  acsl::feature_pyramid_options neck;
  neck.in_channels = {8, 16, 32, 64};
  neck.out_channels = 8;
  acsl::region_proposal_options proposals;
  proposals.in_channels = 8;
  proposals.feature_channels = 8;
  proposals.anchors.scales = {1};  // sides of 4 to 64 px: every level has anchors inside the image
  proposals.anchors.ratios = {1};
  proposals.targets.sampler.count = 1000;  // all
  proposals.training.count = options.proposals;
  proposals.testing.count = 50;
  std::vector<stage_type> stages;
  for (std::size_t i = 0; i < options.stages; ++i) {
    acsl::box_stage_options stage;
    stage.in_channels = 8;
    stage.fc_channels = 12;
    stage.classes = 2;
    stage.class_agnostic = options.class_agnostic;
    stage.rois.output = 3;
    stage.rois.finest = 8;
    stage.sampler.count = options.samples;
    float const threshold = 0.5F + 0.1F * static_cast<float>(i), shrink = 1 / (1 + static_cast<float>(i));
    stage.assigner = {threshold, {0, threshold}, threshold, true};
    stage.coder.stds = {0.1F * shrink, 0.1F * shrink, 0.2F * shrink, 0.2F * shrink};
    stage.loss_weight = 1 / static_cast<double>(1 << i);
    stages.push_back(make_stage(stage));
  }
  tiny_detector_of<stage_type> model(tiny_backbone(body), acsl::feature_pyramid(neck),
                                     acsl::region_proposal_head(proposals), std::move(stages));
  model.initialise(acsl::random_key{seed});
  // Livelier than fresh weights: norms that are no identity, gradients that are not tiny.
  model.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    auto const values = noise(p.extents(), ++seed, 0.2);
    bool const norm = name.find("bn") != std::string::npos || name.find("downsample.1") != std::string::npos;
    bool const head = name.find("rpn_") != std::string::npos || name.find("fc_") != std::string::npos;
    for (acsl::index_t i = 0; i < p.value.size(); ++i) {
      if (norm && (name.ends_with("weight") || name.ends_with("running_var"))) p.value[i] = 1 + 0.5F * values[i];
      else if (norm) p.value[i] = values[i];
      else if (head && name.ends_with("weight")) p.value[i] = values[i];
      else if (name.ends_with("bias")) p.value[i] = 0.5F * values[i];
    }
  });
  return model;
}

inline tiny_detector make_tiny_detector(tiny_options const& options = {}, std::uint64_t seed = 1) {
  auto const classes = acsl::class_statistics::from_groups("rf");
  bool const suppression = options.loss == "adaptive_class_suppression";
  return make_tiny_detector_of(options, seed, [&](acsl::box_stage_options const& stage) {
    return tiny_stage(
        stage, acsl::make_classification_loss({.name = options.loss, .mode = suppression ? "paper" : ""}, classes),
        acsl::make_classifier_options(options.classifier), acsl::make_box_loss(options.box_loss));
  });
}

/// Two photographs of noise with a few boxes; the second is smaller than its padding.
inline acsl::batch tiny_batch(std::uint64_t seed = 3) {
  acsl::batch result;
  result.images = noise({2, 3, 64, 64}, seed);
  for (acsl::index_t n = 0; n < 2; ++n) {
    acsl::image_info info;
    info.id = n + 1;
    info.file = "image " + std::to_string(n);
    info.height = n == 0 ? 64 : 50;
    info.width = n == 0 ? 64 : 60;
    info.padded_height = info.padded_width = 64;
    info.scale = n == 0 ? 1 : 2;
    info.original_height = n == 0 ? 64 : 25;
    info.original_width = n == 0 ? 64 : 30;
    result.info.push_back(info);
  }
  result.boxes = {{{4, 6, 27, 25}, {30, 20, 61, 60}, {10, 40, 17, 46}, {0, 0, 63, 63}}, {{5, 5, 40, 44}}};
  result.labels = {{1, 2, 1, 2}, {2}};
  return result;
}

}  // namespace test
