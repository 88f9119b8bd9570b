// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <string>
#include <support/read_outcome.hpp>
#include <support/temporary_folder.hpp>
#include <support/two_images.hpp>
#include <utility>
#include <vector>

/// Texts of annotations and results, and checks that a file that is read in chunks gives what the reader of the whole
/// text gives: the same records, or the same message.
namespace test::json_readers {

inline std::string const annotation_text = R"({"info": {"year": 2026, "list": [{"a": 1}, {"b": [{}, {}]}]},
  "licenses": [{"id": 1}, {"id": 2}],
  "images": [{"id": 8000000000, "file_name": "a.jpg", "width": 640, "height": 480, "neg_category_ids": [3],
              "not_exhaustive_category_ids": [7]} ,
             {"id": 2, "coco_url": "http://x/b.jpg", "width": 100.0, "height": 50, "neg_category_ids": [],
              "not_exhaustive_category_ids": []}],
  "annotations": [
    {"id": 1, "image_id": 8000000000, "category_id": 3, "bbox": [1, 2.5, 30, 40], "area": 600.25, "segmentation": [[1,2,3]]},
    {"id": 9000000000, "image_id": 2, "category_id": 7, "bbox": [0, 0, 100.4, 1e-7], "area": 7, "iscrowd": 1},
    {"id": 5, "image_id": 2, "category_id": 7, "bbox": [0, -0, 1e1, 50], "area": 8, "ignore": "yes", "note": "},{"}],
  "categories": [{"id": 7, "name": "chat \u00e9\ud83d\ude00 \"},{\"", "frequency": "r", "image_count": 3},
                 {"id": 3, "name": "dog", "frequency": "f", "synonyms": [{"a": 1}, {"a": 2}]}]})";

inline std::string const result_text =
    R"([{"image_id": 8000000000, "category_id": 9000000000, "bbox": [-1.5, 2, 3e2, 0.1],
  "score": 1, "area": "none"}, {"score": -2.5, "bbox": [0, 0, 1e-7, 0], "category_id": 3.0, "image_id": 2,
  "note": "},{ \\", "list": [{"a": 1}, {"b": 2}]}
  , {"image_id": 5, "image_id": 2, "category_id": 3, "bbox": [0.1, 0.30000000000000004, 5e-324, 1.7976931348623157e308],
  "score": -0.0},{"image_id":2,"category_id":3,"bbox":[123456789012345678901234567890,-0,0,0],"score":18446744073709551615}
])";

/// @param words stand in what every reader says, or in what it reads
inline void check_results(std::string const& text, std::vector<std::size_t> const& chunk_bytes,
                          std::string const& words = "") {
  CAPTURE(text.substr(0, 2000));
  test::temporary_folder const folder;
  test::write_text(folder / "r.json", text);
  auto const truth = test::two_images();
  acsl::reference exec;
  auto const expected = test::outcome([&] { return acsl::load_results(folder / "r.json", truth); });
  CHECK_MESSAGE(expected.find(words) != std::string::npos, expected);
  CHECK(expected.size() < 1000);
  for (auto const bytes : chunk_bytes)
    CHECK(test::outcome([&] { return acsl::load_results(exec, folder / "r.json", truth, {}, bytes); }) == expected);
}
inline void check_annotations(std::string const& text, std::vector<std::size_t> const& chunk_bytes,
                              std::string const& words = "") {
  CAPTURE(text.substr(0, 2000));
  test::temporary_folder const folder;
  test::write_text(folder / "a.json", text);
  acsl::reference exec;
  for (auto const rules : {acsl::annotation_rules::training, acsl::annotation_rules::evaluation,
                           acsl::annotation_rules::coco_evaluation}) {
    auto const expected = test::outcome([&] { return acsl::load_annotations(folder / "a.json", rules); });
    CHECK_MESSAGE(expected.find(words) != std::string::npos, expected);
    CHECK(expected.size() < 1000);
    for (auto const bytes : chunk_bytes)
      CHECK(test::outcome([&] { return acsl::load_annotations(exec, folder / "a.json", rules, bytes); }) == expected);
  }
}

inline std::string replaced(std::string text, std::string const& what, std::string const& by) {
  auto const place = text.find(what);
  REQUIRE(place != std::string::npos);
  return text.replace(place, what.size(), by);
}

inline std::string repeated(std::string const& part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}
inline std::string nested(int depth) { return repeated("[", depth) + repeated("]", depth); }
/// A list of one result, which says this of one key.
inline std::string result_with(std::string const& key, std::string const& value) {
  std::string text = "[{";
  for (auto const& [name, usual] : std::vector<std::pair<std::string, std::string>>{
           {"image_id", "2"}, {"category_id", "3"}, {"bbox", "[1, 2, 3, 4]"}, {"score", "0.5"}, {"note", "0"}})
    text += (text.size() > 2 ? ", \"" : "\"") + name + "\": " + (name == key ? value : usual);
  return text + "}]";
}

}  // namespace test::json_readers
