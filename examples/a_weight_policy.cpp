// A loss of one's own is a weight: here binary cross-entropy in which confident negatives count nothing, in 20 lines
// between the marks. It runs on every backend, with labels, row weights, scores and the rest from the library.
//
// Expected output:
//   loss 1.2873
//   gradient  0.000 -0.269  0.622
// [policy]
#include <acsl/backend/cpu.hpp>
#include <acsl/losses/sigmoid_rules.hpp>
#include <acsl/losses/weighted_bce.hpp>

struct hard_negatives : acsl::sigmoid_rules {
  double easy = -2;  // negatives with a logit below count nothing

  struct device {
    double easy;
    template <class T>
    ACSL_LEAF T operator()(T z, bool target, acsl::row_word const&, std::int32_t) const {
      return acsl::blend(!target & (z < static_cast<T>(easy)), T(0), T(1));
    }
  };
  template <class Place>
  device on_device(Place&&, acsl::row_plan const&, acsl::index_t) const {
    return {easy};
  }
};
using hard_negative_loss = acsl::sigmoid_loss<acsl::weighted_bce<hard_negatives>>;
static_assert(acsl::classification_loss<hard_negative_loss>);
// [policy]
#include <cstdio>

int main() {
  float const logits[] = {-3, 1, 0.5F};  // background, class 1, class 2
  std::int32_t const labels[] = {1};
  float gradient[3];
  acsl::cpu exec;
  hard_negative_loss loss;
  auto const result = loss.evaluate(exec, acsl::tensor_view(logits, {1, 3}), acsl::tensor_view(labels, {1}),
                                    acsl::tensor_view(gradient, {1, 3}), acsl::random_key{0});
  std::printf("loss %.4f\ngradient %6.3f %6.3f %6.3f\n", result.value, static_cast<double>(gradient[0]),
              static_cast<double>(gradient[1]), static_cast<double>(gradient[2]));
}
