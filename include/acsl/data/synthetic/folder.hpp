// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/io/atomic_file.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

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
  unfinished,  ///< the set, but making it was interrupted: it can be made again on the spot
  complete,
  other,  ///< something else, which making the set would mix with or overwrite
};

namespace synthetic {

inline void make_folder(std::filesystem::path const& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) throw file_error(folder.string(), "cannot make the folder: " + failed.message());
}

inline std::string about(synthetic_options const& options) {
  return describe(options) +
         "\n\nDrawn by `acsl synth`, in the layout of LVIS: train.json describes the images in train/, val.json those "
         "in "
         "val/.\n";
}

/// Says what the folder is going to hold. Annotation files of an earlier set are removed first: images and annotations
/// never disagree, also if the work is interrupted.
inline void begin_folder(std::filesystem::path const& folder, synthetic_options const& options) {
  make_folder(folder);
  for (char const* name : {"val.json", "train.json"}) {
    std::error_code failed;
    std::filesystem::remove(folder / name, failed);
    if (failed) throw file_error((folder / name).string(), "cannot remove the old file: " + failed.message());
  }
  write_file_atomically(folder / "about.txt", about(options));
}

}  // namespace synthetic

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
  bool const complete =
      std::filesystem::exists(folder / "train.json", failed) && std::filesystem::exists(folder / "val.json", failed);
  return complete ? synthetic_state::complete : synthetic_state::unfinished;
}

}  // namespace acsl
