// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

/// No file of this process may grow beyond so many bytes: stands for a full disk.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limited = before_;
    limited.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  file_size_limit(file_size_limit const&) = delete;
  file_size_limit& operator=(file_size_limit const&) = delete;
  ~file_size_limit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_ = {};
};

/// Calls write() in a process that is killed in the middle of writing: when a file would grow beyond so many bytes.
/// @return the signal that ended it; 0: it came to its end
template <class Write>
int killed_beyond(rlim_t bytes, Write write) {
  pid_t const child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_DFL);
    rlimit const limit = {bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    write();
    _exit(0);
  }
  int how = 0;
  return child > 0 && waitpid(child, &how, 0) == child && WIFSIGNALED(how) ? WTERMSIG(how) : 0;
}

}  // namespace test
