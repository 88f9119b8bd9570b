// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <cstdint>
#include <string>

namespace acsl {

/// How much memory a file may ask for. Readers of files that may come from anywhere charge what they are about to
/// allocate: a small file cannot make a program allocate much.
class memory_budget {
 public:
  /// Room for the largest published detectors with the state of their optimizers, several times over.
  static constexpr std::uint64_t usual_bytes = std::uint64_t{8} << 30;

  explicit memory_budget(std::uint64_t bytes = usual_bytes) : limit_(bytes), left_(bytes) {}

  /// @throws acsl::file_error when the file has asked for more than the limit
  void charge(std::uint64_t bytes, std::string const& file) {
    if (bytes > left_)
      throw file_error(file, "its content needs more memory than the limit of " + std::to_string(limit_ >> 20) +
                                 " MiB: " + std::to_string(bytes) + " bytes more");
    left_ -= bytes;
  }
  /// What was charged and is free again.
  void release(std::uint64_t bytes) { left_ += bytes; }

 private:
  std::uint64_t limit_, left_;
};

}  // namespace acsl
