// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/class_aware_sampler.hpp>
#include <acsl/data/class_power_sampler.hpp>
#include <acsl/data/repeat_factor.hpp>
#include <acsl/validation/detail/checked_entry.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace acsl {

/// Whether an entry of a file of loss vectors is a way to sample images.
[[nodiscard]] inline bool is_sampling_vector(json_value const& entry) {
  for (char const* kind : {"repeat_factor_sampling", "class_aware_sampling", "class_sampling"})
    if (detail::has_text(entry, "loss", kind)) return true;
  return false;
}

namespace detail {

/// Repeat factors of classes and images, and copies. Instance-aware factors are told by the entry's id.
inline void check_repeat_factors(json_value const& entry, loss_check& check, tolerance accepted) {
  auto const expected = entry.at("expected"), extra = entry.at("extra");
  auto const& mode = entry.at("mode").text();
  if (mode != "sqrt" && mode != "linear") entry.at("mode").fail("there are no repeat factors \"" + mode + "\"");
  auto const classes = static_cast<std::int32_t>(expected.at("class_frequency").size());
  auto const list = extra.at("image_classes");
  std::vector<std::vector<std::int32_t>> image_classes;
  for (std::size_t i = 0; i < list.size(); ++i) image_classes.push_back(integers_of(list.at(i), 0, classes - 1));
  auto const uniform = numbers_of(extra.at("uniform"), static_cast<index_t>(image_classes.size()));
  auto const found = make_repeat_factors(image_classes, classes,
                                         {.threshold = entry.at("hyperparameters").at("threshold").number(),
                                          .square_root = mode == "sqrt",
                                          .instance_aware = entry.at("id").text().starts_with("irfs.")});
  std::vector<double> up, drawn;
  for (std::size_t i = 0; i < uniform.size(); ++i) {
    double const repeat = found.image_repeat[i];
    ACSL_EXPECTS(repeat < 1e6, "a repeat factor lies in [1, 1e6)", repeat);
    up.push_back(static_cast<double>(copies_of(repeat, repeat_rounding::ceil, uniform[i])));
    drawn.push_back(static_cast<double>(copies_of(repeat, repeat_rounding::stochastic, uniform[i])));
  }
  auto const compare = [&](char const* name, std::vector<double> const& values) {
    check.value.add_all(values, acsl::numbers_of(expected.at(name)), accepted);
  };
  compare("class_frequency", found.class_frequency);
  compare("class_repeat", found.class_repeat);
  compare("image_repeat", found.image_repeat);
  compare("ceil_repeat", up);
  compare("stochastic_repeat", drawn);
}

/// The order of images, with the entry's permutations.
inline void check_class_aware_order(json_value const& entry, loss_check& check, tolerance accepted) {
  auto const extra = entry.at("extra"), lists = extra.at("class_image_lists");
  std::vector<std::vector<index_t>> images_of_class;
  for (std::size_t c = 0, classes = lists.keys().size(); c < classes; ++c) {
    auto const images = integers_of(lists.at(std::to_string(c)), 0, INT32_MAX);
    images_of_class.emplace_back(images.begin(), images.end());
  }
  auto const permutation = [&](std::size_t stream, std::uint64_t round, std::size_t size) {
    auto const rounds =
        stream == 0 ? extra.at("class_permutations") : extra.at("member_permutations").at(std::to_string(stream - 1));
    if (round >= rounds.size()) rounds.fail("has no permutation of round " + std::to_string(round));
    auto const one = rounds.at(static_cast<std::size_t>(round));
    auto const places = integers_of(one, 0, static_cast<std::int32_t>(size) - 1);
    expect_count(one, places.size(), static_cast<index_t>(size));
    return std::vector<index_t>(places.begin(), places.end());
  };
  auto const wanted = acsl::numbers_of(entry.at("expected").at("first_eight_images"));
  auto const order = class_aware_order(images_of_class, static_cast<index_t>(wanted.size()), 1, permutation);
  check.value.add_all(order, wanted, accepted);
}

/// Probabilities of classes.
inline void check_class_probabilities(json_value const& entry, loss_check& check, tolerance accepted) {
  auto const expected = entry.at("expected"), extra = entry.at("extra");
  auto const counts = counts_of(extra.at("counts"));
  auto const compare = [&](char const* name, std::vector<double> const& values) {
    check.value.add_all(values, acsl::numbers_of(expected.at(name)), accepted);
  };
  compare("class_balanced_q0", class_sampling_probabilities(counts, 0));
  compare("square_root_q0_5", class_sampling_probabilities(counts, 0.5));
  compare("instance_q1", class_sampling_probabilities(counts, 1));
  compare("progressive", progressive_probabilities(counts, integer_of(extra.at("epoch"), 0, INT32_MAX),
                                                   integer_of(extra.at("epochs"), 1, INT32_MAX)));
}

}  // namespace detail

/// Checks a way to sample images, in double on the host: repeat factors and copies, an order, or probabilities.
/// @pre is_sampling_vector(entry) @throws acsl::file_error naming the place of what does not fit
[[nodiscard]] inline loss_check check_sampling_vector(json_value const& entry,
                                                      tolerance accepted = loss_tolerance<double>) {
  return detail::checked_entry(entry, [&](loss_check& check) {
    check.note = "in double on the host";
    auto const& kind = entry.at("loss").text();
    if (kind == "repeat_factor_sampling") detail::check_repeat_factors(entry, check, accepted);
    else if (kind == "class_aware_sampling") detail::check_class_aware_order(entry, check, accepted);
    else detail::check_class_probabilities(entry, check, accepted);
  });
}

}  // namespace acsl
