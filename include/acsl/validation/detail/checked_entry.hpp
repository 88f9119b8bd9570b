// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/json.hpp>
#include <acsl/validation/difference.hpp>
#include <string>
#include <string_view>

namespace acsl::detail {

/// Whether an entry has this text under a key.
[[nodiscard]] inline bool has_text(json_value const& entry, std::string_view key, std::string_view text) {
  auto const found = entry.find(key);
  return found && found->text() == text;
}

/// The check that f(check) makes of an entry. What is wrong in the file is thrown; what a computation refuses is the
/// check's problem.
/// @throws acsl::file_error naming the place of what does not fit, also when nothing is expected
template <class F>
loss_check checked_entry(json_value const& entry, F&& f) {
  loss_check result;
  result.id = entry.at("id").text();
  try {
    f(result);
  } catch (file_error const&) {
    throw;
  } catch (error const& problem) {
    result.problem = reason_of(problem);
  }
  if (result.passed() && result.compared() == 0) entry.at("expected").fail("holds nothing to compare");
  return result;
}

}  // namespace acsl::detail
