// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cuda_runtime_api.h>
#include <thrust/system/system_error.h>

#include <acsl/core/error.hpp>
#include <string>
#include <utility>

namespace acsl {

/// A call of the CUDA runtime that failed: which one, where, and why. Work on a GPU runs later than the call that asked
/// for it: a kernel's fault may be reported by a later call.
class cuda_error : public error {
 public:
  cuda_error(std::string const& call, detail::place where, cudaError_t code)
      : error("acsl: CUDA: " + call + " failed with " + cudaGetErrorName(code) + " (" + cudaGetErrorString(code) +
              ") at " + where.file + ":" + std::to_string(where.line)),
        code_(code) {}
  [[nodiscard]] cudaError_t code() const { return code_; }

 private:
  cudaError_t code_;
};

namespace detail {

/// @throws cuda_error unless `code` is success
inline void cuda_check(cudaError_t code, char const* call, char const* file = __builtin_FILE(),
                       int line = __builtin_LINE()) {
  if (code == cudaSuccess) return;
  cudaGetLastError();  // the next call must not report this one again
  throw cuda_error(call, {file, line}, code);
}

/// f(), with Thrust's errors turned into ours.
template <class F>
decltype(auto) cuda_call(char const* name, F&& f, char const* file = __builtin_FILE(), int line = __builtin_LINE()) {
  try {
    return std::forward<F>(f)();
  } catch (thrust::system_error const& e) {
    cudaGetLastError();
    throw cuda_error(name, {file, line}, static_cast<cudaError_t>(e.code().value()));
  }
}

}  // namespace detail
}  // namespace acsl
