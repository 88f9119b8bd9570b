// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

#include "inference.hpp"

namespace trainer {

/// Makes the folder for pictures.
/// @throws acsl::file_error when it cannot be made, or holds the photographs themselves
void make_picture_folder(std::filesystem::path const& folder, split const& images);

/// Writes every photograph of a split with its detections drawn: boxes, names and scores, from a score on;
/// of those that lie on each other the best. Files are
/// named like the photographs.
/// @param after_loading what the detector saw of each; empty: the photograph itself
void show_detections(std::filesystem::path const& folder, split const& images, found_objects const& found,
                     float threshold, acsl::image_edit const& after_loading = {});

}  // namespace trainer
