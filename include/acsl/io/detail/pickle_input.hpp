// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/byte_source.hpp>
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace acsl::detail {

/// The bytes [first, last) of a source, one after the other.
class pickle_input {
 public:
  pickle_input(byte_source const& source, std::uint64_t first, std::uint64_t last)
      : source_(source), next_(first), last_(last) {}

  /// Of the next byte, in the file.
  [[nodiscard]] std::uint64_t position() const { return next_ - (window_.size() - at_); }
  [[nodiscard]] std::uint64_t left() const { return last_ - position(); }

  std::uint8_t byte() {
    if (at_ == window_.size()) refill();
    return window_[at_++];
  }
  std::uint64_t little_endian(int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i) value |= std::uint64_t{byte()} << 8 * i;
    return value;
  }
  /// So many bytes. Memory is taken only for what is there.
  std::string bytes(std::uint64_t count) {
    if (count > left())
      fail(position(), "asks for " + std::to_string(count) + " bytes, " + std::to_string(left()) + " are left");
    std::string result;
    result.reserve(count);
    while (result.size() < count) {
      if (at_ == window_.size()) refill();
      auto const take = std::min<std::size_t>(count - result.size(), window_.size() - at_);
      result.append(reinterpret_cast<char const*>(window_.data()) + at_, take);
      at_ += take;
    }
    return result;
  }
  /// Up to the end of the line, without it. Names of functions are short.
  std::string line() {
    auto const start = position();
    std::string result;
    for (char c; (c = static_cast<char>(byte())) != '\n';) {
      result += c;
      if (result.size() > 1000) fail(start, "a name of more than 1000 bytes");
    }
    return result;
  }
  [[noreturn]] void fail(std::uint64_t position, std::string const& reason) const {
    throw file_error(source_.name(), "byte " + std::to_string(position), reason);
  }

 private:
  void refill() {
    if (next_ == last_) fail(last_, "the pickle ends here, before it is complete: the file is cut short or damaged");
    window_.resize(std::min<std::uint64_t>(last_ - next_, 1 << 16));
    source_.read(next_, window_);
    next_ += window_.size();
    at_ = 0;
  }

  byte_source const& source_;
  std::uint64_t next_, last_;  // behind the window; behind the pickle
  std::vector<std::uint8_t> window_;
  std::size_t at_ = 0;
};

}  // namespace acsl::detail
