// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/evaluation/box_result.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/json_text.hpp>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace acsl {
namespace detail {

inline void append_result(std::string& text, box_result const& result) {
  text += "{\"image_id\": ";
  append_number(text, result.image_id);
  text += ", \"bbox\": [";
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) text += ", ";
    append_number(text, result.bbox[i]);
  }
  text += "], \"score\": ";
  append_number(text, result.score);
  text += ", \"category_id\": ";
  append_number(text, result.category_id);
  text += '}';
}

}  // namespace detail

/// Writes a list of results as LVIS and COCO tools read it, one a line, whole or not at all:
///
///     {"image_id": 42, "bbox": [452.4, 266.7, 29.3, 140.0], "score": 0.87, "category_id": 18}
///
/// Numbers read back bit for bit.
/// @throws acsl::file_error when the file cannot be written; a file of that name then stays as it was
/// @throws acsl::error when a number is not finite, which JSON cannot hold
inline void write_results(std::filesystem::path const& path, std::vector<box_result> const& results) {
  write_file_atomically(path, [&](atomic_file& file) {
    std::string text = "[";
    for (std::size_t i = 0; i < results.size(); ++i) {
      auto const& box = results[i].bbox;
      ACSL_EXPECTS(std::isfinite(box[0] + box[1] + box[2] + box[3]) && std::isfinite(results[i].score),
                   "scores and boxes of results are finite (place, score)", i, results[i].score);
      text += i > 0 ? ",\n" : "\n";
      detail::append_result(text, results[i]);
      if (text.size() > 1 << 20) {
        file.write(text);
        text.clear();
      }
    }
    file.write(text + "\n]\n");
  });
}

}  // namespace acsl
