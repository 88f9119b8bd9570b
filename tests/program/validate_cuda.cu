// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cuda_device.cuh>
#include <support/process.hpp>

namespace {

std::string const vectors = ACSL_TEST_SOURCE "/tests/golden/losses/loss-vectors.json";

test::ended validate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {ACSL_PROGRAM, "validate", "losses"});
  return test::run(std::move(arguments));
}

TEST_CASE(
    "acsl validate losses --backend cuda: every vector is within its tolerance, or one line says what is absent") {
  auto const absent = acsl::why_no_cuda_device();
  for (std::string const precision : {"float", "double"}) {
    auto const ran = validate({vectors, "--backend", "cuda", "--precision", precision});
    if (absent.empty()) {
      CHECK_MESSAGE(ran.status == 0, ran.output);
      CHECK(ran.output.find("91 cases, 0 beyond what is accepted") != std::string::npos);
    } else {
      CHECK(ran.status == 1);
      CHECK(ran.output == "");
      CHECK(ran.errors == "acsl: error: no CUDA device (" + absent + ")\n");
    }
  }
}

TEST_CASE("acsl validate losses compares a GPU with the reference, in either role, or one line says what is absent") {
  auto const absent = acsl::why_no_cuda_device();
  for (char const* role : {"--backend", "--against"}) {
    auto const ran = validate({role, "cuda", "--rows", "40", "--classes", "7"});
    if (absent.empty()) {
      CHECK_MESSAGE(ran.status == 0, ran.output);
    } else {
      CHECK(ran.status == 1);
      CHECK(ran.errors == "acsl: error: no CUDA device (" + absent + ")\n");
    }
  }
}

}  // namespace
