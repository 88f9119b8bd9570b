// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/data/detail/annotation_columns.hpp>
#include <acsl/io/content_hash.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace acsl {

/// Annotations from one run to the next: a folder of what `load_annotations` made of files, by the hash of their
/// contents. A file that was renamed is found again, one that was altered in any byte is read anew. Files of the cache
/// are in the safetensors format, appear whole or not at all, and carry a digest: what is damaged is made anew.
///
/// Nothing that befalls the cache (no permission, disk full) keeps annotations from being loaded; `problem` tells it.
/// Entries are never removed; the folder may be, at any time. Several processes may use one.
class annotation_cache {
 public:
  /// @param folder made where it does not exist
  explicit annotation_cache(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// What `load_annotations(exec, path, rules)` returns and throws.
  template <has_loops Backend>
  [[nodiscard]] annotation_set load(Backend& exec, std::filesystem::path const& path, annotation_rules rules) {
    problem_.clear();
    auto const before = state_of(path);
    if (!before) return load_annotations(exec, path, rules);  // a pipe, or no file
    auto const entry = folder_ / entry_name(content_hash(exec, path), rules);
    if (auto kept = read(entry)) {
      kept->file = path.string();
      return *std::move(kept);
    }
    auto set = load_annotations(exec, path, rules);
    if (state_of(path) == before) write(entry, set);  // else the hash may be another text's
    return set;
  }

  /// What last went wrong with the cache itself; empty: nothing.
  [[nodiscard]] std::string const& problem() const { return problem_; }

 private:
  /// To be increased when `load_annotations` makes something else of a file.
  static constexpr int version = 1;

  using file_state = std::pair<std::uintmax_t, std::filesystem::file_time_type>;

  static std::optional<file_state> state_of(std::filesystem::path const& path) {
    std::error_code size, time;
    file_state const state{std::filesystem::file_size(path, size), std::filesystem::last_write_time(path, time)};
    if (size || time) return std::nullopt;
    return state;
  }
  static std::string entry_name(std::string const& hash, annotation_rules rules) {
    char const* const names[] = {"training", "evaluation", "coco_evaluation"};
    return hash + "." + names[static_cast<int>(rules)] + ".v" + std::to_string(version) + ".safetensors";
  }
  std::optional<annotation_set> read(std::filesystem::path const& entry) {
    std::error_code none;
    if (!std::filesystem::exists(entry, none)) return std::nullopt;
    try {
      detail::column_reader columns(entry);
      annotation_set set;
      detail::visit_columns(set, columns);
      columns.expect_digest();
      return set;
    } catch (file_error const& damage) {
      problem_ = damage.what();
      return std::nullopt;
    }
  }
  void write(std::filesystem::path const& entry, annotation_set const& set) {
    try {
      std::error_code problem;
      std::filesystem::create_directories(folder_, problem);
      if (problem) throw file_error(folder_.string(), "cannot be made: " + problem.message());
      detail::column_writer columns;
      detail::visit_columns(set, columns);
      columns.write(entry);
    } catch (file_error const& failure) {
      problem_ = failure.what();
    }
  }

  std::filesystem::path folder_;
  std::string problem_;
};

}  // namespace acsl
