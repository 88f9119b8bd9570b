// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/chunked_annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <support/read_outcome.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>
#include <support/two_images.hpp>
#include <thread>

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

/// @param words stand in what every reader says, or in what it reads
void check_results(std::string const& text, std::vector<std::size_t> const& chunk_bytes,
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
void check_annotations(std::string const& text, std::vector<std::size_t> const& chunk_bytes,
                       std::string const& words = "") {
  CAPTURE(text.substr(0, 2000));
  test::temporary_folder const folder;
  test::write_text(folder / "a.json", text);
  acsl::reference exec;
  for (auto const rules :
       {annotation_rules::training, annotation_rules::evaluation, annotation_rules::coco_evaluation}) {
    auto const expected = test::outcome([&] { return acsl::load_annotations(folder / "a.json", rules); });
    CHECK_MESSAGE(expected.find(words) != std::string::npos, expected);
    CHECK(expected.size() < 1000);
    for (auto const bytes : chunk_bytes)
      CHECK(test::outcome([&] { return acsl::load_annotations(exec, folder / "a.json", rules, bytes); }) == expected);
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

std::string repeated(std::string const& part, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += part;
  return text;
}
std::string nested(int depth) { return repeated("[", depth) + repeated("]", depth); }
/// A list of one result, which says this of one key.
std::string result_with(std::string const& key, std::string const& value) {
  std::string text = "[{";
  for (auto const& [name, usual] : std::vector<std::pair<std::string, std::string>>{
           {"image_id", "2"}, {"category_id", "3"}, {"bbox", "[1, 2, 3, 4]"}, {"score", "0.5"}, {"note", "0"}})
    text += (text.size() > 2 ? ", \"" : "\"") + name + "\": " + (name == key ? value : usual);
  return text + "}]";
}

TEST_CASE("ids and numbers are what JSON says, or refused with their place") {
  struct {
    char const *key, *value, *words;
  } const cases[] = {
      {"category_id", "4294967296", "2 4294967296 "},
      {"category_id", "9223372036854775807", "2 9223372036854775807 "},
      {"category_id", "-9223372036854775808", "2 -9223372036854775808 "},
      {"category_id", "9223372036854775808", "r.json:[0].category_id: too large for 64 bits"},
      {"category_id", "18446744073709551615", "r.json:[0].category_id: too large for 64 bits"},
      {"category_id", "-9223372036854775809", "r.json:[0].category_id: expected a whole number, found -9.22"},
      {"category_id", "18446744073709551616", "r.json:[0].category_id: expected a whole number, found 1.84"},
      {"image_id", "8e9", "8000000000 3 "},  // equal to 8000000000, as for Python
      {"image_id", "2.0", "2 3 "},
      {"image_id", "9007199254740992.0", "r.json:[0].image_id: expected a whole number"},  // may stand for two numbers
      {"image_id", "2.5", "r.json:[0].image_id: expected a whole number, found 2.5"},
      {"image_id", "true", "r.json:[0].image_id: expected a whole number, found a truth value"},
      {"image_id", "\"2\"", "r.json:[0].image_id: expected a whole number, found a string"},
      {"image_id", "4294967298", "r.json:[0].image_id: no image of truth.json has the id 4294967298"},
      {"score", "1e-7", "0x1.ad7f29abcaf48p-24"},
      {"score", "-0.0", "-0x0p+0"},
      {"score", "4.9e-324", "0x0.0000000000001p-1022"},
      {"score", "1E-400", "0x0p+0"},
      {"score", "0.1000000000000000055511151231257827021181583404541015625", "0x1.999999999999ap-4"},
      {"score", "1E400", "r.json:1:67: number overflow parsing '1E400' (in element 0 of the list)"},
      {"score", "-1e999", "r.json:1:67: number overflow parsing '-1e999' (in element 0 of the list)"},
      {"score", "NaN",
       "r.json:1:67: syntax error while parsing value - invalid literal; last read: '\"score\": N': NaN"},
      {"score", "Infinity", "r.json:1:67: "},
      {"score", "-Infinity", "r.json:1:68: "},
      {"score", "nan", "r.json:1:68: "},
      {"score", ".5", "r.json:1:67: "},
      {"score", "+1", "r.json:1:67: "},
      {"score", "1.", "r.json:1:69: "},
      {"score", "0x10", "r.json:1:68: "},
      {"score", "01", "r.json:1:68: "},
      {"score", "1_000", "r.json:1:68: "},
      {"score", "'1'", "r.json:1:67: "},
      {"score", "1 // one\n", "r.json:1:69: "},
      {"note", "\"1e999\", \"more\": 1e999", "r.json:1:97: number overflow parsing '1e999'"},
      {"bbox", "[1, 2, 3, 4,]", "r.json:1:56: "},
      {"bbox", "[1, 2, 3, 1e308, 5]", "r.json:[0].bbox: a box has 4 numbers: x, y, width, height; found 5"},
      {"bbox", "[1e308, 2, 3, 1e308]", "r.json:[0].bbox: the numbers of the box are too large"},
      {"bbox", "{\"0\": 1}", "r.json:[0].bbox: expected an array, found an object"},
      {"note", "0, \"image_id\": 8000000000", "8000000000 3 "},  // the last of repeated keys counts
      {"note", "0, \"image_id\": 7", "r.json:[0].image_id: no image of truth.json has the id 7"},
  };
  for (auto const& [key, value, words] : cases) check_results(result_with(key, value), {1, 1000}, words);
}

TEST_CASE("brackets a million deep are refused wherever they stand, and a thousand are not") {
  for (char const* key : {"image_id", "category_id", "bbox", "score", "note", "segmentation"}) {
    std::string const name = std::string(key) == "segmentation" ? "note" : key;
    for (std::string const& value : {nested(1000000), repeated("[", 1000000), repeated("{\"a\":", 1000000) + "1",
                                     repeated("[{\"\":", 500000) + "1" + repeated("}]", 500000)}) {
      auto text = result_with(name, value);
      if (name != key) text = replaced(text, "\"note\"", "\"segmentation\"");
      check_results(text, {1}, ": lists and objects are nested more than 1024 deep");
    }
  }
  check_results(nested(1000000), {1}, "r.json:1:1025: lists and objects are nested more than 1024 deep");
  for (int depth = 1018; depth < 1028; ++depth)  // inside a list and an object
    check_results(result_with("note", nested(depth)), {1, 10000}, depth > 1022 ? "nested more than 1024" : "2 3 ");
  check_results(result_with("bbox", nested(1000)), {1}, "r.json:[0].bbox: a box has 4 numbers");
  for (char const* key :
       {"\"info\": {", "\"segmentation\": [", "\"images\": [", "\"neg_category_ids\": [", "\"name\": "})
    check_annotations(replaced(annotation_text, key, key + repeated("[", 1000000)), {1}, "nested more than 1024 deep");
  check_annotations(replaced(annotation_text, "2026", nested(1000)), {1}, "a.jpg");
}

TEST_CASE("names are the characters that the file means, or refused with their place") {
  auto const named = [](std::string const& name) { return replaced(annotation_text, "dog", name); };
  auto const check = [&](std::string const& name, std::string const& words) {
    check_annotations(named(name), {1, 300}, words);
  };
  check("\\u72d7", "\xe7\x8b\x97");
  check("\\ud83d\\ude00\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80");
  check("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
  check(std::string("\\u0000\xc3\xa9"), std::string("\0\xc3\xa9", 3));
  for (char const* bad : {"\xff", "\xc3", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"})
    check(std::string("d") + bad,
          ": syntax error while parsing value - invalid string: ill-formed UTF-8 byte; last read: '\"d");
  for (char const* bad : {"\\ud800", "\\ud83d\\u0041", "\\udc00"}) check(bad, "invalid string: surrogate U+D");
  check("\\u12g4", "invalid string: '\\u' must be followed by 4 hex digits");
  check("\\x41", "invalid string: forbidden character after backslash");
  check("a\nb", "a.json:12:38: syntax error while parsing value - invalid string: control character U+000A (LF)");
  check(std::string("a\0b", 3), "a.json:12:38: the byte 0, which no JSON text has");
}

TEST_CASE("what stands around a document is refused with its place") {
  auto const one = result_with("", "");
  check_results("\xef\xbb\xbf" + one, {1, 1000}, "2 3 ");
  check_results("\r\n" + replaced(one, ", ", ",\r\n") + "\r\n", {1, 1000}, "2 3 ");
  check_results(replaced(replaced(one, ", ", ",\r\n"), "0.5", "x"), {1}, "r.json:2:50: ");
  check_results(one + ",", {1, 1000}, "r.json:1:83: ");
  check_results(one + "x", {1, 1000}, "r.json:1:83: ");
  check_results(one + one, {1, 1000}, "r.json:1:83: ");
  check_results(one + std::string(1, '\0'), {1, 1000}, "r.json:1:83: the byte 0");
  check_results(one + std::string(100, '\0') + one, {1}, "r.json:1:83: the byte 0");
  check_results(std::string("[\0\0\0{\0\0\0}\0\0\0]\0\0\0", 16), {1}, "r.json:1:2: the byte 0");  // UTF-32
  check_results(replaced(one, "}]", "},]"), {1, 1000}, "r.json:1:83: ");
  check_results(replaced(one, "}]", ",}]"), {1, 1000}, "r.json:1:82: ");
  check_results("{\"results\": " + one + "}", {1, 1000}, "r.json: expected a list");
  check_results("\"" + one.substr(2), {1, 1000}, "r.json: expected a list");
  for (char const* empty : {"", " \r\n\t"}) check_results(empty, {1}, "r.json: the file is empty");
  check_results("\xef\xbb\xbf", {1}, "the file ends in the middle of a value");
  check_results("null", {1}, "r.json: expected a list");
}

TEST_CASE("a file that ends anywhere is refused with its place") {
  auto const refused_at = [](auto const& read, std::string const& name, std::string const& text) {
    auto const said = test::outcome(read);
    CAPTURE(text);
    auto const lines = std::to_string(1 + std::count(text.begin(), text.end(), '\n'));
    CHECK_MESSAGE(said.find(name + ":" + (text.empty() ? " the file is empty" : lines + ":")) != std::string::npos,
                  said);
  };
  test::temporary_folder const folder;
  auto const truth = test::two_images();
  acsl::reference exec;
  auto const results = result_text.substr(0, result_text.rfind(']'));
  test::write_text(folder / "r.json", result_text);
  for (auto length = results.size() + 1; length-- > 0;) {
    std::filesystem::resize_file(folder / "r.json", length);
    refused_at([&] { return acsl::load_results(exec, folder / "r.json", truth, {}, 1); }, "r.json",
               results.substr(0, length));
  }
  test::write_text(folder / "a.json", annotation_text);
  for (auto length = annotation_text.size(); length-- > 0;) {
    std::filesystem::resize_file(folder / "a.json", length);
    refused_at([&] { return acsl::load_annotations(exec, folder / "a.json", annotation_rules::evaluation, 1); },
               "a.json", annotation_text.substr(0, length));
  }
}

TEST_CASE("strings, numbers and gaps of many megabytes are read, or refused in few words") {
  std::string const text(3 << 20, 'x');
  check_results(result_with("note", "\"" + text + "\""), {1}, "2 3 ");
  check_results(result_with("score", "\"" + text + "\""), {1}, "r.json:[0].score: expected a number, found a string");
  check_results(result_with("note", "\"" + text + "\n\""), {1}, "last read: '...xxx");
  check_results(result_with("note", "\"" + text), {1}, "the file ends in the middle of a value");
  check_results(result_with("score", "1" + std::string(1 << 20, '0')), {1},
                "r.json:1:67: number overflow parsing '...000");
  check_results(result_with("score", "0." + std::string(1 << 20, '0') + "1e1048578"), {1}, "0x1p+0");
  check_results(result_with(text, "") + " " + std::string(1 << 20, ' '), {1}, "2 3 ");
  check_annotations(replaced(annotation_text, "\"f\"", "\"" + text + "\""), {1},
                    "a frequency is \"r\", \"c\" or \"f\", found \"...x");
  test::temporary_folder const folder;
  test::write_text(folder / "r.json", "[");
  std::filesystem::resize_file(folder / "r.json", acsl::detail::chunked_file::most_bytes + 100000);  // with holes
  acsl::reference exec;
  CHECK_THROWS_WITH_AS((void)acsl::load_results(exec, folder / "r.json", test::two_images()),
                       doctest::Contains("r.json:1:2: the byte 0"), acsl::file_error);
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
