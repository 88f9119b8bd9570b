// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cuda_runtime_api.h>

#include <acsl/backend/detail/cuda_error.cuh>
#include <acsl/core/memory_resource.hpp>
#include <cstdint>

namespace acsl::detail {

/// Device memory from a pool of its own, ordered on a stream: memory that is given back is handed out again without
/// waiting, because what uses it comes later on the same stream. Freed memory stays with the pool until `release`.
/// Not for use by several threads that ask for work on the stream in no fixed order.
class cuda_memory final : public memory_resource {
 public:
  explicit cuda_memory(cudaStream_t stream) : stream_(stream) {
    int device = 0;
    cuda_check(cudaGetDevice(&device), "cudaGetDevice");
    cudaMemPoolProps properties{};
    properties.allocType = cudaMemAllocationTypePinned;
    properties.location.type = cudaMemLocationTypeDevice;
    properties.location.id = device;
    cuda_check(cudaMemPoolCreate(&pool_, &properties), "cudaMemPoolCreate");
    std::uint64_t keep = UINT64_MAX;
    cuda_check(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep), "cudaMemPoolSetAttribute");
  }
  cuda_memory(cuda_memory const&) = delete;
  cuda_memory& operator=(cuda_memory const&) = delete;
  ~cuda_memory() {  // nothing can be reported from here
    static_cast<void>(cudaStreamSynchronize(stream_));
    static_cast<void>(cudaMemPoolDestroy(pool_));
  }

  [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment) override {
    ACSL_EXPECTS(alignment <= 256, "device memory is aligned to 256 bytes", alignment);
    void* data = nullptr;
    cuda_check(cudaMallocFromPoolAsync(&data, bytes, pool_, stream_), "cudaMallocFromPoolAsync");
    return data;
  }
  void deallocate(void* data, std::size_t /*bytes*/, std::size_t /*alignment*/) override {
    static_cast<void>(cudaFreeAsync(data, stream_));  // destructors free: a broken device is reported by the next call
  }

  /// Bytes in use now.
  [[nodiscard]] std::size_t used_bytes() const { return attribute(cudaMemPoolAttrUsedMemCurrent); }
  /// The most bytes in use at once since the start or the last `reset_peak`.
  [[nodiscard]] std::size_t peak_bytes() const { return attribute(cudaMemPoolAttrUsedMemHigh); }
  void reset_peak() {
    std::uint64_t zero = 0;
    cuda_check(cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrUsedMemHigh, &zero), "cudaMemPoolSetAttribute");
  }
  /// Gives what is not in use back to the device.
  void release() {
    cuda_check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
    cuda_check(cudaMemPoolTrimTo(pool_, 0), "cudaMemPoolTrimTo");
  }

 private:
  [[nodiscard]] std::size_t attribute(cudaMemPoolAttr which) const {
    std::uint64_t value = 0;
    cuda_check(cudaMemPoolGetAttribute(pool_, which, &value), "cudaMemPoolGetAttribute");
    return value;
  }

  cudaStream_t stream_;
  cudaMemPool_t pool_ = nullptr;
};

/// What Thrust takes its temporary memory from.
class thrust_memory {
 public:
  using value_type = char;
  explicit thrust_memory(memory_resource* memory) : memory_(memory) {}
  char* allocate(std::ptrdiff_t bytes) {
    return static_cast<char*>(memory_->allocate(static_cast<std::size_t>(bytes), 256));
  }
  void deallocate(char* data, std::size_t bytes) { memory_->deallocate(data, bytes, 256); }

 private:
  memory_resource* memory_;
};

}  // namespace acsl::detail
