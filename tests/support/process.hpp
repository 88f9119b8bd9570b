// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <support/temporary_folder.hpp>
#include <utility>
#include <vector>

namespace test {

/// How a process ended.
struct ended {
  int status = 0;  ///< exit status; 128 + n where signal n ended it
  std::string output, errors;
};

struct process_options {
  std::filesystem::path folder = ".";   ///< it starts there
  rlim_t largest_file = RLIM_INFINITY;  ///< bytes; writing beyond fails as on a full disk
  unsigned seconds = 120;               ///< then it is killed
};

/// Another program, running.
class process {
 public:
  /// Starts `command[0]` with the arguments behind it.
  explicit process(std::vector<std::string> command, process_options const& options = {}) {
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    auto const out = streams_ / "output", errors = streams_ / "errors";
    unsetenv("ACSL_ANNOTATION_CACHE");  // whoever tests may have one
    id_ = fork();
    if (id_ < 0) throw std::runtime_error("no process can be started");
    if (id_ > 0) return;
    // In the child: only calls that are safe after a fork.
    bool const ready =
        chdir(options.folder.c_str()) == 0 && redirect(out, STDOUT_FILENO) && redirect(errors, STDERR_FILENO);
    if (options.largest_file != RLIM_INFINITY) {
      rlimit const limit = {options.largest_file, options.largest_file};
      setrlimit(RLIMIT_FSIZE, &limit);
      signal(SIGXFSZ, SIG_IGN);
    }
    alarm(options.seconds);
    if (ready) execv(arguments[0], arguments.data());
    _exit(127);
  }
  process(process const&) = delete;
  process& operator=(process const&) = delete;
  ~process() {
    if (id_ > 0) {
      kill(id_, SIGKILL);
      (void)wait();
    }
  }

  void send(int number) const { kill(id_, number); }
  /// Until it has ended.
  ended wait() {
    int how = 0;
    while (waitpid(id_, &how, 0) < 0 && errno == EINTR) {
    }
    id_ = -1;
    return {WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how), output(), read_text(streams_ / "errors")};
  }
  /// What it has printed so far.
  [[nodiscard]] std::string output() const { return read_text(streams_ / "output"); }

 private:
  static bool redirect(std::filesystem::path const& file, int stream) {
    int const descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    return descriptor >= 0 && dup2(descriptor, stream) == stream && close(descriptor) == 0;
  }

  temporary_folder streams_;
  pid_t id_ = -1;
};

inline ended run(std::vector<std::string> command, process_options const& options = {}) {
  return process(std::move(command), options).wait();
}

}  // namespace test
