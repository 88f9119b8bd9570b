// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "sampling.hpp"

#include <acsl/data/class_aware_sampler.hpp>
#include <acsl/data/class_power_sampler.hpp>
#include <acsl/data/repeat_factor.hpp>
#include <algorithm>
#include <cstdio>
#include <numeric>

namespace trainer {
namespace {

acsl::repeat_rounding rounding_of(std::string const& name) {
  if (name == "stochastic") return acsl::repeat_rounding::stochastic;
  if (name == "one_plus_ceil") return acsl::repeat_rounding::one_plus_ceil;
  ACSL_EXPECTS(name == "ceil", "sampling.rounding is ceil, stochastic or one_plus_ceil", name);
  return acsl::repeat_rounding::ceil;
}

void print_length(std::string const& name, acsl::dataset const& images, acsl::image_list const& list) {
  std::printf("sampling: %s, %ld images, the first epoch has %zu\n", name.c_str(), static_cast<long>(images.size()),
              list(0).size());
}

/// The classes that are repeated most.
void print_factors(acsl::repeat_factors const& factors, acsl::dataset const& images) {
  std::size_t constexpr shown = 5;
  std::vector<std::size_t> order(factors.class_repeat.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return factors.class_repeat[a] > factors.class_repeat[b]; });
  std::erase_if(order, [&](std::size_t c) { return factors.class_repeat[c] <= 1; });
  auto const repeated =
      std::count_if(factors.image_repeat.begin(), factors.image_repeat.end(), [](double r) { return r > 1; });
  std::printf("  %zu of %zu classes and %ld images have a repeat factor above 1%s\n", order.size(),
              factors.class_repeat.size(), static_cast<long>(repeated), order.empty() ? "" : "; the largest:");
  for (std::size_t i = 0; i < std::min(order.size(), shown); ++i)
    std::printf("  %8.3f  %s, frequency %.3g\n", factors.class_repeat[order[i]],
                images.categories()[order[i]].name.c_str(), factors.class_frequency[order[i]]);
}

}  // namespace

acsl::image_list image_list_of(acsl::configuration const& config, acsl::dataset const& images) {
  auto const& s = config.sampling;
  auto const seed = static_cast<std::uint64_t>(config.training.seed);
  auto const classes = static_cast<acsl::index_t>(images.categories().size());
  if (s.name == "every_image") return {};
  auto const held = acsl::classes_by_image(images);
  acsl::image_list list;
  if (s.name == "repeat_factor") {
    auto const factors = acsl::make_repeat_factors(held, classes,
                                                   {.threshold = s.threshold,
                                                    .square_root = s.square_root,
                                                    .instance_aware = s.instance_aware,
                                                    .empty_class = s.empty_class});
    list = acsl::repeat_factor_list(factors.image_repeat, rounding_of(s.rounding), seed);
    print_length(s.name + ", " + s.rounding, images, list);
    print_factors(factors, images);
    return list;
  }
  if (s.name == "class_aware") {
    auto const members = acsl::images_by_class(held, classes);
    list = acsl::class_aware_list(members, s.balanced_length ? acsl::balanced_length(members) : images.size(),
                                  s.images_per_class, seed);
  } else {
    ACSL_EXPECTS(s.name == "class_power" || s.name == "progressive",
                 "sampling.name is every_image, repeat_factor, class_aware, class_power or progressive", s.name);
    list = acsl::class_power_list(
        held, classes, {.power = s.power, .progressive = s.name == "progressive", .epochs = config.training.epochs},
        seed);
  }
  print_length(s.name, images, list);
  return list;
}

}  // namespace trainer
