// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <support/row_kernels.hpp>
#include <support/thread_block.hpp>
#include <support/thread_team.hpp>

// thread_team_race WHICH: kernels without a barrier, on threads. Built with the thread sanitizer only, whose report is
// what its test waits for: a missing barrier in a kernel is seen. 0 and 1: a barrier of the tiled product; 2: that of
// the sample kernel; 3: behind the row that a softmax stages; 4: before a slice of groups is staged over another.
int main(int argc, char** argv) {
  int const which = argc > 1 ? std::atoi(argv[1]) : 0;
  if (which == 2) {
    test::broken_backend<test::thread_block> exec(0, 1, 64);
    auto x = test::on(exec, test::uniform_floats(300, 1));
    exec.for_each_row(1, test::turn_around{x.data(), 300});
    return 0;
  }
  if (which == 3) {
    test::broken_backend<test::thread_block> exec(0, 1, 64);
    auto const z = test::on(exec, test::uniform_floats(300, 1));
    auto const rows = test::on(exec, std::vector<acsl::row_word>{{7, 1, 0, false}});
    acsl::tensor<float> gradient({1, 300}, exec.memory());
    acsl::tensor<double> sums({1}, exec.memory());
    exec.for_each_row(1, acsl::detail::softmax_loss_row<float, acsl::detail::softmax_terms>{
                             {}, z.data(), gradient.data(), rows.data(), 300, 1, sums.data()});
    return 0;
  }
  if (which == 4) {
    test::broken_backend<test::thread_block> exec(0, 2, 64);
    auto const z = test::on(exec, test::uniform_floats(301, 1));
    auto const slices = test::on(exec, std::vector<acsl::column_slice>{{0, 151}, {151, 150}});
    auto const words = test::on(exec, std::vector<acsl::detail::group_word>{{3, 1.0}, {5, 1.0}});
    acsl::tensor<float> gradient({1, 301}, exec.memory());
    acsl::tensor<double> sums({1}, exec.memory());
    exec.for_each_row(1, acsl::detail::group_row<float>{z.data(), gradient.data(), slices.data(), words.data(), 2, 301,
                                                        1, sums.data()});
    return 0;
  }
  test::broken_backend<test::thread_block> exec(which, 2, 64);
  auto const x = test::on(exec, test::uniform_floats(64 * 64, 1));
  acsl::tensor<float> c({64, 64}, exec.memory());
  acsl::detail::tiled_gemm(exec, {.m = 64, .n = 64, .k = 64}, x.data(), x.data(), c.data(), {});
}
