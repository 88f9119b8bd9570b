// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "inference.hpp"

#include <acsl/data/loader.hpp>
#include <acsl/evaluation/evaluation_report.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/progress.hpp>
#include <cstdio>

#include "trained_weights.hpp"

namespace trainer {
namespace {

acsl::detection_options detection_options_of(acsl::configuration const& config) {
  auto const& t = config.test;
  acsl::detection_options result;
  result.selection = {static_cast<float>(t.score_threshold), static_cast<float>(t.nms_threshold), t.max_detections};
  if (t.activation == "softmax") result.activation = acsl::score_activation::softmax;
  else if (t.activation == "sigmoid") result.activation = acsl::score_activation::sigmoid;
  else ACSL_EXPECTS(t.activation == "automatic", "test.activation is automatic, softmax or sigmoid", t.activation);
  return result;
}

}  // namespace

std::unique_ptr<any_detector> load_detector(acsl::configuration const& config, std::filesystem::path const& checkpoint,
                                            acsl::annotation_set const& annotations) {
  auto const file = acsl::read_weights(checkpoint);
  expect_trained_as(file, checkpoint, config);
  if (auto const classes = file.metadata.find("classes"); classes != file.metadata.end())
    expect_classes(class_names_from(classes->second, checkpoint.string() + ": classes"), checkpoint, annotations);
  auto const counted = file.metadata.find("statistics");
  bool const known = counted != file.metadata.end() && !counted->second.empty();
  auto model = make_detector(config, known ? statistics_from(counted->second, checkpoint.string() + ": statistics")
                                           : statistics_of(annotations));
  acsl::expect_complete(acsl::load_weights(file, checkpoint, *model), checkpoint);
  return model;
}

found_objects detect_all(any_detector const& model, acsl::cpu& exec, acsl::configuration const& config,
                         split const& images) {
  acsl::loader source(images.images, acsl::sequential_sampler(images.images.size()), pipeline_of(config, false),
                      {.workers = static_cast<int>(config.data.workers), .memory = exec.memory()});
  auto const options = detection_options_of(config);
  found_objects found;
  acsl::progress display;
  while (auto batch = source.next()) {
    for (auto& one : model.detect(exec, *batch, options)) found.push_back(std::move(one));
    display.count("detecting", static_cast<acsl::index_t>(found.size()), images.images.size());
  }
  return found;
}

acsl::lvis_evaluation evaluate(acsl::cpu& exec, found_objects const& found, split const& images) {
  return acsl::evaluate_lvis(exec, images.annotations, acsl::results_of(found, images.annotations));
}

nlohmann::ordered_json validation_line(acsl::index_t epoch, acsl::lvis_evaluation const& result) {
  nlohmann::ordered_json line{{"mode", "val"}, {"epoch", epoch}};
  line.update(acsl::summary_json(result));
  return line;
}

std::string short_summary(acsl::lvis_evaluation const& result) {
  auto const& s = result.summary;
  char text[160];
  std::snprintf(text, sizeof text, "AP %.4f  AP50 %.4f  APr %.4f  APc %.4f  APf %.4f", s.ap, s.ap50, s.ap_rare,
                s.ap_common, s.ap_frequent);
  return text;
}

}  // namespace trainer
