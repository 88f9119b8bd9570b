// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/result_reader.hpp>
#include <acsl/io/json_chunks.hpp>
#include <filesystem>
#include <vector>

namespace acsl {

/// Reads a file of results as `load_results(path, truth)` does, with the same results, errors and messages, on all of a
/// backend's threads. Needs memory for the results, not for the text; only for a bad file for both.
template <has_loops Backend>
[[nodiscard]] std::vector<box_result> load_results(Backend& exec, std::filesystem::path const& path,
                                                   annotation_set const& truth,
                                                   std::size_t chunk_bytes = std::size_t{1} << 20) {
  auto const images = positions_by_id(truth.images);
  auto const read = [&](detail::chunk_value const& list, bool) {
    std::vector<box_result> results;
    results.reserve(list.size());
    list.for_each_element([&](detail::chunk_value const& entry) {
      results.push_back(detail::read_result(entry, false, images, truth.file));
    });
    return results;
  };
  auto chunks = read_json_chunks(exec, path, chunk_frame::list, read, chunk_bytes);
  std::vector<box_result> results;
  std::size_t count = 0;
  if (chunks)
    for (auto const& chunk : *chunks) count += chunk.size();
  if (count == 0) return load_results(path, truth);
  results.reserve(count);
  for (auto& chunk : *chunks) {
    results.insert(results.end(), chunk.begin(), chunk.end());
    chunk = {};
  }
  return results;
}

}  // namespace acsl
