// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/training/configuration.hpp>
#include <acsl/training/detail/method_check.hpp>
#include <acsl/training/detail/value_check.hpp>
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

inline void check_model(value_check& check, configuration const& c) {
  auto const& m = c.model;
  index_t constexpr most_channels = 65536;
  auto const depths = {10, 18, 34, 50, 101, 152};
  check.expect(std::find(depths.begin(), depths.end(), m.depth) != depths.end(), "model.depth", m.depth,
               "10, 18, 34, 50, 101 or 152 is wanted");
  check.between("model.width", m.width, 1, most_channels);
  check.between("model.groups", m.groups, 1, most_channels);
  check.between("model.base_width", m.base_width, 1, most_channels);
  check.one_of("model.norm", m.norm, {"frozen_batch", "batch", "group"});
  check.between("model.norm_groups", m.norm_groups, 1, most_channels);
  check.between("model.frozen_stages", m.frozen_stages, -1, 4);
  check.between("model.pyramid_channels", m.pyramid_channels, 1, most_channels);
  check.between("model.pyramid_levels", m.pyramid_levels, 4, 16);
  if (!check.problems.empty()) return;  // what follows computes with them
  bool const basic = m.depth < 50;
  if (basic) {
    check.expect(m.groups == 1, "model.groups", m.groups, "depths below 50 have one group");
    check.expect(m.base_width == 64, "model.base_width", m.base_width, "depths below 50 have base width 64");
  }
  std::vector<index_t> normalised = {m.width};
  for (int stage = 0; stage < 4; ++stage) {
    index_t const planes = m.width << stage, inner = planes * m.base_width / 64 * m.groups;
    if (!basic) normalised.push_back(inner);
    normalised.push_back(basic ? planes : 4 * planes);
    if (!basic && stage == 0)
      check.expect(inner > 0, "model.base_width", m.base_width, "no channel is left in the bottlenecks of stage 1");
  }
  for (index_t const channels : normalised)
    if (m.norm == "group" && channels % m.norm_groups != 0) {
      check.expect(false, "model.norm_groups", m.norm_groups,
                   "does not divide the " + std::to_string(channels) + " channels of a layer");
      break;
    }
}

inline void check_proposals(value_check& check, configuration const& c) {
  auto const& p = c.proposals;
  check.between("proposals.channels", p.channels, 1, 65536);
  check.expect(!p.anchor_scales.empty() && std::all_of(p.anchor_scales.begin(), p.anchor_scales.end(), above_zero),
               "proposals.anchor_scales", p.anchor_scales, "at least one number, all above 0, is wanted");
  check.expect(!p.anchor_ratios.empty() && std::all_of(p.anchor_ratios.begin(), p.anchor_ratios.end(), above_zero),
               "proposals.anchor_ratios", p.anchor_ratios, "at least one number, all above 0, is wanted");
  std::vector<index_t> strides;
  for (index_t level = 0; level < std::min<index_t>(c.model.pyramid_levels, 16); ++level) strides.push_back(4 << level);
  check.expect(p.anchor_strides == strides, "proposals.anchor_strides", p.anchor_strides,
               "model.pyramid_levels = " + std::to_string(c.model.pyramid_levels) + " has " + toml_text(strides));
  check.fraction("proposals.positive_iou", p.positive_iou);
  check.fraction("proposals.negative_iou", p.negative_iou);
  check.expect(!(p.negative_iou > p.positive_iou), "proposals.negative_iou", p.negative_iou,
               "is above proposals.positive_iou = " + toml_text(p.positive_iou));
  check.fraction("proposals.minimum_positive_iou", p.minimum_positive_iou);
  check.at_least("proposals.samples", p.samples, 1);
  check.fraction("proposals.positive_fraction", p.positive_fraction);
  check.not_negative("proposals.smooth_l1_beta", p.smooth_l1_beta);
  check.fraction("proposals.nms_threshold", p.nms_threshold);
  check.at_least("proposals.train_before_nms", p.train_before_nms, 1);
  check.at_least("proposals.train_after_nms", p.train_after_nms, 1);
  check.at_least("proposals.train_count", p.train_count, 1);
  check.at_least("proposals.test_before_nms", p.test_before_nms, 1);
  check.at_least("proposals.test_after_nms", p.test_after_nms, 1);
  check.at_least("proposals.test_count", p.test_count, 1);
}

