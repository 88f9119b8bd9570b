// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <png.h>
#include <acsl/core/file_error.hpp>
#include <csetjmp>
#include <cstdio>
#include <string>
#include <type_traits>

namespace acsl::detail {

// libpng's counterpart of jpeg_errors: failures jump back to `guard`.
class png_errors {
 public:
  [[noreturn]] static void leave(png_structp png, png_const_charp text) {
    auto* const self = static_cast<png_errors*>(png_get_error_ptr(png));
    std::snprintf(self->text_, sizeof self->text_, "%s", text);
    std::longjmp(self->jump_, 1);
  }
  static void ignore(png_structp, png_const_charp) {}

  /// Runs a step of libpng calls. False: it failed, see `fail`.
  template <class Step>
  [[nodiscard, gnu::noinline]] bool guard(Step const& step) {
    static_assert(std::is_trivially_destructible_v<Step>, "a step that is jumped over must own nothing");
    if (setjmp(jump_)) return false;
    step();
    return true;
  }

  [[noreturn]] void fail(std::string const& file) const { throw file_error(file, std::string("bad PNG: ") + text_); }

 private:
  std::jmp_buf jump_;
  char text_[256] = {};
};

}  // namespace acsl::detail
