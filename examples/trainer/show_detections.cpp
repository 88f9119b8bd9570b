// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "show_detections.hpp"

#include <acsl/data/draw_detections.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/io/jpeg.hpp>
#include <acsl/training/progress.hpp>

namespace trainer {

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
    acsl::draw_detections(picture, found[static_cast<std::size_t>(i)], names, {.score_threshold = threshold});
    auto const name = images.images.file_of(i).stem().string() + ".jpg";
    acsl::write_jpeg(folder / name, picture);
    display.count("drawing", i + 1, images.images.size());
  }
}

}  // namespace trainer
