// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/activation.hpp>
#include <acsl/losses/score_correction.hpp>
#include <acsl/models/detectors/detection_options.hpp>
#include <acsl/models/detectors/image_views.hpp>
#include <acsl/models/detectors/region_judgement.hpp>
#include <acsl/models/heads/box_stage.hpp>
#include <acsl/models/observer.hpp>
#include <acsl/nn/any_classifier.hpp>
#include <algorithm>
#include <span>
#include <string>
#include <vector>

namespace acsl {

/// One or more box stages, each refining the boxes of the one before (detector-spec 10). With one stage this is the box
/// head of Faster R-CNN, and names carry no stage number.
template <class Stage>
class box_cascade {
 public:
  explicit box_cascade(std::vector<Stage> stages) : stages_(std::move(stages)) {
    ACSL_EXPECTS(!stages_.empty(), "a detector has at least one box stage");
  }

  [[nodiscard]] std::size_t size() const { return stages_.size(); }
  [[nodiscard]] Stage& operator[](std::size_t i) { return stages_[i]; }
  [[nodiscard]] Stage const& operator[](std::size_t i) const { return stages_[i]; }

  /// What `detect` does to logits and scores; nothing at first. Training does not see it.
  void correct_with(score_correction correction) { correction_ = std::move(correction); }

