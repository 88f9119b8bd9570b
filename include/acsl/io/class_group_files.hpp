// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/numpy_pickle.hpp>
#include <acsl/io/pth_writer.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/losses/class_groups.hpp>
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The files in which balanced group softmax keeps its groups (detector-spec 9.3, 14.6), for G groups in all, that of
/// background before the others, and labels 0 … C:
///
///   label2binlabel.pt      int64 [G, C + 1], a tensor: position of every label in every group, 0 for "others"
///   pred_slice_with0.pt    int64 [G, 2], a tensor: first column and number of columns of every group
///   valsplit.pkl           a map of int64 arrays: the labels of every group under its interval, then `normal` (1 … C),
///                          `background` (0) and `all`
///
/// A label is 1 + the position of a category in the annotation file, which for LVIS is its id.
namespace acsl {

inline constexpr char const *label2binlabel_file = "label2binlabel.pt", *pred_slice_file = "pred_slice_with0.pt",
                            *valsplit_file = "valsplit.pkl", *groups_safetensors_file = "groups.safetensors";

/// The original's limits for 2 to 8 groups of classes.
[[nodiscard]] inline std::vector<std::int64_t> published_group_limits(int groups) {
  switch (groups) {
    case 2:
      return {100};
    case 3:
      return {100, 1000};
    case 4:
      return {10, 100, 1000};
    case 5:
      return {100, 500, 1000, 5000};
    case 6:
      return {50, 100, 500, 1000, 5000};
    case 7:
      return {10, 50, 100, 500, 1000, 5000};
    case 8:
      return {5, 10, 50, 100, 500, 1000, 5000};
    default:
      throw error("the original has 2 to 8 groups of classes; found " + std::to_string(groups));
  }
}

/// What the keys of valsplit.pkl call the groups between limits: "(0, 10)", "[10, 100)", "[100, ~)". The original's
/// names for {100} and {100, 1000} are others, and kept: programs look them up.
[[nodiscard]] inline std::vector<std::string> interval_names(std::vector<std::int64_t> const& limits) {
  if (limits == std::vector<std::int64_t>{100}) return {"[10, 100)", "[1000, ~)"};
  if (limits.empty()) return {"(0, ~)"};
  bool const triple = limits == std::vector<std::int64_t>{100, 1000};
  std::vector<std::string> names = {(triple ? "[0, " : "(0, ") + std::to_string(limits[0]) + ")"};
  for (std::size_t i = 0; i < limits.size(); ++i)
    names.push_back("[" + std::to_string(limits[i]) + ", " +
                    (i + 1 < limits.size() ? std::to_string(limits[i + 1]) : "~") + ")");
  return names;
}

/// label2binlabel and pred_slice_with0. @pre the background group is the first, [background, foreground]
[[nodiscard]] inline std::pair<stored_array, stored_array> group_arrays(class_groups const& groups) {
  groups.expect_whole();
  ACSL_EXPECTS(groups.background_group == 0 && groups.background_position == 0,
               "in files of groups, background stands first", groups.background_group, groups.background_position);
  auto const count = static_cast<index_t>(groups.slices.size());
  std::vector<std::int64_t> positions, slices;
  for (std::size_t g = 0; g < groups.slices.size(); ++g) {
    for (index_t label = 0; label <= groups.classes(); ++label)
      positions.push_back(groups.position(g, static_cast<std::int32_t>(label)));
    slices.insert(slices.end(), {groups.slices[g].start, groups.slices[g].length});
  }
  return {as_stored_array({count, groups.classes() + 1}, positions), as_stored_array({count, 2}, slices)};
}

/// Writes the three files into a folder, which is made if it is not there.
/// @param names of the groups of classes, in valsplit.pkl
/// @param with_safetensors groups.safetensors as well, with the arrays label2binlabel and pred_slice_with0
/// @throws acsl::file_error when a file cannot be written; each is whole or as it was before
inline void write_class_groups(std::filesystem::path const& folder, class_groups const& groups,
                               std::vector<std::string> const& names, bool with_safetensors = false) {
  ACSL_EXPECTS(names.size() + 1 == groups.slices.size(), "a name for every group of classes", names.size(),
               groups.slices.size());
  auto [positions, slices] = group_arrays(groups);
  auto const labels = [&](std::int64_t first, std::int64_t last) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(last - first + 1));
    std::iota(values.begin(), values.end(), first);
    return as_stored_array({static_cast<index_t>(values.size())}, values);
  };
  std::vector<named_array> split;
  for (std::size_t g = 1; g < groups.slices.size(); ++g) {
    auto const members = groups.members(g);
    split.push_back({names[g - 1], as_stored_array({static_cast<index_t>(members.size())}, members)});
  }
  split.push_back({"normal", labels(1, groups.classes())});
  split.push_back({"background", labels(0, 0)});
  split.push_back({"all", labels(0, groups.classes())});
  std::filesystem::create_directories(folder);
  write_pth_tensor(folder / label2binlabel_file, positions);
  write_pth_tensor(folder / pred_slice_file, slices);
  write_array_map(folder / valsplit_file, split);
  if (!with_safetensors) return;
  checkpoint_content content;
  content.arrays = {{"label2binlabel", std::move(positions)}, {"pred_slice_with0", std::move(slices)}};
  write_safetensors(folder / groups_safetensors_file, content);
}

