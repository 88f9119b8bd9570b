// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/shape.hpp>
#include <acsl/io/image.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace acsl::detail {

/// Decoded images, kept until the limit is reached and never evicted: an epoch visits every image once, in another
/// order each time, so a full cache that changes its contents would hit no more often. Thread-safe.
class image_cache {
 public:
  explicit image_cache(std::size_t limit_bytes) : limit_(limit_bytes) {}

  /// The image of a position; `load()` makes it, outside the lock, when it is not there.
  template <class Load>
  std::shared_ptr<image8 const> get(index_t position, Load&& load) {
    if (limit_ == 0) return std::make_shared<image8 const>(load());
    {
      std::lock_guard const lock(mutex_);
      if (auto const found = images_.find(position); found != images_.end()) return found->second;
    }
    auto image = std::make_shared<image8 const>(load());
    std::lock_guard const lock(mutex_);
    if (image->pixels.size() <= limit_ - used_ && images_.emplace(position, image).second)
      used_ += image->pixels.size();
    return image;
  }

 private:
  std::size_t const limit_;
  std::size_t used_ = 0;
  std::mutex mutex_;
  std::unordered_map<index_t, std::shared_ptr<image8 const>> images_;
};

}  // namespace acsl::detail
