// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cuda_runtime_api.h>

#include <string>

namespace acsl {

/// What keeps a program from a CUDA device: no device, no driver, or what else the runtime says; empty where there is
/// one. Asks the runtime and throws nothing, for programs that want to say so before they make a `cuda`.
[[nodiscard]] inline std::string why_no_cuda_device() {
  int devices = 0;
  cudaError_t const code = cudaGetDeviceCount(&devices);
  if (code == cudaSuccess) return devices > 0 ? "" : "none found";
  cudaGetLastError();  // the next call must not report this one again
  return cudaGetErrorString(code);
}

/// The current device in words, for example "NVIDIA A100, compute capability 8.0"; empty where the runtime cannot tell.
[[nodiscard]] inline std::string cuda_device_name() {
  int current = 0;
  cudaDeviceProp device{};
  if (cudaGetDevice(&current) != cudaSuccess || cudaGetDeviceProperties(&device, current) != cudaSuccess) return "";
  return std::string(device.name) + ", compute capability " + std::to_string(device.major) + "." +
         std::to_string(device.minor);
}

}  // namespace acsl
