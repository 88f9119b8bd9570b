// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/random_key.hpp>
#include <cstdint>

namespace acsl::synthetic {

/// The numbers of a key, one after the other. What is drawn depends on the key alone, so each image has its own.
class draws {
 public:
  explicit draws(random_key key) : key_(key) {}

  double uniform() { return key_.uniform(next_++); }
  double uniform(double low, double high) { return key_.uniform(next_++, low, high); }
  /// A whole number in [0, count). @pre count > 0
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(key_.below(next_++, static_cast<std::uint64_t>(count)));
  }
  bool chance(double probability) { return uniform() < probability; }

 private:
  random_key key_;
  std::uint64_t next_ = 0;
};

}  // namespace acsl::synthetic
