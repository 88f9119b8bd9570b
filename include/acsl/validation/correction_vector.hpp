// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/activation.hpp>
#include <acsl/losses/posthoc.hpp>
#include <acsl/validation/detail/checked_entry.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <acsl/validation/detail/host_copies.hpp>
#include <vector>

namespace acsl {

/// Whether an entry of a file of loss vectors is a correction of trained logits.
[[nodiscard]] inline bool is_correction_vector(json_value const& entry) {
  return entry.has("logits") && detail::has_text(entry, "loss", "posthoc");
}

namespace detail {

/// What a correction adds to the columns of the logits.
inline std::vector<double> correction_offsets(json_value const& entry, index_t columns) {
  auto const mode = entry.at("mode").text();
  auto const extra = entry.at("extra"), numbers = entry.at("hyperparameters");
  if (mode == "logit_adjustment")
    return logit_adjustment_offsets(numbers_of(extra.at("prior"), columns), numbers.at("tau").number());
  if (mode == "pc_softmax")
    return prior_shift_offsets(numbers_of(extra.at("source_prior"), columns),
                               numbers_of(extra.at("target_prior"), columns));
  if (mode != "norcal") entry.at("mode").fail("there is no correction \"" + mode + "\"");
  auto const images = integers_of(extra.at("image_count"), 0, INT32_MAX);
  expect_count(extra.at("image_count"), images.size(), columns - 1);
  auto const layout = entry.at("layout").at("background").text() == "last" ? column_layout::background_last
                                                                           : column_layout::background_first;
  return by_column(norcal_offsets({images.begin(), images.end()}, {.gamma = numbers.at("gamma").number()}), layout);
}

}  // namespace detail

/// Checks a correction on a backend, with logits in T: the softmax of the corrected logits, in the file's columns, and
/// those logits where the entry expects them.
/// @pre is_correction_vector(entry) @throws acsl::file_error naming the place of what does not fit
template <class T, backend Backend>
loss_check check_correction_vector(Backend& exec, json_value const& entry, tolerance accepted = loss_tolerance<T>) {
  return detail::checked_entry(entry, [&](loss_check& check) {
    auto const logits = detail::matrix_of(entry.at("logits"));
    auto const offsets = detail::correction_offsets(entry, logits.extents[1]);
    auto corrected = logits.numbers;
    for (std::size_t i = 0; i < corrected.size(); ++i)
      corrected[i] = static_cast<double>(static_cast<T>(corrected[i]) + static_cast<T>(offsets[i % offsets.size()]));
    auto const z = detail::on_backend<T>(exec, corrected, logits.extents);
    tensor<T> scores(logits.extents, exec.memory());
    softmax_scores(exec, z.view(), scores.view());
    if (auto const adjusted = entry.at("expected").find("adjusted_logits"))
      check.value.add_all(corrected, numbers_of(*adjusted), accepted);
    check.scores.add_all(detail::on_host(exec, scores), numbers_of(entry.at("expected").at("scores")), accepted);
  });
}

}  // namespace acsl
