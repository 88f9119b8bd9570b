// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <acsl/backend/concepts.hpp>
#include <acsl/backend/convolution.hpp>
#include <acsl/backend/detail/cpu_convolution.hpp>
#include <acsl/backend/detail/cpu_gemm.hpp>
#include <acsl/backend/detail/fixed_chunks.hpp>
#include <acsl/backend/detail/fork_join.hpp>
#include <acsl/backend/detail/memory_pool.hpp>
#include <acsl/backend/detail/parallel_selection.hpp>
#include <acsl/backend/gemm.hpp>
#include <algorithm>
#include <cstring>
#include <optional>

namespace acsl {

/// The processor's cores: oneTBB for the loops, a caching pool for memory, packed SIMD kernels for products. The
/// primitives' meaning stands in concepts.hpp. Every result has the same bits for any number of threads.
///
/// An object may be used by several threads at once. Memory comes from one pool for the whole process, so tensors may
/// outlive the object that made them. Function objects may call primitives themselves.
class cpu {
 public:
  static constexpr bool host_memory = true;

  /// @param threads how many threads may work at once, the calling one included; 0: as many as the process may use
  explicit cpu(int threads = 0)
      : threads_(threads == 0 ? tbb::info::default_concurrency() : threads), arena_(checked(threads_)) {
    if (threads_ > tbb::info::default_concurrency())  // more than cores: oneTBB must be told
      control_.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads_));
  }
  cpu(cpu const&) = delete;
  cpu& operator=(cpu const&) = delete;

  [[nodiscard]] int threads() const { return threads_; }
  [[nodiscard]] detail::memory_pool* memory() const { return &detail::host_pool(); }
  void synchronise() const {}

  template <class T>
  void copy(tensor_view<T const> from, tensor_view<T> to) const {
    ACSL_EXPECTS(from.size() == to.size(), "copy: both sides have the same size", from.extents(), to.extents());
    for_each_range(from.size(), 0.1 * sizeof(T), [=](index_t begin, index_t end) {
      std::memcpy(to.data() + begin, from.data() + begin, static_cast<std::size_t>(end - begin) * sizeof(T));
    });
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
    for_each_range(to.size(), 0.05 * sizeof(T),
                   [=](index_t begin, index_t end) { std::fill(to.data() + begin, to.data() + end, value); });
  }

  template <class F>
  void for_each(index_t n, F f, double cost = 1) const {
    for_each_range(n, cost, [f](index_t begin, index_t end) {
      F const local = f;  // a copy that provably aliases nothing, so that the loop can be vectorised
      for (index_t i = begin; i < end; ++i) local(i);
    });
  }
  template <class Kernel>
  void for_each_row(index_t rows, Kernel kernel, double cost = 2000) const {
    for_each_range(rows, cost, [kernel](index_t begin, index_t end) {
      solo_team team;
      typename Kernel::shared shared;
      for (index_t row = begin; row < end; ++row) kernel(team, shared, row);
    });
  }
  /// f(i) for i in [0, tasks), each a task of its own: for kernels that choose their chunks themselves.
  template <class F>
  void parallel_for(index_t tasks, F const& f) const {
    if (threads_ == 1 || tasks <= 1) {
      for (index_t i = 0; i < tasks; ++i) f(i);
      return;
    }
    detail::fork_join order;
    arena_.execute([&]() ACSL_UNWATCHED {
      tbb::parallel_for(
          tbb::blocked_range<index_t>(0, tasks, 1),
          [&](tbb::blocked_range<index_t> const& range) ACSL_UNWATCHED {
            for (index_t i = range.begin(); i < range.end(); ++i) order.run(f, i);
          },
          tbb::simple_partitioner{});
    });
    order.join();
  }

  template <class F, class T, class Op>
  T transform_reduce(index_t n, F f, T init, Op op) const {
    if (n <= 0) return init;
    detail::fixed_chunks const chunks{n, detail::reduction_chunk};
    if (chunks.count() == 1) return op(init, detail::reduce_chunk<T>(0, n, f, op));
    tensor<T> partial({chunks.count()}, memory());
    T* const part = partial.data();
    parallel_for(chunks.count(), [=](index_t chunk) {
      part[chunk] = detail::reduce_chunk<T>(chunks.begin(chunk), chunks.end(chunk), f, op);
    });
    for (index_t chunk = 0; chunk < chunks.count(); ++chunk) init = op(init, part[chunk]);
    return init;
  }
  template <class T, class U, class Op>
  U reduce(tensor_view<T> x, U init, Op op) const {
    return transform_reduce(
        x.size(), [x](index_t i) { return x[i]; }, init, op);
  }

  template <class K, class V, class Less>
  void sort_by_key(tensor_view<K> keys, tensor_view<V> values, Less less) const {
    ACSL_EXPECTS(keys.size() == values.size(), "sort_by_key: one value per key", keys.size(), values.size());
    detail::parallel_sort_by_key(*this, keys, values, less);
  }
  template <class T>
  void top_k(tensor_view<T const> scores, index_t k, tensor_view<std::int32_t> indices) const {
    ACSL_EXPECTS(k <= scores.size() && k == indices.size(), "top_k: k <= number of scores, k indices", k, scores.size(),
                 indices.size());
    detail::parallel_top_k(*this, scores, k, indices);
  }
  template <class T>
  std::remove_const_t<T> exclusive_scan(tensor_view<T> in, tensor_view<std::remove_const_t<T>> out) const {
    ACSL_EXPECTS(in.size() == out.size(), "exclusive_scan: both sides have the same size", in.size(), out.size());
    return detail::parallel_exclusive_scan(*this, tensor_view<std::remove_const_t<T> const>(in), out);
  }
  template <class Flag>
  index_t select(index_t n, Flag flag, tensor_view<std::int32_t> out) const {
    return detail::parallel_select(*this, n, flag, out);
  }

  void gemm(gemm_problem const& problem, float const* a, float const* b, float* c, epilogue const& last = {}) const {
    detail::cpu_gemm(*this, problem, a, b, c, last);
  }
  void convolve(convolution_geometry const& geometry, tensor_view<float const> input, tensor_view<float const> weight,
                tensor_view<float> output, epilogue const& last = {}) const {
    geometry.expect(input.extents(), weight.extents(), output.extents());
    detail::cpu_convolve(*this, geometry, input, weight, output, last);
  }
  void convolve_backward_data(convolution_geometry const& geometry, tensor_view<float const> output_gradient,
                              tensor_view<float const> weight, tensor_view<float> input_gradient) const {
    geometry.expect(input_gradient.extents(), weight.extents(), output_gradient.extents());
    detail::cpu_convolve_backward_data(*this, geometry, output_gradient, weight, input_gradient);
  }
  void convolve_backward_weights(convolution_geometry const& geometry, tensor_view<float const> input,
                                 tensor_view<float const> output_gradient, tensor_view<float> weight_gradient) const {
    geometry.expect(input.extents(), weight_gradient.extents(), output_gradient.extents());
    detail::cpu_convolve_backward_weights(*this, geometry, input, output_gradient, weight_gradient);
  }

 private:
  static int checked(int threads) {
    ACSL_EXPECTS(threads > 0, "acsl::cpu: the number of threads is positive, or 0 for all", threads);
    return threads;
  }
  /// body(begin, end) over [0, n) in pieces of at least `grain_ns`, a few for each thread. For bodies whose result does
  /// not depend on where the pieces are cut.
  template <class Body>
  void for_each_range(index_t n, double cost_ns, Body const& body) const {
    if (n <= 0) return;
    constexpr double grain_ns = 20'000;
    double const work = static_cast<double>(n) * cost_ns;
    auto const pieces = std::min({n, index_t{8} * threads_, static_cast<index_t>(work / grain_ns)});
    if (threads_ == 1 || pieces <= 1) return body(0, n);
    parallel_for(pieces, [&](index_t i) { body(n * i / pieces, n * (i + 1) / pieces); });
  }

  int threads_;
  std::optional<tbb::global_control> control_;
  mutable tbb::task_arena arena_;
};

static_assert(backend<cpu>);

}  // namespace acsl
