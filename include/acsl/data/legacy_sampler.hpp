// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace acsl {

/// The random decisions of NumPy and PyTorch that the original's samplers make, from one MT19937 stream. A generator
/// `std::mt19937(seed)` gives the numbers that `numpy.random.seed(seed)` and `torch.manual_seed(seed)` give.
namespace legacy {

/// Uniform in [0, last]; draws nothing when last is 0 (NumPy's masked rejection).
inline std::uint32_t bounded(std::mt19937& generator, std::uint32_t last) {
  if (last == 0) return 0;
  std::uint32_t mask = last;
  for (int shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
  for (;;)
    if (auto const value = static_cast<std::uint32_t>(generator()) & mask; value <= last) return value;
}

/// numpy.random.shuffle
template <class T>
void shuffle(std::vector<T>& items, std::mt19937& generator) {
  for (std::size_t i = items.size(); i > 1; --i)
    std::swap(items[i - 1], items[bounded(generator, static_cast<std::uint32_t>(i - 1))]);
}

/// numpy.random.uniform() in [0, 1), 53 bits
inline double uniform(std::mt19937& generator) {
  auto const high = static_cast<std::uint32_t>(generator()) >> 5, low = static_cast<std::uint32_t>(generator()) >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

/// torch.randperm(count), CPU generator
inline std::vector<index_t> permutation(index_t count, std::mt19937& generator) {
  std::vector<index_t> items(static_cast<std::size_t>(count));
  std::iota(items.begin(), items.end(), index_t{0});
  for (std::size_t i = 0; i + 1 < items.size(); ++i)
    std::swap(items[i], items[i + static_cast<std::uint32_t>(generator()) % (items.size() - i)]);
  return items;
}

namespace detail {

inline std::vector<index_t> members(std::vector<std::uint8_t> const& flags, bool group) {
  std::vector<index_t> positions;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if ((flags[i] != 0) == group) positions.push_back(static_cast<index_t>(i));
  return positions;
}

/// Cuts a list into chunks and puts them into another order.
inline std::vector<index_t> in_chunks(std::vector<index_t> const& list, std::vector<index_t> const& order,
                                      index_t size) {
  std::vector<index_t> result;
  for (index_t const chunk : order)
    for (index_t i = 0; i < size; ++i) result.push_back(list[static_cast<std::size_t>(chunk * size + i)]);
  return result;
}

}  // namespace detail

/// The original's sampler of a single process: positions of one epoch, `batch_size` after each other belong together.
/// @param wide aspect group of every image
/// @param generator goes on from epoch to epoch
inline std::vector<index_t> group_sampler(std::vector<std::uint8_t> const& wide, index_t batch_size,
                                          std::mt19937& generator) {
  ACSL_EXPECTS(batch_size > 0, "a batch has at least one image", batch_size);
  std::vector<index_t> list;
  for (bool const group : {false, true}) {
    auto members = detail::members(wide, group);
    shuffle(members, generator);
    auto const step = static_cast<std::size_t>(batch_size), size = members.size();
    auto const padded = (size + step - 1) / step * step;
    for (std::size_t i = size; i < padded; ++i) members.push_back(members[(i - size) % size]);
    list.insert(list.end(), members.begin(), members.end());
  }
  std::vector<index_t> order(list.size() / static_cast<std::size_t>(batch_size));
  std::iota(order.begin(), order.end(), index_t{0});
  shuffle(order, generator);
  return detail::in_chunks(list, order, batch_size);
}

/// The original's sampler of several processes: the positions of process `rank` in an epoch. The generator is seeded
/// with the epoch, so every process finds the same list.
/// @throws acsl::error when a group is smaller than its padding, which the original refuses as well
inline std::vector<index_t> distributed_group_sampler(std::vector<std::uint8_t> const& wide, index_t batch_size,
                                                      index_t processes, index_t rank, index_t epoch) {
  ACSL_EXPECTS(batch_size > 0, "a batch has at least one image", batch_size);
  ACSL_EXPECTS(rank >= 0 && rank < processes, "the rank is below the number of processes", rank, processes);
  std::mt19937 generator(static_cast<std::uint32_t>(epoch));
  std::vector<index_t> list;
  for (bool const group : {false, true}) {
    auto const members = detail::members(wide, group);
    index_t const size = static_cast<index_t>(members.size()), step = batch_size * processes;
    index_t const padded = (size + step - 1) / step * step;
    ACSL_EXPECTS(padded - size <= size, "a group is at least half of a step of all processes", size, step);
    auto const order = permutation(size, generator);
    for (index_t i = 0; i < padded; ++i)
      list.push_back(members[static_cast<std::size_t>(order[static_cast<std::size_t>(i < size ? i : i - size)])]);
  }
  auto const order = permutation(static_cast<index_t>(list.size()) / batch_size, generator);
  auto const all = detail::in_chunks(list, order, batch_size);
  auto const share = static_cast<std::ptrdiff_t>(all.size()) / processes;
  return {all.begin() + rank * share, all.begin() + (rank + 1) * share};
}

}  // namespace legacy
}  // namespace acsl
