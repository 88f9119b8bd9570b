// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/json.hpp>
#include <support/temporary_folder.hpp>

namespace {

acsl::json_value parse(char const* text) { return acsl::parse_json(text, "f.json"); }

TEST_CASE("a JSON file is read by type") {
  test::temporary_folder const folder;
  test::write_text(folder / "a.json",
                   R"({"whole": -3, "real": 2.5, "round": 640.0, "name": "cat", "ids": [1, 9007199254740993],
                                         "large": 9223372036854775807, "none": null})");
  auto const root = acsl::read_json(folder / "a.json");
  CHECK(root.at("whole").integer() == -3);
  CHECK(root.at("real").number() == 2.5);
  CHECK(root.at("whole").number() == -3);
  CHECK(root.at("round").integer() == 640);
  CHECK(root.at("name").text() == "cat");
  CHECK(root.at("ids").integers() == std::vector<std::int64_t>{1, 9007199254740993});
  CHECK(root.at("large").integer() == INT64_MAX);
  CHECK(root.at("none").is_null());
  CHECK_FALSE(root.has("absent"));
  CHECK_FALSE(root.find("absent"));
}

TEST_CASE("the keys of an object are told in order") {
  CHECK(parse(R"({"b": 1, "a": {"c": 2}})").keys() == std::vector<std::string>{"a", "b"});
  CHECK(parse("{}").keys().empty());
  CHECK_THROWS_WITH_AS((void)parse(R"({"a": [1]})").at("a").keys(), "f.json:a: expected an object, found an array",
                       acsl::file_error);
}

TEST_CASE("flags are true in all the ways that files write them") {
  auto const list = parse(R"([1, true, "yes", [0], 0.5, 0, false, "", [], {}, null, 0.0])");
  for (std::size_t i = 0; i < list.size(); ++i) CHECK(list.at(i).truthy() == (i < 5));
}

TEST_CASE("a wrong type is reported with file, path and both types") {
  auto const root =
      parse(R"({"annotations": [{"bbox": [1, 2]}, {"bbox": "1 2", "id": 1.5, "big": 18446744073709551615}]})");
  auto const second = root.at("annotations").at(1);
  CHECK_THROWS_WITH_AS((void)second.at("bbox").size(), "f.json:annotations[1].bbox: expected an array, found a string",
                       acsl::file_error);
  CHECK_THROWS_WITH_AS((void)second.at("id").integer(), "f.json:annotations[1].id: expected a whole number, found 1.5",
                       acsl::file_error);
  CHECK_THROWS_WITH_AS((void)second.at("big").integer(), "f.json:annotations[1].big: too large for 64 bits",
                       acsl::file_error);
  CHECK_THROWS_WITH_AS((void)second.at("area"), "f.json:annotations[1]: the key \"area\" is missing", acsl::file_error);
  CHECK_THROWS_WITH_AS((void)root.text(), "f.json: expected a string, found an object", acsl::file_error);
  CHECK_THROWS_WITH_AS((void)root.at("annotations").at("x"), doctest::Contains("expected an object, found an array"),
                       acsl::file_error);
  CHECK_THROWS_WITH_AS((void)root.at("annotations").at(2), doctest::Contains("index lies in the array"), acsl::error);
}

TEST_CASE("a syntax error is reported with line and column") {
  CHECK_THROWS_WITH_AS(parse("{\"a\": 1,\n  \"b\": }"), doctest::Contains("f.json:2:8: syntax error"),
                       acsl::file_error);
  CHECK_THROWS_WITH_AS(parse("[1] x"), doctest::Contains("f.json:1:5: "), acsl::file_error);
  CHECK_THROWS_WITH_AS(parse("[NaN]"), doctest::Contains("f.json:1:2: "), acsl::file_error);
}

TEST_CASE("a file that is cut in the middle is told so, wherever the cut is") {
  std::string const whole = R"({"images": [{"id": 12, "file_name": "a.jpg"}], "ok": true})";
  for (std::size_t length = 1; length < whole.size(); ++length) {
    CAPTURE(length);
    auto const part = whole.substr(0, length);
    bool const inside_literal = part.ends_with("t") || part.ends_with("tr") || part.ends_with("tru");
    bool const told = [&] {
      try {
        (void)acsl::parse_json(part, "f.json");
      } catch (acsl::file_error const& problem) {
        return std::string(problem.what()).find("the file ends in the middle of a value") != std::string::npos;
      }
      return false;
    }();
    CHECK((told || inside_literal));
  }
  CHECK_THROWS_WITH_AS(parse(" \n"), "f.json: the file is empty", acsl::file_error);
}

TEST_CASE("what the parser would take or break at is refused with line and column") {
  CHECK_THROWS_WITH_AS((void)acsl::parse_json(std::string_view("[1]\n\0[", 6), "f.json"),
                       "f.json:2:1: the byte 0, which no JSON text has", acsl::file_error);
  auto const nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(acsl::parse_json(nested(1024), "f.json").size() == 1);
  CHECK(acsl::numbers_of(acsl::parse_json(nested(1024), "f.json")).empty());
  for (std::size_t const depth : {std::size_t{1025}, std::size_t{1000000}})
    CHECK_THROWS_WITH_AS((void)acsl::parse_json(nested(depth), "f.json", {"a"}),
                         "f.json:1:1025: lists and objects are nested more than 1024 deep", acsl::file_error);
  CHECK_NOTHROW((void)acsl::parse_json("{\"" + std::string(2000, '[') + "\\\"\": 1}", "f.json"));
}

TEST_CASE("a number that is too large is found where it stands, not in a string") {
  CHECK_THROWS_WITH_AS(parse("{\"1e999\": [\"\\\"1e999\", 11e999,\n -1e9991, 1e999]}"),
                       "f.json:1:23: number overflow parsing '11e999'", acsl::file_error);
}

TEST_CASE("a message holds the end of a long string, whatever its bytes are") {
  auto const text = "[\"" + std::string(1000, 'x') + "\xc3\xa9" + std::string(58, 'y') + "\xff";
  CHECK_THROWS_WITH_AS(parse((text + "\"]").c_str()),
                       doctest::Contains(("last read: '..." + std::string(58, 'y') + "\xc3\xbf'").c_str()),
                       acsl::file_error);
}

TEST_CASE("keys that nobody reads can be skipped") {
  auto const root = acsl::parse_json(
      R"({"a": [{"mask": [[1, {"b": 2}]], "id": 1}, {"id": 2, "mask": "x"}], "mask": 3})", "f.json", {"mask"});
  CHECK_FALSE(root.has("mask"));
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK_FALSE(root.at("a").at(i).has("mask"));
    CHECK(root.at("a").at(i).at("id").integer() == static_cast<std::int64_t>(i) + 1);
  }
  CHECK_THROWS_WITH_AS((void)acsl::parse_json("{\"mask\": [1, 2", "f.json", {"mask"}),
                       doctest::Contains("the file ends"), acsl::file_error);
}

}  // namespace
