// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/lowest_bit.hpp>
#include <acsl/losses/detail/row_sum.hpp>
#include <cstdint>

/// Rows that train few of their columns, by a team of one: time for those, and little more for the others than to pass
/// over them. The gradient may stand where the logits do.
namespace acsl::detail {

/// Columns of a row, ascending.
struct listed_columns {
  std::int32_t const* columns;
  std::int32_t count;
};

/// Listed elements of a row, 256 at a time side by side: `prepare` of `sum_share`.
template <class T>
struct gathered_chunk {
  listed_columns list;
  T const* z;
  T* g;  // null: slopes are not wanted
  index_t first = 0, end = 0;
  T logit[chunk_of_lanes] = {}, slope[chunk_of_lanes] = {};

  ACSL_HOST_DEVICE void scatter() const {
    if (g)
      for (index_t k = first; k < end; ++k) g[list.columns[k]] = slope[k - first];
  }
  ACSL_HOST_DEVICE void operator()(index_t from, index_t to) {
    scatter();
    first = from;
    end = to;
    for (index_t k = from; k < to; ++k) logit[k - from] = z[list.columns[k]];
  }
};

/// Σ of the terms of listed elements; g[column] = slope · factor. @param term term(logit, column), in any form
template <class T, class Term>
ACSL_LEAF double sum_listed(listed_columns list, T const* z, T* g, T factor, Term const& term) {
  solo_team team;
  gathered_chunk<T> chunk{list, z, g};
  double const sum = sum_share(
      team, list.count,
      [&](index_t k) ACSL_ALWAYS_INLINE {
        auto const one = term(chunk.logit[k - chunk.first], list.columns[k]);
        chunk.slope[k - chunk.first] = one.slope * factor;
        return one;
      },
      chunk);
  chunk.scatter();
  return sum;
}

/// A row whose trained columns are known before. @param listed listed(column): whether the list holds it
/// @return the sum of the terms
template <class T, class Term, class Listed>
ACSL_LEAF double sweep_listed(index_t columns, listed_columns list, T const* z, T* g, T factor, Term const& term,
                              Listed const& listed) {
  solo_team team;
  double hidden = 0;
  bool const in_place = g == z;
  if (!in_place) hidden = learn_nothing(team, columns, z, g);  // of all columns; what the list trains comes on top
  double const sum = sum_listed(list, z, g, factor, term);
  if (in_place)
    hidden = sum_share(team, columns, [&](index_t j) ACSL_ALWAYS_INLINE {
      bool const trained = listed(static_cast<std::int32_t>(j));
      T const nothing = blend(trained, T(0), z[j] - z[j]);
      return g[j] = blend(trained, g[j], nothing), nothing;
    });
  return sum + hidden;
}

/// A row whose trained columns are those where trains(logit, column), found as it goes along.
template <class T, class Term, class Trains>
ACSL_LEAF double sweep_found(index_t columns, T const* z, T* g, T factor, Term const& term, Trains const& trains) {
  constexpr std::int32_t most = 2048, word = 32;
  auto const count = static_cast<std::int32_t>(columns);
  std::int32_t list[most];
  double sum = 0;
  for (std::int32_t begin = 0; begin < count; begin += most) {
    std::int32_t const end = count - begin < most ? count : begin + most;
    std::int32_t found = 0;
    T hidden[word] = {};
    // What is trained stays a logit in the gradient until its slope takes the place.
    auto const look = [&](std::int32_t j, int l) ACSL_ALWAYS_INLINE {
      bool const trained = trains(z[j], j);
      T const nothing = z[j] - z[j];
      hidden[l] += blend(trained, T(0), nothing);
      if (g) g[j] = blend(trained, z[j], nothing);
      return static_cast<std::uint32_t>(trained) << l;
    };
    std::int32_t j = begin;
    for (; j + word <= end; j += word) {
      std::uint32_t bits = 0;
      ACSL_INDEPENDENT_ITERATIONS
      for (int l = 0; l < word; ++l) bits |= look(j + l, l);
      for (; bits != 0; bits &= bits - 1) list[found++] = j + lowest_bit(bits);
    }
    for (; j < end; ++j)
      if (look(j, 0)) list[found++] = j;
    for (T const one : hidden) sum += static_cast<double>(one);
    sum += sum_listed(listed_columns{list, found}, g ? g : z, g, factor, term);
  }
  return sum;
}

}  // namespace acsl::detail
