// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "data_set.hpp"

#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/tail_annotations.hpp>
#include <acsl/io/json.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

namespace trainer {

namespace {

split load(acsl::configuration const& config, bool training_part, bool to_learn) {
  auto const& d = config.data;
  std::filesystem::path const root = d.root;
  auto annotations = acsl::load_annotations(root / (training_part ? d.train_annotations : d.val_annotations));
  std::filesystem::path const folder = root / (training_part ? d.train_images : d.val_images);
  acsl::tail_limits const limits = {to_learn ? d.tail_images : 0, to_learn ? d.tail_instances : 0};
  acsl::dataset images(acsl::tail_annotations(annotations, limits), folder, {.training = to_learn});
  return {std::move(annotations), std::move(images)};
}

}  // namespace

split load_training_split(acsl::configuration const& config) { return load(config, true, true); }
split load_test_split(acsl::configuration const& config, bool of_training_part) {
  return load(config, of_training_part, false);
}

acsl::class_statistics statistics_of(acsl::annotation_set const& annotations) {
  auto const counts = acsl::count_categories(annotations);
  acsl::class_statistics result;
  for (auto const& category : annotations.categories) result.frequency.push_back(category.frequency);
  result.image_count = counts.images;
  result.instance_count = counts.instances;
  result.images = static_cast<std::int64_t>(annotations.images.size());
  return result;
}

std::string statistics_text(acsl::class_statistics const& classes) {
  return nlohmann::ordered_json{{"images", classes.images},
                                {"frequency", classes.frequency},
                                {"image_count", classes.image_count},
                                {"instance_count", classes.instance_count}}
      .dump();
}
acsl::class_statistics statistics_from(std::string const& text, std::string const& file) {
  auto const read = acsl::parse_json(text, file);
  acsl::class_statistics result;
  result.images = read.at("images").integer();
  for (auto const letter : read.at("frequency").integers()) result.frequency.push_back(static_cast<char>(letter));
  result.image_count = read.at("image_count").integers();
  result.instance_count = read.at("instance_count").integers();
  if (result.image_count.size() != result.frequency.size() || result.instance_count.size() != result.frequency.size())
    throw acsl::file_error(file, "holds statistics of an uneven number of classes");
  return result;
}

std::string class_names(acsl::annotation_set const& annotations) {
  std::string names;
  for (auto const& category : annotations.categories) names += category.name + "\n";
  return names;
}

std::string class_difference(std::string const& names, acsl::annotation_set const& annotations) {
  std::istringstream lines(names);
  std::string name;
  for (auto const& category : annotations.categories) {
    if (!std::getline(lines, name)) return "it lacks \"" + category.name + "\"";
    if (name != category.name) return "\"" + name + "\" in the place of \"" + category.name + "\"";
  }
  return std::getline(lines, name) ? "it has \"" + name + "\" as well" : "";
}

void expect_classes(std::string const& names, std::filesystem::path const& file,
                    acsl::annotation_set const& annotations) {
  auto const difference = class_difference(names, annotations);
  if (!difference.empty())
    throw acsl::file_error(file.string(), "has other classes than " + annotations.file + ": " + difference);
}

acsl::pipeline_options pipeline_of(acsl::configuration const& config, bool training) {
  auto const& d = config.data;
  acsl::pipeline_options result;
  result.training = training;
  result.flip_probability = d.flip_probability;
  result.scales.clear();
  if (training) {
    ACSL_EXPECTS(!d.long_side.empty() && d.long_side.size() == d.short_side.size(),
                 "data.long_side and data.short_side have as many numbers", d.long_side.size(), d.short_side.size());
    for (std::size_t i = 0; i < d.long_side.size(); ++i) result.scales.push_back({d.long_side[i], d.short_side[i]});
  } else {
    result.scales.push_back({config.test.long_side, config.test.short_side});
  }
  ACSL_EXPECTS(d.mean.size() == 3 && d.std.size() == 3, "data.mean and data.std have three numbers", d.mean.size(),
               d.std.size());
  for (std::size_t i = 0; i < 3; ++i) {
    result.normalise.mean[i] = static_cast<float>(d.mean[i]);
    result.normalise.standard_deviation[i] = static_cast<float>(d.std[i]);
  }
  return result;
}

}  // namespace trainer
