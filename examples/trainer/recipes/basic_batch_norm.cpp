// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "recipe.hpp"

#include <acsl/nn/batch_norm.hpp>

std::unique_ptr<trainer::any_detector> trainer::basic_batch_norm(acsl::configuration const& config,
                                                                 acsl::class_statistics const& classes) {
  return build<acsl::basic_block<acsl::batch_norm>>(
      config, classes,
      {.in_training = config.model.norm == "batch" ? acsl::statistics::batch : acsl::statistics::frozen});
}
