// A loss inside a training loop of one's own: logits and gradient are Eigen matrices, which acsl works on in place. A
// linear classifier learns three blobs of points, of which the last class has a tenth of the others' points.
//
// Expected output:
//   step   0: loss 0.85
//   step 100: loss 0.02, right:  99  99 100 percent of each class
//   step 200: loss 0.01, right:  99 100 100 percent of each class
#include <Eigen/Core>
#include <acsl/backend/cpu.hpp>
#include <acsl/losses/logit_adjustment.hpp>
#include <cstdio>
#include <vector>

int main() {
  using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;  // as acsl lays rows out
  std::vector<double> const points_of_class = {200, 200, 20};
  int const rows = 420;
  matrix x(rows, 3), weight = matrix::Zero(3, 3), logits(rows, 3), gradient(rows, 3);
  std::vector<std::int32_t> labels;
  acsl::random_key const key{1};
  for (int i = 0; i < rows; ++i) {
    labels.push_back(i < 200 ? 0 : i < 400 ? 1 : 2);  // label 0 is column 0: "background" of a detector
    float const centre[3][2] = {{-2, 0}, {2, 0}, {0, 2.5F}};
    for (int d = 0; d < 2; ++d)
      x(i, d) = centre[labels.back()][d] + 0.5F * static_cast<float>(key.normal(static_cast<std::uint64_t>(2 * i + d)));
    x(i, 2) = 1;
  }

  acsl::cpu exec;
  acsl::balanced_softmax loss(points_of_class);  // what the rare class lacks in points it gets as an offset
  for (int step = 0; step <= 200; ++step) {
    logits.noalias() = x * weight.transpose();
    auto const result = loss.evaluate(exec, acsl::tensor_view<float const>(logits.data(), {rows, 3}),
                                      acsl::tensor_view<std::int32_t const>(labels.data(), {rows}),
                                      acsl::tensor_view(gradient.data(), {rows, 3}), key);
    weight.noalias() -= 0.5F * gradient.transpose() * x;
    if (step % 100 != 0) continue;
    std::printf("step %3d: loss %.2f", step, result.value);
    if (step > 0) {
      double right[3] = {};
      for (int i = 0; i < rows; ++i) {
        Eigen::Index best = 0;
        logits.row(i).maxCoeff(&best);
        auto const label = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)]);
        right[label] += best == labels[static_cast<std::size_t>(i)] ? 100 / points_of_class[label] : 0;
      }
      std::printf(", right: %3.0f %3.0f %3.0f percent of each class", right[0], right[1], right[2]);
    }
    std::printf("\n");
  }
}
