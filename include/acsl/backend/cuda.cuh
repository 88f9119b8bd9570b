// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <thrust/system/cuda/execution_policy.h>

#include <acsl/backend/detail/cuda_memory.cuh>
#include <acsl/backend/detail/run_rows.cuh>
#include <acsl/backend/thrust.hpp>
#include <algorithm>

namespace acsl {

namespace detail {

class cuda_system {
 public:
  static constexpr bool host_memory = false;

  explicit cuda_system(cudaStream_t stream) : stream_(stream), memory_(stream), temporary_(&memory_) {}

  [[nodiscard]] cudaStream_t stream() const { return stream_; }
  [[nodiscard]] cuda_memory* memory() const { return &memory_; }
  [[nodiscard]] auto policy() const { return thrust::cuda::par_nosync(temporary_).on(stream_); }
  void synchronise() const { cuda_check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }
  template <class F>
  decltype(auto) call(char const* name, F&& f) const {
    return cuda_call(name, std::forward<F>(f));
  }

  template <class T>
  void copy_from_host(tensor_view<T const> host, tensor_view<T> to) const {
    ACSL_EXPECTS(host.size() == to.size(), "copy: both sides have the same size", host.extents(), to.extents());
    transfer(to.data(), host.data(), static_cast<std::size_t>(host.size()) * sizeof(T), cudaMemcpyHostToDevice);
  }
  template <class T>
  void copy_to_host(tensor_view<T const> from, tensor_view<T> host) const {
    ACSL_EXPECTS(from.size() == host.size(), "copy: both sides have the same size", from.extents(), host.extents());
    transfer(host.data(), from.data(), static_cast<std::size_t>(host.size()) * sizeof(T), cudaMemcpyDeviceToHost);
  }

  template <class Kernel>
  void for_each_row(index_t rows, Kernel kernel, double /*cost*/ = 2000) const {
    if (rows <= 0) return;
    constexpr int size = team_size_of<Kernel>();
    auto const blocks = static_cast<unsigned>(std::min<index_t>(rows, INT32_MAX));
    run_rows<size><<<blocks, size, 0, stream_>>>(kernel, rows);
    cuda_check(cudaGetLastError(), "the launch of a row kernel");
  }

 private:
  void transfer(void* to, void const* from, std::size_t bytes, cudaMemcpyKind kind) const {
    if (bytes > 0) cuda_check(cudaMemcpyAsync(to, from, bytes, kind, stream_), "cudaMemcpyAsync");
    synchronise();
  }

  cudaStream_t stream_;
  mutable cuda_memory memory_;
  mutable thrust_memory temporary_;
};

}  // namespace detail

/// A CUDA device, in the order of one stream: Thrust for loops, sorting and scans, CUB for teams, tiled kernels for
/// products and convolutions (`cublas.cuh` has another product). A call returns before its work is done, unless it
/// returns a value or copies to or from the host. Nothing is added atomically: the same bits every time.
///
/// Works on the device that was current when it was made. Tensors made with `memory()` must not outlive it.
/// @throws cuda_error where a call of the runtime fails, in the constructor where there is no device
class cuda : public thrust_backend<detail::cuda_system> {
 public:
  /// @param stream the caller's, which must outlive this object; the default stream by default
  explicit cuda(cudaStream_t stream = nullptr) : thrust_backend(stream) {}
  cuda(cuda const&) = delete;
  cuda& operator=(cuda const&) = delete;
};

static_assert(backend<cuda>);

}  // namespace acsl
