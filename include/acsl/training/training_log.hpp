// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/file.h>
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <acsl/models/named_loss.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
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

/// A log of one JSON object per line; docs/log-schema.md names the fields. Every line is on the disk's side when the
/// call returns, so that a killed run leaves whole lines. POSIX.
class training_log {
 public:
  /// Appends to the file, which is this object's alone until it is destroyed: two runs must not write into one folder.
  /// @throws acsl::file_error when it cannot be written, or another run has it
  explicit training_log(std::filesystem::path const& path)
      : path_(path.string()), file_(std::fopen(path_.c_str(), "a+b")) {
    if (!file_) throw file_error(path_, std::string("cannot write the log: ") + std::strerror(errno));
    if (flock(fileno(file_.get()), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      throw file_error(path_, "another run is writing it: every run needs a folder of its own");
    // A disk that was full, or a power cut, may have left half a line.
    if (std::fseek(file_.get(), -1, SEEK_END) == 0 && std::fgetc(file_.get()) != '\n') write_bytes("\n");
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
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  void write_bytes(std::string const& bytes) {
    std::fseek(file_.get(), 0, SEEK_END);
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size() || std::fflush(file_.get()) != 0)
      throw file_error(path_, std::string("cannot write the log: ") + std::strerror(errno));
  }
  std::string path_;
  std::unique_ptr<std::FILE, closer> file_;
};

}  // namespace acsl
