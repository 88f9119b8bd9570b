// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/file.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>
#include <vector>

namespace acsl {

struct synthetic_options {
  std::uint64_t seed = 1;
  index_t train_images = 800, val_images = 200;
  index_t long_side = 192, short_side = 128;  ///< pixels; one image in four stands upright
};

/// One line that names a synthetic set: equal lines, equal bytes.
[[nodiscard]] inline std::string describe(synthetic_options const& o) {
  return "acsl synthetic long-tail set, version 1: seed " + std::to_string(o.seed) + ", " +
         std::to_string(o.train_images) + " + " + std::to_string(o.val_images) + " images of " +
         std::to_string(o.long_side) + " x " + std::to_string(o.short_side) + " pixels";
}

/// What a folder holds of the set that options ask for.
enum class synthetic_state {
  nothing,     ///< no such folder, or an empty one
  unfinished,  ///< the set, but making it was interrupted, or files are missing or changed: it can be made again
  complete,
  other,  ///< something else, which making the set would mix with or overwrite
};

namespace synthetic {

inline void make_folder(std::filesystem::path const& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw file_error(folder.string(), "cannot make the folder: " + failed.message());
}

/// File of the i-th image of a split, counted from 0.
inline std::string image_name(index_t i) {
  char name[32];
  std::snprintf(name, sizeof name, "%06ld.jpg", static_cast<long>(i + 1));
  return name;
}

inline std::string about(synthetic_options const& options) {
  return describe(options) +
         "\n\nDrawn by `acsl synth`, in the layout of LVIS: train.json describes the images in train/, val.json those "
         "in "
         "val/.\n";
}

/// Name, size and a hash (FNV-1a, 64 bits) of every file of a set, a line each; empty where one cannot be read.
inline std::string list_of_files(std::filesystem::path const& folder, synthetic_options const& options) {
  std::vector<std::string> names = {"train.json", "val.json"};
  for (index_t i = 0; i < options.train_images; ++i) names.push_back("train/" + image_name(i));
  for (index_t i = 0; i < options.val_images; ++i) names.push_back("val/" + image_name(i));
  std::string list;
  for (auto const& name : names) {
    std::error_code missing;
    if (!std::filesystem::is_regular_file(folder / name, missing)) return {};
    auto const bytes = read_file(folder / name);
    std::uint64_t hash = 14695981039346656037U;
    for (auto const byte : bytes) hash = (hash ^ byte) * 1099511628211U;
    list += name + " " + std::to_string(bytes.size()) + " " + std::to_string(hash) + "\n";
  }
  return list;
}

/// Says what the folder is going to hold, and removes what a killed run left in the middle. Annotation files of an
/// earlier set are removed first: images and annotations never disagree, also if the work is interrupted.
inline void begin_folder(std::filesystem::path const& folder, synthetic_options const& options) {
  make_folder(folder);
  for (char const* part : {"", "train", "val"}) remove_partial_files(folder / part, {".jpg", ".json", ".txt"});
  for (char const* name : {"files.txt", "val.json", "train.json"}) {
    std::error_code failed;
    std::filesystem::remove(folder / name, failed);
    if (failed) throw file_error((folder / name).string(), "cannot remove the old file: " + failed.message());
  }
  write_file_atomically(folder / "about.txt", about(options));
}

}  // namespace synthetic

/// Reads every file of a set that is there.
/// @throws acsl::file_error when the path is no folder or cannot be looked into
[[nodiscard]] inline synthetic_state look_for_synthetic(std::filesystem::path const& folder,
                                                        synthetic_options const& options) {
  std::error_code failed;
  bool const exists = std::filesystem::exists(folder, failed);
  if (!failed && !exists) return synthetic_state::nothing;
  if (!failed && !std::filesystem::is_directory(folder)) throw file_error(folder.string(), "this is no folder");
  if (!failed && std::filesystem::is_empty(folder, failed) && !failed) return synthetic_state::nothing;
  if (failed) throw file_error(folder.string(), "cannot look into the folder: " + failed.message());
  std::ifstream file(folder / "about.txt", std::ios::binary);
  std::string const found(std::istreambuf_iterator<char>(file), {});
  if (found != synthetic::about(options)) return synthetic_state::other;
  std::ifstream list(folder / "files.txt", std::ios::binary);
  std::string const written(std::istreambuf_iterator<char>(list), {});
  bool const complete = !written.empty() && written == synthetic::list_of_files(folder, options);
  return complete ? synthetic_state::complete : synthetic_state::unfinished;
}

}  // namespace acsl
