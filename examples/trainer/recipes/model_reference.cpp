// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/reference.hpp>

#include "model_on.hpp"

std::unique_ptr<trainer::model_backend> trainer::make_model_reference() {
  return std::make_unique<model_on<acsl::reference>>();
}
