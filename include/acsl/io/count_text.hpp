// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

namespace acsl {

/// "1,234,567": a count for people.
[[nodiscard]] inline std::string count_text(std::int64_t count) {
  auto text = std::to_string(count);
  std::size_t const digits = count < 0 ? 1 : 0;  // where they begin
  for (auto at = text.size(); at > digits + 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace acsl
