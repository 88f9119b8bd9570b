// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "show_detections.hpp"

#include <acsl/backend/reference.hpp>
#include <acsl/boxes/nms.hpp>
#include <acsl/data/draw_detections.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/jpeg.hpp>
#include <acsl/io/make_folder.hpp>
#include <acsl/training/progress.hpp>
#include <map>

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

/// A name for every picture: that of the photograph with the ending of a JPEG, its own ending kept where two would get
/// one name.
std::vector<std::string> picture_names(acsl::dataset const& images) {
  std::map<std::string, int> uses;
  for (acsl::index_t i = 0; i < images.size(); ++i) ++uses[images.file_of(i).stem().string()];
  std::vector<std::string> names;
  for (acsl::index_t i = 0; i < images.size(); ++i) {
    auto const file = images.file_of(i);
    names.push_back((uses[file.stem().string()] > 1 ? file.filename() : file.stem()).string() + ".jpg");
  }
  return names;
}

}  // namespace

void make_picture_folder(std::filesystem::path const& folder, split const& images) {
  acsl::make_folder(folder);
  std::error_code problem;
  std::filesystem::path last;
  for (acsl::index_t i = 0; i < images.images.size(); ++i) {
    auto const home = images.images.file_of(i).parent_path();
    if (home != last && std::filesystem::equivalent(home, folder, problem))
      throw acsl::file_error(folder.string(),
                             "holds the photographs, which pictures would overwrite: another is wanted");
    last = home;
  }
  acsl::expect_writable(folder / "picture.jpg");
}

void show_detections(std::filesystem::path const& folder, split const& images, found_objects const& found,
                     float threshold, acsl::image_edit const& after_loading) {
  make_picture_folder(folder, images);
  auto const pictures = picture_names(images.images);
  std::vector<std::string> names;
  for (auto const& category : images.annotations.categories) names.push_back(category.name);
  acsl::progress display;
  for (acsl::index_t i = 0; i < images.images.size(); ++i) {
    auto picture = acsl::load_image(images.images, i);
    if (after_loading) picture = after_loading(picture, images.images[i].image.id);
    acsl::draw_detections(picture, best_of_each_place(found[static_cast<std::size_t>(i)]), names,
                          {.score_threshold = threshold, .minimum_side = 800});
    acsl::write_jpeg(folder / pictures[static_cast<std::size_t>(i)], picture);
    display.count("drawing", i + 1, images.images.size());
  }
}

}  // namespace trainer
