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

/// Stops a run whose numbers have left the finite ones, before they reach the weights.
/// @param epoch, iteration from 0; the message counts from 1
/// @throws acsl::error naming the figure, the step and the images of the batch
inline void expect_finite(std::string const& what, double value, batch const& images, index_t epoch,
                          index_t iteration) {
  if (std::isfinite(value)) return;
  std::string text = "training stopped: " + what + " is " + (std::isnan(value) ? "NaN" : "infinite") + " in epoch " +
                     std::to_string(epoch + 1) + ", iteration " + std::to_string(iteration + 1) + "; images:";
  for (auto const& image : images.info) text += " " + image.file;
  throw error(text);
}

/// The same for every loss of a step; the first one that is not finite is named.
inline void expect_finite(std::vector<named_loss> const& losses, batch const& images, index_t epoch,
                          index_t iteration) {
  for (auto const& loss : losses) expect_finite(loss.name, loss.value, images, epoch, iteration);
}

}  // namespace acsl
