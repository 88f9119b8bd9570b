// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>
#include <support/program.hpp>
#include <support/shared_data.hpp>

namespace {

using strings = std::vector<std::string>;

test::ended data(strings arguments, std::filesystem::path const& folder) {
  arguments.insert(arguments.begin(), {ACSL_PROGRAM, "data"});
  return test::run(arguments, {.folder = folder});
}
bool has(std::string const& text, std::string const& part) {
  bool const found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("\"" << part << "\" is not in: " << text);
  return found;
}

TEST_CASE("a good set gives 0, a broken one 1 and says what and how to mend it, a wrong command line 2") {
  test::tiny_data_set set;
  auto const folder = set.folder.path();
  auto const good = data({"check", "train.json", "--images", "images"}, folder);
  CHECK_MESSAGE(good.status == 0, good.output);
  CHECK(has(good.output,
            "train.json: LVIS layout with categories of its own, images named by file_name\n"
            "  6 images (0 without objects), 8 annotations, 3 categories\n"));
  CHECK(has(good.output, "\n0 kinds of errors, "));

  set.annotations["annotations"][1]["id"] = 1;
  set.annotations["annotations"][2]["bbox"] = {900, 1, 4, 4};
  set.annotations["images"][3]["width"] = 65;
  set.annotations["images"][4]["file_name"] = "no\x1b[2Jwhere.jpg";
  set.save();
  auto const bad = data({"check", "train.json", "--images", "images", "--json", "report.json"}, folder);
  CHECK(bad.status == 1);
  for (char const* part : {"error: 1 annotations have the id of another (repeated_annotation_id)\n"
                           "    annotations[0] and annotations[1]: id 1\n  Drop the copy",
                           "(box_outside_image)\n    annotation 3: [900, 1, 4, 4] in image 2 of 96 x 64\n",
                           "(image_size_differs)\n    image 4, 4.jpg: 65 x 64, the file has 64 x 64\n",
                           "(missing_image_file)\n    image 5, no\\x1b[2Jwhere.jpg\n", "\n4 kinds of errors, "})
    CHECK(has(bad.output, part));
  auto const report = nlohmann::json::parse(test::read_text(folder / "report.json"));
  CHECK(report.at("annotations") == 8);
  CHECK(report.at("findings").at(0).at("severity") == "error");
  CHECK(report.at("findings").at(0).at("kind") == "repeated_annotation_id");
  CHECK(report.at("findings").at(0).at("examples").size() == 1);

  CHECK(data({"check", "train.json", "--images", "nowhere"}, folder).status == 2);
  CHECK(data({"check"}, folder).status == 2);
  CHECK(data({}, folder).status == 2);
  CHECK(has(data({"check", "train.json", "--json", "train.json"}, folder).errors, "another name is wanted"));
  test::write_text(folder / "cut.json", test::read_text(folder / "train.json").substr(0, 900));
  auto const cut = data({"check", "cut.json"}, folder);
  CHECK(cut.status == 1);
  CHECK(has(cut.output, "cut.json: nothing of it could be read\n"));
  CHECK(has(cut.output, "(unreadable_file)\n    cut.json:1:901: the file ends in the middle of a value"));
}

TEST_CASE("with ACSL_ANNOTATION_CACHE commands keep what they read of annotations, and say what hinders them") {
  test::tiny_data_set set;
  auto const folder = set.folder.path();
  auto const stats = [&](std::string const& cache) {
    return test::run({"/usr/bin/env", "ACSL_ANNOTATION_CACHE=" + cache, ACSL_PROGRAM, "data", "stats", "train.json",
                      "--repeat-threshold", "0.5"},
                     {.folder = folder});
  };
  auto const without = stats("");
  REQUIRE_MESSAGE(without.status == 0, without.errors);
  for (int time = 0; time < 2; ++time) {
    auto const with = stats("kept");
    CHECK(with.output == without.output);
    CHECK(with.errors == without.errors);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(folder / "kept"), {}) == 1);
  auto const entry = std::filesystem::directory_iterator(folder / "kept")->path();
  std::filesystem::resize_file(entry, 100);
  auto const damaged = stats("kept");
  CHECK(damaged.output == without.output);
  CHECK(has(damaged.errors, "acsl: cache of annotations: kept/"));
  CHECK(stats("kept").errors == without.errors);
  auto const literal = stats("~/kept");
  CHECK(literal.output == without.output);
  CHECK(has(literal.errors, "only a shell knows what ~ is"));
  CHECK(!std::filesystem::exists(folder / "~"));
  auto const hindered = stats("train.json");
  CHECK(hindered.output == without.output);
  CHECK(has(hindered.errors, "acsl: cache of annotations: train.json: cannot be made: "));
}

TEST_CASE("statistics of annotations: histogram, repeat factors, files that are read again") {
  test::tiny_data_set const set;  // of 6 images red and green are in 3, blue is in 1
  auto const folder = set.folder.path();
  strings const arguments = {"stats", "train.json", "--out", "c.json", "--svg", "c.svg", "--repeat-threshold", "0.4"};
  auto const ran = data(arguments, folder);
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(has(ran.output, "train.json: 3 categories, 8 objects, 6 images, 6 with objects\n"));
  CHECK(has(ran.output, "repeat factors, threshold 0.4:\n"));
  CHECK(has(ran.output, "  the largest:\n       1.549  blue, images: 1\n"));
  CHECK(has(ran.output, "  images of an epoch: 6 before, 7 ceil, "));
  CHECK(test::read_text(folder / "c.svg").ends_with("</svg>\n"));
  auto const written = nlohmann::json::parse(test::read_text(folder / "c.json"));
  CHECK(written.at("images") == 6);
  CHECK(written.at("frequency") == nlohmann::json{'f', 'c', 'r'});
  CHECK(written.at("image_count") == nlohmann::json{3, 3, 1});

  auto const again = data({"stats", "c.json", "--out", "d.json", "--repeat-threshold", "0.4"}, folder);
  REQUIRE_MESSAGE(again.status == 0, again.errors);
  CHECK(has(again.output, "       1.549  blue, images: 1\n"));
  CHECK(test::read_text(folder / "d.json") == test::read_text(folder / "c.json"));
  CHECK(data({"stats", "train.json", "--repeat-threshold", "-1"}, folder).status == 2);
  CHECK(has(data({"stats", "train.json", "--images", "7"}, folder).errors, "train.json: is no table"));
  CHECK(has(data({"stats", "c.json", "--images", "24", "--repeat-threshold", "0.4"}, folder).output,
            "       3.098  blue, images: 1\n"));  // sqrt(0.4 * 24)
  CHECK(has(data({"stats", "train.json", "--svg", "train.json"}, folder).errors, "another name is wanted"));
}

TEST_CASE("the tables of LVIS's training sets are read, and their images known") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  auto const ran = data({"stats", (*folder / "category_stats_v0_5.json").string(), "--repeat-threshold", "0.001"}, ".");
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(has(ran.output, "1,230 categories, 693,958 objects, 57,263 images, 56,740 with objects\n"));
  CHECK(has(ran.output, "r rare              454           1 - 10        5,929          0.9 %\n"));
  CHECK(has(ran.output, "  rare              454        454      2.382 "));
}

}  // namespace
