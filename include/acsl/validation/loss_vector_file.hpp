// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/validation/detail/loss_vector_maker.hpp>
#include <string>
#include <vector>

namespace acsl {

/// The cases of a file of loss vectors, in order: its entries with labels. Others are no losses of logits: losses of
/// boxes, corrections, heads, weights of classes, ways to sample (`check_entry`).
/// @param others if not null, gets those others
/// @throws acsl::file_error naming file and entry, for another format, a loss that is not known and what does not fit
[[nodiscard]] inline std::vector<loss_vector> read_loss_vectors(json_value const& file,
                                                                std::vector<json_value>* others = nullptr) {
  if (auto const format = file.at("format"); format.integer() != 1)
    format.fail("is " + std::to_string(format.integer()) + "; this program reads format 1");
  std::vector<loss_vector> result;
  auto const source = file.find("source");
  auto const entries = file.at("vectors");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto const entry = entries.at(i);
    if (!entry.has("labels") && !entry.has("source")) {
      if (others) others->push_back(entry);
      continue;
    }
    try {
      result.push_back(detail::loss_vector_maker(entry, entries, source ? &*source : nullptr).read());
    } catch (file_error const&) {
      throw;
    } catch (error const& problem) {
      entry.fail(entry.at("id").text() + ": " + reason_of(problem));
    }
  }
  return result;
}

}  // namespace acsl
