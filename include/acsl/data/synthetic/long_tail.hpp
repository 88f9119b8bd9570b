// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <cmath>
#include <vector>

namespace acsl::synthetic {

/// How many of `images` training images hold the category of each rank, most frequent first: a shifted power law
/// (Zipf and Mandelbrot), share(u) = 0.85 (1 + u)^-8.4 at u = (rank + 1/2) / categories, at least one image each.
///
/// With 800 images and the letters of LVIS (rare: 1 to 10 training images, common: 11 to 100, frequent: more) this
/// gives the groups about the sizes that they have in LVIS v0.5: 37 % rare, 37 % common, 26 % frequent. An image holds
/// seven or eight categories.
inline std::vector<index_t> training_image_counts(index_t categories, index_t images) {
  ACSL_EXPECTS(categories > 0 && images > 0, "a long tail has categories and images", categories, images);
  std::vector<index_t> counts;
  for (index_t rank = 0; rank < categories; ++rank) {
    double const u = (static_cast<double>(rank) + 0.5) / static_cast<double>(categories);
    double const share = 0.85 * std::pow(1 + u, -8.4);
    counts.push_back(std::max<index_t>(1, std::lround(static_cast<double>(images) * share)));
  }
  return counts;
}

/// How many validation images hold the category of each rank: at least 16 where the images have room for that, so that
/// the precision of a rare category means something; what room is left is shared as in training.
inline std::vector<index_t> validation_image_counts(index_t categories, index_t images) {
  constexpr double per_image = 7.5;
  double const room = per_image * static_cast<double>(images);
  auto const fit = static_cast<index_t>(0.95 * room / static_cast<double>(categories));
  index_t const floor = std::min({images, index_t{16}, std::max<index_t>(1, fit)});
  auto counts = training_image_counts(categories, images);
  double total = 0;
  for (index_t const count : counts) total += static_cast<double>(count);
  double const left = std::max(0.0, room - static_cast<double>(floor * categories));
  for (auto& count : counts) count = std::min(images, floor + std::lround(static_cast<double>(count) / total * left));
  return counts;
}

/// The group of a category by the rule of LVIS: 'r' up to 10 training images, 'c' up to 100, 'f' above.
constexpr char frequency_letter(index_t training_images) {
  return training_images <= 10 ? 'r' : training_images <= 100 ? 'c' : 'f';
}

}  // namespace acsl::synthetic
