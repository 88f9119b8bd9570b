// A rare class is suppressed by every sample of every other class in an ordinary loss. The adaptive class suppression
// loss pushes a class down only where the classifier confuses it with the sample's own: here "common", at p = 0.88.
//
// Expected output:
//   loss 2.4980
//   gradient: background 0.000  rare -0.310  common 0.881  frequent 0.000
//
// README.md shows the part between the two marks.
// [program]
#include <acsl/backend/cpu.hpp>
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <cstdio>

int main() {
  float const logits[] = {-1.0F, 0.8F, 2.0F, -0.5F};  // one region; column 0 is background
  std::int32_t const labels[] = {1};                  // its class: the rare one
  float gradient[4];

  acsl::cpu exec;  // where loops run: all cores
  acsl::adaptive_class_suppression loss{acsl::class_statistics::from_groups("rcf")};
  auto const result = loss.evaluate(exec, acsl::tensor_view(logits, {1, 4}), acsl::tensor_view(labels, {1}),
                                    acsl::tensor_view(gradient, {1, 4}), acsl::random_key{7});

  std::printf("loss %.4f\n", result.value);
  std::printf("gradient: background %.3f  rare %.3f  common %.3f  frequent %.3f\n", gradient[0], gradient[1],
              gradient[2], gradient[3]);
}
// [program]
