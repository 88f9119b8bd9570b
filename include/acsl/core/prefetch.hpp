// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>

namespace acsl {

/// Bytes that a cache takes at once, on the processors at hand.
inline constexpr index_t cache_line = 64;

/// Asks for the cache lines of p[first, end) before they are written, or read. What lies beyond an array may be asked
/// for: nothing is touched. Does nothing where a compiler has no word for it, and on devices. @pre first is at a line's
/// start, or what comes before it is asked for as well
template <class T>
ACSL_LEAF void prefetch_to_write([[maybe_unused]] T* p, [[maybe_unused]] index_t first, [[maybe_unused]] index_t end) {
  static_assert(sizeof(T) <= cache_line);
#if ACSL_HOST_BUILTINS
  for (index_t i = first; i < end; i += cache_line / static_cast<index_t>(sizeof(T))) __builtin_prefetch(p + i, 1);
#endif
}
template <class T>
ACSL_LEAF void prefetch_to_read([[maybe_unused]] T const* p, [[maybe_unused]] index_t first,
                                [[maybe_unused]] index_t end) {
  static_assert(sizeof(T) <= cache_line);
#if ACSL_HOST_BUILTINS
  for (index_t i = first; i < end; i += cache_line / static_cast<index_t>(sizeof(T))) __builtin_prefetch(p + i, 0);
#endif
}

}  // namespace acsl
