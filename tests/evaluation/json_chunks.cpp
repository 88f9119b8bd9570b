// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <functional>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>
#include <support/two_images.hpp>

// A file that is read in chunks gives what the reader of the whole text gives: the same records, or the same message.

namespace {

using acsl::annotation_rules;

std::string const annotation_text = R"({"info": {"year": 2026, "list": [{"a": 1}, {"b": [{}, {}]}]},
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

std::string const result_text = R"([{"image_id": 8000000000, "category_id": 9000000000, "bbox": [-1.5, 2, 3e2, 0.1],
  "score": 1, "area": "none"}, {"score": -2.5, "bbox": [0, 0, 1e-7, 0], "category_id": 3.0, "image_id": 2,
  "note": "},{ \\", "list": [{"a": 1}, {"b": 2}]}
  , {"image_id": 5, "image_id": 2, "category_id": 3, "bbox": [0.1, 0.30000000000000004, 5e-324, 1.7976931348623157e308],
  "score": -0.0},{"image_id":2,"category_id":3,"bbox":[123456789012345678901234567890,-0,0,0],"score":18446744073709551615}
])";

/// What a reader gives: everything it read, as a text that tells doubles apart, or its message.
std::string outcome(std::function<void(std::string&)> const& read) {
  std::string text;
  try {
    read(text);
  } catch (acsl::file_error const& problem) {
    return problem.what();
  }
  return text;
}
void append(std::string& text, auto const&... values) {
  auto const add = [&text](auto value) {
    if constexpr (std::is_same_v<decltype(value), double>) {
      char digits[40];
      std::snprintf(digits, sizeof digits, "%a ", value);
      text += digits;
    } else {
      text += std::to_string(value) + " ";
    }
  };
  (add(values), ...);
}
std::string contents(std::function<std::vector<acsl::box_result>()> const& read) {
  return outcome([&](std::string& text) {
    for (auto const& r : read())
      append(text, r.image_id, r.category_id, r.bbox[0], r.bbox[1], r.bbox[2], r.bbox[3], r.score);
  });
}
std::string contents(std::function<acsl::annotation_set()> const& read) {
  return outcome([&](std::string& text) {
    auto const set = read();
    text += set.file;
    for (auto const& c : set.categories)
      append(text += c.name, c.id, c.frequency, c.image_count.value_or(-1), c.instance_count.value_or(-1));
    for (auto const& i : set.images) {
      append(text += i.file_name, i.id, i.width, i.height);
      for (auto const* ids : {&i.neg_category_ids, &i.not_exhaustive_category_ids})
        for (auto const id : *ids) append(text += "|", id);
    }
    for (auto const& a : set.annotations)
      append(text, a.id, a.image_id, a.category_id, a.bbox[0], a.bbox[1], a.bbox[2], a.bbox[3], a.area, a.ignore,
             a.iscrowd ? *a.iscrowd : 2);
  });
}

void check_results(std::string const& text, std::vector<std::size_t> const& chunk_bytes) {
  CAPTURE(text);
  test::temporary_folder const folder;
  test::write_text(folder / "r.json", text);
  auto const truth = test::two_images();
  acsl::reference exec;
  auto const expected = contents([&] { return acsl::load_results(folder / "r.json", truth).results; });
  for (auto const bytes : chunk_bytes)
    CHECK(contents([&] { return acsl::load_results(exec, folder / "r.json", truth, {}, bytes).results; }) == expected);
}
void check_annotations(std::string const& text, std::vector<std::size_t> const& chunk_bytes) {
  CAPTURE(text);
  test::temporary_folder const folder;
  test::write_text(folder / "a.json", text);
  acsl::reference exec;
  for (auto const rules :
       {annotation_rules::training, annotation_rules::evaluation, annotation_rules::coco_evaluation}) {
    auto const expected = contents([&] { return acsl::load_annotations(folder / "a.json", rules); });
    for (auto const bytes : chunk_bytes)
      CHECK(contents([&] { return acsl::load_annotations(exec, folder / "a.json", rules, bytes); }) == expected);
  }
}

std::string replaced(std::string text, std::string const& what, std::string const& by) {
  auto const place = text.find(what);
  REQUIRE(place != std::string::npos);
  return text.replace(place, what.size(), by);
}

TEST_CASE("wherever a file is cut, the same records are read") {
  std::vector<std::size_t> every;
  for (std::size_t bytes = 1; bytes < 1200; bytes += 7) every.push_back(bytes);
  check_results(result_text, every);
  check_annotations(annotation_text, every);
}

TEST_CASE("a plain file is cut and read in many chunks, not by the other reader") {
  test::temporary_folder const folder;
  std::string text = "[";
  for (int i = 0; i < 1000; ++i) text += std::string(i ? ", " : "") + "{\"n\": " + std::to_string(i) + "}";
  test::write_text(folder / "n.json", text + "]");
  acsl::cpu const exec(2);
  auto const read = [](acsl::detail::chunk_value const& list, bool) {
    std::vector<std::int64_t> numbers;
    list.for_each_element([&](auto const& element) { numbers.push_back(element.at("n").integer()); });
    return numbers;
  };
  auto const chunks = acsl::read_json_chunks(exec, folder / "n.json", acsl::chunk_frame::list, read, 500);
  REQUIRE(chunks.has_value());
  CHECK(chunks->size() > 20);
  std::int64_t next = 0;
  for (auto const& chunk : *chunks)
    for (auto const number : chunk) CHECK(number == next++);
  CHECK(next == 1000);
  for (char const* bad :
       {"", ",", "]]", "] 1", "}", "]\n[{\"n\": 1}]", ", {\"n\": 1.5}]", ", {\"n\": \"1\"}]", ", 3]"}) {
    test::write_text(folder / "bad.json", text + bad);
    CHECK_FALSE(acsl::read_json_chunks(exec, folder / "bad.json", acsl::chunk_frame::list, read, 500).has_value());
  }
  CHECK_FALSE(acsl::read_json_chunks(exec, folder / "none.json", acsl::chunk_frame::list, read).has_value());
}

