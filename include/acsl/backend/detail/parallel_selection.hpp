// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/detail/fixed_chunks.hpp>
#include <acsl/backend/detail/top_k_order.hpp>
#include <acsl/core/tensor.hpp>
#include <algorithm>
#include <type_traits>

/// Sorting and selection for host backends that can run tasks: `exec.parallel_for(tasks, f)`, `exec.memory()`. What is
/// computed does not depend on the number of threads.
namespace acsl::detail {

inline constexpr index_t selection_chunk = 16384;

/// Merge sort: chunks sorted alone, then merged pairwise. Stable.
template <class Exec, class K, class V, class Less>
void parallel_sort_by_key(Exec const& exec, tensor_view<K> keys, tensor_view<V> values, Less less) {
  struct item {
    K key;
    V value;
  };
  index_t const n = keys.size();
  if (n == 0) return;
  tensor<item> first({n}, exec.memory()), second({n}, exec.memory());
  item *from = first.data(), *to = second.data();
  auto const before = [less](item const& a, item const& b) { return less(a.key, b.key); };
  fixed_chunks const chunks{n, selection_chunk};
  exec.parallel_for(chunks.count(), [=](index_t chunk) {
    for (index_t i = chunks.begin(chunk); i < chunks.end(chunk); ++i) from[i] = {keys[i], values[i]};
    std::stable_sort(from + chunks.begin(chunk), from + chunks.end(chunk), before);
  });
  for (index_t width = selection_chunk; width < n; width *= 2) {
    fixed_chunks const pairs{n, 2 * width};
    exec.parallel_for(pairs.count(), [=](index_t pair) {
      index_t const begin = pairs.begin(pair), end = pairs.end(pair), middle = std::min(begin + width, end);
      std::merge(from + begin, from + middle, from + middle, from + end, to + begin, before);
    });
    std::swap(from, to);
  }
  exec.for_each(n, [=](index_t i) {
    keys[i] = from[i].key;
    values[i] = from[i].value;
  });
}

/// The k best of each chunk, then the k best of those.
template <class Exec, class T>
void parallel_top_k(Exec const& exec, tensor_view<T const> scores, index_t k, tensor_view<std::int32_t> indices) {
  if (k == 0) return;
  index_t const n = scores.size();
  tensor<scored<T>> candidates({n}, exec.memory());
  scored<T>* const all = candidates.data();
  fixed_chunks const chunks{n, std::max(selection_chunk, 4 * k)};
  exec.parallel_for(chunks.count(), [=](index_t chunk) {
    index_t const begin = chunks.begin(chunk), end = chunks.end(chunk);
    for (index_t i = begin; i < end; ++i) all[i] = {scores[i], static_cast<std::int32_t>(i)};
    if (end - begin > k) std::nth_element(all + begin, all + begin + k, all + end, top_k_order{});
  });
  index_t kept = 0;
  for (index_t chunk = 0; chunk < chunks.count(); ++chunk) {
    index_t const count = std::min(chunks.end(chunk) - chunks.begin(chunk), k);
    if (kept != chunks.begin(chunk)) std::copy_n(all + chunks.begin(chunk), count, all + kept);
    kept += count;
  }
  if (kept > k) std::nth_element(all, all + k, all + kept, top_k_order{});
  std::sort(all, all + k, top_k_order{});
  for (index_t i = 0; i < k; ++i) indices[i] = all[i].index;
}

/// Sums of chunks, their scan, then the scan of every chunk. `in` and `out` may be the same array.
template <class Exec, class T>
T parallel_exclusive_scan(Exec const& exec, tensor_view<T const> in, tensor_view<T> out) {
  static_assert(std::is_integral_v<T>, "acsl: exclusive_scan adds integers");
  fixed_chunks const chunks{in.size(), selection_chunk};
  tensor<T> starts({chunks.count() + 1}, exec.memory());
  T* const start = starts.data();
  exec.parallel_for(chunks.count(), [=](index_t chunk) {
    T sum = 0;
    for (index_t i = chunks.begin(chunk); i < chunks.end(chunk); ++i) sum = static_cast<T>(sum + in[i]);
    start[chunk + 1] = sum;
  });
  start[0] = 0;
  for (index_t chunk = 0; chunk < chunks.count(); ++chunk)
    start[chunk + 1] = static_cast<T>(start[chunk + 1] + start[chunk]);
  exec.parallel_for(chunks.count(), [=](index_t chunk) {
    T sum = start[chunk];
    for (index_t i = chunks.begin(chunk); i < chunks.end(chunk); ++i) {
      T const value = in[i];
      out[i] = sum;
      sum = static_cast<T>(sum + value);
    }
  });
  return start[chunks.count()];
}

/// Each chunk writes its indices to its own place, then they are moved together: `flag` is called once an index.
template <class Exec, class Flag>
index_t parallel_select(Exec const& exec, index_t n, Flag flag, tensor_view<std::int32_t> out) {
  fixed_chunks const chunks{n, selection_chunk};
  tensor<std::int32_t> found({n}, exec.memory());
  tensor<index_t> starts({chunks.count() + 1}, exec.memory());
  std::int32_t* const places = found.data();
  index_t* const start = starts.data();
  exec.parallel_for(chunks.count(), [=](index_t chunk) {
    index_t count = chunks.begin(chunk);
    for (index_t i = chunks.begin(chunk); i < chunks.end(chunk); ++i)
      if (flag(i)) places[count++] = static_cast<std::int32_t>(i);
    start[chunk + 1] = count - chunks.begin(chunk);
  });
  start[0] = 0;
  for (index_t chunk = 0; chunk < chunks.count(); ++chunk) start[chunk + 1] += start[chunk];
  index_t const total = start[chunks.count()];
  ACSL_EXPECTS(total <= out.size(), "select: the output holds every selected index", total, out.size());
  exec.parallel_for(chunks.count(), [=](index_t chunk) {
    std::copy_n(places + chunks.begin(chunk), start[chunk + 1] - start[chunk], out.data() + start[chunk]);
  });
  return total;
}

}  // namespace acsl::detail
