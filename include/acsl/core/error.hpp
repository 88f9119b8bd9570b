// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/message.hpp>
#include <new>  // std::exception, the base of std::bad_alloc, without the 650 lines of <exception>
#include <utility>

namespace acsl {

/// Every failure that acsl reports: a broken precondition, a bad file, a device that failed. The text says what was
/// wrong and which values were seen.
class error : public std::exception {
 public:
  explicit error(message text) : text_(std::move(text)) {}
  [[nodiscard]] char const* what() const noexcept override { return text_.c_str(); }

 private:
  message text_;
};

/// A broken precondition. `what()` names condition, values and place in the source for whoever wrote the call;
/// `reason()` is the sentence and the values for whoever wrote the number: "an exponent is not negative; seen: -5".
class precondition_error : public error {
 public:
  precondition_error(message text, message reason) : error(std::move(text)), reason_(std::move(reason)) {}
  [[nodiscard]] char const* reason() const { return reason_.c_str(); }

 private:
  message reason_;
};

/// What to tell of an error about numbers that came from outside. Lives as long as the error.
inline char const* reason_of(error const& problem) {
  auto const* const broken = dynamic_cast<precondition_error const*>(&problem);
  return broken ? broken->reason() : problem.what();
}

/// The memory for something was not to be had. Like every failed allocation it is a std::bad_alloc; `what()` says what
/// was asked for.
class out_of_memory : public std::bad_alloc {
 public:
  explicit out_of_memory(message const& what) : text_("out of memory: ", what) {}
  [[nodiscard]] char const* what() const noexcept override { return text_.c_str(); }

 private:
  message text_;
};

namespace detail {

struct place {
  char const* file;
  int line;
};

template <class... Values>
[[noreturn, gnu::cold, gnu::noinline]] void broken(char const* condition, char const* why, place where,
                                                   Values const&... values) {
  message seen;
  if constexpr (sizeof...(values) > 0) {
    seen += "; seen:";
    ((seen += " ", seen += values), ...);
  }
  throw precondition_error(message("acsl: ", why, " (", condition, seen, ") at ", where.file, ":", where.line),
                           message(why, seen));
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