TEST_CASE("what is unusual or wrong gives the same records or the same message") {
  std::vector<std::size_t> const some = {1, 100, 10000};
  for (std::string const& text : {std::string(),
                                  std::string("[]"),
                                  std::string("{}"),
                                  std::string("[{}]"),
                                  "\xef\xbb\xbf" + result_text,
                                  std::string(5000, '['),
                                  "[" + std::string(3000, '[') + std::string(3000, ']') + "]",
                                  replaced(result_text, "\"none\"", std::string(3000, '[') + std::string(3000, ']')),
                                  replaced(result_text, "\"none\"", "\"" + std::string(300000, 'x') + "\""),
                                  replaced(result_text, "\"none\"", "\"\\ud800\""),
                                  replaced(result_text, "\"none\"", "\"\\udc00\\ud83d\""),
                                  replaced(result_text, "\"none\"", "\"\xff\""),
                                  replaced(result_text, "\"none\"", "1e999"),
                                  replaced(result_text, "\"none\"", "NaN"),
                                  replaced(result_text, "\"none\"", "01"),
                                  replaced(result_text, "\"none\"", "\"\\u0000\""),
                                  replaced(result_text, "\"none\"", "nul"),
                                  replaced(result_text, "\"none\"", "\"a\tb\""),
                                  replaced(result_text, "\"none\"", "\"\\x\""),
                                  replaced(result_text, "8000000000", "9223372036854775808"),
                                  replaced(result_text, "8000000000", "1e400"),
                                  replaced(result_text, "8000000000", "7"),
                                  replaced(result_text, "3.0", "3.5"),
                                  replaced(result_text, "\"bbox\"", "\"box\""),
                                  replaced(result_text, "\"score\"", "\"sc\\u006fre\""),
                                  replaced(result_text, "3e2", "1e308, 1e308"),
                                  result_text + "]",
                                  result_text + "\n1",
                                  "[" + result_text})
    check_results(text, some);
  for (auto const& [what, by] :
       std::vector<std::pair<std::string, std::string>>{{"\"images\"", "\"pictures\""},
                                                        {"\"annotations\"", "\"objects\""},
                                                        {"\"licenses\"", "\"images\""},
                                                        {"\"licenses\"", "\"\""},
                                                        {"\"info\"", "\"categories\""},
                                                        {"\"id\": 2,", "\"id\": 8000000000,"},
                                                        {"\"id\": 5", "\"id\": 1"},
                                                        {"\"id\": 3, \"name\"", "\"id\": 7, \"name\""},
                                                        {"\"image_id\": 2", "\"image_id\": 3"},
                                                        {"\"category_id\": 7", "\"category_id\": 4"},
                                                        {"\"neg_category_ids\": [3]", "\"neg_category_ids\": [4]"},
                                                        {"[1, 2.5, 30, 40]", "[700, 2.5, 30, 40]"},
                                                        {"[1, 2.5, 30, 40]", "[1, 2.5, -30, 40]"},
                                                        {"\"area\": 7, ", ""},
                                                        {"\"frequency\": \"r\"", "\"frequency\": \"x\""},
                                                        {"\"frequency\": \"r\", ", ""},
                                                        {"\"a.jpg\"", "\"a\\u0000.jpg\""}})
    check_annotations(replaced(annotation_text, what, by), some);
}

TEST_CASE("texts with damaged bytes give the same records or the same message") {
  std::uint32_t seed = 7;
  auto const random = [&seed](std::size_t below) {
    return (seed = 1664525U * seed + 1013904223U) / 65536 % static_cast<std::uint32_t>(below);
  };
  std::string const bytes = "{}[],:\"\\ 0123456789eE.-+tfn\xc3\n";
  for (int i = 0; i < 600; ++i) {
    auto text = i % 2 ? result_text : annotation_text;
    for (auto n = 1 + random(3); n-- > 0;) {
      auto const place = random(text.size());
      switch (random(3)) {
        case 0:
          text[place] = bytes[random(bytes.size())];
          break;
        case 1:
          text.insert(place, 1, bytes[random(bytes.size())]);
          break;
        default:
          text.erase(place, 1 + random(4));
      }
    }
    if (i % 2) check_results(text, {1, 1 + random(400)});
    else check_annotations(text, {1 + random(400)});
  }
}

TEST_CASE("a hundred LVIS images and their results are read alike") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  acsl::cpu const exec(2);
  auto const rules = annotation_rules::evaluation;
  auto const plain = [&] { return acsl::load_annotations(*folder / "lvis_val_100.json", rules); };
  auto const truth = plain();
  CHECK(contents([&] { return acsl::load_annotations(exec, *folder / "lvis_val_100.json", rules, 30000); }) ==
        contents(plain));
  for (auto const type : {acsl::iou_type::bbox, acsl::iou_type::segm})
    for (char const* name : {"detections_A.json", "detections_A_segm.json"}) {
      auto const chunked = acsl::load_results(exec, *folder / name, truth, {.type = type}, 30000);
      auto const whole = acsl::load_results(*folder / name, truth, {.type = type});
      CHECK(chunked.results == whole.results);
      CHECK(chunked.areas == whole.areas);
      CHECK(chunked.masks == whole.masks);
      CHECK(whole.masks.size() == (type == acsl::iou_type::segm ? whole.results.size() : 0));
    }
}

}  // namespace
