// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/models/named_loss.hpp>
#include <cmath>
#include <string>
#include <vector>

namespace acsl {

/// @throws acsl::error naming the first loss that is NaN or infinite, the step and the images of the batch
inline void expect_finite(std::vector<named_loss> const& losses, batch const& images, index_t epoch,
                          index_t iteration) {
  for (auto const& loss : losses) {
    if (std::isfinite(loss.value)) continue;
    std::string text = "training stopped: " + loss.name + " is " + (std::isnan(loss.value) ? "NaN" : "infinite") +
                       " in epoch " + std::to_string(epoch + 1) + ", iteration " + std::to_string(iteration + 1) +
                       "; images:";
    for (auto const& image : images.info) text += " " + image.file;
    throw error(text);
  }
}

}  // namespace acsl
