// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <thrust/copy.h>
#include <thrust/fill.h>
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/scan.h>
#include <thrust/sort.h>

#include <acsl/backend/concepts.hpp>
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/row_reduction.hpp>
#include <acsl/backend/detail/tiled_convolution.hpp>
#include <acsl/backend/detail/tiled_gemm.hpp>
#include <acsl/backend/detail/top_k_order.hpp>
#include <acsl/backend/gemm.hpp>
#include <utility>

namespace acsl {

/// The primitives on any system of Thrust (3 or later). `thrust_tbb` and `cuda` are this class: what runs on a GPU is
/// what the tests ran, except for the teams. The primitives' meaning stands in concepts.hpp.
///
/// `System` supplies `memory()`, `policy()` (a Thrust execution policy), `synchronise()`, `copy_from_host`,
/// `copy_to_host`, `for_each_row(rows, kernel)`, `host_memory`, and `call(name, f)`, which is f() with Thrust's errors
/// turned into ours.
///
/// Sums, products and convolutions are row kernels in a fixed order: the same bits every time and for any number of
/// threads. They differ in the last bits between systems, whose teams have other sizes.
template <class System>
class thrust_backend : public System {
 public:
  using System::System;

  template <class T>
  void copy(tensor_view<T const> from, tensor_view<T> to) const {
    ACSL_EXPECTS(from.size() == to.size(), "copy: both sides have the same size", from.extents(), to.extents());
    this->call("copy", [&] { thrust::copy(this->policy(), from.begin(), from.end(), to.begin()); });
  }
  template <class T>
  void fill(tensor_view<T> to, std::type_identity_t<T> value) const {
    this->call("fill", [&] { thrust::fill(this->policy(), to.begin(), to.end(), value); });
  }

  template <class F>
  void for_each(index_t n, F f, double /*cost*/ = 1) const {
    if (n <= 0) return;
    this->call("for_each", [&] { thrust::for_each_n(this->policy(), thrust::counting_iterator<index_t>(0), n, f); });
  }

  template <class F, class T, class Op>
  T transform_reduce(index_t n, F f, T init, Op op) const {
    return detail::row_reduction(*this, n, f, init, op);
  }
  template <class T, class U, class Op>
  U reduce(tensor_view<T> x, U init, Op op) const {
    return detail::row_reduction(*this, x.size(), detail::element_of<T>{x.data()}, init, op);
  }

  template <class K, class V, class Less>
  void sort_by_key(tensor_view<K> keys, tensor_view<V> values, Less less) const {
    ACSL_EXPECTS(keys.size() == values.size(), "sort_by_key: one value per key", keys.size(), values.size());
    this->call("sort_by_key",
               [&] { thrust::stable_sort_by_key(this->policy(), keys.begin(), keys.end(), values.begin(), less); });
  }
  template <class T>
  void top_k(tensor_view<T const> scores, index_t k, tensor_view<std::int32_t> indices) const {
    ACSL_EXPECTS(k <= scores.size() && k == indices.size(), "top_k: k <= number of scores, k indices", k, scores.size(),
                 indices.size());
    if (k == 0) return;
    tensor<detail::scored<T>> all(scores.extents(), this->memory());
    auto* const item = all.data();
    for_each(scores.size(), [=] ACSL_HOST_DEVICE(index_t i) { item[i] = {scores[i], static_cast<std::int32_t>(i)}; });
    this->call("top_k", [&] { thrust::sort(this->policy(), item, item + scores.size(), detail::top_k_order{}); });
    for_each(k, [=] ACSL_HOST_DEVICE(index_t i) { indices[i] = item[i].index; });
  }

  template <class T>
  std::remove_const_t<T> exclusive_scan(tensor_view<T> in, tensor_view<std::remove_const_t<T>> out) const {
    using value_type = std::remove_const_t<T>;
    static_assert(std::is_integral_v<value_type>, "acsl: exclusive_scan adds integers");
    ACSL_EXPECTS(in.size() == out.size(), "exclusive_scan: both sides have the same size", in.size(), out.size());
    index_t const n = in.size();
    if (n == 0) return 0;
    tensor<value_type> total({1}, this->memory());
    auto* const sum = total.data();
    for_each(1, [=] ACSL_HOST_DEVICE(index_t) { *sum = in[n - 1]; });  // before the scan, which may be in place
    this->call("exclusive_scan",
               [&] { thrust::exclusive_scan(this->policy(), in.begin(), in.end(), out.begin(), value_type{0}); });
    for_each(1, [=] ACSL_HOST_DEVICE(index_t) { *sum = static_cast<value_type>(*sum + out[n - 1]); });
    return value_at(sum);
  }
  template <class Flag>
  index_t select(index_t n, Flag flag, tensor_view<std::int32_t> out) const {
    tensor<std::int32_t> found({out.size() < n ? n : 0}, this->memory());  // where the output may be too small
    auto* const to = found.empty() ? out.data() : found.data();
    thrust::counting_iterator<std::int32_t> const first(0);
    index_t const count =
        this->call("select", [&] { return thrust::copy_if(this->policy(), first, first + n, to, flag) - to; });
    ACSL_EXPECTS(count <= out.size(), "select: the output holds every selected index", count, out.size());
    if (!found.empty()) copy(std::as_const(found).view().slice(0, count), out.slice(0, count));
    return count;
  }

  void gemm(gemm_problem const& problem, float const* a, float const* b, float* c, epilogue const& last = {}) const {
    detail::tiled_gemm(*this, problem, a, b, c, last);
  }
  void convolve(convolution_geometry const& geometry, tensor_view<float const> input, tensor_view<float const> weight,
                tensor_view<float> output, epilogue const& last = {}) const {
    geometry.expect(input.extents(), weight.extents(), output.extents());
    detail::tiled_convolve(*this, geometry, input, weight, output, last);
  }
  void convolve_backward_data(convolution_geometry const& geometry, tensor_view<float const> output_gradient,
                              tensor_view<float const> weight, tensor_view<float> input_gradient) const {
    geometry.expect(input_gradient.extents(), weight.extents(), output_gradient.extents());
    detail::tiled_convolve_backward_data(*this, geometry, output_gradient, weight, input_gradient);
  }
  void convolve_backward_weights(convolution_geometry const& geometry, tensor_view<float const> input,
                                 tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) const {
    geometry.expect(input.extents(), weight_gradient.extents(), output_gradient.extents());
    detail::tiled_convolve_backward_weights(*this, geometry, input, output_gradient, weight_gradient);
  }

  /// One element of the backend's memory.
  template <class T>
  T value_at(T const* position) const {
    T value;
    this->copy_to_host(tensor_view<T const>(position, {1}), tensor_view<T>(&value, {1}));
    return value;
  }
};

}  // namespace acsl
