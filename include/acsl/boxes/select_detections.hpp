// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/boxes/iou.hpp>
#include <acsl/boxes/soft_nms.hpp>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace acsl {

/// Numbers of the test-time selection; defaults are the original's.
struct selection_options {
  float score_threshold = 0;  ///< strictly above
  float nms_threshold = 0.5F;
  index_t max_detections = 300;
  std::optional<soft_nms_options> soft = {};  ///< instead of `nms_threshold`: neighbours' scores decay
};

namespace detail {

/// `select_detections` with soft suppression, which has no shortcut: a pass over every class, classes side by side.
template <class Convention, backend Backend, class BoxOf>
std::vector<detection> select_softly(Backend& exec, tensor_view<float const> scores, selection_options const& options,
                                     BoxOf const& box_of) {
  index_t const rows = scores.rows(), columns = scores.columns();
  std::vector<std::vector<scored_box>> kept(static_cast<std::size_t>(columns));
  exec.for_each(
      columns,
      [&](index_t c) {
        auto& own = kept[static_cast<std::size_t>(c)];
        for (index_t r = 0; c > 0 && r < rows; ++r)
          if (float const score = scores[r * columns + c]; score > options.score_threshold)
            own.push_back({box_of(r, c), score, static_cast<std::int32_t>(r)});
        own = soft_nms<Convention>(std::move(own), *options.soft);
      },
      1e6);
  std::vector<detection> result;
  for (index_t c = 1; c < columns; ++c)
    for (auto const& one : kept[static_cast<std::size_t>(c)])
      result.push_back({one.where, one.score, static_cast<std::int32_t>(c - 1)});
  if (static_cast<index_t>(result.size()) <= options.max_detections) return result;
  std::stable_sort(result.begin(), result.end(),
                   [](detection const& a, detection const& b) { return a.score > b.score; });
  result.resize(static_cast<std::size_t>(options.max_detections));
  return result;
}

}  // namespace detail

/// The detections of an image: per class, rows whose score exceeds the threshold go through non-maximum suppression; of
/// all classes' survivors the `max_detections` best remain (detector-spec 11.1). Column 0 is background and is not
/// looked at. With `soft`, soft suppression takes the place of that, a class's survivors standing in the order in which
/// they were picked.
///
/// Equal to a suppression pass over every class, without running it. A row is kept or not by the kept rows *of its
/// class* with a higher score alone, so candidates of all classes may be visited in one sequence of descending score:
/// when `max_detections` are kept, every candidate not yet visited scores at most as much as the last one kept and
/// comes later in the canonical order of ties (class, then row), so it cannot be among the best, and the rest need not
/// be visited. If the sequence ends before that, all survivors are known, and they stay in class order as the original
/// leaves them. Candidates are sorted in growing portions, since a few thousand of a million are enough as a rule.
///
/// @param boxes  [n], or [n · C] for class-specific boxes (row-major, column 0 unused)
/// @param scores [n, C]
/// @return score descending when more survive than `max_detections` (ties: lower class, then lower row first);
/// otherwise
///         by class, then row. Labels are 0-based, column − 1
template <class Convention = inclusive, backend Backend>
std::vector<detection> select_detections(Backend& exec, tensor_view<box const> boxes, tensor_view<float const> scores,
                                         selection_options const& options) {
  static_assert(Backend::host_memory, "acsl::select_detections: boxes lie in host memory");
  if (scores.empty() || options.max_detections <= 0) return {};
  index_t const rows = scores.rows(), columns = scores.columns();
  bool const per_class = boxes.size() == rows * columns && columns != 1;
  ACSL_EXPECTS(per_class || boxes.size() == rows, "one box per row, or one per row and class", boxes.size(), rows,
               columns);
  if (options.soft)
    return detail::select_softly<Convention>(
        exec, scores, options, [&](index_t r, index_t c) { return boxes[per_class ? r * columns + c : r]; });

  struct candidate {
    float score;
    std::int32_t column, row;
  };
  auto const before = [](candidate const& a, candidate const& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.column != b.column ? a.column < b.column : a.row < b.row;
  };
  std::vector<candidate> candidates;
  for (index_t r = 0; r < rows; ++r)
    for (index_t c = 1; c < columns; ++c) {
      float const score = scores[r * columns + c];
      if (score > options.score_threshold)
        candidates.push_back({score, static_cast<std::int32_t>(c), static_cast<std::int32_t>(r)});
    }

  std::vector<std::vector<std::int32_t>> kept_rows(static_cast<std::size_t>(columns));
  std::vector<candidate> kept;
  auto const box_of = [&](candidate const& c) { return per_class ? boxes[c.row * columns + c.column] : boxes[c.row]; };
  // One more than asked for tells "more than max_detections" from "exactly max_detections".
  auto const enough = static_cast<std::size_t>(options.max_detections) + 1;
  std::size_t sorted = 0, portion = 4 * enough;
  for (std::size_t next = 0; next < candidates.size() && kept.size() < enough; ++next) {
    if (next == sorted) {
      sorted = std::min(candidates.size(), sorted + portion);
      auto const begin = candidates.begin() + static_cast<std::ptrdiff_t>(next);
      auto const end = candidates.begin() + static_cast<std::ptrdiff_t>(sorted);
      if (end != candidates.end()) std::nth_element(begin, end - 1, candidates.end(), before);
      std::sort(begin, end, before);
      portion *= 4;
    }
    candidate const& one = candidates[next];
    box const where = box_of(one);
    auto& rivals = kept_rows[static_cast<std::size_t>(one.column)];
    bool const suppressed = std::any_of(rivals.begin(), rivals.end(), [&](std::int32_t row) {
      return iou<Convention>(box_of({0, one.column, row}), where) > options.nms_threshold;
    });
    if (suppressed) continue;
    rivals.push_back(one.row);
    kept.push_back(one);
  }
  if (kept.size() == enough) kept.pop_back();
  else
    std::sort(kept.begin(), kept.end(), [](candidate const& a, candidate const& b) {
      return a.column != b.column ? a.column < b.column : a.row < b.row;
    });
  std::vector<detection> result;
  result.reserve(kept.size());
  for (candidate const& one : kept) result.push_back({box_of(one), one.score, one.column - 1});
  return result;
}

}  // namespace acsl
