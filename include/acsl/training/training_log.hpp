// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <acsl/core/file_error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/models/named_loss.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace acsl {

/// Averages over the iterations since the last line.
struct log_line {
  index_t epoch = 0, iteration = 0, iterations_per_epoch = 0;       ///< 1-based epoch and iteration
  double lr = 0, seconds = 0, data_seconds = 0, gradient_norm = 0;  ///< seconds: per iteration
  double eta_seconds = 0;
  index_t memory_mib = 0;  ///< peak of the process
  std::vector<named_loss> losses;
};

/// A log of one JSON object per line; docs/log-schema.md names the fields. Every line is handed to the system in one
/// piece and is whole when the call returns; what a full disk or a power cut left of a line is cut off. POSIX.
class training_log {
 public:
  /// Appends to the file, which is this object's alone until it is destroyed: two runs must not write into one folder.
  /// @throws acsl::file_error when it cannot be written, or another run has it
  explicit training_log(std::filesystem::path const& path)
      : path_(path.string()), file_(::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (file_.number < 0) fail(errno);
    if (flock(file_.number, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      throw file_error(path_, "another run is writing it: every run needs a folder of its own");
    cut(end_of_last_line());
  }

  void write(nlohmann::ordered_json const& object) { write_bytes(object.dump() + "\n"); }
  void write(log_line const& line) {
    nlohmann::ordered_json object{
        {"mode", "train"},         {"epoch", line.epoch},       {"iter", line.iteration},
        {"lr", line.lr},           {"time", line.seconds},      {"data_time", line.data_seconds},
        {"eta", line.eta_seconds}, {"memory", line.memory_mib}, {"grad_norm", line.gradient_norm}};
    for (auto const& loss : line.losses) object[loss.name] = loss.value;
    object["loss"] = total_loss(line.losses);
    write(object);
  }

 private:
  struct descriptor {
    int number;
    explicit descriptor(int n) : number(n) {}
    descriptor(descriptor const&) = delete;
    descriptor& operator=(descriptor const&) = delete;
    ~descriptor() {
      if (number >= 0) ::close(number);
    }
  };
  [[noreturn]] void fail(int reason) const {
    throw file_error(path_, std::string("cannot write the log: ") + std::strerror(reason));
  }
  /// Bytes up to the last end of a line.
  [[nodiscard]] off_t end_of_last_line() const {
    off_t end = ::lseek(file_.number, 0, SEEK_END);
    for (char last = 0; end > 0; --end)
      if (::pread(file_.number, &last, 1, end - 1) != 1 || last == '\n') break;
    return end;
  }
  /// A device has no size and is left alone.
  void cut(off_t size) const {
    struct stat found = {};
    if (::fstat(file_.number, &found) != 0 || !S_ISREG(found.st_mode) || found.st_size == size) return;
    if (::ftruncate(file_.number, size) != 0) fail(errno);
  }
  void write_bytes(std::string const& bytes) {
    off_t const before = ::lseek(file_.number, 0, SEEK_END);
    for (std::size_t done = 0; done < bytes.size();) {
      ssize_t const written = ::write(file_.number, bytes.data() + done, bytes.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        int const reason = errno;
        cut(before);
        fail(reason);
      }
      done += static_cast<std::size_t>(written);
    }
  }
  std::string path_;
  descriptor file_;
};

}  // namespace acsl
