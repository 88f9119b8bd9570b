// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/training/configuration.hpp>
#include <acsl/training/trainer.hpp>
#include <filesystem>
#include <optional>

namespace trainer {

/// What a training run is asked for beside its configuration.
struct training_request {
  acsl::configuration config;
  std::filesystem::path work_dir;
  std::filesystem::path resume_from;  ///< empty: a new run
  bool validate = false;
  int threads = 0;  ///< 0: all
};

/// Trains, writing checkpoints, the log `log.jsonl` and the resolved configuration `config.toml` into the work dir.
acsl::train_outcome run_training(training_request const& request);

}  // namespace trainer
