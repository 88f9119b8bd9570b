// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace acsl {

/// The common corruptions of ImageNet-C. Values are part of the streams of random numbers: never renumber.
/// @source Hendrycks and Dietterich: "Benchmarking Neural Network Robustness to Common Corruptions and Perturbations",
///         ICLR 2019, arXiv:1903.12261; for images of any size Michaelis et al., arXiv:1907.07484, whose package
///         `imagecorruptions` (1.1.2) has the constants that we take
enum class corruption : std::uint32_t {
  gaussian_noise,
  shot_noise,
  impulse_noise,
  defocus_blur,
  glass_blur,
  motion_blur,
  zoom_blur,
  snow,
  frost,
  fog,
  brightness,
  contrast,
  elastic_transform,
  pixelate,
  jpeg_compression,
  speckle_noise,
  gaussian_blur,
  spatter,
  saturate
};

struct corruption_kind {
  corruption what;
  std::string_view name;
  std::string_view group;  ///< noise, blur, weather, digital; holdout: kept for choosing, no part of the benchmark
};

/// All of them, the 15 of the benchmark first.
inline constexpr std::array<corruption_kind, 19> corruption_kinds{{
    {corruption::gaussian_noise, "gaussian_noise", "noise"},
    {corruption::shot_noise, "shot_noise", "noise"},
    {corruption::impulse_noise, "impulse_noise", "noise"},
    {corruption::defocus_blur, "defocus_blur", "blur"},
    {corruption::glass_blur, "glass_blur", "blur"},
    {corruption::motion_blur, "motion_blur", "blur"},
    {corruption::zoom_blur, "zoom_blur", "blur"},
    {corruption::snow, "snow", "weather"},
    {corruption::frost, "frost", "weather"},
    {corruption::fog, "fog", "weather"},
    {corruption::brightness, "brightness", "weather"},
    {corruption::contrast, "contrast", "digital"},
    {corruption::elastic_transform, "elastic_transform", "digital"},
    {corruption::pixelate, "pixelate", "digital"},
    {corruption::jpeg_compression, "jpeg_compression", "digital"},
    {corruption::speckle_noise, "speckle_noise", "holdout"},
    {corruption::gaussian_blur, "gaussian_blur", "holdout"},
    {corruption::spatter, "spatter", "holdout"},
    {corruption::saturate, "saturate", "holdout"},
}};
inline constexpr int strongest_severity = 5;  ///< severities are 1 to this; 0 stands for the clean image

[[nodiscard]] constexpr std::string_view name_of(corruption what) {
  return corruption_kinds[static_cast<std::size_t>(what)].name;
}

/// The corruptions that a word stands for, in the order of `corruption_kinds`: `all`, `benchmark` (the first 15), the
/// name of a group, or the name of one; none: the word is unknown.
[[nodiscard]] inline std::vector<corruption> corruptions_named(std::string_view word) {
  std::vector<corruption> result;
  for (auto const& [what, name, group] : corruption_kinds)
    if (word == "all" || word == name || word == group || (word == "benchmark" && group != "holdout"))
      result.push_back(what);
  return result;
}

}  // namespace acsl
