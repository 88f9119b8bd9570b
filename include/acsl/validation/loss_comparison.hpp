// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/loss_factory.hpp>
#include <acsl/validation/loss_check.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace acsl {

/// Random batches on which two backends should agree.
struct comparison_options {
  index_t rows = 64, classes = 40;
  std::uint64_t seed = 0;
};

namespace detail {

/// A kind of batch, the awkward ones among them.
enum class batch_kind { ordinary, no_rows, all_background, one_class, class_without_samples, large_logits, nan_logit };

inline constexpr auto batch_kinds =
    std::to_array<std::pair<batch_kind, char const*>>({{batch_kind::ordinary, "ordinary"},
                                                       {batch_kind::no_rows, "no rows"},
                                                       {batch_kind::all_background, "all background"},
                                                       {batch_kind::one_class, "one class"},
                                                       {batch_kind::class_without_samples, "a class without samples"},
                                                       {batch_kind::large_logits, "logits of +-80"},
                                                       {batch_kind::nan_logit, "NaN in a logit"}});

/// Counts on a power law; groups by the number of images.
inline class_statistics long_tail(index_t classes, bool with_empty_class) {
  class_statistics result;
  for (index_t c = 0; c < classes; ++c) {
    std::int64_t const images = with_empty_class && c + 1 == classes ? 0 : 1 + 4000 / ((c + 1) * (c + 1));
    result.image_count.push_back(images);
    result.instance_count.push_back(3 * images);
    result.frequency.push_back(frequency_of(images));
  }
  result.images = 10000;
  return result;
}

inline loss_vector random_batch(std::string const& method, batch_kind kind, char const* kind_name,
                                comparison_options const& options, json_value const& nothing) {
  index_t const classes = kind == batch_kind::one_class ? 1 : options.classes;
  index_t const rows = kind == batch_kind::no_rows ? 0 : options.rows;
  loss_vector one{.id = method + ", " + kind_name, .expected = nothing};
  one.loss = make_classification_loss({.name = method}, long_tail(classes, kind == batch_kind::class_without_samples));
  one.classes = classes;
  one.extents = {rows, one.loss.columns(classes)};
  random_key const key = random_key{options.seed}.with(static_cast<std::uint64_t>(kind));
  for (index_t i = 0; i < one.extents.elements(); ++i) {
    auto const n = static_cast<std::uint64_t>(i);
    double z = static_cast<double>(static_cast<float>(2 * key.normal(n)));  // the same number in either precision
    if (kind == batch_kind::large_logits) z = key.with(1).uniform(n) < 0.5 ? -80 : 80;
    one.logits.push_back(z);
  }
  for (index_t i = 0; i < rows; ++i) {
    auto const n = static_cast<std::uint64_t>(i);
    bool const background = kind == batch_kind::all_background || key.with(2).uniform(n) < 0.6;
    one.labels.push_back(
        background ? 0 : 1 + static_cast<std::int32_t>(key.with(3).below(n, static_cast<std::uint64_t>(classes))));
  }
  if (kind == batch_kind::nan_logit && !one.logits.empty())
    one.logits[one.logits.size() / 2] = std::numeric_limits<double>::quiet_NaN();
  return one;
}

}  // namespace detail

/// What evaluates and scores a batch: `evaluate_loss` on a backend, with logits in some precision.
using loss_evaluator = std::function<loss_outcome(any_classification_loss&, loss_vector const&, loss_arguments const&)>;

/// Every method on random batches, the awkward ones among them, by two evaluators: values, gradients, row losses,
/// scores and states of `tested` against those of `trusted`. A NaN in a logit must reach the value of both.
[[nodiscard]] inline std::vector<loss_check> compare_losses(loss_evaluator const& tested, loss_evaluator const& trusted,
                                                            comparison_options const& options, tolerance accepted) {
  auto const nothing = parse_json("null", "");
  std::vector<loss_check> result;
  for (auto const& maker : detail::loss_makers)
    for (auto const& [kind, name] : detail::batch_kinds) {
      auto one = detail::random_batch(std::string(maker.name), kind, name, options, nothing);
      loss_check check;
      check.id = one.id;
      try {
        auto other = one.loss;
        auto const found = tested(one.loss, one, one.arguments());
        auto const wanted = trusted(other, one, one.arguments());
        check.value.add(found.value, wanted.value, accepted);
        check.gradient = difference::of(found.gradient, wanted.gradient, accepted);
        check.rows = difference::of(found.rows, wanted.rows, accepted);
        check.scores = difference::of(found.scores, wanted.scores, accepted);
        check.state = difference::of(found.state, wanted.state, accepted);
        if (kind == detail::batch_kind::nan_logit && std::isfinite(found.value) && options.rows > 0)
          check.problem = "a NaN in a logit does not reach the value";
      } catch (error const& problem) {
        check.problem = problem.what();
      }
      result.push_back(std::move(check));
    }
  return result;
}

}  // namespace acsl
