// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace acsl {

/// Run lengths as the compressed text of COCO's result files. The run i ≥ 3 is written as its difference to run i − 2.
/// A number is cut into groups of 5 bits, the lowest first, in two's complement; a group is the character 48 + group,
/// + 32 when others follow.
[[nodiscard]] inline std::string run_length_text(std::span<std::int64_t const> runs) {
  std::string text;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::int64_t rest = i > 2 ? runs[i] - runs[i - 2] : runs[i];
    for (bool more = true; more;) {
      auto const group = static_cast<int>(rest & 31);
      rest >>= 5;
      more = (group & 16) != 0 ? rest != -1 : rest != 0;
      text += static_cast<char>(48 + group + (more ? 32 : 0));
    }
  }
  return text;
}

/// The run lengths of a compressed text; whether they make sense, `run_length_mask` asks.
/// @throws acsl::error for other characters than those with the codes 48 to 111, for a text that ends inside a number,
///         for numbers beyond 40 bits
[[nodiscard]] inline std::vector<std::int64_t> runs_of_text(std::string_view text) {
  std::vector<std::int64_t> runs;
  for (std::size_t place = 0; place < text.size();) {
    std::int64_t value = 0;
    for (int shift = 0;; shift += 5) {
      if (place == text.size()) throw error("the compressed runs of a mask end inside a number");
      int const code = static_cast<unsigned char>(text[place]) - 48;
      if (code < 0 || code > 63)
        throw error(message("character ", place, " of a mask's compressed runs has the code ", code + 48,
                            "; they are 48 to 111"));
      if (shift >= 40)
        throw error(message("a run of a mask is too long (character ", place, " of its compressed runs)"));
      ++place;
      value |= std::int64_t{code & 31} << shift;
      if ((code & 32) != 0) continue;
      if ((code & 16) != 0) value -= std::int64_t{1} << (shift + 5);
      break;
    }
    if (runs.size() > 2) value += runs[runs.size() - 2];
    constexpr std::int64_t most = std::int64_t{1} << 40;
    if (value < -most || value > most)
      throw error(message("a run of a mask is too long (before character ", place, " of its compressed runs)"));
    runs.push_back(value);
  }
  return runs;
}

}  // namespace acsl
