// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <acsl/backend/cuda_device.cuh>
#include <cstdio>

/// The tests, where there is a GPU; elsewhere "no device" and status 77, which CTest takes for skipped.
int main(int argc, char** argv) {
  if (auto const reason = acsl::why_no_cuda_device(); !reason.empty()) {
    std::printf("no device (%s)\n", reason.c_str());
    return 77;
  }
  std::printf("device: %s\n", acsl::cuda_device_name().c_str());
  return doctest::Context(argc, argv).run();
}
