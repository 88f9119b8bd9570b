// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/validation/detail/loss_vector_maker.hpp>
#include <vector>

namespace acsl {

/// The cases of a file of loss vectors that have logits, in order.
/// @throws acsl::file_error naming file and entry, for a loss that is not known and for what does not fit
[[nodiscard]] inline std::vector<loss_vector> read_loss_vectors(json_value const& file) {
  std::vector<loss_vector> result;
  auto const source = file.find("source");
  auto const entries = file.at("vectors");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto const entry = entries.at(i);
    bool const classification = (entry.has("logits") || entry.has("source")) && entry.at("expected").has("loss");
    if (!classification) continue;
    try {
      result.push_back(detail::loss_vector_maker(entry, entries, source ? &*source : nullptr).read());
    } catch (file_error const&) {
      throw;
    } catch (error const& problem) {
      entry.fail(entry.at("id").text() + ": " + problem.what());
    }
  }
  return result;
}

}  // namespace acsl
