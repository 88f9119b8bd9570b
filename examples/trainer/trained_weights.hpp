// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/io/named_tensors.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/training/configuration.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "any_detector.hpp"

namespace trainer {

/// The configuration that a checkpoint holds as text; none, after one printed line, where it is of another version of
/// this program. @param file where it stands
std::optional<acsl::configuration> kept_configuration(std::string const& text, std::filesystem::path const& file);

/// Whether weights mean under a configuration what they meant in the run that made them: same network, anchors, box
/// encoding, loss and normalisation of pixels. A file without a configuration, from another program, passes.
/// @throws acsl::file_error naming every setting that differs
void expect_trained_as(acsl::named_tensors const& file, std::filesystem::path const& path,
                       acsl::configuration const& config);

/// Starts a model with what the configuration names, where names and shapes fit, and prints what did not: its backbone
/// with the ImageNet weights of `model.pretrained`, then all of it with the checkpoint `training.load_from`. Where
/// the file's classes are others, what belongs to a class is not loaded; where its loss had background at the other end
/// of the columns, the classifier's rows are put in this loss's order.
void load_starting_weights(acsl::configuration const& config, any_detector& model,
                           acsl::class_statistics const& classes, acsl::annotation_set const& annotations);

}  // namespace trainer
