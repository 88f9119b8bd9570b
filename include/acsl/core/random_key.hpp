// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/math.hpp>
#include <acsl/core/philox.hpp>
#include <cstdint>

namespace acsl {

/// What a random number is for. Part of the key, so that two uses never share numbers. Values are part of the file
/// format of a resumed run: never renumber.
enum class purpose : std::uint32_t {
  initialise = 1,
  shuffle = 2,
  flip = 3,
  sample_anchors = 4,
  sample_boxes = 5,
  suppress_background = 6,
  replace_image = 7,
  synthesise = 8,
  augment = 9,
  repeat_image = 10,
  sample_class = 11,
  corrupt = 12,
};

/// Names a stream of random numbers by value: (seed, epoch, image, purpose, …), each added with `with`. The n-th number
/// of a key is a pure function of key and n, so the same numbers come out on any thread, process or device.
///
///     random_key const key = random_key{seed}.with(epoch).with(image).with(purpose::flip);
///     bool const flip = key.uniform(0) < 0.5;
class random_key {
 public:
  ACSL_HOST_DEVICE constexpr explicit random_key(std::uint64_t seed)
      : key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {}

  /// A key that differs from this one and from `with(other)` for every other value.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr random_key with(std::uint64_t value) const {
    philox_block const mixed = philox4x32(
        {{static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32), 0x6B657965U, 0x61637364U}}, key_);
    random_key result{0};
    result.key_ = {mixed[0], mixed[1]};
    return result;
  }
  [[nodiscard]] ACSL_HOST_DEVICE constexpr random_key with(purpose value) const {
    return with(std::uint64_t{0x100000000U} + static_cast<std::uint64_t>(value));
  }

  /// 64 random bits, number `n` of this key.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr std::uint64_t bits(std::uint64_t n) const {
    philox_block const block =
        philox4x32({{static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(n >> 32), 0, 0}}, key_);
    return std::uint64_t{block[1]} << 32 | block[0];
  }
  /// 128 random bits, those of `bits(high · 2^32 + low)` first.
  [[nodiscard]] ACSL_LEAF constexpr philox_block block(std::uint32_t low, std::uint32_t high) const {
    return philox4x32({{low, high, 0, 0}}, key_);
  }
  /// Uniform in [0, 1), 53 bits.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr double uniform(std::uint64_t n) const {
    return static_cast<double>(bits(n) >> 11) * 0x1p-53;
  }
  /// Uniform in [low, high).
  [[nodiscard]] ACSL_HOST_DEVICE constexpr double uniform(std::uint64_t n, double low, double high) const {
    return low + (high - low) * uniform(n);
  }
  /// Uniform integer in [0, count), 1 <= count <= 2^53; bias below count / 2^53.
  [[nodiscard]] ACSL_HOST_DEVICE constexpr std::uint64_t below(std::uint64_t n, std::uint64_t count) const {
    return static_cast<std::uint64_t>(uniform(n) * static_cast<double>(count));
  }
  /// Standard normal (Box and Muller), numbers 2n and 2n+1 of this key.
  [[nodiscard]] double normal(std::uint64_t n) const {
    double const radius = math::sqrt(-2.0 * math::log(1.0 - uniform(2 * n)));
    return radius * math::cos(6.283185307179586 * uniform(2 * n + 1));
  }

  friend constexpr bool operator==(random_key const&, random_key const&) = default;

 private:
  philox_key key_;
};

}  // namespace acsl
