// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/host_device.hpp>
#include <acsl/core/shape.hpp>

/// How a team of one walks over indices: 16 at a time, whose iterations touch nothing of each other, which is SIMD code
/// where the body allows it, on any instruction set.
namespace acsl::detail {

inline constexpr int lane_count = 16;
inline constexpr std::int32_t chunk_of_lanes = 256;  ///< indices between two calls of `prepare`

struct nothing_to_prepare {
  ACSL_LEAF void operator()(index_t, index_t) const {}
};

/// body(first + l, from + l) for l < Count.
template <int Count, class Body>
ACSL_LEAF void in_lanes(std::int32_t first, int from, Body& body) {
  ACSL_INDEPENDENT_ITERATIONS
  for (int l = 0; l < Count; ++l) body(index_t{first + l}, from + l);
}

/// One function object for the index `at`, and another for the others, which does without what only that one needs.
template <class One, class Others>
struct but_for_one {
  std::int32_t at;
  One one;
  Others others;
};
/// make(f), or both of a `but_for_one`.
template <class F, class Make>
ACSL_LEAF auto made_of(F const& f, Make const& make) {
  return make(f);
}
template <class One, class Others, class Make>
ACSL_LEAF auto made_of(but_for_one<One, Others> const& f, Make const& make) {
  return but_for_one<decltype(make(f.one)), decltype(make(f.others))>{f.at, make(f.one), make(f.others)};
}

/// Calls body(i, lane) for i in [first, end): 16 at a time, then 8, 4, 2 and 1 of what is left, from lanes 0, 8,
/// 12, 14.
template <class Body>
ACSL_LEAF void walk_chunk(std::int32_t first, std::int32_t end, Body& body) {
  std::int32_t i = first;
  for (; i + lane_count <= end; i += lane_count) in_lanes<lane_count>(i, 0, body);
  if (i + 8 <= end) in_lanes<8>(i, 0, body), i += 8;
  if (i + 4 <= end) in_lanes<4>(i, 8, body), i += 4;
  if (i + 2 <= end) in_lanes<2>(i, 12, body), i += 2;
  if (i < end) body(index_t{i}, 14);
}
template <class One, class Others>
ACSL_LEAF void walk_chunk(std::int32_t first, std::int32_t end, but_for_one<One, Others>& body) {
  if (first <= body.at && body.at < end) walk_chunk(first, end, body.one);
  else walk_chunk(first, end, body.others);
}

/// Calls body(i, lane) for i in [0, n), n below 2^31, in chunks with prepare(first, end) before and finish() after
/// each. An index has the lane i mod 16, but for what is left of the last 16. A body that is a `but_for_one` is chosen
/// once for a chunk.
template <class Prepare, class Body, class Finish>
ACSL_LEAF void walk_in_lanes(index_t n, Prepare&& prepare, Body&& body, Finish&& finish) {
  // 32 bits, and no more for tables whose index a body narrows: else loads of neighbours become gathers.
  std::int32_t i = 0;
  auto const count = static_cast<std::int32_t>(n);
  while (i < count) {
    std::int32_t const end = count - i < chunk_of_lanes ? count : i + chunk_of_lanes;
    prepare(i, end);
    walk_chunk(i, end, body);
    i = end;
    finish();
  }
}

/// op over the lanes, in pairs. The lanes are overwritten.
template <class T, class Op>
ACSL_LEAF T combine_lanes(T (&lane)[lane_count], Op op) {
  for (int step = lane_count / 2; step > 0; step /= 2)
    for (int l = 0; l < step; ++l) lane[l] = op(lane[l], lane[l + step]);
  return lane[0];
}

}  // namespace acsl::detail
