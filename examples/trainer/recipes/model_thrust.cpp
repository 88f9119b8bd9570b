// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/thrust_tbb.hpp>

#include "model_on.hpp"

std::unique_ptr<trainer::model_backend> trainer::make_model_thrust() {
  return std::make_unique<model_on<acsl::thrust_tbb>>();
}
