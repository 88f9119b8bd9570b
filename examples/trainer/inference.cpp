// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "inference.hpp"

#include <acsl/data/loader.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/training/checkpoint.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>

#include "trained_weights.hpp"

namespace trainer {
acsl::detection_options detection_options_of(acsl::configuration const& config) {
  auto const& t = config.test;
  acsl::detection_options result;
  result.selection = {static_cast<float>(t.score_threshold), static_cast<float>(t.nms_threshold), t.max_detections};
  if (t.activation == "softmax") result.activation = acsl::score_activation::softmax;
  else if (t.activation == "sigmoid") result.activation = acsl::score_activation::sigmoid;
  else ACSL_EXPECTS(t.activation == "automatic", "test.activation is automatic, softmax or sigmoid", t.activation);
  if (t.suppression != "hard")
    result.selection.soft = {
        .decay = t.suppression == "soft_linear" ? acsl::score_decay::linear : acsl::score_decay::gaussian,
        .iou_threshold = static_cast<float>(t.nms_threshold),
        .sigma = static_cast<float>(t.soft_sigma),
        .minimum_score = static_cast<float>(t.soft_minimum_score)};
  result.keep_all_stages = t.keep_all_stages;
  return result;
}

std::unique_ptr<any_detector> load_detector(acsl::configuration const& config, std::filesystem::path const& checkpoint,
                                            acsl::annotation_set const& annotations,
                                            acsl::class_statistics const* training) {
  auto const file = acsl::read_weights(checkpoint);
  expect_trained_as(file, checkpoint, config);
  if (auto const classes = file.metadata.find("classes"); classes != file.metadata.end())
    expect_classes(class_names_from(classes->second, checkpoint.string() + ": classes"), checkpoint, annotations);
  auto const counted = file.metadata.find("statistics");
  bool const known = counted != file.metadata.end() && !counted->second.empty();
  auto model = make_detector(config, known      ? statistics_from(counted->second, checkpoint.string() + ": statistics")
                                     : training ? *training
                                                : statistics_of(annotations));
  acsl::expect_complete(acsl::load_weights(file, checkpoint, *model), checkpoint);
  return model;
}

acsl::detection_results detect_all(any_detector const& model, acsl::cpu& exec, acsl::configuration const& config,
                                   split const& images, detection_part const& part) {
  std::vector<std::unique_ptr<acsl::loader>> sources;  // one a view; views of one photograph come together
  for (auto& view : test_views_of(config)) {
    view.after_loading = part.after_loading;
    sources.push_back(std::make_unique<acsl::loader>(
        images.images, acsl::sequential_sampler(images.images.size()), std::move(view),
        acsl::loader_options{.workers = static_cast<int>(config.data.workers), .memory = exec.memory()}));
  }
  auto const options = detection_options_of(config);
  acsl::detection_results found;
  acsl::progress own_display;
  auto& display = part.display ? *part.display : own_display;
  auto const all_images = part.images > 0 ? part.images : images.images.size();
  for (acsl::index_t i = 0; i < images.images.size(); ++i) {
    std::vector<acsl::batch> views;
    for (auto& source : sources) views.push_back(*source->next());
    auto one = model.detect(exec, views, options);
    std::move(one.ensemble.begin(), one.ensemble.end(), std::back_inserter(found.ensemble));
    found.stages.resize(one.stages.size());
    for (std::size_t stage = 0; stage < one.stages.size(); ++stage)
      std::move(one.stages[stage].begin(), one.stages[stage].end(), std::back_inserter(found.stages[stage]));
    display.count(part.name, part.images_before + i + 1, all_images);
  }
  return found;
}

acsl::detection_evaluation evaluate(acsl::cpu& exec, found_objects const& found, split const& images) {
  return acsl::evaluate_detections(exec, images.annotations, acsl::results_of(found, images.annotations));
}

nlohmann::ordered_json validation_line(acsl::index_t epoch, acsl::detection_evaluation const& result) {
  nlohmann::ordered_json line{{"mode", "val"}, {"epoch", epoch}};
  line.update(acsl::summary_json(result));
  return line;
}

std::string short_summary(acsl::detection_evaluation const& result) {
  auto const& s = result.summary;
  char text[160];
  std::snprintf(text, sizeof text, "AP %.4f  AP50 %.4f  APr %.4f  APc %.4f  APf %.4f", s.ap, s.ap50, s.ap_rare,
                s.ap_common, s.ap_frequent);
  return text;
}

}  // namespace trainer
