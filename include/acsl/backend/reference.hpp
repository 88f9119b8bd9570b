// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/reference_convolution.hpp>
#include <acsl/backend/detail/top_k_order.hpp>
#include <acsl/backend/gemm.hpp>
#include <algorithm>
#include <numeric>
#include <vector>

namespace acsl {

namespace detail {
template <class T>
using accumulator = std::conditional_t<std::is_floating_point_v<T>, double, T>;
}

/// The oracle: serial, obvious, accumulates in double, never tuned. Every other backend is tested against it.
/// The primitives' meaning stands in concepts.hpp.
class reference {
 public:
  static constexpr bool host_memory = true;

  [[nodiscard]] memory_resource* memory() const { return host_heap(); }
  void synchronise() const {}

  template <class T>
  void copy(tensor_view<T const> from, tensor_view<T> to) const {
    ACSL_EXPECTS(from.size() == to.size(), "copy: both sides have the same size", from.extents(), to.extents());
    std::copy(from.begin(), from.end(), to.begin());
  }
  template <class T>
  void copy_from_host(tensor_view<T const> host, tensor_view<T> to) const {
    copy(host, to);
  }
  template <class T>
  void copy_to_host(tensor_view<T const> from, tensor_view<T> host) const {
    copy(from, host);
  }
  template <class T>
  void fill(tensor_view<T> to, std::type_identity_t<T> value) const {
    std::fill(to.begin(), to.end(), value);
  }

  template <class F>
  void for_each(index_t n, F f, double /*cost*/ = 1) const {
    for (index_t i = 0; i < n; ++i) f(i);
  }
  template <class Kernel>
  void for_each_row(index_t rows, Kernel kernel, double /*cost*/ = 2000) const {
    solo_team team;
    typename Kernel::shared shared;
    for (index_t row = 0; row < rows; ++row) kernel(team, shared, row);
  }

  template <class F, class T, class Op>
  T transform_reduce(index_t n, F f, T init, Op op) const {
    detail::accumulator<T> result = init;
    for (index_t i = 0; i < n; ++i) result = op(result, static_cast<detail::accumulator<T>>(f(i)));
    return static_cast<T>(result);
  }
  template <class T, class U, class Op>
  U reduce(tensor_view<T> x, U init, Op op) const {
    return transform_reduce(
        x.size(), [x](index_t i) { return x[i]; }, init, op);
  }

  template <class K, class V, class Less>
  void sort_by_key(tensor_view<K> keys, tensor_view<V> values, Less less) const {
    ACSL_EXPECTS(keys.size() == values.size(), "sort_by_key: one value per key", keys.size(), values.size());
    std::vector<index_t> order(static_cast<std::size_t>(keys.size()));
    std::iota(order.begin(), order.end(), index_t{0});
    std::stable_sort(order.begin(), order.end(), [&](index_t a, index_t b) { return less(keys[a], keys[b]); });
    std::vector<K> const old_keys(keys.begin(), keys.end());
    std::vector<V> const old_values(values.begin(), values.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
      keys[static_cast<index_t>(i)] = old_keys[static_cast<std::size_t>(order[i])];
      values[static_cast<index_t>(i)] = old_values[static_cast<std::size_t>(order[i])];
    }
  }
  template <class T>
  void top_k(tensor_view<T const> scores, index_t k, tensor_view<std::int32_t> indices) const {
    ACSL_EXPECTS(k <= scores.size() && k == indices.size(), "top_k: k <= number of scores, k indices", k, scores.size(),
                 indices.size());
    std::vector<detail::scored<T>> order;
    for (index_t i = 0; i < scores.size(); ++i) order.push_back({scores[i], static_cast<std::int32_t>(i)});
    std::sort(order.begin(), order.end(), detail::top_k_order{});
    for (index_t i = 0; i < k; ++i) indices[i] = order[static_cast<std::size_t>(i)].index;
  }
  template <class T>
  std::remove_const_t<T> exclusive_scan(tensor_view<T> in, tensor_view<std::remove_const_t<T>> out) const {
    ACSL_EXPECTS(in.size() == out.size(), "exclusive_scan: both sides have the same size", in.size(), out.size());
    std::remove_const_t<T> sum = 0;
    for (index_t i = 0; i < in.size(); ++i) {
      auto const value = in[i];  // in and out may be the same array
      out[i] = sum;
      sum += value;
    }
    return sum;
  }
  template <class Flag>
  index_t select(index_t n, Flag flag, tensor_view<std::int32_t> out) const {
    std::vector<std::int32_t> found;
    for (index_t i = 0; i < n; ++i)
      if (flag(i)) found.push_back(static_cast<std::int32_t>(i));
    auto const count = static_cast<index_t>(found.size());
    ACSL_EXPECTS(count <= out.size(), "select: the output holds every selected index", count, out.size());
    std::copy(found.begin(), found.end(), out.begin());
    return count;
  }

  void gemm(gemm_problem const& p, float const* a, float const* b, float* c, epilogue const& last = {}) const {
    for (index_t i = 0; i < p.m; ++i)
      for (index_t j = 0; j < p.n; ++j) {
        double sum = p.accumulate ? c[i * p.leading_c() + j] : 0.0;
        for (index_t l = 0; l < p.k; ++l)
          sum += double{p.a == transpose::no ? a[i * p.leading_a() + l] : a[l * p.leading_a() + i]} *
                 double{p.b == transpose::no ? b[l * p.leading_b() + j] : b[j * p.leading_b() + l]};
        c[i * p.leading_c() + j] = detail::finish(last, sum, i, j, i * p.leading_c() + j);
      }
  }

  void convolve(convolution_geometry const& g, tensor_view<float const> input, tensor_view<float const> weight,
                tensor_view<float> output, epilogue const& last = {}) const {
    detail::reference_convolve(g, input, weight, output, last);
  }
  void convolve_backward_data(convolution_geometry const& g, tensor_view<float const> output_gradient,
                              tensor_view<float const> weight, tensor_view<float> input_gradient) const {
    detail::reference_convolve_backward_data(g, output_gradient, weight, input_gradient);
  }
  void convolve_backward_weights(convolution_geometry const& g, tensor_view<float const> input,
                                 tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) const {
    detail::reference_convolve_backward_weights(g, input, output_gradient, weight_gradient);
  }
};

static_assert(backend<reference>);

}  // namespace acsl
