// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "data_set.hpp"

#include <acsl/backend/reference.hpp>
#include <acsl/data/category_table.hpp>
#include <acsl/data/tail_annotations.hpp>
#include <acsl/io/json.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cached_annotations.hpp"

namespace trainer {

namespace {

/// A photograph that is missing is told before hours of work, not after.
void expect_photographs(acsl::dataset const& images) {
  std::filesystem::path first;
  acsl::index_t missing = 0;
  std::error_code unreadable;
  for (acsl::index_t i = 0; i < images.size(); ++i) {
    auto const file = images.file_of(i);
    if (!std::filesystem::exists(file, unreadable) && missing++ == 0) first = file;
  }
  if (missing > 0)
    throw acsl::file_error(first.string(), "cannot open: No such file or directory (" + std::to_string(missing) +
                                               " of " + std::to_string(images.size()) + " photographs of " +
                                               images.annotation_file() + " are missing)");
}

split load(acsl::configuration const& config, bool training_part, bool to_learn, acsl::annotation_rules rules) {
  auto const& d = config.data;
  std::filesystem::path const root = d.root;
  acsl::reference one_thread;
  auto annotations =
      cached_annotations(one_thread, root / (training_part ? d.train_annotations : d.val_annotations), rules);
  std::filesystem::path const folder = root / (training_part ? d.train_images : d.val_images);
  acsl::tail_limits const limits = {to_learn ? d.tail_images : 0, to_learn ? d.tail_instances : 0};
  acsl::dataset images(acsl::tail_annotations(annotations, limits), folder,
                       {.training = to_learn, .drop_marked_not_crowd = d.drop_marked_not_crowd});
  expect_photographs(images);
  return {std::move(annotations), std::move(images)};
}

}  // namespace

split load_training_split(acsl::configuration const& config) {
  return load(config, true, true, acsl::annotation_rules::training);
}
acsl::annotation_set training_annotations(acsl::configuration const& config) {
  acsl::reference one_thread;
  return cached_annotations(one_thread, std::filesystem::path(config.data.root) / config.data.train_annotations,
                            acsl::annotation_rules::training);
}
split load_test_split(acsl::configuration const& config, bool judged, bool of_training_part) {
  return load(config, of_training_part, false,
              judged ? acsl::annotation_rules::evaluation : acsl::annotation_rules::training);
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
  return acsl::class_statistics_json(classes).dump();
}
acsl::class_statistics statistics_from(std::string const& text, std::string const& file) {
  return acsl::read_class_statistics(acsl::parse_json(text, file));
}

std::vector<std::string> class_names(acsl::annotation_set const& annotations) {
  std::vector<std::string> names;
  for (auto const& category : annotations.categories) names.push_back(category.name);
  return names;
}
std::string class_text(std::vector<std::string> const& names) { return nlohmann::json(names).dump(); }
std::vector<std::string> class_names_from(std::string const& text, std::string const& file) {
  std::vector<std::string> names;
  if (text.empty() || text.ends_with('\n')) {  // of an earlier version: a line each
    std::istringstream lines(text);
    for (std::string name; std::getline(lines, name);) names.push_back(name);
    return names;
  }
  auto const list = acsl::parse_json(text, file);
  for (std::size_t i = 0; i < list.size(); ++i) names.push_back(list.at(i).text());
  return names;
}

std::string class_difference(std::vector<std::string> const& names, acsl::annotation_set const& annotations) {
  auto const wanted = class_names(annotations);
  auto const quoted = [](std::string const& name) { return "\"" + name + "\""; };
  std::size_t at = 0;
  while (at < names.size() && at < wanted.size() && names[at] == wanted[at]) ++at;
  if (at == names.size() && at == wanted.size()) return "";
  if (std::is_permutation(names.begin(), names.end(), wanted.begin(), wanted.end()))
    return "the same in another order, which labels follow: " + quoted(names[at]) + " in the place of " +
           quoted(wanted[at]) + "; sort the categories of one file as in the other";
  if (at == names.size()) return "it lacks " + quoted(wanted[at]);
  if (at == wanted.size()) return "it has " + quoted(names[at]) + " as well";
  return quoted(names[at]) + " in the place of " + quoted(wanted[at]);
}

void expect_classes(std::vector<std::string> const& names, std::filesystem::path const& file,
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

std::vector<acsl::pipeline_options> test_views_of(acsl::configuration const& config) {
  auto const& t = config.test;
  std::vector<acsl::pipeline_options> views = {pipeline_of(config, false)};
  for (std::size_t i = 0; i < t.more_long_sides.size(); ++i) {
    views.push_back(views.front());
    views.back().scales = {{t.more_long_sides[i], t.more_short_sides[i]}};
  }
  for (std::size_t i = 0; t.flip && i < views.size(); i += 2) {
    auto mirrored = views[i];
    mirrored.mirrored = true;
    views.insert(views.begin() + static_cast<std::ptrdiff_t>(i + 1), std::move(mirrored));
  }
  return views;
}

}  // namespace trainer
