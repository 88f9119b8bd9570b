// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/robustness_results.hpp>
#include <acsl/evaluation/robustness_summary.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace trainer {

/// What `acsl test_robustness` was asked for.
struct robustness_request {
  std::string config, checkpoint, out, show, split = "val", aggregate = "benchmark";
  std::vector<std::string> settings, corruptions = {"benchmark"}, evaluations = {"bbox"}, final_prints = {"mPC"};
  std::vector<int> severities = {0, 1, 2, 3, 4, 5};
  bool summaries = false, resume = false;
  double show_threshold = 0.5;
  std::uint64_t seed = 0;
  int workers = 0;  ///< 0: what the configuration says
  int threads = 0;
};

/// Runs a detector over a split once per corruption and severity, each photograph corrupted right after loading, and
/// judges it by the rules of LVIS. After every pair of them the figures so far are written to `<stem of
/// out>_results.pkl` and `.json`, and the pair's detections to `out`.
/// @throws acsl::file_error, also where `resume` finds results of another detector, seed or set
void test_robustness(robustness_request const& request);

/// Prints a figure per corruption and severity, and the summary of all figures.
/// @param columns among P, mPC, rPC
void print_robustness(acsl::robustness_results const& results, std::string const& task,
                      std::vector<std::string> const& metrics, std::vector<std::string> const& columns,
                      acsl::robustness_aggregate aggregate);

}  // namespace trainer
