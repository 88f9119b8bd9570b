// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "trained_weights.hpp"

#include <acsl/io/read_checkpoint.hpp>
#include <acsl/losses/any_classification_loss.hpp>
#include <acsl/training/checkpoint.hpp>
#include <acsl/training/configuration_changes.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <acsl/training/pretrained.hpp>
#include <algorithm>
#include <cstdio>
#include <optional>

#include "data_set.hpp"
#include "recipes/recipe.hpp"

namespace trainer {
namespace {

constexpr char const* classifiers = "bbox_head*.fc_cls.*";
constexpr char const* regressors = "bbox_head*.fc_reg.*";

/// Settings that give weights another meaning without changing a shape, or whose shapes tell little.
bool changes_meaning(std::string const& change) {
  for (char const* key : {"model.depth",
                          "model.width",
                          "model.groups",
                          "model.base_width",
                          "model.norm",
                          "model.pyramid_",
                          "proposals.channels",
                          "proposals.anchor_",
                          "box_head.channels",
                          "box_head.classifier",
                          "box_head.roi_",
                          "box_head.finest_scale",
                          "box_head.class_agnostic",
                          "box_head.stds",
                          "loss.name",
                          "loss.mode",
                          "loss.parameters",
                          "loss.groups",
                          "data.mean",
                          "data.std"})
    if (change.starts_with(key)) return true;
  return false;
}

/// The configuration in a checkpoint; none in files of other programs and other versions of this one.
std::optional<acsl::configuration> configuration_in(acsl::named_tensors const& file,
                                                    std::filesystem::path const& path) {
  auto const text = file.metadata.find("configuration");
  if (text == file.metadata.end()) return {};
  return kept_configuration(text->second, path);
}

/// Takes what belongs to a class out of a file whose classes are others; without this, it would be loaded wherever the
/// numbers of classes happen to agree.
void drop_other_classes(acsl::named_tensors& file, any_detector& model, bool class_agnostic,
                        std::string const& difference) {
  std::vector<std::string> dropped;
  model.for_each_parameter("", [&](std::string const& name, acsl::parameter& p) {
    bool const by_class = acsl::matches(name, classifiers) || (!class_agnostic && acsl::matches(name, regressors));
    auto const found = file.tensors().find(name);
    if (!by_class || found == file.tensors().end() || found->second.extents() != p.extents()) return;
    dropped.push_back(name);
    file.tensors().erase(found);
  });
  if (dropped.empty()) return;
  std::printf("the file's classes are others (%s); not loaded:\n", difference.c_str());
  for (auto const& name : dropped) std::printf("  %s\n", name.c_str());
}

/// Moves the background's row of every classifier to where this loss has it.
void reorder_columns(acsl::named_tensors& file, acsl::any_classification_loss const& before,
                     acsl::any_classification_loss const& now, acsl::index_t classes) {
  acsl::index_t const rows = classes + 1;
  if (before.columns(classes) != rows || now.columns(classes) != rows) return;  // the shapes tell
  if (before.labels_are_columns() == now.labels_are_columns()) return;
  bool const to_the_end = before.labels_are_columns();
  for (auto& [name, values] : file.tensors()) {
    if (!acsl::matches(name, classifiers) || values.extents()[0] != rows) continue;
    float* const first = values.data();
    float* const last = first + values.size();
    auto const row = values.size() / rows;
    std::rotate(first, to_the_end ? first + row : last - row, last);
  }
  std::printf("this loss has background in the %s column: rows of the classifier were moved\n",
              to_the_end ? "last" : "first");
}

void tell(acsl::load_report const& report, std::string const& file) {
  std::printf("loaded %ld arrays from %s\n", static_cast<long>(report.loaded), file.c_str());
  for (auto const& name : report.skipped) std::printf("  not loaded, starts anew: %s\n", name.c_str());
  for (auto const& name : report.mismatched) std::printf("  not loaded, another shape: %s\n", name.c_str());
  for (auto const& name : report.missing) std::printf("  not in the file: %s\n", name.c_str());
  for (auto const& name : report.unexpected) std::printf("  unknown to the model: %s\n", name.c_str());
}

/// A name of a collection without a file is no reason to stop where `load_from` has the backbone as well.
void load_pretrained(acsl::configuration const& config, any_detector& model) {
  auto const& name = config.model.pretrained;
  if (name.empty()) return;
  if (!acsl::names_collection(name)) return tell(acsl::load_backbone(acsl::read_weights(name), name, model), name);
  std::string const reason = "model.pretrained: " + name +
                             " is the name of published weights; their file is given by " +
                             "--pretrained FILE, or in the place of the name";
  if (config.training.load_from.empty()) throw acsl::error(reason);
  std::printf("%s; the backbone starts with what load_from has\n", reason.c_str());
}

}  // namespace

std::optional<acsl::configuration> kept_configuration(std::string const& text, std::filesystem::path const& file) {
  acsl::configuration result;
  try {
    acsl::apply_configuration(text, file.string(), result);
  } catch (acsl::file_error const& problem) {
    std::printf("the configuration of the run so far cannot be compared: %s\n", problem.what());
    return {};
  }
  return result;
}

void expect_trained_as(acsl::named_tensors const& file, std::filesystem::path const& path,
                       acsl::configuration const& config) {
  auto const before = configuration_in(file, path);
  if (!before) return;
  std::string differences;
  for (auto const& change : acsl::configuration_changes(*before, config))
    if (changes_meaning(change)) differences += "\n  " + change;
  if (!differences.empty())
    throw acsl::file_error(
        path.string(),
        "was trained with another configuration (config.toml beside it holds the right one):" + differences);
}

void load_starting_weights(acsl::configuration const& config, any_detector& model,
                           acsl::class_statistics const& classes, acsl::annotation_set const& annotations) {
  load_pretrained(config, model);
  std::string const& path = config.training.load_from;
  if (path.empty()) return;
  auto file = acsl::read_weights(path);
  auto const names = file.metadata.find("classes");
  auto const difference = names == file.metadata.end()
                              ? std::string()
                              : class_difference(class_names_from(names->second, path + ": classes"), annotations);
  if (!difference.empty()) drop_other_classes(file, model, config.box_head.class_agnostic, difference);
  else if (auto const before = configuration_in(file, path))
    reorder_columns(file, classification_loss(*before, classes), classification_loss(config, classes),
                    classes.classes());
  tell(acsl::load_weights(file, path, model, config.training.reinitialise), path);
}

}  // namespace trainer
