// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/cpu.hpp>
#include <acsl/boxes/box.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/models/detectors/detection_options.hpp>
#include <acsl/training/configuration.hpp>
#include <acsl/training/progress.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "any_detector.hpp"
#include "data_set.hpp"

namespace trainer {

/// One list per image, in the order of the annotation file; boxes in pixels of the original photographs.
using found_objects = std::vector<std::vector<acsl::detection>>;

/// The detector of a configuration with the weights of a checkpoint, for the classes of a split.
/// @param training statistics of the classes where the checkpoint has none, as files of other programs; null: those of
///        the annotations
/// @throws acsl::file_error naming the first parameter that is missing or has another shape, a class whose name differs
///         from that of the checkpoint, or settings under which its weights mean something else
std::unique_ptr<any_detector> load_detector(acsl::configuration const& config, std::filesystem::path const& checkpoint,
                                            acsl::annotation_set const& annotations,
                                            acsl::class_statistics const* training = nullptr);

/// What `[test]` says about detections.
acsl::detection_options detection_options_of(acsl::configuration const& config);

/// Detection as a part of longer work.
struct detection_part {
  acsl::image_edit after_loading = {};  ///< what is done to every photograph first; empty: nothing
  std::string name = "detecting";       ///< for the line of progress
  acsl::index_t images_before = 0;      ///< that parts before this one went through
  acsl::index_t images = 0;             ///< of all parts; 0: the split's
  acsl::progress* display = nullptr;    ///< of the whole work; nullptr: one of its own
};

/// Runs a detector over every image of a split, one at a time, reading ahead; shows how far it is. The lists of all
/// stages together, and of each where `test.keep_all_stages` asks for them.
acsl::detection_results detect_all(any_detector const& model, acsl::cpu& exec, acsl::configuration const& config,
                                   split const& images, detection_part const& part = {});

/// LVIS box evaluation of what was found.
acsl::detection_evaluation evaluate(acsl::cpu& exec, found_objects const& found, split const& images);

/// The line of a training log for an evaluation after an epoch: docs/log-schema.md.
nlohmann::ordered_json validation_line(acsl::index_t epoch, acsl::detection_evaluation const& result);

/// "AP 0.123  AP50 0.234  APr 0.012  APc 0.123  APf 0.234"
std::string short_summary(acsl::detection_evaluation const& result);

}  // namespace trainer
