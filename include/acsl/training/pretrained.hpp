// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/named_tensors.hpp>
#include <acsl/training/checkpoint.hpp>
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// Whether `model.pretrained` names weights of a collection ("torchvision://resnet50") instead of a file. Where the
/// file of such a name lies, the user must say.
inline bool names_collection(std::string const& pretrained) { return pretrained.find("://") != std::string::npos; }

/// Starts a detector's backbone with the weights of an ImageNet classifier: its names, which lack the `backbone.` of
/// the detector's, get it; its own classifier, `fc.*`, is reported as skipped. A detector's checkpoint gives its
/// backbone.
///
/// @param file  changed: its names
/// @param path  what messages call the file
/// @return as `load_weights`; of the model's names that are missing, only the backbone's
/// @throws acsl::file_error as `load_weights`
/// @source detector-spec 2.3
template <class Model>
load_report load_backbone(named_tensors file, std::filesystem::path const& path, Model& model) {
  std::string const prefix = "backbone.";
  bool const detector = std::any_of(file.tensors().begin(), file.tensors().end(),
                                    [&](auto const& array) { return array.first.starts_with(prefix); });
  named_tensors backbone;
  std::vector<std::string> classifier;
  for (auto& [name, values] : file.tensors()) {
    if (detector && !name.starts_with(prefix)) continue;
    if (!detector && name.starts_with("fc.")) classifier.push_back(name);
    else backbone.tensors().emplace(detector ? name : prefix + name, std::move(values));
  }
  auto report = load_weights(backbone, path, model);
  std::erase_if(report.missing, [&](std::string const& name) { return !name.starts_with(prefix); });
  report.skipped = std::move(classifier);
  return report;
}

}  // namespace acsl
