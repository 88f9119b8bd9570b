// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <cstdint>

namespace acsl {

/// The place of the lowest bit that is set, as std::countr_zero says it, without <bit>. @pre bits != 0
ACSL_LEAF std::int32_t lowest_bit(std::uint32_t bits) {
#if defined(__GNUC__) && !ACSL_ON_DEVICE
  return __builtin_ctz(bits);
#else
  std::int32_t place = 0;
  for (; (bits & 1U) == 0; bits >>= 1) ++place;
  return place;
#endif
}

}  // namespace acsl
