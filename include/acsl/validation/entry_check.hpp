// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/validation/box_vector.hpp>
#include <acsl/validation/class_weight_vector.hpp>
#include <acsl/validation/correction_vector.hpp>
#include <acsl/validation/head_vector.hpp>
#include <acsl/validation/sampling_vector.hpp>
#include <optional>

namespace acsl {

/// Checks an entry without labels (one of `others` of `read_loss_vectors`) by its kind: on the backend with numbers in
/// T where the thing has a backend and a precision, else as `loss_check::note` says. Nothing: a kind that no check
/// knows.
/// @throws acsl::file_error naming the place of what does not fit
template <class T, backend Backend>
std::optional<loss_check> check_entry(Backend& exec, json_value const& entry) {
  if (is_box_vector(entry)) return check_box_vector<T>(entry);
  if (is_correction_vector(entry)) return check_correction_vector<T>(exec, entry);
  if (is_class_weight_vector(entry)) return check_class_weight_vector(entry);
  if (is_sampling_vector(entry)) return check_sampling_vector(entry);
  if (is_head_vector(entry)) return check_head_vector(exec, entry);
  return std::nullopt;
}

}  // namespace acsl
