// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "recipe.hpp"

#include <acsl/nn/group_norm.hpp>

std::unique_ptr<trainer::any_detector> trainer::bottleneck_group_norm(acsl::configuration const& config,
                                                                      acsl::class_statistics const& classes) {
  return build<acsl::bottleneck<acsl::group_norm>>(config, classes, {.groups = config.model.norm_groups});
}
