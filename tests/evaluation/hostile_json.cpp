// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/json_readers.hpp>

namespace {

using acsl::annotation_rules;
using namespace test::json_readers;

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
  test::temporary_folder const folder;
  test::write_text(folder / "r.json", "[");
  std::filesystem::resize_file(folder / "r.json", acsl::detail::chunked_file::most_bytes + 100000);  // with holes
  test::write_text(folder / "a.json", replaced(annotation_text, "\"f\"", "\"" + text + "\""));
  acsl::reference exec;
  auto const refusal =
      test::outcome([&] { return acsl::load_annotations(exec, folder / "a.json", annotation_rules::evaluation, 1); });
  CHECK(refusal.find("a frequency is \"r\", \"c\" or \"f\", found \"...x") != std::string::npos);
  CHECK(refusal.size() < 1000);
  CHECK_THROWS_WITH_AS((void)acsl::load_results(exec, folder / "r.json", test::two_images()),
                       doctest::Contains("r.json:1:2: the byte 0"), acsl::file_error);
}

}  // namespace
