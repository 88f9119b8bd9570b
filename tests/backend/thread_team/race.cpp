// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <support/row_kernels.hpp>
#include <support/thread_block.hpp>
#include <support/thread_team.hpp>

// thread_team_race WHICH: kernels without a barrier, on threads. Built with the thread sanitizer only, whose report is
// what its test waits for: a missing barrier in a kernel is seen. 0 and 1: a barrier of the tiled product; 2: that of
// the sample kernel.
int main(int argc, char** argv) {
  int const which = argc > 1 ? std::atoi(argv[1]) : 0;
  if (which == 2) {
    test::broken_backend<test::thread_block> exec(0, 1, 64);
    auto x = test::on(exec, test::uniform_floats(300, 1));
    exec.for_each_row(1, test::turn_around{x.data(), 300});
    return 0;
  }
  test::broken_backend<test::thread_block> exec(which, 2, 64);
  auto const x = test::on(exec, test::uniform_floats(64 * 64, 1));
  acsl::tensor<float> c({64, 64}, exec.memory());
  acsl::detail::tiled_gemm(exec, {.m = 64, .n = 64, .k = 64}, x.data(), x.data(), c.data(), {});
}
