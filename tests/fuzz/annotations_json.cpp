// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "memory_file.hpp"
#include "same_outcome.hpp"

#include <acsl/backend/reference.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/object_masks.hpp>
#include <algorithm>
#include <optional>
#include <support/read_outcome.hpp>
#include <vector>

namespace {

/// As `load_object_masks`, from the tree of the whole text alone.
std::vector<acsl::run_length_mask> masks_of_tree(std::filesystem::path const& path, acsl::annotation_set const& set) {
  acsl::detail::object_mask_reader const reader(set);
  std::vector<std::vector<acsl::detail::object_mask_reader::entry>> whole(1);
  auto const document = acsl::read_json(path);
  if (auto const list = document.find("annotations"))
    list->for_each_element([&](acsl::json_value const& annotation) { reader.read(annotation, whole[0]); });
  auto masks = reader.masks_of(std::move(whole));
  if (!masks) std::abort();
  return *std::move(masks);
}

}  // namespace

/// A fuzzer for annotation files, in the form that libFuzzer calls: read in chunks and as a whole they hold the same,
/// segmentations included, or are refused by acsl::file_error with the same words.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::memory_file file;
  file.assign(data, size);
  auto const path = file.path();
  auto const hash = fuzz::hash_of(data, size);
  auto const rules = hash % 2 ? acsl::annotation_rules::evaluation : acsl::annotation_rules::training;
  std::size_t const chunk_bytes[] = {1, 1 + hash / 2 % (size + 1)};
  acsl::reference exec;
  std::optional<acsl::annotation_set> set;
  auto const whole = test::outcome([&] { return set.emplace(acsl::load_annotations(path, rules)); });
  for (auto const bytes : chunk_bytes)
    fuzz::expect_same(whole, test::outcome([&] { return acsl::load_annotations(exec, path, rules, bytes); }));
  // The outline of a polygon costs time and memory for every column of a picture.
  if (!set || rules != acsl::annotation_rules::evaluation ||
      std::any_of(set->images.begin(), set->images.end(), [](auto const& image) { return image.width > 2048; }))
    return 0;
  auto const masks = test::outcome([&] { return masks_of_tree(path, *set); });
  for (auto const bytes : chunk_bytes)
    fuzz::expect_same(masks, test::outcome([&] { return acsl::load_object_masks(exec, path, *set, bytes); }));
  return 0;
}
