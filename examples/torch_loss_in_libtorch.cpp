// A loss of acsl as a function of LibTorch's autograd: the sweep that makes the value makes the gradient too, in the
// tensor that `backward` hands on. Built where LibTorch is found (Debian: libtorch-dev).
//
// Expected output:
//   loss 2.4980, gradient by hand and by autograd agree: yes
//   after 5 steps of torch::optim::SGD: loss 0.23
#include <torch/torch.h>

#include <acsl/backend/cpu.hpp>
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <cstdio>

namespace {

/// loss(logits [N, C + 1] float, labels [N] int32), a scalar.
struct suppression : torch::autograd::Function<suppression> {
  static torch::Tensor forward(torch::autograd::AutogradContext* context, torch::Tensor logits, torch::Tensor labels) {
    static acsl::cpu exec;
    static acsl::adaptive_class_suppression loss{acsl::class_statistics::from_groups("rcf")};
    static std::uint64_t step = 0;  // another key, another random choice
    auto const z = logits.contiguous(), y = labels.contiguous();
    auto const gradient = torch::empty_like(z);
    auto const result = loss.evaluate(exec, acsl::tensor_view<float const>(z.data_ptr<float>(), {z.size(0), z.size(1)}),
                                      acsl::tensor_view<std::int32_t const>(y.data_ptr<std::int32_t>(), {y.size(0)}),
                                      acsl::tensor_view<float>(gradient.data_ptr<float>(), {z.size(0), z.size(1)}),
                                      acsl::random_key{7}.with(step++));
    context->save_for_backward({gradient});
    return torch::tensor(static_cast<float>(result.value));
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list above) {
    return {context->get_saved_variables()[0] * above[0], torch::Tensor()};
  }
};

}  // namespace

int main() {
  auto logits = torch::tensor({{-1.0F, 0.8F, 2.0F, -0.5F}}).requires_grad_();
  auto const labels = torch::tensor({1}, torch::kInt32);
  auto const loss = suppression::apply(logits, labels);
  loss.backward();
  auto const by_hand = torch::tensor({{0.0F, -0.31003F, 0.88080F, 0.0F}});
  std::printf("loss %.4f, gradient by hand and by autograd agree: %s\n", loss.item<double>(),
              torch::allclose(logits.grad(), by_hand, 1e-4, 1e-5) ? "yes" : "no");

  torch::optim::SGD optimizer({logits}, 0.5);
  double value = 0;
  for (int step = 0; step < 5; ++step) {
    optimizer.zero_grad();
    auto const one = suppression::apply(logits, labels);
    one.backward();
    optimizer.step();
    value = one.item<double>();
  }
  std::printf("after 5 steps of torch::optim::SGD: loss %.2f\n", value);
}
