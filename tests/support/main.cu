// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_IMPLEMENT
#include <cuda_runtime_api.h>
#include <doctest/doctest.h>
#include <cstdio>

/// The tests, where there is a GPU; elsewhere "no device" and status 77, which CTest takes for skipped.
int main(int argc, char** argv) {
  int devices = 0;
  cudaError_t const code = cudaGetDeviceCount(&devices);
  if (code != cudaSuccess || devices == 0) {
    std::printf("no device (%s)\n", code == cudaSuccess ? "none found" : cudaGetErrorString(code));
    return 77;
  }
  cudaDeviceProp device{};
  if (cudaGetDeviceProperties(&device, 0) == cudaSuccess)
    std::printf("device: %s, compute capability %d.%d\n", device.name, device.major, device.minor);
  return doctest::Context(argc, argv).run();
}
