// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <new>
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

/// A broken precondition. `what()` names condition, values and place in the source for whoever wrote the call;
/// `reason()` is the sentence and the values for whoever wrote the number: "an exponent is not negative; seen: -5".
class precondition_error : public error {
 public:
  precondition_error(std::string const& text, std::string const& reason) : error(text), reason_(reason) {}
  [[nodiscard]] char const* reason() const { return reason_.what(); }

 private:
  std::runtime_error reason_;  // a text that is copied without throwing, as exceptions must be
};

/// What to tell of an error about numbers that came from outside.
inline std::string reason_of(error const& problem) {
  auto const* const broken = dynamic_cast<precondition_error const*>(&problem);
  return broken ? broken->reason() : problem.what();
}

/// A bad input file. `what()` reads "<file>[:<position>]: <reason>".
class file_error : public error {
 public:
  file_error(std::string const& file, std::string const& reason) : error(file + ": " + reason) {}
  file_error(std::string const& file, std::string const& position, std::string const& reason)
      : error(file + ":" + position + ": " + reason) {}
};

/// The memory for something was not to be had. Like every failed allocation it is a std::bad_alloc; `what()` says what
/// was asked for.
class out_of_memory : public std::bad_alloc {
 public:
  explicit out_of_memory(std::string const& what) : text_("out of memory: " + what) {}
  [[nodiscard]] char const* what() const noexcept override { return text_.what(); }

 private:
  std::runtime_error text_;
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
  std::string seen;
  if constexpr (sizeof...(values) > 0) {
    seen = "; seen:";
    ((seen += ' ', seen += text_of(values)), ...);
  }
  throw precondition_error(
      std::string("acsl: ") + why + " (" + condition + seen + ") at " + where.file + ":" + std::to_string(where.line),
      why + seen);
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
