// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <atomic>
#include <cstdint>

namespace acsl {

/// One pass over the batches of a source's first epoch before training: `model.warm_up(exec, images, key)` fills the
/// states of losses that start from a trained detector; weights do not change. Batch t has the key and the images of
/// step t of the first epoch, so that the same seed gives the same state. The states are part of checkpoints: a run
/// that is resumed does not need the pass again. `train` then starts the source anew.
///
/// @param source as of `train`
/// @param stop   set by a signal: the pass ends after the batch that it is at; null: nobody asks
/// @return whether it went to its end
template <backend Backend, class Model, class Source>
bool warm_up(Backend& exec, Model& model, Source& source, std::uint64_t seed, std::atomic<bool> const* stop = nullptr) {
  source.start({0, 0});
  index_t const batches = source.batches_before(1);
  for (index_t i = 0; i < batches; ++i) {
    if (stop && stop->load()) return false;
    auto const images = source.next();
    ACSL_EXPECTS(images, "the source delivers its first epoch", i, batches);
    model.warm_up(exec, *images, random_key{seed}.with(0).with(static_cast<std::uint64_t>(i)));
  }
  return true;
}

}  // namespace acsl