inline void check_box_head(value_check& check, configuration const& c) {
  auto const& h = c.box_head;
  check.between("box_head.channels", h.channels, 1, 65536);
  check.between("box_head.roi_output", h.roi_output, 1, 64);
  check.between("box_head.roi_samples", h.roi_samples, 1, 64);
  check.positive("box_head.finest_scale", h.finest_scale);
  std::size_t const stages = h.iou_thresholds.size();
  check.expect(stages > 0, "box_head.iou_thresholds", h.iou_thresholds, "one number per stage is wanted");
  check.each(
      "box_head.iou_thresholds", h.iou_thresholds, [](double v) { return v > 0 && v <= 1; },
      "numbers above 0 and up to 1 are wanted");
  check.count("box_head.stage_weights", h.stage_weights, stages, "one number per number of box_head.iou_thresholds");
  check.each(
      "box_head.stage_weights", h.stage_weights, [](double v) { return v >= 0 && std::isfinite(v); },
      "numbers of 0 or more are wanted");
  check.count("box_head.stds", h.stds, 4 * stages, "four numbers per number of box_head.iou_thresholds");
  check.each("box_head.stds", h.stds, above_zero, "numbers above 0 are wanted");
  check.at_least("box_head.samples", h.samples, 1);
  check.fraction("box_head.positive_fraction", h.positive_fraction);
  check.not_negative("box_head.smooth_l1_beta", h.smooth_l1_beta);
  check.not_negative("box_head.regression_weight", h.regression_weight);
}

inline void check_reweighting(value_check& check, configuration const& c) {
  auto const& r = c.reweighting;
  check.one_of("reweighting.name", r.name,
               {"none", "effective_number", "effective_number_clipped", "inverse_frequency_clipped",
                "effective_number_background"});
  check.expect(r.beta >= 0 && r.beta < 1, "reweighting.beta", r.beta, "a number from 0 to below 1 is wanted");
  check.expect(r.clip.size() == 2 && above_zero(r.clip[0]) && above_zero(r.clip[1]) && r.clip[0] <= r.clip[1],
               "reweighting.clip", r.clip, "two numbers above 0 are wanted, the smaller first");
  check.at_least("reweighting.from_epoch", r.from_epoch, 0);
}

inline void check_sampling(value_check& check, configuration const& c) {
  auto const& s = c.sampling;
  check.one_of("sampling.name", s.name, {"every_image", "repeat_factor", "class_aware", "class_power", "progressive"});
  check.fraction("sampling.threshold", s.threshold);
  check.one_of("sampling.rounding", s.rounding, {"ceil", "stochastic", "one_plus_ceil"});
  check.at_least("sampling.images_per_class", s.images_per_class, 1);
  check.not_negative("sampling.power", s.power);
}

inline void check_data(value_check& check, configuration const& c) {
  auto const& d = c.data;
  check.named("data.root", d.root);
  check.named("data.train_annotations", d.train_annotations);
  check.named("data.train_images", d.train_images);
  check.named("data.val_annotations", d.val_annotations);
  check.named("data.val_images", d.val_images);
  auto const is_side = [](index_t side) { return side >= 1 && side <= 32768; };
  check.expect(!d.long_side.empty(), "data.long_side", d.long_side, "at least one number is wanted");
  check.count("data.short_side", d.short_side, d.long_side.size(), "as many numbers as in data.long_side");
  check.each("data.long_side", d.long_side, is_side, "whole numbers from 1 to 32768 are wanted");
  check.each("data.short_side", d.short_side, is_side, "whole numbers from 1 to 32768 are wanted");
  check.fraction("data.flip_probability", d.flip_probability);
  check.count("data.mean", d.mean, 3, "one number per colour");
  check.each(
      "data.mean", d.mean, [](double v) { return std::isfinite(v); }, "numbers are wanted");
  check.count("data.std", d.std, 3, "one number per colour");
  check.each("data.std", d.std, above_zero, "numbers above 0 are wanted");
  check.between("data.batch_size", d.batch_size, 1, 4096);
  check.between("data.workers", d.workers, 0, 256);
  check.at_least("data.cache_mib", d.cache_mib, 0);
  check.at_least("data.tail_images", d.tail_images, 0);
  check.at_least("data.tail_instances", d.tail_instances, 0);
}

