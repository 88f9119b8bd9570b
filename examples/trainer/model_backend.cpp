// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "model_backend.hpp"

#include <acsl/core/error.hpp>

namespace trainer {
namespace {

/// What the program trains and tests on, which every recipe has compiled.
class model_on_cpu final : public model_backend {
 public:
  explicit model_on_cpu(int threads) : exec_(threads) {}

  acsl::detection_results detect(any_detector& model, acsl::batch const& images, acsl::detection_options const& options,
                                 run_observer const& seen) override {
    return model.detect(exec_, {&images, 1}, options, seen);
  }
  std::vector<acsl::named_loss> train_step(any_detector& model, acsl::batch const& images, acsl::random_key key,
                                           run_observer const& seen) override {
    return model.train_step(exec_, images, key, seen);
  }

 private:
  acsl::cpu exec_;
};

}  // namespace

#ifndef ACSL_WITH_THRUST
std::unique_ptr<model_backend> make_model_thrust() {
  throw acsl::error(
      "this program was built without the backend \"thrust\"; configure with "
      "-DACSL_CCCL_INCLUDE=<folder that has thrust/version.h>");
}
#endif

std::unique_ptr<model_backend> make_model_backend(std::string const& name, int threads) {
  if (name == "cpu") return std::make_unique<model_on_cpu>(threads);
  if (name == "reference") return make_model_reference();
  if (name == "thrust") return make_model_thrust();
  throw acsl::error("detectors run on cpu, reference or thrust, whose memory the host reaches; found \"" + name + "\"");
}

}  // namespace trainer
