// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/evaluation/result_list.hpp>
#include <acsl/masks/run_length_mask.hpp>
#include <cstdio>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace test {

inline void append(std::string& text, auto const&... values) {
  auto const add = [&text](auto value) {
    if constexpr (std::is_same_v<decltype(value), double>) {
      char digits[40];
      std::snprintf(digits, sizeof digits, "%a ", value);
      text += digits;
    } else {
      text += std::to_string(value) + " ";
    }
  };
  (add(values), ...);
}
inline void append(std::string& text, std::vector<acsl::run_length_mask> const& masks) {
  for (auto const& mask : masks) {
    append(text, mask.height(), mask.width());
    for (auto const run : mask.runs()) append(text, run);
  }
}
inline void append(std::string& text, acsl::result_list const& list) {
  for (auto const& r : list.results)
    append(text, r.image_id, r.category_id, r.bbox[0], r.bbox[1], r.bbox[2], r.bbox[3], r.score);
  for (double const area : list.areas) append(text += "a", area);
  append(text, list.masks);
}
inline void append(std::string& text, acsl::annotation_set const& set) {
  text += set.file;
  for (auto const& c : set.categories)
    append(text += c.name, c.id, c.frequency, c.image_count.has_value(), c.image_count.value_or(0),
           c.instance_count.has_value(), c.instance_count.value_or(0));
  for (auto const& i : set.images) {
    append(text += i.file_name, i.id, i.width, i.height);
    for (auto const* ids : {&i.neg_category_ids, &i.not_exhaustive_category_ids}) {
      text += "|";
      for (auto const id : *ids) append(text, id);
    }
  }
  for (auto const& a : set.annotations)
    append(text, a.id, a.image_id, a.category_id, a.bbox[0], a.bbox[1], a.bbox[2], a.bbox[3], a.area, a.ignore,
           a.iscrowd ? *a.iscrowd : 2);
}

/// What a reader gives: everything it read, as a text that tells doubles apart, or its message.
template <class Read>
std::string outcome(Read const& read) {
  std::string text;
  try {
    append(text, read());
  } catch (acsl::file_error const& problem) {
    return problem.what();
  }
  return text;
}

}  // namespace test
