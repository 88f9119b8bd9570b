// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl {

/// How many copies of an image with repeat factor r an epoch holds.
enum class repeat_rounding : std::uint8_t {
  ceil,           ///< ceil(r), the same list every epoch (mmdetection, EFL)
  stochastic,     ///< floor(r) + [u < r − floor(r)], u drawn anew for every image and epoch (detectron2)
  one_plus_ceil,  ///< 1 where r = 1, else 1 + ceil(r) (BAGS and ACSL code, which append to a list that has the image)
};

struct repeat_factor_options {
  double threshold = 0.001;     ///< t: classes in a smaller share of the images are repeated
  bool square_root = true;      ///< false: t/f itself
  bool instance_aware = false;  ///< IRFS: f = sqrt(share of images · share of instances)
  bool empty_class = false;     ///< images without objects are a class of their own; false: their factor is 1
};

struct repeat_factors {
  std::vector<double> class_frequency, class_repeat;  ///< one per class; 0 and 1 where no image holds it
  std::vector<double> image_repeat;                   ///< one per image, at least 1
};

/// r_c = max(1, sqrt(t / f_c)).
[[nodiscard]] inline double repeat_factor(double frequency, repeat_factor_options const& options) {
  ACSL_EXPECTS(options.threshold >= 0 && std::isfinite(options.threshold), "the threshold is not negative",
               options.threshold);
  if (frequency <= 0) return 1;
  double const ratio = options.threshold / frequency;
  return std::max(1.0, options.square_root ? std::sqrt(ratio) : ratio);
}

/// Repeat factors of classes and images: f_c is the share of the images that hold class c, r_I = max of r_c over the
/// classes of image I. A class counts once per image. No image gives no factor.
///
/// @param image_classes of every image the classes of its objects, 0-based, one entry per object
/// @throws acsl::error for a class outside [0, classes)
/// @note O(objects)
/// @source Gupta, Dollár, Girshick, CVPR 2019; Yaman et al., 2023 (losses-spec 9.1)
[[nodiscard]] inline repeat_factors make_repeat_factors(std::vector<std::vector<std::int32_t>> const& image_classes,
                                                        index_t classes, repeat_factor_options const& options = {}) {
  auto const size = static_cast<std::size_t>(classes);
  std::vector<double> images(size), instances(size);
  std::vector<std::size_t> seen(size);  // 1 + the last image that held the class
  double all_instances = 0, empty = 0;
  for (std::size_t i = 0; i < image_classes.size(); ++i) {
    empty += image_classes[i].empty();
    for (std::int32_t const c : image_classes[i]) {
      ACSL_EXPECTS(c >= 0 && c < classes, "a class is below the number of classes", c, classes);
      auto const at = static_cast<std::size_t>(c);
      images[at] += std::exchange(seen[at], i + 1) != i + 1;
      instances[at] += 1;
      all_instances += 1;
    }
  }
  auto const all_images = static_cast<double>(image_classes.size());
  repeat_factors result;
  for (std::size_t c = 0; c < size; ++c) {
    double frequency = images[c] > 0 ? images[c] / all_images : 0;
    if (options.instance_aware && images[c] > 0) frequency = std::sqrt(frequency * (instances[c] / all_instances));
    result.class_frequency.push_back(frequency);
    result.class_repeat.push_back(repeat_factor(frequency, options));
  }
  double const without = options.empty_class && empty > 0 ? repeat_factor(empty / all_images, options) : 1;
  for (auto const& held : image_classes) {
    double most = held.empty() ? without : 1;
    for (std::int32_t const c : held) most = std::max(most, result.class_repeat[static_cast<std::size_t>(c)]);
    result.image_repeat.push_back(most);
  }
  return result;
}

/// @param uniform in [0, 1), which `stochastic` reads
[[nodiscard]] inline index_t copies_of(double repeat, repeat_rounding rounding, double uniform) {
  double const whole = std::floor(repeat), up = std::ceil(repeat);
  if (rounding == repeat_rounding::stochastic) return static_cast<index_t>(whole) + (uniform < repeat - whole);
  if (rounding == repeat_rounding::one_plus_ceil) return repeat > 1 ? 1 + static_cast<index_t>(up) : 1;
  return static_cast<index_t>(up);
}

/// The images of an epoch, each as often as its repeat factor says: an `image_list`. A function of (seed, epoch) alone,
/// and with `ceil` and `one_plus_ceil` of neither. Its length may differ from epoch to epoch with `stochastic`.
class repeat_factor_list {
 public:
  repeat_factor_list(std::vector<double> image_repeat, repeat_rounding rounding, std::uint64_t seed)
      : image_repeat_(std::move(image_repeat)), rounding_(rounding), seed_(seed) {
    for (double const r : image_repeat_) ACSL_EXPECTS(r >= 1 && r < 1e6, "a repeat factor lies in [1, 1e6)", r);
  }
  [[nodiscard]] std::vector<index_t> operator()(index_t epoch) const {
    auto const key = random_key{seed_}.with(static_cast<std::uint64_t>(epoch)).with(purpose::repeat_image);
    std::vector<index_t> list;
    for (std::size_t i = 0; i < image_repeat_.size(); ++i)
      list.insert(list.end(), static_cast<std::size_t>(copies_of(image_repeat_[i], rounding_, key.uniform(i))),
                  static_cast<index_t>(i));
    return list;
  }

 private:
  std::vector<double> image_repeat_;
  repeat_rounding rounding_;
  std::uint64_t seed_;
};

}  // namespace acsl
