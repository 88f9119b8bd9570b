// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace acsl::detail {

/// The ids of a list of records in ascending order; a rank is a place in it.
class ranked_ids {
 public:
  /// @throws acsl::error when two records have one id
  template <class Record>
  ranked_ids(std::vector<Record> const& records, char const* what) {
    for (Record const& record : records) ids_.push_back(record.id);
    std::sort(ids_.begin(), ids_.end());
    auto const twice = std::adjacent_find(ids_.begin(), ids_.end());
    if (twice != ids_.end()) throw error("acsl: two " + std::string(what) + " have the id " + std::to_string(*twice));
  }
  [[nodiscard]] index_t size() const { return static_cast<index_t>(ids_.size()); }
  /// −1 when no record has the id.
  [[nodiscard]] index_t find(std::int64_t id) const {
    auto const place = std::lower_bound(ids_.begin(), ids_.end(), id);
    return place != ids_.end() && *place == id ? place - ids_.begin() : -1;
  }

 private:
  std::vector<std::int64_t> ids_;
};

/// A set of (category, image) pairs of ranks.
class pair_set {
 public:
  explicit pair_set(index_t images) : images_(images) {}
  void add(index_t category, index_t image) { keys_.push_back(category * images_ + image); }
  void finish() {
    std::sort(keys_.begin(), keys_.end());
    keys_.erase(std::unique(keys_.begin(), keys_.end()), keys_.end());
  }
  [[nodiscard]] bool has(index_t category, index_t image) const {
    return std::binary_search(keys_.begin(), keys_.end(), category * images_ + image);
  }

 private:
  index_t images_;
  std::vector<index_t> keys_;
};

}  // namespace acsl::detail
