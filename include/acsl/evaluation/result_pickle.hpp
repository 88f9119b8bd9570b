// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/numpy_pickle.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Writes detections as the original's test tool does (`--out F.pkl`): a Python pickle, protocol 2, of a list with one
/// entry per image, each a list over the classes of NumPy float32 arrays [n, 5]: x1, y1, x2, y2, score. Rows keep the
/// order of the detections. Needs memory for one image at a time.
///
///     acsl::result_pickle file("detections.pkl", 1230);
///     for (auto const& image : images) file.add(detector.detect(image));
///     file.commit();
///
/// Where we differ: all empty arrays are one object, so that a file of 5,000 images takes megabytes, not hundreds.
/// @throws acsl::file_error when the file cannot be written; a file of that name then stays as it was
class result_pickle {
 public:
  result_pickle(std::filesystem::path const& path, index_t classes) : file_(path), rows_(checked(classes)) {
    pickle_.begin_list(images_);
  }

  /// The next image. @pre 0 <= label < classes
  void add(std::span<detection const> detections) {
    pickle_.begin_item(images_);
    add_classes(detections);
    flush_if_large();
  }
  /// The next image, with what several stages say of it: a map from their names to such lists.
  void add(std::span<std::pair<std::string, std::span<detection const>> const> stages) {
    pickle_.begin_item(images_);
    pickle_.begin_map();
    for (auto const& [name, detections] : stages) {
      pickle_.key(name);
      add_classes(detections);
    }
    pickle_.end_map();
    flush_if_large();
  }

  /// Makes the file appear under its name.
  void commit() {
    pickle_.end_list(images_);
    pickle_.stop();
    flush();
    file_.commit();
  }

 private:
  static std::size_t checked(index_t classes) {
    ACSL_EXPECTS(classes > 0, "results have at least one class", classes);
    return static_cast<std::size_t>(classes);
  }
  void add_classes(std::span<detection const> detections) {
    for (auto& rows : rows_) rows.clear();
    for (auto const& [where, score, label] : detections) {
      ACSL_EXPECTS(label >= 0 && static_cast<std::size_t>(label) < rows_.size(), "labels lie below the class count",
                   label, rows_.size());
      rows_[static_cast<std::size_t>(label)].insert(rows_[static_cast<std::size_t>(label)].end(),
                                                    {where.x1, where.y1, where.x2, where.y2, score});
    }
    detail::pickle_list classes;
    pickle_.begin_list(classes);
    for (auto const& rows : rows_) {
      pickle_.begin_item(classes);
      pickle_.float_rows(rows, 5);
    }
    pickle_.end_list(classes);
  }
  void flush_if_large() {
    if (pickle_.bytes().size() > 1 << 20) flush();
  }
  void flush() {
    file_.write(pickle_.bytes());
    pickle_.bytes().clear();
  }

  atomic_file file_;
  detail::numpy_pickle pickle_;
  detail::pickle_list images_;
  std::vector<std::vector<float>> rows_;
};

/// The whole of it at once. @param detections one list per image
inline void write_result_pickle(std::filesystem::path const& path,
                                std::vector<std::vector<detection>> const& detections, index_t classes) {
  result_pickle file(path, classes);
  for (auto const& list : detections) file.add(list);
  file.commit();
}

/// Detections of every image under a name: of a stage, or of all.
using named_detections = std::vector<std::pair<std::string, std::vector<std::vector<detection>>>>;

/// Every image's entry is a map, as the original writes with `keep_all_stages`: `stage0`, …, `ensemble`.
/// @pre every name has a list for every image
inline void write_stage_pickle(std::filesystem::path const& path, named_detections const& stages, index_t classes) {
  result_pickle file(path, classes);
  std::vector<std::pair<std::string, std::span<detection const>>> entry;
  for (std::size_t image = 0; !stages.empty() && image < stages.front().second.size(); ++image) {
    entry.clear();
    for (auto const& [name, lists] : stages) {
      ACSL_EXPECTS(lists.size() == stages.front().second.size(), "every stage has a list for every image", lists.size(),
                   stages.front().second.size());
      entry.emplace_back(name, lists[image]);
    }
    file.add(entry);
  }
  file.commit();
}

}  // namespace acsl
