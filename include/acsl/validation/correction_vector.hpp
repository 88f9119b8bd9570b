// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/activation.hpp>
#include <acsl/losses/posthoc.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <acsl/validation/loss_check.hpp>
#include <utility>
#include <vector>

namespace acsl {

/// Whether an entry of a file of loss vectors is a correction of trained logits.
[[nodiscard]] inline bool is_correction_vector(json_value const& entry) {
  return entry.has("logits") && entry.at("loss").text() == "posthoc";
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

/// Checks a correction on a backend, with logits in T: the softmax of the corrected logits, in the file's columns.
/// @pre is_correction_vector(entry) @throws acsl::file_error naming the place of what does not fit
template <class T, backend Backend>
loss_check check_correction_vector(Backend& exec, json_value const& entry, tolerance accepted = loss_tolerance<T>) {
  loss_check result;
  result.id = entry.at("id").text();
  auto const list = entry.at("logits");
  auto const rows = static_cast<index_t>(list.size());
  if (rows == 0 || list.at(std::size_t{0}).size() == 0) list.fail("expected rows of logits");
  auto const columns = static_cast<index_t>(list.at(std::size_t{0}).size());
  auto const logits = detail::numbers_of(list, rows * columns);
  try {
    auto const offsets = detail::correction_offsets(entry, columns);
    std::vector<T> corrected;
    for (std::size_t i = 0; i < logits.size(); ++i)
      corrected.push_back(static_cast<T>(logits[i]) + static_cast<T>(offsets[i % offsets.size()]));
    shape const extents{rows, columns};
    tensor<T> z(extents, exec.memory()), scores(extents, exec.memory());
    exec.copy_from_host(tensor_view<T const>(corrected.data(), extents), z.view());
    softmax_scores(exec, std::as_const(z).view(), scores.view());
    std::vector<T> found(corrected.size());
    exec.copy_to_host(std::as_const(scores).view(), tensor_view<T>(found.data(), extents));
    result.scores = difference::of(found, numbers_of(entry.at("expected").at("scores")), accepted);
  } catch (file_error const&) {
    throw;
  } catch (error const& problem) {
    result.problem = reason_of(problem);
  }
  return result;
}

}  // namespace acsl
