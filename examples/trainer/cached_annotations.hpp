// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_cache.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "printable.hpp"

namespace trainer {

/// The folder of parsed annotations that all commands use, where the variable is set and not empty.
inline constexpr char const* cache_variable = "ACSL_ANNOTATION_CACHE";

/// Annotations of a file, from the cache where there is one. What is wrong with the cache alone is told, and stops
/// nothing.
template <acsl::has_loops Backend>
acsl::annotation_set cached_annotations(Backend& exec, std::filesystem::path const& file,
                                        acsl::annotation_rules rules) {
  char const* const folder = std::getenv(cache_variable);
  if (folder == nullptr || *folder == '\0') return acsl::load_annotations(exec, file, rules);
  if (*folder == '~') {
    std::fprintf(stderr, "acsl: cache of annotations: not used: %s is %s, and only a shell knows what ~ is\n",
                 cache_variable, printable(folder).c_str());
    return acsl::load_annotations(exec, file, rules);
  }
  acsl::annotation_cache cache(folder);
  auto annotations = cache.load(exec, file, rules);
  if (!cache.problem().empty())
    std::fprintf(stderr, "acsl: cache of annotations: %s; the file was read instead\n",
                 printable(cache.problem()).c_str());
  return annotations;
}

}  // namespace trainer
