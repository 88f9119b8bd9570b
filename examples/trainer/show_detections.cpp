// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "show_detections.hpp"

#include <acsl/backend/reference.hpp>
#include <acsl/boxes/nms.hpp>
#include <acsl/data/draw_detections.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/io/jpeg.hpp>
#include <acsl/training/progress.hpp>

namespace trainer {
namespace {

/// Of detections that lie on each other, whatever their classes, the best: a picture with five names for one object
/// tells less than one with the most likely name.
std::vector<acsl::detection> best_of_each_place(std::vector<acsl::detection> const& found) {
  std::vector<acsl::box> boxes;
  std::vector<float> scores;
  for (auto const& one : found) {
    boxes.push_back(one.where);
    scores.push_back(one.score);
  }
  acsl::reference exec;
  auto const count = static_cast<acsl::index_t>(found.size());
  std::vector<acsl::detection> result;
  for (std::int32_t row : acsl::nms(exec, acsl::tensor_view<acsl::box const>(boxes.data(), {count}),
                                    acsl::tensor_view<float const>(scores.data(), {count}), 0.5F))
    result.push_back(found[static_cast<std::size_t>(row)]);
  return result;
}

}  // namespace

void show_detections(std::filesystem::path const& folder, split const& images, found_objects const& found,
                     float threshold) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) throw acsl::file_error(folder.string(), "cannot be made: " + problem.message());
  std::vector<std::string> names;
  for (auto const& category : images.annotations.categories) names.push_back(category.name);
  acsl::progress display;
  for (acsl::index_t i = 0; i < images.images.size(); ++i) {
    auto picture = acsl::load_image(images.images, i);
    acsl::draw_detections(picture, best_of_each_place(found[static_cast<std::size_t>(i)]), names,
                          {.score_threshold = threshold, .minimum_side = 800});
    auto const name = images.images.file_of(i).stem().string() + ".jpg";
    acsl::write_jpeg(folder / name, picture);
    display.count("drawing", i + 1, images.images.size());
  }
}

}  // namespace trainer
