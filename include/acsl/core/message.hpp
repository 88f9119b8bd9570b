// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/decimal.hpp>
#include <concepts>
#include <new>
#include <vector>

namespace acsl {

/// The text of an error, put together from parts: texts, numbers as std::to_string writes them, "true" and "false", and
/// what has a `to_string()`. Copies throw nothing, as exceptions must be copied; where the memory for one is not to be
/// had, the copy says so. Stands in for std::string, which is 10,000 lines, in headers that shall stay small.
class message {
 public:
  message() : text_(1, '\0') {}
  template <class First, class... Rest>
  requires(sizeof...(Rest) > 0 || !std::same_as<First, message>) message(First const& first, Rest const&... rest)
      : message() {  // NOLINT(google-explicit-constructor)
    *this += first;
    ((*this += rest), ...);
  }
  message(message&&) noexcept = default;
  message(message const& other) noexcept {
    try {
      text_ = other.text_;
    } catch (std::bad_alloc const&) {
    }
  }
  message& operator=(message other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~message() = default;

  message& operator+=(char const* part) {
    if (!text_.empty()) text_.pop_back();
    while (*part) text_.push_back(*part++);
    text_.push_back('\0');
    return *this;
  }
  message& operator+=(bool part) { return *this += part ? "true" : "false"; }
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number> message& operator+=(Number part) {
    if constexpr (std::integral<Number>) return *this += decimal(part).c_str();
    else return *this += decimal(static_cast<double>(part)).c_str();
  }
  template <class Text>
  requires requires(Text const& text) { text.c_str(); }
  message& operator+=(Text const& part) { return *this += part.c_str(); }
  template <class Value>
  requires requires(Value const& value) { value.to_string(); }
  message& operator+=(Value const& part) { return *this += part.to_string(); }

  [[nodiscard]] char const* c_str() const noexcept {
    return text_.empty() ? "no memory was left to copy the text of this error" : text_.data();
  }

 private:
  std::vector<char> text_;
};

}  // namespace acsl
