// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "../any_detector.hpp"

#include <acsl/losses/any_box_loss.hpp>
#include <acsl/losses/any_classification_loss.hpp>
#include <acsl/losses/score_correction.hpp>
#include <acsl/models/backbones/resnet.hpp>
#include <acsl/models/detectors/two_stage_detector.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/necks/feature_pyramid.hpp>
#include <acsl/nn/any_classifier.hpp>

namespace trainer {

/// The numbers of a detector's parts that do not depend on the kinds of its parts.
acsl::feature_pyramid_options pyramid_options(acsl::configuration const& config,
                                              std::vector<acsl::index_t> in_channels);
acsl::region_proposal_options proposal_options(acsl::configuration const& config);
std::vector<acsl::box_stage_options> stage_options(acsl::configuration const& config,
                                                   acsl::class_statistics const& classes);
acsl::any_classification_loss classification_loss(acsl::configuration const& config,
                                                  acsl::class_statistics const& classes);
acsl::any_box_loss box_loss(acsl::configuration const& config);
acsl::any_classifier_options classifier_options(acsl::configuration const& config);
acsl::score_correction score_correction(acsl::configuration const& config, acsl::class_statistics const& classes);

template <class Block>
using detector_with =
    acsl::two_stage_detector<acsl::resnet<Block>, acsl::feature_pyramid, acsl::region_proposal_head,
                             acsl::box_stage<acsl::any_classification_loss, acsl::any_classifier, acsl::any_box_loss>>;

/// The detector with residual blocks of this kind.
template <class Block>
std::unique_ptr<any_detector> build(acsl::configuration const& config, acsl::class_statistics const& classes,
                                    typename Block::norm_type::options_type norm) {
  using detector = detector_with<Block>;
  using stage = typename detector::stage_type;
  auto const& m = config.model;
  acsl::resnet<Block> body({.blocks = acsl::resnet_blocks(static_cast<int>(m.depth)),
                            .width = m.width,
                            .groups = m.groups,
                            .base_width = m.base_width,
                            .frozen_stages = static_cast<int>(m.frozen_stages),
                            .zero_last_norm = m.zero_last_norm,
                            .norm = norm});
  auto const channels = body.out_channels();
  std::vector<stage> stages;
  for (auto const& options : stage_options(config, classes))
    stages.emplace_back(options, classification_loss(config, classes), classifier_options(config), box_loss(config));
  detector result(std::move(body), acsl::feature_pyramid(pyramid_options(config, {channels.begin(), channels.end()})),
                  acsl::region_proposal_head(proposal_options(config)), std::move(stages));
  result.stages().correct_with(score_correction(config, classes));
  return std::make_unique<detector_of<detector>>(std::move(result));
}

using recipe = std::unique_ptr<any_detector>(acsl::configuration const&, acsl::class_statistics const&);
recipe basic_batch_norm, basic_group_norm, bottleneck_batch_norm, bottleneck_group_norm;

}  // namespace trainer
