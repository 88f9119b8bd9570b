// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/thrust_tbb.hpp>

#include "validated_backend.hpp"

namespace trainer {

std::unique_ptr<validated_backend> make_validated_thrust(bool single) { return validated<acsl::thrust_tbb>(single); }

}  // namespace trainer
