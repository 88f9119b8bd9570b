// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <acsl/core/shape.hpp>
#include <cstdint>
#include <vector>

namespace acsl {

/// Columns [start, start + length).
struct column_slice {
  index_t start = 0, length = 0;
};

/// How the columns of a grouped softmax stand for labels: consecutive slices, in each a position for every label.
struct class_groups {
  std::vector<column_slice> slices;
  std::size_t background_group = 0;             ///< the group that tells background from foreground
  std::int32_t background_position = 0;         ///< of background there; foreground has the other of two
  std::vector<std::int32_t> group_of_label;     ///< [C + 1] the group whose member a label is
  std::vector<std::int32_t> position_of_label;  ///< [C + 1] its position there; 0 stands for "others"

  [[nodiscard]] index_t classes() const { return static_cast<index_t>(group_of_label.size()) - 1; }
  [[nodiscard]] index_t columns() const { return slices.back().start + slices.back().length; }
  [[nodiscard]] bool is_member(std::size_t group, std::int32_t label) const {
    return group_of_label[static_cast<std::size_t>(label)] == static_cast<std::int32_t>(group);
  }
  [[nodiscard]] std::int32_t position(std::size_t group, std::int32_t label) const {
    if (group == background_group) return label == 0 ? background_position : 1 - background_position;
    return is_member(group, label) ? position_of_label[static_cast<std::size_t>(label)] : 0;
  }
  /// The labels of a group of classes, in the order of their positions.
  [[nodiscard]] std::vector<std::int64_t> members(std::size_t group) const {
    std::vector<std::int64_t> labels;
    for (std::size_t label = 1; label < group_of_label.size(); ++label)
      if (is_member(group, static_cast<std::int32_t>(label))) labels.push_back(static_cast<std::int64_t>(label));
    return labels;
  }
  /// @throws acsl::error unless the slices follow each other from column 0, the background group has two columns, and
  ///         every label has a position in a group
  void expect_whole() const {
    index_t next = 0;
    for (auto const& slice : slices) {
      ACSL_EXPECTS(slice.start == next && slice.length > 0, "the slices of groups follow each other from column 0",
                   slice.start, slice.length);
      next += slice.length;
    }
    ACSL_EXPECTS(background_group < slices.size() && slices[background_group].length == 2,
                 "the background group has two columns", background_group);
    ACSL_EXPECTS(background_position == 0 || background_position == 1, "background is the first or the second of two",
                 background_position);
    ACSL_EXPECTS(!group_of_label.empty() && group_of_label.size() == position_of_label.size(),
                 "every label has a group and a position", group_of_label.size(), position_of_label.size());
    for (std::size_t label = 0; label < group_of_label.size(); ++label) {
      auto const group = group_of_label[label], position = position_of_label[label];
      ACSL_EXPECTS(group >= 0 && static_cast<std::size_t>(group) < slices.size() && position >= 0 &&
                       position < slices[static_cast<std::size_t>(group)].length,
                   "the position of a label lies in its group", label, group, position);
    }
  }
};

/// Groups of classes by their number of training boxes: a class belongs to the first group whose limit is above it; the
/// last group has no limit. Within a group classes keep their order.
///
/// @param limits ascending: {10, 100, 1000} is the original's, four groups
/// @param background_last the background group stands behind the others, as [foreground, background] (a public
///        re-implementation), instead of before them, as [background, foreground] (the original)
/// @param with_empty groups without classes have a column, that of "others", as in the original's files; they are left
///        out otherwise
inline class_groups groups_by_count(std::vector<std::int64_t> const& counts,
                                    std::vector<std::int64_t> const& limits = {10, 100, 1000},
                                    bool background_last = false, bool with_empty = false) {
  for (std::size_t i = 1; i < limits.size(); ++i)
    ACSL_EXPECTS(limits[i - 1] < limits[i], "the limits of groups ascend", limits[i - 1], limits[i]);
  ACSL_EXPECTS(!counts.empty(), "groups of classes: there is at least one class");
  class_groups result;
  result.group_of_label.assign(counts.size() + 1, -1);
  result.position_of_label.assign(counts.size() + 1, 0);
  index_t start = 0;
  auto const add = [&](index_t length) {
    result.slices.push_back({start, length});
    start += length;
    return static_cast<std::int32_t>(result.slices.size()) - 1;
  };
  if (!background_last) add(2);
  for (std::size_t b = 0; b <= limits.size(); ++b) {
    std::vector<std::size_t> members;
    for (std::size_t c = 0; c < counts.size(); ++c)
      if ((b == 0 || counts[c] >= limits[b - 1]) && (b == limits.size() || counts[c] < limits[b]))
        members.push_back(c + 1);
    if (members.empty() && !with_empty) continue;
    std::int32_t const group = add(static_cast<index_t>(members.size()) + 1);
    for (std::size_t k = 0; k < members.size(); ++k) {
      result.group_of_label[members[k]] = group;
      result.position_of_label[members[k]] = static_cast<std::int32_t>(k) + 1;
    }
  }
  if (background_last) {
    result.background_group = static_cast<std::size_t>(add(2));
    result.background_position = 1;
  }
  result.group_of_label[0] = static_cast<std::int32_t>(result.background_group);
  result.position_of_label[0] = result.background_position;
  return result;
}

}  // namespace acsl
