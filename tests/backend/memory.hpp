// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <cstdint>
#include <support/backend_memory.hpp>
#include <utility>

namespace memory_tests {

TEST_CASE("what is copied to a backend, inside it and back is unchanged") {
  ACSL_TEST_BACKEND exec;
  for (acsl::index_t const n : {0, 1, 31, 33, 100003}) {
    CAPTURE(n);
    auto const values = test::uniform_floats(n, 1);
    auto const first = test::on(exec, values);
    acsl::tensor<float> second({n}, exec.memory());
    exec.copy(first.view(), second.view());
    exec.synchronise();
    CHECK(test::host(exec, second) == values);
    if (n > 0) CHECK(reinterpret_cast<std::uintptr_t>(second.data()) % acsl::tensor<float>::alignment == 0);
  }
}

TEST_CASE("fill writes every element of its view and no other, for any element type") {
  ACSL_TEST_BACKEND exec;
  auto floats = test::on(exec, std::vector<float>(70, 2.0F));
  exec.fill(floats.view().slice(3, 64), -1.5F);
  auto const filled = test::host(exec, floats);
  for (std::size_t i = 0; i < 70; ++i) REQUIRE(filled[i] == (i >= 3 && i < 67 ? -1.5F : 2.0F));
  exec.fill(floats.view().slice(5, 0), 9.0F);
  CHECK(test::host(exec, floats) == filled);
  acsl::tensor<std::int32_t> numbers({33}, exec.memory());
  exec.fill(numbers.view(), -7);
  CHECK(test::host(exec, numbers) == std::vector<std::int32_t>(33, -7));
  acsl::tensor<std::uint8_t> bytes({100001}, exec.memory());
  exec.fill(bytes.view(), 200);
  CHECK(test::host(exec, bytes) == std::vector<std::uint8_t>(100001, 200));
}

TEST_CASE("arrays of different sizes are not copied into each other") {
  ACSL_TEST_BACKEND exec;
  std::vector<float> values(3);
  acsl::tensor_view<float> const view(values.data(), {3});
  acsl::tensor<float> four({4}, exec.memory()), three({3}, exec.memory());
  CHECK_THROWS_AS(exec.copy(std::as_const(three).view(), four.view()), acsl::error);
  CHECK_THROWS_AS(exec.copy_from_host(acsl::tensor_view<float const>(view), four.view()), acsl::error);
  CHECK_THROWS_AS(exec.copy_to_host(std::as_const(four).view(), view), acsl::error);
}

}  // namespace memory_tests
