// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/core/shape.hpp>
#include <array>
#include <cstdint>
#include <functional>
#include <numeric>
#include <utility>
#include <vector>

namespace acsl {

/// Shuffles by key: the order depends on the key alone.
template <class T>
void shuffle(std::vector<T>& items, random_key key) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[static_cast<std::size_t>(key.below(i, i))]);
}

/// The images of an epoch, as positions, in any order and each as often as it is to be seen; a function of the epoch.
using image_list = std::function<std::vector<index_t>(index_t epoch)>;

/// Which process of how many.
struct process_rank {
  index_t rank = 0, processes = 1;
};

/// The order of training: every epoch visits each image, or those of a list (`repeat_factor_list`, `class_aware_list`,
/// `class_power_list`), in batches that hold wide images only or none.
///
/// Per aspect group: shuffle, repeat the head until the size is a multiple of the batch, cut into batches. The batches
/// of all groups are then shuffled, and repeated from their head to a multiple of the processes. In step i, process r
/// of P gets batch i * P + r of that list, which is the same for every P.
///
/// The order depends on (seed, epoch) alone, as the list does. Where the list's length does, so does the number of
/// batches.
class aspect_sampler {
 public:
  /// @param wide   one flag per image, for example `dataset::aspect_flags()`; not empty
  /// @param images empty: each image once
  aspect_sampler(std::vector<std::uint8_t> const& wide, index_t batch_size, std::uint64_t seed,
                 process_rank process = {}, image_list images = {})
      : wide_(wide), images_(std::move(images)), batch_size_(batch_size), seed_(seed), process_(process) {
    ACSL_EXPECTS(!wide.empty(), "a sampler has at least one image");
    ACSL_EXPECTS(batch_size > 0, "a batch has at least one image", batch_size);
    ACSL_EXPECTS(process.rank >= 0 && process.rank < process.processes, "the rank is below the number of processes",
                 process.rank, process.processes);
  }

  [[nodiscard]] index_t batch_size() const { return batch_size_; }
  /// Whether a list may name an image several times in an epoch.
  [[nodiscard]] bool repeats_images() const { return images_ != nullptr; }
  /// Batches of an epoch, for this process; the same for every process.
  /// @throws acsl::error when the list of the epoch is empty, or names an image that is not there
  [[nodiscard]] index_t batches(index_t epoch = 0) const {
    index_t total = 0;
    for (auto const& group : groups_of(epoch))
      total += (static_cast<index_t>(group.size()) + batch_size_ - 1) / batch_size_;
    return (total + process_.processes - 1) / process_.processes;
  }
  /// The batches of an epoch, as positions.
  [[nodiscard]] std::vector<std::vector<index_t>> operator()(index_t epoch) const {
    auto const key = random_key{seed_}.with(static_cast<std::uint64_t>(epoch)).with(purpose::shuffle);
    std::vector<std::vector<index_t>> all;
    auto groups = groups_of(epoch);
    for (std::size_t g = 0; g < 2; ++g) append_group(std::move(groups[g]), key.with(std::uint64_t{g}), all);
    shuffle(all, key.with(std::uint64_t{2}));

    std::vector<std::vector<index_t>> mine;
    index_t const steps = (static_cast<index_t>(all.size()) + process_.processes - 1) / process_.processes;
    for (index_t i = 0; i < steps; ++i)
      mine.push_back(all[static_cast<std::size_t>(i * process_.processes + process_.rank) % all.size()]);
    return mine;
  }

 private:
  /// The images of an epoch by aspect group.
  [[nodiscard]] std::array<std::vector<index_t>, 2> groups_of(index_t epoch) const {
    std::vector<index_t> list(images_ ? 0 : wide_.size());
    std::iota(list.begin(), list.end(), index_t{0});
    if (images_) list = images_(epoch);
    ACSL_EXPECTS(!list.empty(), "an epoch has at least one image", epoch);
    std::array<std::vector<index_t>, 2> groups;
    for (index_t const i : list) {
      ACSL_EXPECTS(i >= 0 && i < static_cast<index_t>(wide_.size()), "a list names images of the set", i, wide_.size());
      groups[wide_[static_cast<std::size_t>(i)] != 0].push_back(i);
    }
    return groups;
  }
  void append_group(std::vector<index_t> members, random_key key, std::vector<std::vector<index_t>>& all) const {
    shuffle(members, key);
    auto const size = members.size(), step = static_cast<std::size_t>(batch_size_);
    for (std::size_t first = 0; first < size; first += step) {
      std::vector<index_t> one;
      for (std::size_t i = first; i < first + step; ++i) one.push_back(members[i % size]);
      all.push_back(std::move(one));
    }
  }

  std::vector<std::uint8_t> wide_;
  image_list images_;
  index_t batch_size_;
  std::uint64_t seed_;
  process_rank process_;
};

/// The order of tests: positions as they are, the last batch possibly short. Process r of P gets r, r + P, …;
/// no image is repeated, so that a process may have a batch less than another.
class sequential_sampler {
 public:
  explicit sequential_sampler(index_t images, index_t batch_size = 1, process_rank process = {})
      : images_(images), batch_size_(batch_size), process_(process) {
    ACSL_EXPECTS(images >= 0 && batch_size > 0, "a batch has at least one image", images, batch_size);
    ACSL_EXPECTS(process.rank >= 0 && process.rank < process.processes, "the rank is below the number of processes",
                 process.rank, process.processes);
  }
  [[nodiscard]] index_t batch_size() const { return batch_size_; }
  [[nodiscard]] index_t batches(index_t /*epoch*/ = 0) const { return (own_images() + batch_size_ - 1) / batch_size_; }
  [[nodiscard]] std::vector<std::vector<index_t>> operator()(index_t /*epoch*/) const {
    std::vector<std::vector<index_t>> all;
    for (index_t i = 0; i < own_images(); ++i) {
      if (i % batch_size_ == 0) all.emplace_back();
      all.back().push_back(process_.rank + i * process_.processes);
    }
    return all;
  }

 private:
  [[nodiscard]] index_t own_images() const {
    return (images_ - process_.rank + process_.processes - 1) / process_.processes;
  }

  index_t images_, batch_size_;
  process_rank process_;
};

}  // namespace acsl