namespace detail {

/// An int64 array with two axes out of a file, by name; a file with one array may call it anything.
inline std::vector<std::int64_t> group_numbers(std::filesystem::path const& path, std::string_view name, index_t& rows,
                                               index_t& columns) {
  auto const content = read_checkpoint(path);
  auto const& arrays = content.arrays;
  auto const found = std::find_if(arrays.begin(), arrays.end(), [&](auto const& a) { return a.name == name; });
  if (found == arrays.end() && arrays.size() != 1) throw file_error(path.string(), "has no array " + std::string(name));
  auto const& values = found == arrays.end() ? arrays.front().values : found->values;
  if (values.type != element_type::int64 || values.extents.rank() != 2)
    throw file_error(path.string(), std::string(name) + " is an int64 array with two axes; found " +
                                        names_of(values.type).name + " " + values.extents.to_string().c_str());
  rows = values.extents[0];
  columns = values.extents[1];
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(values.extents.elements()));
  if (!numbers.empty()) std::memcpy(numbers.data(), values.bytes.data(), values.bytes.size());
  return numbers;
}

}  // namespace detail

/// Reads groups from a folder with label2binlabel.pt and pred_slice_with0.pt, the original's or ours, or from one
/// safetensors file with both.
/// @throws acsl::file_error for files that cannot be read, arrays of another form, and groups that do not fit: a
///         label in none or in two, a position beyond its group, slices that do not follow each other
[[nodiscard]] inline class_groups read_class_groups(std::filesystem::path const& path) {
  bool const folder = std::filesystem::is_directory(path);
  auto const label_path = folder ? path / label2binlabel_file : path;
  index_t groups = 0, labels = 0, slices = 0, two = 0;
  auto const positions = detail::group_numbers(label_path, "label2binlabel", groups, labels);
  auto const ranges = detail::group_numbers(folder ? path / pred_slice_file : path, "pred_slice_with0", slices, two);
  auto const refuse = [&](std::string const& reason) { throw file_error(label_path.string(), reason); };
  if (two != 2 || slices != groups || groups < 2 || labels < 2)
    refuse("holds " + std::to_string(groups) + " groups of " + std::to_string(labels) + " labels, and there are " +
           std::to_string(slices) + " slices of " + std::to_string(two) + " numbers");
  class_groups result;
  result.group_of_label.assign(static_cast<std::size_t>(labels), -1);
  result.position_of_label.assign(static_cast<std::size_t>(labels), 0);
  result.group_of_label[0] = 0;
  for (index_t g = 0; g < groups; ++g) {
    auto const* const range = &ranges[static_cast<std::size_t>(2 * g)];
    result.slices.push_back({range[0], range[1]});
    for (index_t label = 0; label < labels; ++label) {
      auto const position = positions[static_cast<std::size_t>(g * labels + label)];
      auto const where = "group " + std::to_string(g) + ", label " + std::to_string(label);
      if (g == 0 ? position != (label > 0) : (position < 0 || position >= range[1] || (label == 0 && position > 0)))
        refuse(where + ": the position " + std::to_string(position) + " is none of its group");
      if (g == 0 || position == 0) continue;
      auto& group = result.group_of_label[static_cast<std::size_t>(label)];
      if (group >= 0) refuse(where + ": the label is in group " + std::to_string(group) + " as well");
      group = static_cast<std::int32_t>(g);
      result.position_of_label[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(position);
    }
  }
  auto const& group_of = result.group_of_label;
  if (auto const lost = std::find(group_of.begin(), group_of.end(), -1); lost != group_of.end())
    refuse("label " + std::to_string(lost - group_of.begin()) + " is in no group");
  try {
    result.expect_whole();
  } catch (error const& problem) {
    refuse(reason_of(problem));
  }
  return result;
}

}  // namespace acsl
