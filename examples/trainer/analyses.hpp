// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trainer {

/// What the command line says about an analysis.
struct analysis_request {
  std::string in, out;
  std::vector<std::int64_t> limits = {10, 100, 1000};  ///< boxes from which a category is in the next group
  std::int64_t below = 100;                            ///< boxes that a head category has at least
  std::int64_t instances = 20;                         ///< annotations that a dense image has at least
  double beta = 0.999;                                 ///< of class-balanced weights
  int threads = 0;
};

/// The option of its own that an analysis has: the member of the request.
enum class needs { nothing, below, beta, limits, instances };

/// A function of the original's lvis_analyse.py.
struct analysis {
  char const *name, *input, *output, *about;  ///< input: "ANNOTATIONS" or "CHECKPOINT"; output: its usual name
  void (*run)(analysis_request const&);       ///< reads `in`, writes `out`, prints what it wrote
  needs more = needs::nothing;

  [[nodiscard]] bool reads_annotations() const { return std::string_view(input) == "ANNOTATIONS"; }
};

/// All of them.
std::span<analysis const> analyses();

}  // namespace trainer
