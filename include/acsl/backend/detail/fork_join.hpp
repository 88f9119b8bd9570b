// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__SANITIZE_THREAD__)
#  define ACSL_THREAD_SANITIZER 1
#elif defined(__has_feature)
#  if __has_feature(thread_sanitizer)
#    define ACSL_THREAD_SANITIZER 1
#  endif
#endif
#if defined(ACSL_THREAD_SANITIZER)
#  include <sanitizer/tsan_interface.h>
/// A lambda between oneTBB and `fork_join::run`, whose captures oneTBB hands from thread to thread.
#  define ACSL_UNWATCHED __attribute__((no_sanitize("thread")))
#else
#  define ACSL_UNWATCHED
#endif

namespace acsl::detail {

/// Tells the thread sanitizer, where there is one, what a parallel loop orders: everything before the loop comes before
/// each task, each task comes before everything after the loop, and tasks are not ordered among themselves. The
/// sanitizer cannot see it in oneTBB, whose library is compiled without it.
class fork_join {
 public:
#if defined(ACSL_THREAD_SANITIZER)
  fork_join() { __tsan_release(&fork_); }
  void join() { __tsan_acquire(&join_); }
  /// Not inlined, so that a report about f names f and not oneTBB, whose own tasks are not watched.
  template <class F, class Index>
  [[gnu::noinline]] void run(F const& f, Index i) {
    __tsan_acquire(&fork_);
    f(i);
    __tsan_release(&join_);
  }

 private:
  char fork_ = 0, join_ = 0;
#else
  void join() {}
  template <class F, class Index>
  void run(F const& f, Index i) {
    f(i);
  }
#endif
};

}  // namespace acsl::detail
