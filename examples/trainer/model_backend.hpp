// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "any_detector.hpp"

namespace trainer {

/// A backend on which the detectors of the program run where somebody looks at what they compute: `acsl dump` and
/// `acsl validate model`. What stands behind it is compiled in a file of the backend's own.
class model_backend {
 public:
  model_backend() = default;
  model_backend(model_backend const&) = delete;
  model_backend& operator=(model_backend const&) = delete;
  virtual ~model_backend() = default;

  virtual acsl::detection_results detect(any_detector& model, acsl::batch const& images,
                                         acsl::detection_options const& options, run_observer const& seen) = 0;
  virtual std::vector<acsl::named_loss> train_step(any_detector& model, acsl::batch const& images, acsl::random_key key,
                                                   run_observer const& seen) = 0;
};

/// By the name in the command line: cpu, reference or thrust. A GPU is none: detectors sample on the host.
/// @throws acsl::error where this program was built without it
std::unique_ptr<model_backend> make_model_backend(std::string const& name, int threads);

/// Those that a file of their own defines: model_reference.cpp, model_thrust.cpp.
std::unique_ptr<model_backend> make_model_reference();
std::unique_ptr<model_backend> make_model_thrust();

}  // namespace trainer
