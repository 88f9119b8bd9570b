// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <cstdint>
#include <type_traits>

namespace acsl {

namespace archetype {

/// Any backend: declared, not defined. What is written for every backend is checked with it where it is declared, so
/// that a loss's header needs no backend that works.
class any_backend {
 public:
  static constexpr bool host_memory = true;
  [[nodiscard]] memory_resource* memory() const;
  void synchronise() const;
  template <class T>
  void copy(tensor_view<T const> from, tensor_view<T> to) const;
  template <class T>
  void copy_from_host(tensor_view<T const> host, tensor_view<T> to) const;
  template <class T>
  void copy_to_host(tensor_view<T const> from, tensor_view<T> host) const;
  template <class T>
  void fill(tensor_view<T> to, std::type_identity_t<T> value) const;
  template <class F>
  void for_each(index_t n, F f, double cost = 1) const;
  template <class Kernel>
  void for_each_row(index_t rows, Kernel kernel, double cost = 2000) const;
  template <class F, class T, class Op>
  T transform_reduce(index_t n, F f, T init, Op op) const;
  template <class T, class U, class Op>
  U reduce(tensor_view<T> x, U init, Op op) const;
  template <class K, class V, class Less>
  void sort_by_key(tensor_view<K> keys, tensor_view<V> values, Less less) const;
  template <class T>
  void top_k(tensor_view<T const> scores, index_t k, tensor_view<std::int32_t> indices) const;
  template <class T>
  std::remove_const_t<T> exclusive_scan(tensor_view<T> in, tensor_view<std::remove_const_t<T>> out) const;
  template <class Flag>
  index_t select(index_t n, Flag flag, tensor_view<std::int32_t> out) const;
  void gemm(gemm_problem const&, float const* a, float const* b, float* c, epilogue const&) const;
  void convolve(convolution_geometry const&, tensor_view<float const> input, tensor_view<float const> weight,
                tensor_view<float> output, epilogue const&) const;
  void convolve_backward_data(convolution_geometry const&, tensor_view<float const> output_gradient,
                              tensor_view<float const> weight, tensor_view<float> input_gradient) const;
  void convolve_backward_weights(convolution_geometry const&, tensor_view<float const> input,
                                 tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) const;
};

}  // namespace archetype

static_assert(backend<archetype::any_backend>);

}  // namespace acsl
