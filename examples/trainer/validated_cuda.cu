// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/cuda.cuh>
#include <acsl/backend/cuda_device.cuh>

#include "validated_backend.hpp"

namespace trainer {

std::unique_ptr<validated_backend> make_validated_cuda(bool single) {
  if (auto const reason = acsl::why_no_cuda_device(); !reason.empty())
    throw acsl::error("no CUDA device (" + reason + ")");
  return validated<acsl::cuda>(single);
}

}  // namespace trainer
