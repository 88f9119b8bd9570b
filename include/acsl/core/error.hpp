// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <stdexcept>
#include <string>
#include <type_traits>

namespace acsl {

/// Every failure that acsl reports: a broken precondition, a bad file, a device that failed. The text says what was
/// wrong and which values were seen.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A bad input file. `what()` reads "<file>[:<position>]: <reason>".
class file_error : public error {
 public:
  file_error(std::string const& file, std::string const& reason) : error(file + ": " + reason) {}
  file_error(std::string const& file, std::string const& position, std::string const& reason)
      : error(file + ":" + position + ": " + reason) {}
};

namespace detail {

struct place {
  char const* file;
  int line;
};

inline std::string text_of(std::string const& value) { return value; }
inline std::string text_of(char const* value) { return value; }
inline std::string text_of(bool value) { return value ? "true" : "false"; }
template <class T>
requires std::is_arithmetic_v<T> std::string text_of(T value) { return std::to_string(value); }
template <class T>
requires requires(T const& v) { v.to_string(); }
std::string text_of(T const& value) { return value.to_string(); }

template <class... Values>
[[noreturn, gnu::cold, gnu::noinline]] void broken(char const* condition, char const* why, place where,
                                                   Values const&... values) {
  std::string text = std::string("acsl: ") + why + " (" + condition;
  if constexpr (sizeof...(values) > 0) {
    text += "; seen:";
    ((text += ' ', text += text_of(values)), ...);
  }
  text += ") at " + std::string(where.file) + ":" + std::to_string(where.line);
  throw error(text);
}

}  // namespace detail
}  // namespace acsl

/// Checks a precondition of a public function, in every build. Throws `acsl::error` with the sentence and the values.
///
///     ACSL_EXPECTS(labels.size() == logits.rows(), "one label per row of logits", labels.size(), logits.rows());
#define ACSL_EXPECTS(condition, why, ...)                \
  ((condition) ? void()                                  \
               : ::acsl::detail::broken(#condition, why, \
                                        ::acsl::detail::place{__FILE__, __LINE__} __VA_OPT__(, ) __VA_ARGS__))