  void begin_epoch(index_t epoch) {
    for (auto& stage : stages_) stage.begin_epoch(epoch);
  }
  void initialise(random_key key) {
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].initialise(key.with(i));
  }
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].for_each_parameter(stage_prefix(prefix, i), visit);
  }
  template <class Visitor>
  void for_each_layer(std::string const& prefix, index_t regions, Visitor&& visit) const {
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].for_each_layer(stage_prefix(prefix, i), regions, visit);
  }

  template <class Visitor>
  void for_each_state(std::string const& prefix, Visitor&& visit) {
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].for_each_state(prefix, stage_prefix("", i), visit);
  }

  /// Samples, losses and gradients of every stage in turn.
  ///
  /// @param candidates      one list of boxes per image, in pixels of the resized image
  /// @param level_gradients added to; empty when nothing below the stages learns
  template <backend Backend, observer Observer = no_observer>
  std::vector<named_loss> train_step(Backend& exec, std::span<tensor_view<float const> const> levels,
                                     std::vector<std::vector<box>> candidates, batch const& images, random_key key,
                                     std::span<tensor_view<float> const> level_gradients, Observer const& seen = {}) {
    std::vector<named_loss> result;
    for_each_sampled_stage(exec, std::move(candidates), images, key, [&](std::size_t i, roi_samples const& samples) {
      auto& stage = stages_[i];
      auto const told = stage_observer(seen, i);
      typename Stage::context ctx;
      auto out = stage.forward(exec, levels, samples.rois, ctx, told);
      typename Stage::outputs gradients;
      for (auto& loss :
           stage.losses(exec, out, samples, key.with(purpose::suppress_background).with(i), &gradients, told)) {
        if (stages_.size() > 1) loss.name = "s" + std::to_string(i) + "." + loss.name;
        result.push_back(std::move(loss));
      }
      stage.backward(exec, gradients, samples.rois, ctx, level_gradients);
      return out;
    });
    return result;
  }

  /// Samples as `train_step` does and fills the states of losses that can be warmed up; nothing else changes.
  template <backend Backend>
  void warm_up(Backend& exec, std::span<tensor_view<float const> const> levels,
               std::vector<std::vector<box>> candidates, batch const& images, random_key key) {
    for_each_sampled_stage(exec, std::move(candidates), images, key, [&](std::size_t i, roi_samples const& samples) {
      auto out = stages_[i].infer(exec, levels, samples.rois);
      stages_[i].warm_up(exec, out, samples);
      return out;
    });
  }

  /// Judges regions. Logits of all stages, each corrected, are averaged before the activation; boxes come from the last
  /// stage, and are refined by uncorrected logits.
  ///
  /// @return with `options.keep_all_stages` and several stages the judgement of each alone; last of all that of all
  ///         together
  template <backend Backend, observer Observer = no_observer>
  std::vector<region_judgement> judge(Backend& exec, std::span<tensor_view<float const> const> levels,
                                      std::vector<roi> rois, std::vector<image_info> const& images,
                                      detection_options const& options, Observer const& seen = {}) const {
    std::vector<region_judgement> result;
    tensor<float> logits;
    typename Stage::outputs out;
    std::vector<box> refined;
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      auto const& stage = stages_[i];
      for (std::size_t r = 0; r < refined.size(); ++r)
        rois[r] = {rois[r].image, refined[r].x1, refined[r].y1, refined[r].x2, refined[r].y2};
      out = stage.infer(exec, levels, rois, stage_observer(seen, i));
      if (i + 1 < stages_.size()) {
        tensor<float> by_label;
        auto const labels = best_columns(stage.by_label(exec, out.logits, by_label));
        refined = stage.refine(rois, out.deltas.view(), labels, images);
      }
      tensor_view<float const> weight, bias;
      if (auto const* classifier = plain_linear(stage.classifier())) {
        weight = classifier->weight().value.view();
        bias = classifier->bias().value.view();
      }
      correct_logits(exec, correction_, weight, bias, out.logits.view());
      if (options.keep_all_stages && stages_.size() > 1)
        result.push_back({scores(exec, stage, out.logits.view(), options.activation),
                          decode(exec, stage, rois, out.deltas.view(), images, options.rescale)});
      if (i == 0) logits = std::move(out.logits);
      else add_into(exec, std::as_const(out.logits).view(), logits.view());
    }
    if (stages_.size() > 1) {
      auto const z = logits.view();
      auto const share = static_cast<float>(stages_.size());
      exec.for_each(z.size(), [=] ACSL_HOST_DEVICE(index_t i) { z[i] = z[i] / share; });
    }
    result.push_back({scores(exec, stages_.back(), logits.view(), options.activation),
                      decode(exec, stages_.back(), rois, out.deltas.view(), images, options.rescale)});
    return result;
  }

 private:
  /// outputs = visit(i, samples) for every stage, with the regions that the stage before has refined.
  template <backend Backend, class Visit>
  void for_each_sampled_stage(Backend& exec, std::vector<std::vector<box>> candidates, batch const& images,
                              random_key key, Visit&& visit) {
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      auto const& options = stages_[i].options();
      auto const samples = sample_rois(exec, candidates, images, options.assigner, options.sampler,
                                       key.with(purpose::sample_boxes).with(i));
      typename Stage::outputs const out = visit(i, samples);
      if (i + 1 == stages_.size()) break;
      // Annotated boxes join the candidates of every stage anew, so those that were added here are dropped.
      auto const refined = stages_[i].refine(samples.rois, out.deltas.view(), samples.labels, images.info);
      for (auto& list : candidates) list.clear();
      for (std::size_t r = 0; r < refined.size(); ++r)
        if (!samples.is_truth[r]) candidates[static_cast<std::size_t>(samples.rois[r].image)].push_back(refined[r]);
    }
  }

  [[nodiscard]] std::string stage_prefix(std::string const& prefix, std::size_t i) const {
    return stages_.size() == 1 ? prefix : prefix + std::to_string(i) + ".";
  }

  template <observer Observer>
  static auto stage_observer(Observer const& seen, std::size_t i) {
    return with_prefix(seen, "stage" + std::to_string(i) + ".");
  }

  template <backend Backend>
  tensor<float> scores(Backend& exec, Stage const& stage, tensor_view<float const> logits,
                       score_activation activation) const {
    tensor<float> result({logits.extent(0), stage.options().classes + 1}, exec.memory());
    switch (activation) {
      case score_activation::automatic:
        stage.loss().score(exec, logits, result.view());
        break;
      case score_activation::softmax:
        softmax_scores(exec, logits, result.view());
        break;
      case score_activation::sigmoid:
        sigmoid_scores(exec, logits, result.view());
        break;
    }
    correct_scores(exec, correction_, result.view());
    return result;
  }

  /// Column with the largest logit of every row, the first of equal ones.
  static std::vector<std::int32_t> best_columns(tensor_view<float const> logits) {
    std::vector<std::int32_t> result;
    for (index_t r = 0; r < logits.rows(); ++r) {
      auto const row = logits.slice(r);
      result.push_back(static_cast<std::int32_t>(std::max_element(row.begin(), row.end()) - row.begin()));
    }
    return result;
  }

  /// Boxes of regions: [R] or [R · (classes + 1)], clipped to the resized image.
  template <backend Backend>
  tensor<box> decode(Backend& exec, Stage const& stage, std::vector<roi> const& rois, tensor_view<float const> deltas,
                     std::vector<image_info> const& images, bool rescale) const {
    auto const& options = stage.options();
    index_t const groups = options.class_agnostic ? 1 : options.classes + 1;
    tensor<box> result({static_cast<index_t>(rois.size()) * groups}, exec.memory());
    auto const out = result.view();
    auto const coder = options.coder;
    image_info const* const of = images.data();
    roi const* const regions = rois.data();
    float const* const d = deltas.data();
    exec.for_each(
        out.size(),
        [=](index_t i) {
          roi const& region = regions[i / groups];
          image_info const& image = of[static_cast<index_t>(region.image)];
          float const* one = d + 4 * i;
          box const b =
              clip(coder.decode({region.x1, region.y1, region.x2, region.y2}, {one[0], one[1], one[2], one[3]}),
                   image.height, image.width);
          out[i] = rescale ? view_frame(image).to_original(b) : b;
        },
        20);
    return result;
  }

  std::vector<Stage> stages_;
  score_correction correction_;
};

}  // namespace acsl
