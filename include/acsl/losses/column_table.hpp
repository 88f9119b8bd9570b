// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <concepts>
#include <cstdint>
#include <utility>
#include <vector>

namespace acsl {

/// One number per column, kept in double and in float: a sweep in float that read doubles would convert every one of
/// them in every row.
class column_table {
 public:
  /// The table where a sweep reads it.
  struct device {
    double const* exact;
    float const* rounded;
    template <class T>
    ACSL_LEAF T at(std::int32_t column) const {
      if constexpr (std::same_as<T, float>) return rounded[column];
      else return static_cast<T>(exact[column]);
    }
  };

  column_table() = default;
  explicit column_table(std::vector<double> numbers)
      : exact_(std::move(numbers)), rounded_(exact_.begin(), exact_.end()) {}

  [[nodiscard]] std::size_t size() const { return exact_.size(); }
  /// @param place `device_arrays`; this table must outlive it
  template <class Place>
  [[nodiscard]] device on_device(Place&& place) const {
    return {place(exact_), place(rounded_)};
  }

 private:
  std::vector<double> exact_;
  std::vector<float> rounded_;
};

}  // namespace acsl
