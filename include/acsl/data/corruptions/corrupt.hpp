// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <acsl/data/corruptions/brightness.hpp>
#include <acsl/data/corruptions/contrast.hpp>
#include <acsl/data/corruptions/corruption.hpp>
#include <acsl/data/corruptions/defocus_blur.hpp>
#include <acsl/data/corruptions/elastic_transform.hpp>
#include <acsl/data/corruptions/fog.hpp>
#include <acsl/data/corruptions/frost.hpp>
#include <acsl/data/corruptions/gaussian_blur.hpp>
#include <acsl/data/corruptions/glass_blur.hpp>
#include <acsl/data/corruptions/jpeg_compression.hpp>
#include <acsl/data/corruptions/motion_blur.hpp>
#include <acsl/data/corruptions/noise.hpp>
#include <acsl/data/corruptions/pixelate.hpp>
#include <acsl/data/corruptions/saturate.hpp>
#include <acsl/data/corruptions/snow.hpp>
#include <acsl/data/corruptions/spatter.hpp>
#include <acsl/data/corruptions/zoom_blur.hpp>
#include <acsl/io/image.hpp>
#include <cstdint>

namespace acsl {

/// A photograph as a common corruption of a severity leaves it. Same size; severity 0 is the photograph itself.
///
///     auto const foggy = acsl::corrupt(image, acsl::corruption::fog, 3, acsl::random_key{seed}.with(image_id));
///
/// Random numbers are drawn from the key, the corruption and the severity: the same bits on any thread and in any
/// order. Colours count as red, green, blue whatever the order in memory, where the original's tool hands blue, green,
/// red to functions that take them for red, green, blue (snow, spatter and jpeg_compression differ by that). Values are
/// cut to [0, 255] and rounded down, as there; what rounding errors leave below a whole number counts as that number.
///
/// @param severity 0 … 5
/// @pre   the image has pixels; any size is taken
/// @source corruption.hpp; every corruption's header says what is exact and what is not
[[nodiscard]] inline image8 corrupt(image8 const& image, corruption what, int severity, random_key key) {
  ACSL_EXPECTS(severity >= 0 && severity <= strongest_severity, "a severity lies in [0, 5]", severity);
  ACSL_EXPECTS(!image.empty(), "an image that is corrupted has pixels", image.height, image.width);
  if (severity == 0) return image;
  auto const own =
      key.with(purpose::corrupt).with(static_cast<std::uint64_t>(what)).with(static_cast<std::uint64_t>(severity));
  using namespace corruptions;
  switch (what) {
    case corruption::gaussian_noise:
      return gaussian_noise(image, severity, own);
    case corruption::shot_noise:
      return shot_noise(image, severity, own);
    case corruption::impulse_noise:
      return impulse_noise(image, severity, own);
    case corruption::defocus_blur:
      return defocus_blur(image, severity);
    case corruption::glass_blur:
      return glass_blur(image, severity, own);
    case corruption::motion_blur:
      return motion_blur(image, severity, own);
    case corruption::zoom_blur:
      return zoom_blur(image, severity);
    case corruption::snow:
      return snow(image, severity, own);
    case corruption::frost:
      return frost(image, severity, own);
    case corruption::fog:
      return fog(image, severity, own);
    case corruption::brightness:
      return brightness(image, severity);
    case corruption::contrast:
      return contrast(image, severity);
    case corruption::elastic_transform:
      return elastic_transform(image, severity, own);
    case corruption::pixelate:
      return pixelate(image, severity);
    case corruption::jpeg_compression:
      return jpeg_compression(image, severity);
    case corruption::speckle_noise:
      return speckle_noise(image, severity, own);
    case corruption::gaussian_blur:
      return gaussian_blur(image, severity);
    case corruption::spatter:
      return spatter(image, severity, own);
    case corruption::saturate:
      return saturate(image, severity);
  }
  return image;  // not reached: the enumeration has no other value
}

}  // namespace acsl
