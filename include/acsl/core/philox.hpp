// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <cstdint>

namespace acsl {

/// Four 32-bit words: a counter, or a block of random bits.
struct philox_block {
  std::uint32_t words[4];
  ACSL_HOST_DEVICE constexpr std::uint32_t operator[](int i) const { return words[i]; }
  friend constexpr bool operator==(philox_block const&, philox_block const&) = default;
};

/// The two words of a Philox key.
struct philox_key {
  std::uint32_t low, high;
  friend constexpr bool operator==(philox_key const&, philox_key const&) = default;
};

namespace detail {
ACSL_LEAF constexpr void philox_round(philox_block& c, philox_key& key) {
  std::uint64_t const a = std::uint64_t{0xD2511F53U} * c.words[0], b = std::uint64_t{0xCD9E8D57U} * c.words[2];
  c = {{static_cast<std::uint32_t>(b >> 32) ^ c.words[1] ^ key.low, static_cast<std::uint32_t>(b),
        static_cast<std::uint32_t>(a >> 32) ^ c.words[3] ^ key.high, static_cast<std::uint32_t>(a)}};
  key.low += 0x9E3779B9U;
  key.high += 0xBB67AE85U;
}
}  // namespace detail

/// Philox 4x32 with ten rounds: maps (counter, key) to 128 random bits, without state.
///
/// @source Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Checked against the
///         known answers published with Random123.
ACSL_LEAF constexpr philox_block philox4x32(philox_block counter, philox_key key) {
  // Ten rounds, written out: an inner loop would keep a loop over blocks from becoming SIMD code.
  detail::philox_round(counter, key), detail::philox_round(counter, key), detail::philox_round(counter, key);
  detail::philox_round(counter, key), detail::philox_round(counter, key), detail::philox_round(counter, key);
  detail::philox_round(counter, key), detail::philox_round(counter, key), detail::philox_round(counter, key);
  detail::philox_round(counter, key);
  return counter;
}

}  // namespace acsl
