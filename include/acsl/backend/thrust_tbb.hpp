// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <thrust/system/tbb/execution_policy.h>

#include <acsl/backend/detail/memory_pool.hpp>
#include <acsl/backend/thrust.hpp>
#include <algorithm>

namespace acsl {

namespace detail {

/// `kernel` with a team of one, as a function of the row.
template <class Kernel>
struct solo_row {
  Kernel kernel;
  void operator()(index_t row) const {
    solo_team team;
    typename Kernel::shared shared;
    kernel(team, shared, row);
  }
};

class tbb_system {
 public:
  static constexpr bool host_memory = true;

  [[nodiscard]] memory_pool* memory() const { return &host_pool(); }
  [[nodiscard]] auto policy() const { return thrust::tbb::par; }
  void synchronise() const {}
  template <class F>
  decltype(auto) call(char const*, F&& f) const {
    return std::forward<F>(f)();
  }

  template <class T>
  void copy_from_host(tensor_view<T const> host, tensor_view<T> to) const {
    ACSL_EXPECTS(host.size() == to.size(), "copy: both sides have the same size", host.extents(), to.extents());
    std::copy(host.begin(), host.end(), to.begin());
  }
  template <class T>
  void copy_to_host(tensor_view<T const> from, tensor_view<T> host) const {
    copy_from_host(from, host);
  }
  template <class Kernel>
  void for_each_row(index_t rows, Kernel kernel, double /*cost*/ = 2000) const {
    if (rows > 0)
      thrust::for_each_n(policy(), thrust::counting_iterator<index_t>(0), rows, solo_row<Kernel>{std::move(kernel)});
  }
};

}  // namespace detail

/// Thrust on its oneTBB system: compiled by an ordinary compiler, with the headers of CCCL 3 and
/// `-DTHRUST_DEVICE_SYSTEM=THRUST_DEVICE_SYSTEM_TBB`. Loops run in the caller's oneTBB arena. Slower than `cpu`: it
/// exists so that tests run the code of the GPU backend.
using thrust_tbb = thrust_backend<detail::tbb_system>;

static_assert(backend<thrust_tbb>);

}  // namespace acsl
