// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <string>
#include <type_traits>
//
#include <jpeglib.h>
//
#include <jerror.h>

namespace acsl::detail {

// libjpeg reports errors through a callback that must not return. It jumps back to `guard`, over frames of C and of a
// step whose objects need no destructor; what does need one lives outside the guarded steps.
class jpeg_errors {
 public:
  jpeg_error_mgr* install() {
    jpeg_std_error(&manager_.base);
    manager_.base.error_exit = [](j_common_ptr info) { leave(info); };
    manager_.base.emit_message = [](j_common_ptr info, int level) {
      if (level < 0 && invents_pixels(info->err->msg_code)) leave(info);
    };
    manager_.base.output_message = [](j_common_ptr) {};
    return &manager_.base;
  }

  /// Runs a step of libjpeg calls. False: it failed, see `fail`.
  template <class Step>
  [[nodiscard, gnu::noinline]] bool guard(Step const& step) {
    static_assert(std::is_trivially_destructible_v<Step>, "a step that is jumped over must own nothing");
    if (setjmp(manager_.jump)) return false;
    step();
    return true;
  }

  [[noreturn]] void fail(std::string const& file) const {
    throw file_error(file, std::string("bad JPEG: ") + manager_.text);
  }

 private:
  struct manager {
    jpeg_error_mgr base;  // first: libjpeg hands back a pointer to it
    std::jmp_buf jump;
    char text[JMSG_LENGTH_MAX];
  };

  // Other warnings (stray bytes between segments, odd version numbers) leave the picture whole.
  static bool invents_pixels(int code) {
    return code == JWRN_HIT_MARKER || code == JWRN_JPEG_EOF || code == JWRN_HUFF_BAD_CODE ||
           code == JWRN_ARITH_BAD_CODE || code == JWRN_MUST_RESYNC || code == JWRN_NOT_SEQUENTIAL;
  }
  [[noreturn]] static void leave(j_common_ptr info) {
    auto* const self = reinterpret_cast<manager*>(info->err);
    info->err->format_message(info, self->text);
    std::longjmp(self->jump, 1);
  }

  manager manager_ = {};
};

}  // namespace acsl::detail
