// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/parameter.hpp>
#include <acsl/core/random_key.hpp>
#include <cmath>

namespace acsl {

/// Every element `value`. Host memory, as all of this header.
inline void initialise_constant(parameter& p, float value) {
  for (index_t i = 0; i < p.value.size(); ++i) p.value[i] = value;
}

/// Independent N(0, std²); element i is normal number i of the key.
inline void initialise_normal(parameter& p, double std, random_key key) {
  for (index_t i = 0; i < p.value.size(); ++i)
    p.value[i] = static_cast<float>(std * key.normal(static_cast<std::uint64_t>(i)));
}

/// N(0, 2 / fan_out), fan_out = out · kernel area, not divided by groups. @source He et al., ICCV 2015
inline void initialise_kaiming(parameter& p, random_key key) {
  auto const fan_out = static_cast<double>(p.extents()[0] * p.extents().elements_from(2));
  initialise_normal(p, std::sqrt(2.0 / fan_out), key);
}

/// Uniform in ±sqrt(6 / (fan_in + fan_out)), fans = channels · kernel area. @source Glorot and Bengio, AISTATS 2010
inline void initialise_xavier_uniform(parameter& p, random_key key) {
  index_t const area = p.extents().elements_from(2);
  double const bound = std::sqrt(6.0 / static_cast<double>((p.extents()[0] + p.extents()[1]) * area));
  for (index_t i = 0; i < p.value.size(); ++i)
    p.value[i] = static_cast<float>(key.uniform(static_cast<std::uint64_t>(i), -bound, bound));
}

}  // namespace acsl
