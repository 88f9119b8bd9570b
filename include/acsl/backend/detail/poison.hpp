// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#  define ACSL_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#  if __has_feature(address_sanitizer)
#    define ACSL_ADDRESS_SANITIZER 1
#  endif
#endif
#if defined(ACSL_ADDRESS_SANITIZER)
#  include <sanitizer/asan_interface.h>
#endif

namespace acsl::detail {

/// Tells the address sanitizer, where there is one, which bytes of a pool may be touched.
inline void mark_usable([[maybe_unused]] void const* data, [[maybe_unused]] std::size_t bytes) {
#if defined(ACSL_ADDRESS_SANITIZER)
  __asan_unpoison_memory_region(data, bytes);
#endif
}
inline void mark_unusable([[maybe_unused]] void const* data, [[maybe_unused]] std::size_t bytes) {
#if defined(ACSL_ADDRESS_SANITIZER)
  __asan_poison_memory_region(data, bytes);
#endif
}

}  // namespace acsl::detail
