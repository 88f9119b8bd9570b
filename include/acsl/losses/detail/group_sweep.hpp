// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_groups.hpp>
#include <acsl/losses/detail/log_sum_exp.hpp>
#include <acsl/losses/detail/staged_row.hpp>
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
  using shared = row_stage<T>;
  T const* logits;
  T* gradient;  // null: value only
  column_slice const* slices;
  group_word const* words;  // [rows, groups]
  index_t groups, columns;
  double scale;
  double* sums = nullptr;

  template <class Team>
  ACSL_ROW_KERNEL void operator()(Team& team, shared& stage, index_t i) const {
    double value = 0;
    for (index_t s = 0; s < groups; ++s) {
      column_slice const slice = slices[s];
      group_word const word = words[i * groups + s];
      T const* z = logits + i * columns + slice.start;
      T* g = gradient ? gradient + i * columns + slice.start : nullptr;
      if (word.weight == 0) {
        double nothing = 0;
        if (word.position >= 0) nothing = learn_nothing(team, slice.length, z, g);
        else if (g) team.for_each(slice.length, [&](index_t j) { g[j] = 0; });
        value += team.reduce(nothing, plus{});
        continue;
      }
      T const wanted = z[word.position];
      team.sync();  // all have read what is staged of the slice before
      auto const staged = stage_row(team, stage, z, g, slice.length);
      auto const plain = [&](index_t j) ACSL_ALWAYS_INLINE { return staged.read[j]; };
      auto const all = sum_exponentials(team, slice.length, wanted, plain, staged.work);
      value += word.weight * all.above(wanted);
      if (g)
        share_gradient(team, slice.length, staged.work, g, all.sum, word.position, static_cast<T>(scale * word.weight));
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
      T const lse = log_sum_exp(team, slices[group].length, x[0], [&](index_t j) { return x[j]; });
      team.for_each(classes, [&](index_t k) {
        if (group_of_label[k + 1] == group)
          s[k + 1] = exponential_share(x[position_of_label[k + 1]] - lse) * foreground;
      });
    }
  }
};

}  // namespace acsl::detail
