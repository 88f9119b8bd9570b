// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor.hpp>
#include <acsl/data/resize.hpp>
#include <acsl/models/heads/proposals.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace trainer {

/// What `acsl dump` and `acsl validate model` are asked for.
struct observed_request {
  std::string config, checkpoint;
  std::vector<std::string> images, settings;
  std::vector<acsl::image_scale> scale;  ///< none or one
  bool train = false;
  std::int64_t seed = 0;
  int threads = 0;
};

/// Everything that a detector computed, in the order in which it told it, under the names of docs/dump.md.
struct recording {
  std::vector<std::pair<std::string, acsl::tensor<float>>> arrays;
  std::map<std::string, std::string> about;            ///< configuration, photographs, classes, seed
  std::vector<std::vector<acsl::proposal>> proposals;  ///< of every photograph
};

/// Runs a checkpoint over photographs on a backend and records it: as in `acsl test`, or the losses and gradients of
/// the first iteration of `acsl train` with these photographs.
/// @param proposals if not null, what the box stages get in the place of this backend's own
/// @throws acsl::error, acsl::file_error for what cannot be read; for a photograph that the training annotations lack
recording record_run(observed_request const& request, std::string const& backend,
                     std::vector<std::vector<acsl::proposal>> const* proposals = nullptr);

/// CONFIG, CHECKPOINT, IMAGE, --scale, --train, --seed, --set and --threads.
void add_observed(CLI::App& command, observed_request& request);

}  // namespace trainer
