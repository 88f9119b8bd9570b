// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "validated_backend.hpp"

#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/core/error.hpp>

namespace trainer {

#ifndef ACSL_WITH_THRUST
std::unique_ptr<validated_backend> make_validated_thrust(bool) {
  throw acsl::error(
      "this program was built without the backend \"thrust\"; configure with "
      "-DACSL_CCCL_INCLUDE=<folder that has thrust/version.h>");
}
#endif
#ifndef ACSL_WITH_CUDA
std::unique_ptr<validated_backend> make_validated_cuda(bool) {
  throw acsl::error(
      "this program was built without the backend \"cuda\"; configure with -DACSL_ENABLE_CUDA=ON (needs nvcc)");
}
#endif

std::unique_ptr<validated_backend> make_validated_backend(std::string const& name, bool single, int threads) {
  if (name == "reference") return validated<acsl::reference>(single);
  if (name == "cpu") return validated<acsl::cpu>(single, threads);
  if (name == "thrust") return make_validated_thrust(single);
  if (name == "cuda") return make_validated_cuda(single);
  throw acsl::error("there is no backend \"" + name + "\"");
}

}  // namespace trainer
