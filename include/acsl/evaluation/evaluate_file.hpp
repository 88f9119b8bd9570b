// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/evaluation/object_masks.hpp>
#include <filesystem>
#include <vector>

namespace acsl {

/// `evaluate_detections` for a file of results, boxes or masks as `options.type` says.
/// @param truth of `truth.file`, by `annotation_rules::evaluation`; masks are compared with those of that file
/// @throws acsl::file_error for files that cannot be read, with the place; and as `evaluate_detections` does
template <has_loops Backend>
[[nodiscard]] detection_evaluation evaluate_file(Backend& exec, annotation_set const& truth,
                                                 std::filesystem::path const& results,
                                                 evaluation_options const& options) {
  auto const list = load_results(exec, results, truth, options);
  bool const segm = options.type == iou_type::segm;
  auto const objects = segm ? load_object_masks(exec, truth.file, truth) : std::vector<run_length_mask>();
  return evaluate_detections(exec, truth, list.results, options, {list.areas, list.masks, objects});
}

}  // namespace acsl
