// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/cpu.hpp>
#include <chrono>

namespace bench {

/// The cpu backend with a meter on its products and convolutions: their floating-point operations (a multiply-add is
/// two; those of the definition, whatever algorithm runs) and the time they take.
class metered_cpu : public acsl::cpu {
 public:
  using acsl::cpu::cpu;

  [[nodiscard]] double flop() const { return flop_; }
  [[nodiscard]] double seconds() const { return seconds_; }
  void reset() { flop_ = seconds_ = 0; }

  void gemm(acsl::gemm_problem const& problem, float const* a, float const* b, float* c,
            acsl::epilogue const& last = {}) {
    meter(static_cast<double>(problem.m * problem.n * problem.k), [&] { acsl::cpu::gemm(problem, a, b, c, last); });
  }
  void convolve(acsl::convolution_geometry const& geometry, acsl::tensor_view<float const> input,
                acsl::tensor_view<float const> weight, acsl::tensor_view<float> output,
                acsl::epilogue const& last = {}) {
    meter(products(geometry, output.size()), [&] { acsl::cpu::convolve(geometry, input, weight, output, last); });
  }
  void convolve_backward_data(acsl::convolution_geometry const& geometry,
                              acsl::tensor_view<float const> output_gradient, acsl::tensor_view<float const> weight,
                              acsl::tensor_view<float> input_gradient) {
    meter(products(geometry, output_gradient.size()),
          [&] { acsl::cpu::convolve_backward_data(geometry, output_gradient, weight, input_gradient); });
  }
  void convolve_backward_weights(acsl::convolution_geometry const& geometry, acsl::tensor_view<float const> input,
                                 acsl::tensor_view<float const> output_gradient,
                                 acsl::tensor_view<float> weight_gradient) {
    meter(products(geometry, output_gradient.size()),
          [&] { acsl::cpu::convolve_backward_weights(geometry, input, output_gradient, weight_gradient); });
  }

 private:
  static double products(acsl::convolution_geometry const& geometry, acsl::index_t outputs) {
    return static_cast<double>(outputs) * static_cast<double>(geometry.weight_shape().elements_from(1));
  }
  template <class F>
  void meter(double multiply_adds, F&& run) {
    auto const begin = std::chrono::steady_clock::now();
    run();
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    flop_ += 2 * multiply_adds;
  }

  double flop_ = 0, seconds_ = 0;
};

}  // namespace bench
