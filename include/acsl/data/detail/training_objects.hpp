// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/dataset_record.hpp>
#include <vector>

namespace acsl::detail {

/// One record per image of the set, with the objects that pass the training filter.
/// @param annotated resized to one flag per image: it has annotations, of whatever kind
inline std::vector<dataset_record> training_records(annotation_set const& set, dataset_options const& options,
                                                    dataset_report& report, std::vector<bool>& annotated) {
  std::vector<dataset_record> records;
  for (auto const& image : set.images) records.push_back({image, {}, {}, {}});
  annotated.assign(set.images.size(), false);
  auto const images = positions_by_id(set.images), categories = positions_by_id(set.categories);
  for (annotation const& object : set.annotations) {
    auto const image = images.find(object.image_id), label = categories.find(object.category_id);
    ACSL_EXPECTS(image != images.end() && label != categories.end(),
                 "an annotation has an image and a category of the set", object.id, object.image_id,
                 object.category_id);
    auto& record = records[static_cast<std::size_t>(image->second)];
    annotated[static_cast<std::size_t>(image->second)] = true;
    auto const [x, y, width, height] = object.bbox;
    box const where{static_cast<float>(x), static_cast<float>(y), static_cast<float>(x + width - 1),
                    static_cast<float>(y + height - 1)};
    if (object.ignore) {
      ++report.objects_ignored;
    } else if (object.area <= 0 || width < 1 || height < 1) {
      ++report.objects_degenerate;
    } else if (object.iscrowd.value_or(false)) {
      ++report.objects_crowd;
      record.crowds.push_back(where);
    } else if (object.iscrowd && options.drop_marked_not_crowd) {
      ++report.objects_marked_not_crowd;
    } else {
      record.boxes.push_back(where);
      record.labels.push_back(static_cast<std::int32_t>(label->second + 1));
    }
  }
  return records;
}

}  // namespace acsl::detail
