// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/backend/cpu.hpp>
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <cstdint>
#include <cstdio>

int main() {
  float const logits[] = {-1.0F, 0.8F, 2.0F, -0.5F};
  std::int32_t const labels[] = {1};
  acsl::cpu exec;
  acsl::adaptive_class_suppression loss{acsl::class_statistics::from_groups("rcf")};
  auto const result = loss.evaluate(exec, acsl::tensor_view<float const>(logits, {1, 4}),
                                    acsl::tensor_view<std::int32_t const>(labels, {1}), acsl::tensor_view<float>(),
                                    acsl::random_key{7});
  std::printf("loss %.4f\n", result.value);
}
