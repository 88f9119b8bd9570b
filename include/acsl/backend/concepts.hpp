// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>
#include <acsl/core/tensor.hpp>
#include <concepts>

/// What a backend is: an execution context, passed first to every operation, that says where loops run. It supplies the
/// primitives below as members; algorithms are written once, on the primitives. All pointers handed to a primitive lie
/// in memory that the backend can reach (`host_memory` tells whether that is the host's). Calls are ordered: a later
/// call sees what an earlier one wrote. Function objects are trivially copyable and, for GPUs, callable on the device.
///
/// | primitive | meaning | order of sums |
/// |---|---|---|
/// | `memory()` | `memory_resource*` for `acsl::tensor` | |
/// | `copy(from, to)`, `fill(to, value)` | elementwise, same size, no overlap | |
/// | `copy_from_host(host, to)`, `copy_to_host(from, host)` | the same across; done when they return | |
/// | `for_each(n, f, cost)` | `f(i)` for i in [0, n), any order; `cost`: rough nanoseconds a call, for the grain | |
/// | `for_each_row(rows, kernel, cost)` | `kernel(team, shared, row)`, see team.hpp; `cost`: the same a row | |
/// | `transform_reduce(n, f, init, op)` | op over init and f(i), i in [0, n) | fixed: same bits on any thread count |
/// | `reduce(x, init, op)` | the same over a view | the same |
/// | `sort_by_key(keys, values, less)` | stable, both arrays in place | |
/// | `top_k(scores, k, indices)` | indices of the k largest, descending; ties: lower index first; NaN last | |
/// | `exclusive_scan(in, out)` | out[i] = in[0] + … + in[i−1]; returns the total; integers | |
/// | `select(n, flag, out)` | indices i with flag(i), ascending, into out; returns their number | |
/// | `gemm(problem, a, b, c, epilogue)` | gemm.hpp | fixed |
/// | `convolve(geometry, input, weight, output, epilogue)` | overwrites output | fixed |
/// | `convolve_backward_data(geometry, output_gradient, weight, input_gradient)` | overwrites input_gradient | fixed |
/// | `convolve_backward_weights(geometry, input, output_gradient, weight_gradient)` | **adds** | fixed |
/// | `synchronise()` | waits until everything asked for is done (nothing on a CPU) | |
///
/// `copy`, `top_k`, `exclusive_scan`, `select`, `sort_by_key` and the convolutions check sizes and shapes and throw
/// `acsl::error`; `gemm` has only pointers to go by.
namespace acsl {

struct convolution_geometry;  // backends pass them by reference: who calls a product includes gemm.hpp
struct epilogue;
struct gemm_problem;

namespace archetype {  // named stand-ins for what callers pass; nvcc rejects lambdas in a requires expression
struct index_function {
  ACSL_HOST_DEVICE void operator()(index_t) const {}
};
struct index_value {
  ACSL_HOST_DEVICE float operator()(index_t) const { return 0; }
};
struct index_flag {
  ACSL_HOST_DEVICE bool operator()(index_t) const { return false; }
};
struct row_kernel {
  using shared = no_shared;
  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team&, shared&, index_t) const {}
};
struct less {
  ACSL_HOST_DEVICE bool operator()(float a, float b) const { return a < b; }
};
}  // namespace archetype

template <class B>
concept has_memory = requires(B& exec, tensor_view<float const> from, tensor_view<float> to) {
  { exec.memory() } -> std::convertible_to<memory_resource*>;
  { B::host_memory } -> std::convertible_to<bool>;
  exec.copy(from, to);
  exec.copy_from_host(from, to);
  exec.copy_to_host(from, to);
  exec.fill(to, 0.0F);
  exec.synchronise();
};
template <class B>
concept has_loops = requires(B& exec, archetype::index_function f) {
  exec.for_each(index_t{}, f, 1.0);
};
template <class B>
concept has_rows = requires(B& exec, archetype::row_kernel kernel) {
  exec.for_each_row(index_t{}, kernel);
};
template <class B>
concept has_reductions = requires(B& exec, archetype::index_value f, tensor_view<float const> x) {
  { exec.transform_reduce(index_t{}, f, 0.0F, plus{}) } -> std::same_as<float>;
  { exec.reduce(x, 0.0F, plus{}) } -> std::same_as<float>;
};
template <class B>
concept has_selection = requires(B& exec, tensor_view<float> keys, tensor_view<float const> scores,
                                 tensor_view<std::int32_t> values, tensor_view<std::int32_t const> counts,
                                 archetype::index_flag flag) {
  exec.sort_by_key(keys, values, archetype::less{});
  exec.top_k(scores, index_t{}, values);
  { exec.exclusive_scan(counts, values) } -> std::same_as<std::int32_t>;
  { exec.select(index_t{}, flag, values) } -> std::same_as<index_t>;
};
template <class B>
concept has_products = requires(B& exec, gemm_problem const& problem, float const* in, float* out,
                                epilogue const& last) {
  exec.gemm(problem, in, in, out, last);
};
template <class B>
concept has_convolutions = requires(B& exec, convolution_geometry const& geometry, tensor_view<float const> in,
                                    tensor_view<float> out, epilogue const& last) {
  exec.convolve(geometry, in, in, out, last);
  exec.convolve_backward_data(geometry, in, in, out);
  exec.convolve_backward_weights(geometry, in, in, out);
};

template <class B>
concept backend = has_memory<B> && has_loops<B> && has_rows<B> && has_reductions<B> && has_selection<B> &&
    has_products<B> && has_convolutions<B>;

}  // namespace acsl
