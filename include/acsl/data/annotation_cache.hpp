// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/stat.h>
#include <acsl/core/file_error.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/data/detail/annotation_columns.hpp>
#include <acsl/io/content_hash.hpp>
#include <acsl/io/make_folder.hpp>
#include <array>
#include <cstdint>
#include <filesystem>
#include <new>
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
    auto const title = title_of(content_hash(exec, path), rules);
    if (auto kept = read(title)) {
      kept->file = path.string();
      return *std::move(kept);
    }
    auto set = load_annotations(exec, path, rules);
    if (state_of(path) == before) write(title, set);  // else the hash may be another text's
    return set;
  }

  /// What last went wrong with the cache itself; empty: nothing.
  [[nodiscard]] std::string const& problem() const { return problem_; }

 private:
  /// To be increased when `load_annotations` makes something else of a file, or entries have other columns.
  static constexpr int version = 1;

  /// Of a regular file: device, number, size, and the times in seconds and nanoseconds at which its bytes and its name
  /// last changed. Another file under the name differs in one of them.
  using file_state = std::array<std::int64_t, 7>;

  static std::optional<file_state> state_of(std::filesystem::path const& path) {
    struct stat found = {};
    if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return std::nullopt;
    return file_state{static_cast<std::int64_t>(found.st_dev),
                      static_cast<std::int64_t>(found.st_ino),
                      found.st_size,
                      found.st_mtim.tv_sec,
                      found.st_mtim.tv_nsec,
                      found.st_ctim.tv_sec,
                      found.st_ctim.tv_nsec};
  }
  static std::string title_of(std::string const& hash, annotation_rules rules) {
    char const* const names[] = {"training", "evaluation", "coco_evaluation"};
    return hash + "." + names[static_cast<int>(rules)] + ".v" + std::to_string(version);
  }
  [[nodiscard]] std::filesystem::path entry_of(std::string const& title) const {
    return folder_ / (title + ".safetensors");
  }
  std::optional<annotation_set> read(std::string const& title) {
    auto const entry = entry_of(title);
    std::error_code none;
    if (!std::filesystem::is_regular_file(entry, none)) return std::nullopt;
    annotation_set set;
    bool const whole = is_done([&] {
      detail::column_reader columns(entry);
      detail::visit_columns(set, columns);
      columns.expect_whole(title);
    });
    if (!whole) return std::nullopt;
    return set;
  }
  void write(std::string const& title, annotation_set const& set) {
    is_done([&] {
      make_folder(folder_);
      detail::column_writer columns;
      detail::visit_columns(set, columns);
      columns.write(entry_of(title), title);
    });
  }
  /// Whether an act on the cache came to its end; what hindered it is the problem.
  template <class Act>
  bool is_done(Act const& act) {
    try {
      act();
      return true;
    } catch (file_error const& hindrance) {
      problem_ = hindrance.what();
    } catch (std::bad_alloc const&) {
      problem_ = folder_.string() + ": there is no memory for the cache";
    }
    return false;
  }

  std::filesystem::path folder_;
  std::string problem_;
};

}  // namespace acsl
