// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/boxes/box.hpp>
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/io/detail/pickle_machine.hpp>
#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace acsl {

/// What the original's test tool found in a set's images.
struct pickled_detections {
  bool are_proposals = false;                  ///< of a proposal network alone, which knows no classes: labels are 0
  std::vector<std::vector<detection>> images;  ///< by label, inside a label in the order of the file
};

/// Whether a file holds a pickle; what is no regular file does not.
[[nodiscard]] inline bool is_pickle(std::filesystem::path const& path) {
  std::error_code unreadable;
  if (!std::filesystem::is_regular_file(path, unreadable)) return false;
  byte_source const source(path);
  std::uint8_t first = 0;
  if (source.size() > 0) source.read(0, {&first, 1});
  return first == detail::pickle_opcode::protocol;
}

namespace detail {

/// Adds the rows x1, y1, x2, y2, score of a NumPy array [n, 5].
/// @param where its place in the file's list, for messages
inline void append_rows(pickle_value const& array, std::int32_t label, std::string const& file,
                        std::string const& where, std::vector<detection>& to) {
  bool const rows = array.is(pickle_kind::array) && array.type == element_type::float32 && array.numbers.size() == 2 &&
                    array.numbers[1] == 5;
  if (!rows) throw file_error(file, where, "detections are a float32 array of rows x1, y1, x2, y2, score");
  for (std::size_t at = 0; at < array.text.size(); at += 5 * sizeof(float)) {
    std::array<float, 5> v;
    std::memcpy(v.data(), array.text.data() + at, sizeof v);
    if (!std::isfinite(v[0] + v[1] + v[2] + v[3]) || !std::isfinite(v[4]))
      throw file_error(file, where, "a number of row " + std::to_string(at / sizeof v) + " is NaN or infinite");
    to.push_back({{v[0], v[1], v[2], v[3]}, v[4], label});
  }
}

inline std::vector<detection> pickled_image(pickle_value const& entry, std::size_t classes, std::string const& file,
                                            std::string const& where) {
  std::vector<detection> found;
  if (entry.is(pickle_kind::array)) {
    append_rows(entry, 0, file, where, found);
    return found;
  }
  if (entry.is(pickle_kind::tuple))
    throw file_error(file, where,
                     "holds boxes and masks, which are judged from JSON alone: NAME.bbox.json or "
                     "NAME.segm.json of the test tool");
  if (entry.is(pickle_kind::dict))
    throw file_error(file, where,
                     "holds what several stages found: which one to judge is not known; the results of "
                     "each as JSON can be judged");
  if (!entry.is(pickle_kind::list)) throw file_error(file, where, "an image has a list of arrays, one a category");
  if (entry.items.size() != classes)
    throw file_error(file, where,
                     "an image has " + std::to_string(entry.items.size()) + " arrays, and " + std::to_string(classes) +
                         " categories are listed");
  for (std::size_t k = 0; k < classes; ++k)
    append_rows(*entry.items[k], static_cast<std::int32_t>(k), file, where + "[" + std::to_string(k) + "]", found);
  return found;
}

}  // namespace detail

/// Reads detections as the original's test tool and `acsl test --out` write them: a Python pickle of a list with one
/// entry per image, each a list over the categories of NumPy float32 arrays [n, 5], or for a proposal network one such
/// array. Nothing of the file is run. Needs memory for every array of the file, 2 KB each where Python wrote it;
/// `acsl test` writes empty ones once.
///
/// @param set whose images and categories, in their order, the pickle is about
/// @throws acsl::file_error with the place in the list: another number of images or categories, entries of another form
///         (those of masks, or of several stages, by name), numbers that are NaN or infinite; with the byte, for what
///         is no pickle of numbers; more memory than 8 GB
[[nodiscard]] inline pickled_detections read_result_pickle(std::filesystem::path const& path,
                                                           annotation_set const& set) {
  using detail::pickle_kind;
  byte_source const source(path);
  auto const& file = source.name();
  memory_budget budget;
  detail::pickle_heap heap(budget, file);
  detail::pickle_input input(source, 0, source.size());
  auto const& root = detail::pickle_machine(input, heap, nullptr).run();
  if (input.left() > 0) input.fail(input.position(), "the file goes on behind the end of its pickle");
  if (!root.is(pickle_kind::list)) throw file_error(file, "results are a list with an entry per image");
  if (root.items.size() != set.images.size())
    throw file_error(file, "holds " + std::to_string(root.items.size()) + " images, and " +
                               (set.file.empty() ? "the set" : set.file) + " lists " +
                               std::to_string(set.images.size()));
  pickled_detections result;
  result.are_proposals = !root.items.empty() && root.items[0]->is(pickle_kind::array);
  for (std::size_t i = 0; i < root.items.size(); ++i) {
    auto const where = "[" + std::to_string(i) + "]";
    if (root.items[i]->is(pickle_kind::array) != result.are_proposals)
      throw file_error(file, where, "an image with one array among images with one a category");
    result.images.push_back(detail::pickled_image(*root.items[i], set.categories.size(), file, where));
  }
  return result;
}

}  // namespace acsl
