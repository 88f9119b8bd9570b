// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <type_traits>

namespace acsl {

/// The bits of a number as a number of another type: std::bit_cast, as compilers offer it to <bit>, without the 340
/// lines of that header in every loss.
template <class To, class From>
requires(sizeof(To) == sizeof(From) && std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>) ACSL_LEAF
    constexpr To bit_cast(From from) {
  return __builtin_bit_cast(To, from);
}

}  // namespace acsl
