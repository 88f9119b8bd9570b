// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_groups.hpp>
#include <acsl/losses/detail/log_sum_exp.hpp>
#include <acsl/losses/stable.hpp>

namespace acsl::detail {

/// What a row is in a group.
struct group_word {
  std::int32_t position = -1;  ///< −1: the row is ignored
  double weight = 0;
};

/// A softmax cross-entropy in every slice of a row.
template <class T>
struct group_row {
  using shared = no_shared;
  T const* logits;
  T* gradient;  // null: value only
  column_slice const* slices;
  group_word const* words;  // [rows, groups]
  index_t groups, columns;
  double scale;
  double* sums = nullptr;

  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t i) const {
    double value = 0;
    for (index_t s = 0; s < groups; ++s) {
      column_slice const slice = slices[s];
      group_word const word = words[i * groups + s];
      T const* z = logits + i * columns + slice.start;
      T* g = gradient ? gradient + i * columns + slice.start : nullptr;
      if (word.weight == 0) {
        // Nothing to learn here, but a NaN or an infinity of a row that counts is not hidden.
        T const counts = word.position >= 0 ? T(1) : T(0);
        auto const hide = [&](index_t j) {
          T const nothing = blend(counts > 0, z[j] - z[j], T(0));
          if (g) g[j] = nothing;
          return nothing;
        };
        value += team.reduce(share_of(team, slice.length, 0.0, plus{}, hide), plus{});
        continue;
      }
      T const wanted = z[word.position];
      team.sync();  // the gradient may stand where the logits do: nobody writes before all have read the true column
      auto const plain = [&](index_t j) { return z[j]; };
      auto const all = sum_exponentials(team, slice.length, wanted, plain, g);
      value += word.weight * (static_cast<double>(all.top) + std::log(all.sum) - static_cast<double>(wanted));
      auto const factor = static_cast<T>(scale * word.weight), inverse = static_cast<T>(1 / all.sum);
      if (g)
        team.for_each(slice.length, [&](index_t j) {
          T const hit = blend(static_cast<std::int32_t>(j) == word.position, T(1), T(0));
          g[j] = factor * (g[j] * inverse - hit);
        });
    }
    if (team.rank() == 0) sums[i] = value;
  }
};

template <class T>
struct group_score_row {
  using shared = no_shared;
  T const* logits;
  T* scores;  // [C + 1]
  column_slice const* slices;
  std::int32_t const *group_of_label, *position_of_label;
  index_t groups, columns, classes, background_group;
  std::int32_t background_position;
  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared&, index_t row) const {
    T const* z = logits + row * columns;
    T* s = scores + row * (classes + 1);
    T const* pair = z + slices[background_group].start;
    T const background = sigmoid(pair[background_position] - pair[1 - background_position]);
    T const foreground = sigmoid(pair[1 - background_position] - pair[background_position]);
    if (team.rank() == 0) s[0] = background;
    for (index_t group = 0; group < groups; ++group) {
      if (group == background_group) continue;
      T const* x = z + slices[group].start;
      T const lse = log_sum_exp<T>(team, slices[group].length, [&](index_t j) { return x[j]; });
      team.for_each(classes, [&](index_t k) {
        if (group_of_label[k + 1] == group) s[k + 1] = exponential(x[position_of_label[k + 1]] - lse) * foreground;
      });
    }
  }
};

}  // namespace acsl::detail
