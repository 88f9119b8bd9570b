// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>

namespace acsl::detail {

/// [N, C, H, W] to [N, H·W, C], so that a loop over channels reads contiguous memory.
template <backend Backend>
tensor<float> channels_last(Backend& exec, tensor_view<float const> x) {
  index_t const channels = x.extent(1), plane = x.extent(2) * x.extent(3);
  tensor<float> result({x.extent(0), plane, channels}, exec.memory());
  float const* in = x.data();
  float* out = result.data();
  constexpr index_t block = 16;
  index_t const blocks = (plane + block - 1) / block;
  exec.for_each(
      x.extent(0) * blocks,
      [=] ACSL_HOST_DEVICE(index_t t) {
        index_t const n = t / blocks, first = t % blocks * block;
        index_t const last = first + block < plane ? first + block : plane;
        for (index_t c = 0; c < channels; ++c)
          for (index_t i = first; i < last; ++i)
            out[(n * plane + i) * channels + c] = in[(n * channels + c) * plane + i];
      },
      0.5 * static_cast<double>(block * channels));
  return result;
}

/// to[N, C, H, W] += from[N, H·W, C].
template <backend Backend>
void add_channels_first(Backend& exec, tensor_view<float const> from, tensor_view<float> to) {
  index_t const channels = to.extent(1), plane = to.extent(2) * to.extent(3);
  float const* in = from.data();
  float* out = to.data();
  constexpr index_t block = 16;
  index_t const blocks = (plane + block - 1) / block;
  exec.for_each(
      to.extent(0) * blocks,
      [=] ACSL_HOST_DEVICE(index_t t) {
        index_t const n = t / blocks, first = t % blocks * block;
        index_t const last = first + block < plane ? first + block : plane;
        for (index_t c = 0; c < channels; ++c)
          for (index_t i = first; i < last; ++i)
            out[(n * channels + c) * plane + i] += in[(n * plane + i) * channels + c];
      },
      0.5 * static_cast<double>(block * channels));
}

}  // namespace acsl::detail
