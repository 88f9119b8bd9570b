// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/data/dataset.hpp>
#include <acsl/data/resize.hpp>
#include <acsl/data/transforms.hpp>
#include <acsl/io/read_image.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Makes another photograph of one with this id, of the same size. Called from threads; the same bits every time.
using image_edit = std::function<image8(image8 const&, std::int64_t)>;

struct pipeline_options {
  bool training = true;                    ///< boxes, flips and drawn scales; false: the first scale, no flip, no boxes
  std::vector<image_scale> scales = {{}};  ///< training draws one of them for each image
  double flip_probability = 0.5;
  bool mirrored = false;  ///< not training: every image, a second view of it
  normalisation normalise = {};
  index_t pad_divisor = 32;       ///< sides are padded up to a multiple of it
  image_edit after_loading = {};  ///< comes before everything else, on 8 bits; empty: nothing is changed
};

/// One photograph ready to be put into a batch.
struct image_sample {
  tensor<float> image;  ///< [3, padded_height, padded_width]
  image_info info;
  std::vector<box> boxes;  ///< in resized (and flipped) coordinates
  std::vector<std::int32_t> labels;
};

/// Reads an image of a data set and compares its size with the annotation file's.
/// @throws acsl::file_error naming the file, for what `read_image` refuses and for another size
[[nodiscard]] inline image8 load_image(dataset const& set, index_t position) {
  auto const path = set.file_of(position);
  auto image = read_image(path);
  auto const& expected = set[position].image;
  auto const pixels = [](index_t width, index_t height) {
    return std::to_string(width) + " x " + std::to_string(height);
  };
  if (image.width != expected.width || image.height != expected.height)
    throw file_error(path.string(), "the image has " + pixels(image.width, image.height) + " pixels, but " +
                                        set.annotation_file() + " says " + pixels(expected.width, expected.height) +
                                        " (image " + std::to_string(expected.id) + ")");
  return image;
}

/// The image to load where `position` is asked for: itself, unless it has no box; then one of its aspect group that
/// has, drawn evenly.
/// @param key (seed, epoch)
[[nodiscard]] inline index_t training_position(dataset const& set, index_t position, random_key key) {
  auto const& record = set[position];
  if (!record.boxes.empty()) return position;
  auto const& others = set.with_boxes(record.wide());
  ACSL_EXPECTS(!others.empty(), "a training pipeline reads a data set that was made for training", record.image.id);
  auto const draw =
      key.with(static_cast<std::uint64_t>(record.image.id)).with(purpose::replace_image).below(0, others.size());
  return others[static_cast<std::size_t>(draw)];
}

/// What comes after loading, resize, flip, normalise and pad, with the boxes along. Every random number is drawn from
/// (seed, epoch, image, purpose): the same sample comes out on any thread and in any order.
/// @param loaded decoded, as `load_image` returns it
/// @param key (seed, epoch); unused unless training
[[nodiscard]] inline image_sample make_sample(dataset const& set, index_t position, image8 const& loaded,
                                              pipeline_options const& options, random_key key) {
  ACSL_EXPECTS(!options.scales.empty(), "a pipeline has at least one scale");
  ACSL_EXPECTS(options.pad_divisor > 0, "the padding divisor is positive", options.pad_divisor);
  auto const& record = set[position];
  image8 edited;
  if (options.after_loading) {
    edited = options.after_loading(loaded, record.image.id);
    ACSL_EXPECTS(edited.height == loaded.height && edited.width == loaded.width, "an edited photograph keeps its size",
                 loaded.height, loaded.width, edited.height, edited.width);
  }
  image8 const& image = options.after_loading ? edited : loaded;
  auto const image_key = key.with(static_cast<std::uint64_t>(record.image.id));
  std::size_t scale = 0;
  if (options.training && options.scales.size() > 1)
    scale = static_cast<std::size_t>(image_key.with(purpose::augment).below(0, options.scales.size()));
  auto const extent = resized(image.height, image.width, options.scales[scale]);
  auto pixels = resize_bilinear(image, extent.height, extent.width);

  image_sample result;
  if (options.training) {
    result.boxes = record.boxes;
    result.labels = record.labels;
    resize_boxes(result.boxes, extent);
  }
  bool const flipped =
      options.training ? image_key.with(purpose::flip).uniform(0) < options.flip_probability : options.mirrored;
  if (flipped) {
    flip_horizontally(pixels);
    flip_horizontally(result.boxes, extent.width);
  }
  result.info = {record.image.id,
                 position,
                 set.file_of(position).string(),
                 image.height,
                 image.width,
                 extent.height,
                 extent.width,
                 padded_side(extent.height, options.pad_divisor),
                 padded_side(extent.width, options.pad_divisor),
                 extent.scale,
                 flipped};
  result.image = tensor<float>(shape{3, result.info.padded_height, result.info.padded_width});
  normalise(pixels, options.normalise, result.image);
  return result;
}

}  // namespace acsl
