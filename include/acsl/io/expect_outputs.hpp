// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/detail/output_target.hpp>
#include <filesystem>
#include <system_error>
#include <vector>

namespace acsl {
namespace detail {

/// Whether two names lead to one file, through links too. Files need not exist.
inline bool same_file(std::filesystem::path const& a, std::filesystem::path const& b) {
  std::error_code problem;
  bool const same = std::filesystem::equivalent(a, b, problem);
  if (same || !problem) return same;
  if (std::filesystem::exists(a, problem) || std::filesystem::exists(b, problem)) return false;  // one alone is there
  auto const place = [&](std::filesystem::path const& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(behind_links(path)), problem);
  };
  auto const first = place(a);
  return !first.empty() && first == place(b);
}

}  // namespace detail

/// For the time before long work: every output can be written, and is neither a file that is read nor another output.
/// Empty names are left out. What only takes bytes (a device, a FIFO) may stand for any number of outputs.
/// @throws acsl::file_error naming the output
inline void expect_outputs(std::vector<std::filesystem::path> const& outputs,
                           std::vector<std::filesystem::path> const& inputs) {
  for (auto output = outputs.begin(); output != outputs.end(); ++output) {
    if (output->empty()) continue;
    if (!detail::takes_bytes_only(*output)) {
      for (auto const& input : inputs)
        if (!input.empty() && detail::same_file(*output, input))
          throw file_error(output->string(), "is to be written, but is also read: another name is wanted");
      for (auto other = outputs.begin(); other != output; ++other)
        if (!other->empty() && detail::same_file(*output, *other))
          throw file_error(output->string(), "is to hold two outputs: another name is wanted for one of them");
    }
    expect_writable(*output);
  }
}

}  // namespace acsl
