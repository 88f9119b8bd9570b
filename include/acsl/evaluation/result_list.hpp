// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/box_result.hpp>
#include <acsl/masks/run_length_mask.hpp>
#include <vector>

namespace acsl {

/// What is compared: boxes, or masks.
enum class iou_type { bbox, segm };

/// "bbox" or "segm", as files and tables call it.
[[nodiscard]] constexpr char const* name_of(iou_type type) { return type == iou_type::bbox ? "bbox" : "segm"; }

/// The contents of a results file.
struct result_list {
  std::vector<box_result> results;
  std::vector<double> areas;           ///< of the results' masks, where the file holds masks without boxes; else empty
  std::vector<run_length_mask> masks;  ///< of the results, where masks are compared; else empty
};

}  // namespace acsl
