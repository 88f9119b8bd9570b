// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/evaluation/result_list.hpp>
#include <string>

namespace acsl {

/// Whose rules say which objects and results are compared. docs/evaluation.md has them side by side.
enum class evaluation_rules {
  lvis,        ///< federated annotation; a limit on the results of an image
  lvis_fixed,  ///< federated annotation; a limit on the results of a category: "fixed AP" (Dave et al. 2021)
  coco         ///< every category is labelled in every image; a limit on the results of an image and category; crowds
};

struct evaluation_options {
  index_t max_dets = 300;  ///< the limit of the rules; negative: all results. COCO's is above 10
  evaluation_rules rules = evaluation_rules::lvis;
  iou_type type = iou_type::bbox;
  bool class_agnostic = false;  ///< judge all categories as one; figures by frequency then have no value
  bool with_curves = false;     ///< keep the precision of every category at every recall threshold

  /// "lvis-300", "lvis-all", "lvis-fixed", "coco-100": figures of two protocols cannot be compared.
  [[nodiscard]] std::string protocol() const {
    std::string const number = max_dets < 0 ? "all" : std::to_string(max_dets);
    if (rules == evaluation_rules::coco) return "coco-" + number;
    if (rules == evaluation_rules::lvis) return "lvis-" + number;
    return max_dets == 10000 ? "lvis-fixed" : "lvis-fixed-" + number;
  }
};

/// The protocols that are published, as those who publish them set them.
inline constexpr evaluation_options lvis_300{}, lvis_fixed{10000, evaluation_rules::lvis_fixed},
    coco_100{100, evaluation_rules::coco};

}  // namespace acsl
