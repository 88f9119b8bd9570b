// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <support/json_readers.hpp>
#include <support/read_outcome.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>
#include <support/two_images.hpp>
#include <thread>

// A file that is read in chunks gives what the reader of the whole text gives: the same records, or the same message.

namespace {

using acsl::annotation_rules;

using namespace test::json_readers;

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

TEST_CASE("a file that shrinks or changes while it is read in chunks is not misread") {
  test::temporary_folder const folder;
  auto const path = folder / "r.json";
  std::string text = "[{\"n\": 0}";
  for (int i = 1; i < 100; ++i) text += ",{\"n\": " + std::to_string(i) + "}";
  text += "]";
  acsl::reference exec;
  for (std::string const& later : {text.substr(0, 500), std::string(text.size(), ' '), "  " + text, std::string()}) {
    test::write_text(path, text);
    auto const chunks = acsl::read_json_chunks(
        exec, path, acsl::chunk_frame::list,
        [&](acsl::detail::chunk_value const&, bool is_first) {
          if (is_first) test::write_text(path, later);
          return 0;
        },
        50);
    CHECK_FALSE(chunks.has_value());
  }
}

TEST_CASE("what is no file of text is refused by name, and a pipe is read") {
  test::temporary_folder const folder;
  auto const truth = test::two_images();
  acsl::reference exec;
  auto const check = [&](std::filesystem::path const& path, std::string const& words) {
    CHECK_THROWS_WITH_AS((void)acsl::load_results(exec, path, truth), doctest::Contains(words.c_str()),
                         acsl::file_error);
    CHECK_THROWS_WITH_AS((void)acsl::load_annotations(exec, path, annotation_rules::evaluation),
                         doctest::Contains(words.c_str()), acsl::file_error);
  };
  check(folder.path(), folder.path().string() + ": cannot read: Is a directory");
  check(folder / "none.json", "none.json: cannot open: No such file or directory");
  check("/dev/null", "/dev/null: the file is empty");
  test::write_text(folder / "r.json", result_text);
  if (geteuid() != 0) {  // root may read everything
    std::filesystem::permissions(folder / "r.json", std::filesystem::perms::none);
    check(folder / "r.json", "r.json: cannot open: Permission denied");
  }
  auto const fifo = folder / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  std::thread writer([&] { test::write_text(fifo, result_text); });
  CHECK(acsl::load_results(exec, fifo, truth).results.size() == 4);
  writer.join();
}

TEST_CASE("a hundred LVIS images and their results are read alike") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  acsl::cpu const exec(2);
  auto const rules = annotation_rules::evaluation;
  auto const plain = [&] { return acsl::load_annotations(*folder / "lvis_val_100.json", rules); };
  auto const truth = plain();
  CHECK(test::outcome([&] { return acsl::load_annotations(exec, *folder / "lvis_val_100.json", rules, 30000); }) ==
        test::outcome(plain));
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
