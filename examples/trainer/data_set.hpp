// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/data/dataset.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/training/configuration.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace trainer {

/// One split of the data set that a configuration names. Loading one throws acsl::file_error where a photograph is
/// missing.
struct split {
  acsl::annotation_set annotations;
  acsl::dataset images;
};

/// A split to learn from: the training part, filtered; with `data.tail_…` the images hold objects of tail classes
/// alone, the annotations those of all.
split load_training_split(acsl::configuration const& config);
/// The annotations of that part alone, all of them; no photograph is looked for.
acsl::annotation_set training_annotations(acsl::configuration const& config);
/// A split to test on, every image: the validation part, or the photographs of the training part.
/// @param judged the annotations are what detections are judged by: the rules of `acsl eval` hold for them
split load_test_split(acsl::configuration const& config, bool judged, bool of_training_part = false);

/// Statistics of the classes: letters as the file says, where it says; counts of this file's annotations.
acsl::class_statistics statistics_of(acsl::annotation_set const& annotations);

/// Statistics as a text for checkpoints: what is tested must stand on the classes that the run saw, not on those of
/// the photographs of the test.
std::string statistics_text(acsl::class_statistics const& classes);
/// @param file what messages call the text's origin
acsl::class_statistics statistics_from(std::string const& text, std::string const& file);

/// Names of the categories, in the order of labels.
std::vector<std::string> class_names(acsl::annotation_set const& annotations);
/// The same as a text for checkpoints: a JSON list. Those of earlier versions, a line each, are read as well.
/// @param file what messages call the text's origin
std::string class_text(std::vector<std::string> const& names);
std::vector<std::string> class_names_from(std::string const& text, std::string const& file);

/// Compares class names with those of an annotation file.
/// @return the first difference, in words; empty: they are the same
std::string class_difference(std::vector<std::string> const& names, acsl::annotation_set const& annotations);
/// @param file where the names come from
/// @throws acsl::file_error telling the difference
void expect_classes(std::vector<std::string> const& names, std::filesystem::path const& file,
                    acsl::annotation_set const& annotations);

/// How photographs become batches.
acsl::pipeline_options pipeline_of(acsl::configuration const& config, bool training);
/// The views of a photograph at test time: every size, as it is and, where that is asked for, mirrored.
std::vector<acsl::pipeline_options> test_views_of(acsl::configuration const& config);

}  // namespace trainer
