// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/result_reader.hpp>
#include <acsl/io/json_chunks.hpp>
#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace acsl {
namespace detail {

/// Puts the results of a file's chunks together. Nothing: none, or some are boxes and others masks alone.
inline std::optional<result_list> joined(std::vector<result_list> chunks) {
  result_list whole;
  std::size_t count = 0;
  for (auto const& chunk : chunks) {
    if (chunk.areas.empty() != chunks.front().areas.empty()) return std::nullopt;
    count += chunk.results.size();
  }
  if (count == 0) return std::nullopt;
  whole.results.reserve(count);
  for (auto& chunk : chunks) {
    whole.results.insert(whole.results.end(), chunk.results.begin(), chunk.results.end());
    whole.areas.insert(whole.areas.end(), chunk.areas.begin(), chunk.areas.end());
    std::move(chunk.masks.begin(), chunk.masks.end(), std::back_inserter(whole.masks));
    chunk = {};
  }
  return whole;
}

}  // namespace detail

/// Reads a file of results as `load_results(path, truth, options)` does, with the same results, errors and messages, on
/// all of a backend's threads. Needs memory for the results, not for the text; only for a bad file for both.
template <has_loops Backend>
[[nodiscard]] result_list load_results(Backend& exec, std::filesystem::path const& path, annotation_set const& truth,
                                       evaluation_options const& options = {},
                                       std::size_t chunk_bytes = std::size_t{1} << 20) {
  auto const images = positions_by_id(truth.images);
  auto const read = [&](detail::chunk_value const& list, bool) {
    detail::result_entries entries(truth, images, options.type);
    list.for_each_element([&](detail::chunk_value const& entry) { entries.add(entry); });
    if (entries.are_mixed()) throw detail::chunk_refusal{};
    return entries.take();
  };
  if (auto chunks = read_json_chunks(exec, path, chunk_frame::list, read, chunk_bytes))
    if (auto whole = detail::joined(*std::move(chunks))) return *std::move(whole);
  return load_results(path, truth, options);
}

/// Reads a file of proposals: a pickle of a proposal network's, or any file of boxes, whose categories then say
/// nothing.
template <has_loops Backend>
[[nodiscard]] std::vector<box_result> load_proposals(Backend& exec, std::filesystem::path const& path,
                                                     annotation_set const& truth) {
  if (!is_pickle(path)) return load_results(exec, path, truth, {.max_dets = -1}).results;
  auto const found = read_result_pickle(path, truth);
  return found.are_proposals ? results_of_proposals(found.images, truth) : results_of(found.images, truth);
}

}  // namespace acsl
