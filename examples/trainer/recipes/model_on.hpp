// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/nn/batch_norm.hpp>
#include <acsl/nn/group_norm.hpp>

#include "../model_backend.hpp"
#include "recipe.hpp"

namespace trainer {

/// The detectors of all recipes on one more backend. What they have in common is compiled once a backend.
template <acsl::backend Backend>
class model_on final : public model_backend {
 public:
  acsl::detection_results detect(any_detector& model, acsl::batch const& images, acsl::detection_options const& options,
                                 run_observer const& seen) override {
    acsl::detection_results result;
    with_detector(model, [&](auto& detector) { result = detector.detect_views(exec_, {&images, 1}, options, seen); });
    return result;
  }
  std::vector<acsl::named_loss> train_step(any_detector& model, acsl::batch const& images, acsl::random_key key,
                                           run_observer const& seen) override {
    std::vector<acsl::named_loss> result;
    with_detector(model, [&](auto& detector) { result = detector.train_step(exec_, images, key, seen); });
    return result;
  }

 private:
  template <class Use>
  static void with_detector(any_detector& model, Use&& use) {
    bool const found = is_with<acsl::bottleneck<acsl::batch_norm>>(model, use) ||
                       is_with<acsl::bottleneck<acsl::group_norm>>(model, use) ||
                       is_with<acsl::basic_block<acsl::batch_norm>>(model, use) ||
                       is_with<acsl::basic_block<acsl::group_norm>>(model, use);
    ACSL_EXPECTS(found, "a detector is of one of the recipes");
  }
  template <class Block, class Use>
  static bool is_with(any_detector& model, Use& use) {
    auto* const one = dynamic_cast<detector_of<detector_with<Block>>*>(&model);
    if (one) use(one->get());
    return one != nullptr;
  }

  Backend exec_;
};

}  // namespace trainer
