// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/data/dataset_record.hpp>
#include <acsl/data/detail/training_objects.hpp>
#include <acsl/data/image_file.hpp>
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// The images of one split, filtered, with labels. The images themselves are read by `pipeline.hpp` when they are asked
/// for.
///
/// Training: images without any annotation and images with a side below `minimum_side` are dropped; an object is
/// skipped when it is to be ignored or a crowd, or when its area is not positive or a side is below 1 pixel.
class dataset {
 public:
  /// @param images the folder that holds the image files
  /// @throws acsl::file_error for an image without the name of a file or a size, and when no training image is left
  dataset(annotation_set const& set, std::filesystem::path images, dataset_options options = {})
      : training_(options.training),
        annotation_file_(set.file),
        folder_(std::move(images)),
        categories_(set.categories) {
    for (auto const& image : set.images)
      if (image.file_name.empty() || image.width < 1 || image.height < 1)
        throw file_error(set.file, "image " + std::to_string(image.id) + " lacks " +
                                       (image.file_name.empty() ? "the name of its file" : "its width or height"));
    if (!options.training) {
      for (auto const& image : set.images) records_.push_back({image, {}, {}, {}});
      return;
    }
    std::vector<bool> annotated;
    auto records = detail::training_records(set, options, report_, annotated);
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!annotated[i]) ++report_.images_without_annotations;
      else if (std::min(records[i].image.width, records[i].image.height) < options.minimum_side)
        ++report_.images_too_small;
      else records_.push_back(std::move(records[i]));
    }
    find_stand_ins();
  }

  [[nodiscard]] index_t size() const { return static_cast<index_t>(records_.size()); }
  [[nodiscard]] dataset_record const& operator[](index_t position) const {
    return records_[static_cast<std::size_t>(position)];
  }
  /// Made for training: filtered, with boxes.
  [[nodiscard]] bool training() const { return training_; }
  [[nodiscard]] std::vector<category> const& categories() const { return categories_; }
  [[nodiscard]] std::string const& annotation_file() const { return annotation_file_; }
  [[nodiscard]] dataset_report const& report() const { return report_; }

  /// Positions of the images of an aspect group that have boxes: what may stand in for an image without.
  [[nodiscard]] std::vector<index_t> const& with_boxes(bool wide) const { return with_boxes_[wide]; }
  /// Aspect group of every image: 1 if it is wider than high.
  [[nodiscard]] std::vector<std::uint8_t> aspect_flags() const {
    std::vector<std::uint8_t> flags(records_.size());
    for (std::size_t i = 0; i < flags.size(); ++i) flags[i] = records_[i].wide();
    return flags;
  }

  /// The file of an image: the folder and the part of the name behind the last underscore
  /// ("COCO_train2014_000000391895.jpg" is stored as "000000391895.jpg"); where there is no such file, the whole name.
  [[nodiscard]] std::filesystem::path file_of(index_t position) const {
    auto const& name = (*this)[position].image.file_name;
    auto found = find_image_file({folder_}, name);
    return found.empty() ? folder_ / name : found;
  }

 private:
  void find_stand_ins() {
    bool has_boxes[2] = {};
    for (auto const& record : records_) has_boxes[record.wide()] |= !record.boxes.empty();
    std::vector<dataset_record> kept;
    for (auto& record : records_) {
      report_.images_without_stand_in += !has_boxes[record.wide()];
      if (!has_boxes[record.wide()]) continue;
      report_.images_without_boxes += record.boxes.empty();
      if (!record.boxes.empty()) with_boxes_[record.wide()].push_back(static_cast<index_t>(kept.size()));
      kept.push_back(std::move(record));
    }
    records_ = std::move(kept);
    if (records_.empty()) throw file_error(annotation_file_, "no image is left to train on: none has a usable box");
  }

  bool training_;
  std::string annotation_file_;
  std::filesystem::path folder_;
  std::vector<category> categories_;
  std::vector<dataset_record> records_;
  std::vector<index_t> with_boxes_[2];
  dataset_report report_;
};

/// Counts the objects that training sees, after the filter.
[[nodiscard]] inline category_counts count_categories(dataset const& set) {
  category_counts counts{std::vector<std::int64_t>(set.categories().size()),
                         std::vector<std::int64_t>(set.categories().size())};
  for (index_t i = 0; i < set.size(); ++i) {
    auto labels = set[i].labels;
    for (std::int32_t const label : labels) ++counts.instances[static_cast<std::size_t>(label - 1)];
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    for (std::int32_t const label : labels) ++counts.images[static_cast<std::size_t>(label - 1)];
  }
  return counts;
}

/// Of every image the classes of its objects, 0-based, one entry per object: what samplers of long tails read.
[[nodiscard]] inline std::vector<std::vector<std::int32_t>> classes_by_image(dataset const& set) {
  std::vector<std::vector<std::int32_t>> result;
  for (index_t i = 0; i < set.size(); ++i) {
    auto& classes = result.emplace_back(set[i].labels);
    for (std::int32_t& label : classes) --label;
  }
  return result;
}

}  // namespace acsl
