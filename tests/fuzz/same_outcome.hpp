// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace fuzz {

/// A number of the input's bytes (FNV-1a), for choices that the input does not make: the same in every run.
inline std::size_t hash_of(std::uint8_t const* data, std::size_t size) {
  std::size_t hash = 14695981039346656037ULL;
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ data[i]) * 1099511628211ULL;
  return hash ^ hash >> 32;
}

/// Two readers of one input have read the same, or said the same.
inline void expect_same(std::string const& expected, std::string const& found) {
  if (expected == found) return;
  std::fprintf(stderr, "one reader: %s\nthe other:  %s\n", expected.c_str(), found.c_str());
  std::abort();
}

}  // namespace fuzz
