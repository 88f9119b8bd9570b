// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/lanes.hpp>
#include <acsl/core/host_device.hpp>
#include <acsl/core/lowest_bit.hpp>
#include <concepts>
#include <cstdint>

// By the compilers' own names: the header that has the usual ones is twice as long as all that a loss includes.
#if ACSL_HOST_BUILTINS && defined(__AVX2__)
#  define ACSL_FINDS_LANES 1
#else
#  define ACSL_FINDS_LANES 0
#endif
#if ACSL_HOST_BUILTINS && defined(__AVX512F__)
#  define ACSL_PACKS_LANES 1
#else
#  define ACSL_PACKS_LANES 0
#endif

/// Some of 16 values side by side, and back to their places: by one instruction where the processor has it, with the
/// same values everywhere.
namespace acsl::detail {

/// Bit l says whether lane l is meant.
using lane_bits = std::uint32_t;

#if ACSL_FINDS_LANES
typedef float eight_floats __attribute__((vector_size(32)));
typedef std::uint32_t eight_flags_anywhere __attribute__((vector_size(32), aligned(4), may_alias));
#endif
#if ACSL_PACKS_LANES
typedef float sixteen_floats __attribute__((vector_size(64)));
typedef float sixteen_floats_anywhere __attribute__((vector_size(64), aligned(4), may_alias));
#endif

/// The lanes whose flags are not 0.
ACSL_LEAF lane_bits lanes_set(std::uint32_t const (&flags)[lane_count]) {
#if ACSL_FINDS_LANES
  // Two halves: compilers write the flags in halves, and a load of both would wait until they are in the cache.
  auto const half = [&](int first) ACSL_ALWAYS_INLINE {
    auto const set = *reinterpret_cast<eight_flags_anywhere const*>(flags + first) != 0;
    return static_cast<lane_bits>(__builtin_ia32_movmskps256(reinterpret_cast<eight_floats>(set)));
  };
  return half(0) | half(8) << 8;
#else
  lane_bits bits = 0;
  for (int l = 0; l < lane_count; ++l) bits |= static_cast<lane_bits>(flags[l] != 0) << l;
  return bits;
#endif
}

/// Writes the values of the lanes that are meant side by side. @param to room for 16 values, whatever the count
/// @return how many they are
template <std::floating_point T>
ACSL_LEAF std::int32_t pack_lanes(lane_bits bits, T const* from, T* to) {
#if ACSL_PACKS_LANES
  if constexpr (std::same_as<T, float>) {
    *reinterpret_cast<sixteen_floats_anywhere*>(to) = __builtin_ia32_compresssf512_mask(
        *reinterpret_cast<sixteen_floats_anywhere const*>(from), sixteen_floats{}, static_cast<std::uint16_t>(bits));
    return __builtin_popcount(bits);
  }
#endif
  std::int32_t count = 0;
  for (; bits != 0; bits &= bits - 1) to[count++] = from[lowest_bit(bits)];
  return count;
}

/// The reverse; lanes that are not meant become 0. @param from 16 values that may be read, whatever the count
template <std::floating_point T>
ACSL_LEAF std::int32_t spread_lanes(lane_bits bits, T const* from, T* to) {
#if ACSL_PACKS_LANES
  if constexpr (std::same_as<T, float>) {
    *reinterpret_cast<sixteen_floats_anywhere*>(to) = __builtin_ia32_expandsf512_mask(
        *reinterpret_cast<sixteen_floats_anywhere const*>(from), sixteen_floats{}, static_cast<std::uint16_t>(bits));
    return __builtin_popcount(bits);
  }
#endif
  for (int l = 0; l < lane_count; ++l) to[l] = 0;
  std::int32_t count = 0;
  for (; bits != 0; bits &= bits - 1) to[lowest_bit(bits)] = from[count++];
  return count;
}

}  // namespace acsl::detail

#undef ACSL_FINDS_LANES
#undef ACSL_PACKS_LANES
