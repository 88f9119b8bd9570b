// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "sampling.hpp"

#include <acsl/data/class_aware_sampler.hpp>
#include <acsl/data/class_factor_table.hpp>
#include <acsl/data/class_power_sampler.hpp>
#include <acsl/io/count_text.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "printable.hpp"

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

/// How often class-aware sampling draws an image of a class for its sake: epochs give every class as many draws.
std::string draws_text(std::vector<std::vector<acsl::index_t>> const& members, acsl::index_t length,
                       acsl::dataset const& images) {
  auto const classes = std::count_if(members.begin(), members.end(), [](auto const& m) { return !m.empty(); });
  std::vector<std::int64_t> counts;
  std::vector<double> draws;
  for (auto const& m : members) {
    counts.push_back(static_cast<std::int64_t>(m.size()));
    draws.push_back(
        m.empty() ? 0 : static_cast<double>(length) / static_cast<double>(classes) / static_cast<double>(m.size()));
  }
  return printable(acsl::class_factor_table(images.categories(), counts, draws));
}

}  // namespace

std::string factors_text(acsl::repeat_factors const& factors, acsl::dataset const& images) {
  auto const repeated =
      std::count_if(factors.image_repeat.begin(), factors.image_repeat.end(), [](double r) { return r > 1; });
  return printable(acsl::class_factor_table(images.categories(), acsl::count_categories(images).images,
                                            factors.class_repeat)) +
         "  images with a factor above 1: " + acsl::count_text(repeated) + " of " + acsl::count_text(images.size()) +
         "\n";
}

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
    std::printf("%s", factors_text(factors, images).c_str());
    return list;
  }
  if (s.name == "class_aware") {
    auto const members = acsl::images_by_class(held, classes);
    auto const length = s.balanced_length ? acsl::balanced_length(members) : images.size();
    list = acsl::class_aware_list(members, length, s.images_per_class, seed);
    print_length(s.name, images, list);
    std::printf("draws of an image for the sake of a class:\n%s", draws_text(members, length, images).c_str());
    return list;
  }
  ACSL_EXPECTS(s.name == "class_power" || s.name == "progressive",
               "sampling.name is every_image, repeat_factor, class_aware, class_power or progressive", s.name);
  list = acsl::class_power_list(
      held, classes, {.power = s.power, .progressive = s.name == "progressive", .epochs = config.training.epochs},
      seed);
  print_length(s.name, images, list);
  return list;
}

}  // namespace trainer
