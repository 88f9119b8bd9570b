// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cublas_v2.h>

#include <acsl/backend/cuda.cuh>
#include <acsl/backend/gemm.hpp>
#include <string>

namespace acsl {

/// A call of cuBLAS that failed.
class cublas_error : public error {
 public:
  cublas_error(std::string const& call, cublasStatus_t code)
      : error("acsl: cuBLAS: " + call + " failed with " + cublasGetStatusName(code)), code_(code) {}
  [[nodiscard]] cublasStatus_t code() const { return code_; }

 private:
  cublasStatus_t code_;
};

/// `cuda` with cuBLAS for `gemm`: an explicit choice, which needs the library. In float32 without TF32, so that results
/// are as exact as the plain kernel's; the same bits every time on one device and version of the library.
/// Convolutions stay with the tiled kernels.
class cublas_cuda : public cuda {
 public:
  explicit cublas_cuda(cudaStream_t stream = nullptr) : cuda(stream) {
    check(cublasCreate(&handle_), "cublasCreate");
    check(cublasSetStream(handle_, stream), "cublasSetStream");
    check(cublasSetMathMode(handle_, CUBLAS_PEDANTIC_MATH), "cublasSetMathMode");
  }
  ~cublas_cuda() { cublasDestroy(handle_); }

  void gemm(gemm_problem const& p, float const* a, float const* b, float* c, epilogue const& last = {}) const {
    if (p.m == 0 || p.n == 0) return;
    bool const in_place = last.addend == c && last.addend != nullptr;
    index_t const n = p.n, ldc = p.leading_c(), size = (p.m - 1) * ldc + n;
    tensor<float> own({in_place ? size : 0}, memory());
    if (in_place) copy(tensor_view<float const>(c, {size}), own.view());
    if (p.k > 0) {
      float const one = 1, before = p.accumulate ? 1 : 0;
      // Row-major C = A B is column-major Cᵀ = Bᵀ Aᵀ.
      check(cublasSgemm_64(handle_, p.b == transpose::no ? CUBLAS_OP_N : CUBLAS_OP_T,
                           p.a == transpose::no ? CUBLAS_OP_N : CUBLAS_OP_T, p.n, p.m, p.k, &one, b, p.leading_b(), a,
                           p.leading_a(), &before, c, ldc),
            "cublasSgemm");
    } else if (!p.accumulate) {
      for_each(p.m * n, [=] ACSL_HOST_DEVICE(index_t i) { c[i / n * ldc + i % n] = 0; });
    }
    if (!last.row_scale && !last.row_shift && !last.column_shift && !last.addend && !last.relu) return;
    epilogue rest = last;
    if (in_place) rest.addend = own.data();
    for_each(p.m * n, [=] ACSL_HOST_DEVICE(index_t i) {
      index_t const position = i / n * ldc + i % n;
      c[position] = detail::finish(rest, c[position], i / n, i % n, position);
    });
  }

 private:
  static void check(cublasStatus_t code, char const* call) {
    if (code != CUBLAS_STATUS_SUCCESS) throw cublas_error(call, code);
  }
  cublasHandle_t handle_ = nullptr;
};

static_assert(backend<cublas_cuda>);

}  // namespace acsl
