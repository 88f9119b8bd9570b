// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <string>
#include <support/backend_memory.hpp>

namespace gemm_tests {

using acsl::index_t, acsl::transpose;

/// Operands of one product in host memory. Rows of C are followed by a gap that no product may touch.
struct product {
  acsl::gemm_problem problem;
  std::vector<float> a, b, c, row_scale, row_shift, column_shift, addend;

  product(transpose ta, transpose tb, index_t m, index_t n, index_t k, index_t gap = 0) {
    problem = {.a = ta, .b = tb, .m = m, .n = n, .k = k};
    if (gap) {
      problem.lda = problem.leading_a() + gap;
      problem.ldb = problem.leading_b() + gap + 1;
      problem.ldc = n + gap + 2;
    }
    a = test::uniform_floats((ta == transpose::no ? m : k) * problem.leading_a(), 1);
    b = test::uniform_floats((tb == transpose::no ? k : n) * problem.leading_b(), 2);
    c = test::uniform_floats(m * problem.leading_c(), 3);
    row_scale = test::uniform_floats(m, 4);
    row_shift = test::uniform_floats(m, 5);
    column_shift = test::uniform_floats(n, 6);
    addend = test::uniform_floats(m * problem.leading_c(), 7);
  }

  /// C after the product; bits of `parts`: row_scale, row_shift, column_shift, addend, relu, addend is C itself.
  template <class Exec>
  std::vector<float> run(Exec& exec, unsigned parts = 0) const {
    auto const left = test::on(exec, a), right = test::on(exec, b), scale = test::on(exec, row_scale),
               shift = test::on(exec, row_shift), column = test::on(exec, column_shift), add = test::on(exec, addend);
    auto result = test::on(exec, c);
    acsl::epilogue last;
    if (parts & 1U) last.row_scale = scale.data();
    if (parts & 2U) last.row_shift = shift.data();
    if (parts & 4U) last.column_shift = column.data();
    if (parts & 8U) last.addend = add.data();
    if (parts & 32U) last.addend = result.data();
    last.relu = (parts & 16U) != 0;
    exec.gemm(problem, left.data(), right.data(), result.data(), last);
    return test::host(exec, result);
  }
};

TEST_CASE("a product and its epilogue worked by hand") {
  ACSL_TEST_BACKEND exec;
  auto const a = test::on(exec, std::vector<float>{1, 2, 3, 4, 5, 6});   // [2, 3]
  auto const b = test::on(exec, std::vector<float>{1, 0, -1, 2, 0, 1});  // [3, 2]
  auto const scale = test::on(exec, std::vector<float>{2, -1}), shift = test::on(exec, std::vector<float>{1, 20}),
             columns = test::on(exec, std::vector<float>{0.5F, 0}),
             addend = test::on(exec, std::vector<float>{1, 2, 3, 4});
  acsl::tensor<float> c({2, 2}, exec.memory());
  acsl::gemm_problem problem{.m = 2, .n = 2, .k = 3};
  exec.gemm(problem, a.data(), b.data(), c.data(), {});
  CHECK(test::host(exec, c) == std::vector<float>{-1, 7, -1, 16});
  problem.accumulate = true;
  acsl::epilogue last{scale.data(), shift.data(), columns.data(), addend.data(), true};
  exec.gemm(problem, a.data(), b.data(), c.data(), last);
  CHECK(test::host(exec, c) == std::vector<float>{0, 31, 25.5F, 0});  // before relu -1.5, 31, 25.5, -8
}

TEST_CASE("products equal the reference's for every transposition, odd sizes and rows with gaps") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  index_t const sizes[][3] = {{1, 1, 1},     {1, 37, 5},    {37, 1, 70},   {33, 65, 47}, {64, 64, 64},
                              {5, 130, 300}, {131, 7, 257}, {70, 600, 19}, {3, 4, 0}};
  for (auto const ta : {transpose::no, transpose::yes})
    for (auto const tb : {transpose::no, transpose::yes})
      for (auto const& [m, n, k] : sizes)
        for (index_t const gap : {0, 3}) {
          CAPTURE(m);
          CAPTURE(n);
          CAPTURE(k);
          INFO("transposed: " << (ta == transpose::yes) << (tb == transpose::yes) << ", gap " << gap);
          product one(ta, tb, m, n, k, gap);
          one.problem.accumulate = m == 33;
          CHECK(test::distance(one.run(exec), one.run(oracle)) < 1e-5);
        }
}

TEST_CASE(
    "every combination of an epilogue's parts equals the reference's, with one block of the sum and with several") {
  ACSL_TEST_BACKEND exec;
  acsl::reference oracle;
  for (index_t const k : {20, 530})
    for (unsigned parts = 0; parts < 64; ++parts) {
      if ((parts & 40U) == 40U) continue;  // two addends
      CAPTURE(k);
      CAPTURE(parts);
      product one(transpose::no, transpose::yes, 35, 41, k, 2);
      one.problem.accumulate = parts % 3 == 0;
      CHECK(test::distance(one.run(exec, parts), one.run(oracle, parts)) < 2e-5);
    }
}

TEST_CASE("a product without rows or columns touches nothing") {
  ACSL_TEST_BACKEND exec;
  auto c = test::on(exec, std::vector<float>{5});
  exec.gemm({.m = 0, .n = 3, .k = 2}, nullptr, nullptr, c.data(), {});
  exec.gemm({.m = 3, .n = 0, .k = 2}, nullptr, nullptr, c.data(), {});
  CHECK(test::host(exec, c) == std::vector<float>{5});
}

}  // namespace gemm_tests
