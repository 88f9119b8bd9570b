// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/data/annotation_writer.hpp>
#include <acsl/data/synthetic/federated.hpp>
#include <acsl/data/synthetic/folder.hpp>
#include <acsl/data/synthetic/long_tail.hpp>
#include <acsl/data/synthetic/scene.hpp>
#include <acsl/io/jpeg.hpp>
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// The two halves of a synthetic set, as their annotation files say.
struct synthetic_set {
  annotation_set train, val;
};

namespace synthetic {

/// Draws and writes one split; returns it without the counts of categories.
template <has_loops Exec, std::invocable<index_t> Report>
annotation_set make_split(std::filesystem::path const& folder, std::vector<std::vector<planned_category>> const& scenes,
                          double checked, synthetic_options const& options, random_key key, Exec& exec,
                          Report&& report) {
  make_folder(folder);
  auto const images = static_cast<index_t>(scenes.size());
  std::vector<image_record> records(scenes.size());
  std::vector<std::vector<scene_object>> objects(scenes.size());
  constexpr index_t portion = 32;  // images between two reports
  for (index_t first = 0; first < images; first += portion) {
    exec.for_each(
        std::min(portion, images - first),
        [&](index_t offset) {
          auto const i = static_cast<std::size_t>(first + offset);
          random_key const image_key = key.with(i);
          bool const upright = image_key.uniform(0) < 0.25;
          index_t const height = upright ? options.long_side : options.short_side;
          index_t const width = upright ? options.short_side : options.long_side;
          scene drawn = draw_scene(scenes[i], height, width, image_key.with(0));
          auto const name = image_name(first + offset);
          write_jpeg(folder / name, drawn.image, 92);
          records[i] = {static_cast<std::int64_t>(i + 1), name, width, height};
          label_image(drawn.objects, checked, image_key.with(1), records[i]);
          objects[i] = std::move(drawn.objects);
        },
        5e6);
    report(std::min(images, first + portion));
  }
  annotation_set set;
  set.images = std::move(records);
  for (std::size_t i = 0; i < objects.size(); ++i)
    for (auto const& object : objects[i])
      if (object.labelled)
        set.annotations.push_back({static_cast<std::int64_t>(set.annotations.size()) + 1, set.images[i].id,
                                   object.category + 1, object.bbox, static_cast<double>(object.area)});
  for (index_t c = 0; c < category_count; ++c) set.categories.push_back({c + 1, name_of(c)});
  return set;
}

inline std::vector<std::pair<index_t, index_t>> ranked(std::vector<index_t> const& order,
                                                       std::vector<index_t> const& counts) {
  std::vector<std::pair<index_t, index_t>> result;
  for (std::size_t rank = 0; rank < order.size(); ++rank) result.emplace_back(order[rank], counts[rank]);
  return result;
}

}  // namespace synthetic

/// Draws a data set with a long tail, in the layout of LVIS: `train.json`, `train/*.jpg`, `val.json`, `val/*.jpg`.
///
/// 64 categories, "striped red star": four shapes, textures and colours. Objects are anti-aliased, of all sizes,
/// turned, shaded, overlapping, and cut by the image's edge, on uneven grounds with clutter that borrows their colours
/// and textures. How often a category occurs follows a power law (`training_image_counts`); which ones are frequent is
/// arranged so that a rare category shares two of its three attributes with frequent ones (`by_frequency`). In the
/// validation split rare categories are not rare. Labels are federated: `neg_category_ids` holds a share of the absent
/// categories, and in some images part of a category's objects has no annotation (`not_exhaustive_category_ids`).
/// Boxes and areas are those of the visible pixels. `frequency`, `image_count` and `instance_count` count the
/// annotations of the training split, in both files.
///
/// The same options give the same bytes, whatever the number of threads. Files are whole or absent; the annotation
/// files are written late, `val.json` after `train.json`, and `files.txt`, which tells damage, last. About 10 ms an
/// image and core.
///
/// @param report report(done, total) is called from this thread now and then; what it throws ends the work
/// @pre at least one image in each split; sides in [64, 4096] pixels
/// @throws acsl::file_error when the folder or a file cannot be written
template <has_loops Exec, std::invocable<index_t, index_t> Report>
synthetic_set make_synthetic(std::filesystem::path const& folder, synthetic_options const& options, Exec& exec,
                             Report&& report) {
  ACSL_EXPECTS(options.train_images > 0 && options.val_images > 0, "a synthetic set has images in both splits",
               options.train_images, options.val_images);
  ACSL_EXPECTS(options.short_side >= 64 && options.long_side >= options.short_side && options.long_side <= 4096,
               "the sides of synthetic images lie in [64, 4096]", options.short_side, options.long_side);
  static_assert(Exec::host_memory, "acsl::make_synthetic: images are drawn on the host");
  using namespace synthetic;
  begin_folder(folder, options);
  random_key const key = random_key{options.seed}.with(purpose::synthesise);
  auto const order = by_frequency(key.with(0));
  index_t const total = options.train_images + options.val_images;

  auto const train_plan = plan_scenes(ranked(order, training_image_counts(category_count, options.train_images)),
                                      options.train_images, key.with(1));
  auto const val_plan = plan_scenes(ranked(order, validation_image_counts(category_count, options.val_images)),
                                    options.val_images, key.with(2));
  synthetic_set result;
  result.train = make_split(folder / "train", train_plan, 0.2, options, key.with(3), exec,
                            [&](index_t done) { report(done, total); });
  result.val = make_split(folder / "val", val_plan, 0.5, options, key.with(4), exec,
                          [&](index_t done) { report(options.train_images + done, total); });

  auto const counts = count_categories(result.train);
  for (std::size_t c = 0; c < counts.images.size(); ++c)
    for (auto* set : {&result.train, &result.val}) {
      set->categories[c].frequency = frequency_letter(counts.images[c]);
      set->categories[c].image_count = counts.images[c];
      set->categories[c].instance_count = counts.instances[c];
    }
  result.train.file = (folder / "train.json").string();
  result.val.file = (folder / "val.json").string();
  write_annotations(result.train.file, result.train, describe(options));
  write_annotations(result.val.file, result.val, describe(options));
  write_file_atomically(folder / "files.txt", std::string_view(list_of_files(folder, options)));
  return result;
}

}  // namespace acsl
