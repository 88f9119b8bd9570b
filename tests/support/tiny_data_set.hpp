// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/jpeg.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <support/image_files.hpp>
#include <support/temporary_folder.hpp>

namespace test {

/// A data set on the disk that is as small as a detector can learn from: six JPEGs (two wide, four square) with one or
/// two coloured rectangles, an LVIS file with three categories, one of each frequency, and a configuration of the
/// smallest detector. Tests change a part and call `save`.
struct tiny_data_set {
  temporary_folder folder;
  nlohmann::ordered_json annotations;
  std::string configuration;

  tiny_data_set() {
    std::filesystem::create_directory(folder / "images");
    annotations = {{"categories", nlohmann::ordered_json::array()},
                   {"images", nlohmann::ordered_json::array()},
                   {"annotations", nlohmann::ordered_json::array()}};
    char const* names[] = {"red", "green", "blue"};
    char const* letters[] = {"f", "c", "r"};
    for (int c = 0; c < 3; ++c)
      annotations["categories"].push_back({{"id", c + 1}, {"name", names[c]}, {"frequency", letters[c]}});
    for (int i = 0; i < 6; ++i) {
      acsl::index_t const width = i < 2 ? 96 : 64, height = 64;
      acsl::image8 image = noise_image(height, width, static_cast<std::uint32_t>(i + 1));
      for (auto& value : image.pixels) value = static_cast<std::uint8_t>(100 + value / 8);
      auto const add = [&](int colour, int x, int y, int w, int h) {
        for (int row = y; row < y + h; ++row)
          for (int column = x; column < x + w; ++column)
            for (int channel = 0; channel < 3; ++channel)
              image.at(row, column)[channel] = channel == 2 - colour ? 240 : 20;  // B, G, R
        annotations["annotations"].push_back({{"id", annotations["annotations"].size() + 1},
                                              {"image_id", i + 1},
                                              {"category_id", colour + 1},
                                              {"bbox", {x, y, w, h}},
                                              {"area", w * h}});
      };
      add(i % 2, 4 + 3 * i, 6, 24, 20);
      if (i % 3 == 0) add(i == 3 ? 2 : 0, 30, 34, 22, 26);
      auto const name = std::to_string(i + 1) + ".jpg";
      acsl::write_jpeg(folder / ("images/" + name), image);
      annotations["images"].push_back({{"id", i + 1},
                                       {"file_name", name},
                                       {"width", width},
                                       {"height", height},
                                       {"neg_category_ids", nlohmann::ordered_json::array()},
                                       {"not_exhaustive_category_ids", nlohmann::ordered_json::array()}});
    }
    configuration = R"([model]
depth = 10
width = 8
norm = "group"
norm_groups = 4
frozen_stages = -1
pyramid_channels = 8
[proposals]
channels = 8
anchor_scales = [4]
samples = 32
train_before_nms = 50
train_after_nms = 30
train_count = 30
test_before_nms = 50
test_after_nms = 30
test_count = 30
[box_head]
channels = 16
finest_scale = 28
samples = 16
[data]
root = ".."
train_annotations = "train.json"
train_images = "images"
val_annotations = "train.json"
val_images = "images"
long_side = [96, 80]
short_side = [64, 48]
workers = 1
[training]
epochs = 3
lr = 0.02
warmup = 4
steps = [2]
log_every = 2
)";
    save();
  }

  /// Writes train.json and tiny.toml. `data.root` of the configuration is found from a folder below the set's.
  void save() const {
    write_text(folder / "train.json", annotations.dump());
    write_text(folder / "tiny.toml", configuration);
  }
  /// Replaces a part of the configuration and saves.
  void configure(std::string const& part, std::string const& by) {
    auto const at = configuration.find(part);
    if (at == std::string::npos) throw std::runtime_error("the configuration has no " + part);
    configuration.replace(at, part.size(), by);
    save();
  }
};

}  // namespace test
