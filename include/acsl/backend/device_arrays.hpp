// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <vector>

namespace acsl {

/// Small host tables where a kernel can read them: the tables themselves on a backend that works in host memory, copies
/// on any other. Lives as long as the kernel that reads them.
template <backend Backend>
class device_arrays {
 public:
  explicit device_arrays(Backend& exec) : exec_(&exec) {}

  /// Null for an empty table. The host table must outlive this object.
  template <class T>
  T const* operator()(std::vector<T> const& host) {
    if (host.empty()) return nullptr;
    if constexpr (Backend::host_memory) {
      return host.data();
    } else {
      auto const bytes = static_cast<index_t>(host.size() * sizeof(T));
      copies_.emplace_back(shape{bytes}, exec_->memory());
      exec_->copy_from_host(
          tensor_view<unsigned char const>(reinterpret_cast<unsigned char const*>(host.data()), {bytes}),
          copies_.back().view());
      return reinterpret_cast<T const*>(copies_.back().data());
    }
  }

 private:
  Backend* exec_;
  std::vector<tensor<unsigned char>> copies_;
};

}  // namespace acsl