inline void check_training(value_check& check, configuration const& c) {
  auto const& t = c.training;
  check.at_least("training.epochs", t.epochs, 1);
  check.at_least("training.max_iterations", t.max_iterations, 0);
  check.expect(t.seed >= 0, "training.seed", t.seed, "at least 0 is wanted");
  check.not_negative("training.lr", t.lr);
  check.one_of("training.autoscale_lr", t.autoscale_lr, {"none", "device_count", "batch_size"});
  check.expect(t.momentum >= 0 && t.momentum < 1, "training.momentum", t.momentum,
               "a number from 0 to below 1 is wanted");
  check.not_negative("training.weight_decay", t.weight_decay);
  check.not_negative("training.clip", t.clip);
  check.at_least("training.warmup", t.warmup, 0);
  check.fraction("training.warmup_ratio", t.warmup_ratio);
  check.each(
      "training.steps", t.steps, [](index_t epoch) { return epoch >= 0; }, "whole numbers of 0 or more are wanted");
  check.positive("training.gamma", t.gamma);
  check.between("training.selectp", t.selectp, 0, 4);
  check.expect(t.selectp == 0 || t.train_only.empty(), "training.train_only", t.train_only,
               "training.selectp = " + toml_text(t.selectp) + " says already what learns");
  std::size_t const stages = c.box_head.iou_thresholds.size();
  check.expect(t.selectp != 1 || stages == 1, "training.selectp", t.selectp, "a cascade has several classifiers: 3");
  check.expect(t.selectp != 3 || stages != 1, "training.selectp", t.selectp, "a single stage has one classifier: 1");
  check.at_least("training.checkpoint_epochs", t.checkpoint_epochs, 1);
  check.at_least("training.checkpoint_iterations", t.checkpoint_iterations, 0);
  check.at_least("training.log_every", t.log_every, 1);
  check.at_least("training.validate_epochs", t.validate_epochs, 1);

  auto const& e = c.test;
  check.fraction("test.score_threshold", e.score_threshold);
  check.fraction("test.nms_threshold", e.nms_threshold);
  check.at_least("test.max_detections", e.max_detections, 1);
  check.one_of("test.activation", e.activation, {"automatic", "softmax", "sigmoid"});
  check.between("test.long_side", e.long_side, 1, 32768);
  check.between("test.short_side", e.short_side, 1, 32768);
  auto const is_side = [](index_t side) { return side >= 1 && side <= 32768; };
  check.count("test.more_short_sides", e.more_short_sides, e.more_long_sides.size(),
              "as many numbers as in test.more_long_sides");
  check.each("test.more_long_sides", e.more_long_sides, is_side, "whole numbers from 1 to 32768 are wanted");
  check.each("test.more_short_sides", e.more_short_sides, is_side, "whole numbers from 1 to 32768 are wanted");
  check.one_of("test.suppression", e.suppression, {"hard", "soft_linear", "soft_gaussian"});
  check.positive("test.soft_sigma", e.soft_sigma);
  check.not_negative("test.soft_minimum_score", e.soft_minimum_score);
}

/// Key and sentence of every value that makes no sense.
inline std::vector<std::pair<std::string, std::string>> all_problems(configuration const& config) {
  value_check check;
  check_model(check, config);
  check_proposals(check, config);
  check_box_head(check, config);
  check_box_loss(check, config);
  bool const has_loss = check_loss(check, config);
  check_reweighting(check, config);
  check_classifier(check, config);
  if (has_loss) check_correction(check, config);
  check_data(check, config);
  check_sampling(check, config);
  check_training(check, config);
  return std::move(check.problems);
}

}  // namespace detail

/// One sentence for every value that makes no sense, naming its key: "data.batch_size = -2: a whole number from 1 to
/// 4096 is wanted". Empty when the configuration describes a run.
[[nodiscard]] inline std::vector<std::string> configuration_problems(configuration const& config) {
  std::vector<std::string> sentences;
  for (auto& [key, sentence] : detail::all_problems(config)) sentences.push_back(std::move(sentence));
  return sentences;
}

/// @param file    what the message calls the configuration
/// @param origins where values came from; the message says it of those that make no sense
/// @throws acsl::file_error with all sentences of `configuration_problems`, a line each, if there are any
inline void expect_sensible(configuration const& config, std::string const& file,
                            configuration_origins const& origins = {}) {
  std::string first, text;
  for (auto const& [key, sentence] : detail::all_problems(config)) {
    auto const found = origins.find(key);
    auto const& origin = found == origins.end() ? file : found->second;
    text += text.empty() ? sentence : "\n  " + origin + ": " + sentence;
    if (first.empty()) first = origin;
  }
  if (!text.empty()) throw file_error(first, text);
}

}  // namespace acsl
