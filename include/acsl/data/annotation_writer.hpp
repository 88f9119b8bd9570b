// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/io/atomic_file.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace acsl {
namespace detail {

inline nlohmann::ordered_json to_json(category const& c) {
  nlohmann::ordered_json json{{"id", c.id}, {"name", c.name}};
  if (c.frequency) json["frequency"] = std::string(1, c.frequency);
  if (c.image_count) json["image_count"] = *c.image_count;
  if (c.instance_count) json["instance_count"] = *c.instance_count;
  return json;
}

inline nlohmann::ordered_json to_json(image_record const& image) {
  return {{"id", image.id},
          {"file_name", image.file_name},
          {"height", image.height},
          {"width", image.width},
          {"neg_category_ids", image.neg_category_ids},
          {"not_exhaustive_category_ids", image.not_exhaustive_category_ids}};
}

inline nlohmann::ordered_json to_json(annotation const& a) {
  nlohmann::ordered_json json{
      {"id", a.id}, {"image_id", a.image_id}, {"category_id", a.category_id}, {"bbox", a.bbox}, {"area", a.area}};
  if (a.ignore) json["ignore"] = 1;
  if (a.iscrowd) json["iscrowd"] = *a.iscrowd ? 1 : 0;
  return json;
}

template <class Record>
void write_list(atomic_file& file, char const* key, std::vector<Record> const& records, char const* end) {
  file.write(std::string("\"") + key + "\": [");
  std::string text;
  for (std::size_t i = 0; i < records.size(); ++i) {
    text += (i ? ",\n" : "\n") + to_json(records[i]).dump();
    if (text.size() > 1 << 20 || i + 1 == records.size()) {
      file.write(text);
      text.clear();
    }
  }
  file.write(end);
}

}  // namespace detail

/// Writes an annotation file in the LVIS layout, one record a line, whole or not at all. `load_annotations` returns the
/// same set: numbers are written so that they read back bit for bit.
/// @param description free text for `info.description`
/// @throws acsl::file_error when the file cannot be written; a file of that name then stays as it was
inline void write_annotations(std::filesystem::path const& path, annotation_set const& set,
                              std::string const& description = {}) {
  write_file_atomically(path, [&](atomic_file& file) {
    file.write("{\"info\": " + nlohmann::json{{"description", description}}.dump() + ",\n");
    detail::write_list(file, "categories", set.categories, "],\n");
    detail::write_list(file, "images", set.images, "],\n");
    detail::write_list(file, "annotations", set.annotations, "]}\n");
  });
}

}  // namespace acsl
