// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotation_selection.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/json_slices.hpp>
#include <acsl/io/file.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace acsl {
namespace detail {

/// Calls change(object) with a record, and returns its text afterwards.
template <class Change>
std::string changed_record(std::string_view text, Change const& change) {
  auto record = nlohmann::ordered_json::parse(text.begin(), text.end());
  change(record);
  return record.dump();
}

/// Takes categories out of an image's lists of what it lacks and has not all of.
inline std::string without_categories(std::string_view text, std::unordered_set<std::int64_t> const& gone) {
  return changed_record(text, [&](nlohmann::ordered_json& record) {
    for (char const* key : {"neg_category_ids", "not_exhaustive_category_ids"}) {
      if (!record.contains(key)) continue;
      auto kept = nlohmann::ordered_json::array();
      for (auto const& id : record[key])
        if (gone.count(id.get<std::int64_t>()) == 0) kept.push_back(id);
      record[key] = std::move(kept);
    }
  });
}

inline bool names_any(image_record const& image, std::unordered_set<std::int64_t> const& ids) {
  auto const named = [&](std::int64_t id) { return ids.count(id) > 0; };
  return std::any_of(image.neg_category_ids.begin(), image.neg_category_ids.end(), named) ||
         std::any_of(image.not_exhaustive_category_ids.begin(), image.not_exhaustive_category_ids.end(), named);
}

}  // namespace detail

/// Writes a part of an annotation file. Records that stay are copied byte for byte, with all their keys and in their
/// order, and so is what else the file has. Where a category goes, images no longer name it as absent or not
/// exhaustive.
///
/// @param set    what `load_annotations` made of `set.file`, by `annotation_rules::training`
/// @param counts of the categories, by position, to stand in them as image_count and instance_count; null: they keep
///        theirs
/// @throws acsl::file_error when the file has changed since it was read, or the part cannot be written
/// @note memory for the text of the file
inline void write_annotation_subset(std::filesystem::path const& path, annotation_set const& set,
                                    annotation_selection const& kept, category_counts const* counts = nullptr) {
  auto const bytes = read_file(set.file);
  std::string_view const text(reinterpret_cast<char const*>(bytes.data()), bytes.size());
  std::unordered_set<std::int64_t> gone;
  for (std::size_t i = 0; i < set.categories.size(); ++i)
    if (!kept.categories[i]) gone.insert(set.categories[i].id);

  write_file_atomically(path, [&](atomic_file& file) {
    std::string out;
    auto const add_list = [&](std::string_view list, std::vector<bool> const& keep, auto const& record) {
      auto const slices = detail::json_slices(list);
      if (slices.size() != keep.size()) throw file_error(set.file, "has changed since it was read");
      char const* between = "\n";
      for (std::size_t i = 0; i < slices.size(); ++i) {
        if (!keep[i]) continue;
        out.append(between).append(record(slices[i].second, i));
        between = ",\n";
        if (out.size() > 1 << 20) {
          file.write(out);
          out.clear();
        }
      }
      out += ']';
    };
    char const* before = "{";
    for (auto const& [key, value] : detail::json_slices(text)) {
      out.append(before).append(key).append(": ");
      before = ",\n";
      if (key == "\"categories\"") {
        out += '[';
        add_list(value, kept.categories, [&](std::string_view record, std::size_t i) {
          if (!counts) return std::string(record);
          return detail::changed_record(record, [&](nlohmann::ordered_json& json) {
            json["image_count"] = counts->images[i];
            json["instance_count"] = counts->instances[i];
          });
        });
      } else if (key == "\"images\"") {
        out += '[';
        add_list(value, kept.images, [&](std::string_view record, std::size_t i) {
          return detail::names_any(set.images[i], gone) ? detail::without_categories(record, gone)
                                                        : std::string(record);
        });
      } else if (key == "\"annotations\"") {
        out += '[';
        add_list(value, kept.annotations, [](std::string_view record, std::size_t) { return record; });
      } else {
        out += value;
      }
    }
    file.write(out + "}\n");
  });
}

}  // namespace acsl
