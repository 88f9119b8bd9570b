// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/data_report.hpp>
#include <acsl/data/image_file_check.hpp>
#include <acsl/io/jpeg.hpp>
#include <acsl/io/png.hpp>
#include <acsl/io/read_image.hpp>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <support/image_files.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>

namespace {

using acsl::severity;
using nlohmann::json;

/// Two categories, two images, three objects: nothing is wrong with it.
json good_set() {
  return json::parse(R"({
    "categories": [{"id": 1, "name": "cat", "frequency": "r", "image_count": 2, "instance_count": 2},
                   {"id": 2, "name": "dog", "frequency": "r", "image_count": 1, "instance_count": 1}],
    "images": [{"id": 9, "file_name": "COCO_train2014_a.jpg", "width": 64, "height": 48, "neg_category_ids": [2],
                "not_exhaustive_category_ids": [1], "coco_url": "http://x/train2017/a.jpg"},
               {"id": 5, "file_name": "b.jpg", "width": 40, "height": 30, "neg_category_ids": [],
                "not_exhaustive_category_ids": []}],
    "annotations": [{"id": 1, "image_id": 9, "category_id": 1, "bbox": [1, 2.5, 30, 40], "area": 600.25},
                    {"id": 2, "image_id": 5, "category_id": 1, "bbox": [0, 0, 40.5, 30], "area": 7},
                    {"id": 3, "image_id": 5, "category_id": 2, "bbox": [5, 5, 10, 10], "area": 100}]})");
}

acsl::annotation_check check(std::string const& text, std::size_t chunk_bytes = std::size_t{1} << 20) {
  test::temporary_folder const folder;
  test::write_text(folder / "set.json", text);
  acsl::cpu const exec(2);
  return acsl::check_annotations(acsl::load_annotations_loosely(exec, folder / "set.json", chunk_bytes));
}
std::string kinds(acsl::annotation_check const& found) {
  std::string text;
  for (auto const& f : found.findings.list())
    text += std::string(acsl::name_of(f.level)) + " " + f.kind + " " + std::to_string(f.count) + "; ";
  return text;
}

TEST_CASE("a good set has no findings") {
  auto const found = check(good_set().dump());
  CHECK(kinds(found).empty());
  CHECK(found.summary.images == 2);
  CHECK(found.summary.groups[0].categories == 2);
  CHECK(found.summary.groups[0].images == 2);
  CHECK(found.summary.groups[0].objects == 3);
  CHECK(found.summary.address_folders == std::map<std::string, acsl::index_t>{{"train2017", 1}});
}

TEST_CASE("each kind of damage is found, counted, and shown by an id") {
  struct damage {
    char const *findings, *example;  // of the first finding
    std::function<void(json&)> make;
  };
  auto const copy = [](json& list, std::size_t i) { list.push_back(json(list[i])); };
  for (auto const& d : std::vector<damage>{
           {"error repeated_category_id 1; warning count_differs 1; warning repeated_category_name 1; note "
            "category_without_object 1; ",
            "categories[0] and categories[2]: id 1", [&](json& s) { copy(s["categories"], 0); }},
           {"error repeated_image_id 1; warning repeated_file_name 1; note image_without_object 1; ",
            "images[1] and images[2]: id 5", [&](json& s) { copy(s["images"], 1); }},
           {"error repeated_annotation_id 2; warning count_differs 1; note annotation_id_gaps 1; ",
            "annotations[0] and annotations[1]: id 1",
            [&](json& s) {
              s["annotations"][1]["id"] = 1;
              s["annotations"].push_back(s["annotations"][0]);
            }},
           {"error unlisted_image 1; ", "annotation 2: image_id 7",
            [](json& s) {
              s["annotations"][1]["image_id"] = 7;
              s["categories"][0]["image_count"] = 1;
              s["categories"][0].erase("instance_count");
            }},
           {"error unlisted_category 1; warning count_differs 1; note category_without_object 1; ",
            "annotation 3: category_id 8", [](json& s) { s["annotations"][2]["category_id"] = 8; }},
           {"error negative_extent 1; ", "annotation 1: [1, 2.5, -30, 40] in image 9 of 64 x 48",
            [](json& s) { s["annotations"][0]["bbox"][2] = -30; }},
           {"error box_outside_image 1; ", "annotation 2: [40, 0, 40.5, 30] in image 5 of 40 x 30",
            [](json& s) { s["annotations"][1]["bbox"][0] = 40; }},
           {"warning box_beyond_image 1; ", "annotation 2: [0, -1.5, 40.5, 30]",
            [](json& s) { s["annotations"][1]["bbox"][1] = -1.5; }},
           {"error box_beyond_any_picture 1; ", "annotation 2: [0, 0, 2e+07, 30]",
            [](json& s) { s["annotations"][1]["bbox"][2] = 2e7; }},
           {"warning box_below_one_pixel 1; ", "annotation 2: [0, 0, 40.5, 0]",
            [](json& s) { s["annotations"][1]["bbox"][3] = 0; }},
           {"warning zero_area 1; ", "annotation 3", [](json& s) { s["annotations"][2]["area"] = 0; }},
           {"error negative_area 1; ", "annotation 3", [](json& s) { s["annotations"][2]["area"] = -1; }},
           {"error absent_area 1; ", "annotation 3", [](json& s) { s["annotations"][2].erase("area"); }},
           {"error unreadable_element 1; ", "annotations[2]: \"area\" is no number",
            [](json& s) { s["annotations"][2]["area"] = "big"; }},
           {"error unreadable_element 1; ", "annotations[1]: \"bbox\" is no list of four numbers",
            [](json& s) { s["annotations"][1]["bbox"].erase(0); }},
           {"error unreadable_element 2; ", "annotations[3]: is no object",
            [](json& s) {
              s["annotations"].push_back(17);
              s["annotations"].push_back({{"id", 4}, {"image_id", 9}, {"category_id", 1}, {"area", 1}});
              s["categories"][0]["instance_count"] = 3;
            }},
           {"error unreadable_element 1; ", "images[0]: \"width\" and \"height\" are no whole numbers above 0",
            [](json& s) { s["images"][0]["width"] = 0; }},
           {"error unreadable_element 1; ",
            "images[1]: \"file_name\" is no text, or neither it nor \"coco_url\" names a file",
            [](json& s) { s["images"][1].erase("file_name"); }},
           {"error unreadable_element 1; ", "images[1]: \"file_name\" is no text",
            [](json& s) {
              s["images"][1]["coco_url"] = "http://x/b.jpg";
              s["images"][1]["file_name"] = nullptr;
            }},
           {"error unreadable_element 1; ", "categories[1]: \"image_count\" or \"instance_count\" is no whole number",
            [](json& s) {
              s["categories"][1].erase("image_count");
              s["categories"][1]["instance_count"] = -4;
            }},
           {"error unreadable_element 1; ", "annotations[0]: \"iscrowd\" or \"ignore\" is neither",
            [](json& s) { s["annotations"][0]["iscrowd"] = "yes"; }},
           {"warning area_beyond_image 1; ", "annotation 3", [](json& s) { s["annotations"][2]["area"] = 1e11; }},
           {"error unreadable_element 1; ", "categories[1]: \"frequency\" is not \"r\", \"c\" or \"f\"",
            [](json& s) { s["categories"][1]["frequency"] = "x"; }},
           {"error negative_contradicts_object 1; ", "image 5, category 2 'dog'",
            [](json& s) { s["images"][1]["neg_category_ids"] = {2}; }},
           {"error negative_and_not_exhaustive 1; warning not_exhaustive_without_object 1; ",
            "image 9, category 2 'dog'",
            [](json& s) {
              s["images"][0]["not_exhaustive_category_ids"] = {1, 2};
            }},
           {"warning not_exhaustive_without_object 1; note repeated_list_entry 1; ", "image 9, category 2 'dog'",
            [](json& s) {
              s["images"][0]["not_exhaustive_category_ids"] = {2, 2};
              s["images"][0]["neg_category_ids"] = json::array();
            }},
           {"error negative_of_unlisted_category 1; ", "image 9, category 3",
            [](json& s) {
              s["images"][0]["neg_category_ids"] = {2, 3};
            }},
           {"warning not_exhaustive_of_unlisted_category 1; ", "image 5, category 3",
            [](json& s) { s["images"][1]["not_exhaustive_category_ids"] = {3}; }},
           {"error missing_lists 1; ", "image 5", [](json& s) { s["images"][1].erase("neg_category_ids"); }},
           {"error category_without_frequency 1; ", "category 2 'dog'",
            [](json& s) { s["categories"][1].erase("frequency"); }},
           {"warning count_differs 1; ", "category 2 'dog': 4 images and 1 objects, found 1 and 1",
            [](json& s) { s["categories"][1]["image_count"] = 4; }},
           {"note category_id_gaps 2; ", "2 to 3",
            [](json& s) {
              s["categories"][1]["id"] = 4;
              s["annotations"][2]["category_id"] = 4;
              s["images"][0]["neg_category_ids"] = {4};
            }},
           {"warning annotation_id_zero 1; note annotation_id_gaps 1; ", "annotations[0]",
            [](json& s) { s["annotations"][0]["id"] = 0; }},
           {"warning file_name_differs_from_address 1; ", "image 9: COCO_train2014_a.jpg, train2017/c.jpg",
            [](json& s) { s["images"][0]["coco_url"] = "http://x/train2017/c.jpg"; }},
           {"error unreadable_file 1; warning no_annotations 1; ", "the list \"categories\" is missing",
            [](json& s) {
              s = {{"images", json::array()}};
            }},
       }) {
    auto set = good_set();
    d.make(set);
    auto const found = check(set.dump());
    CAPTURE(set.dump());
    CHECK(kinds(found) == d.findings);
    REQUIRE_FALSE(found.findings.list().empty());
    auto const& first = found.findings.list().front();
    REQUIRE_FALSE(first.examples.empty());
    CHECK_MESSAGE(first.examples.front().starts_with(d.example), first.examples.front());
    CHECK(first.mend.ends_with("."));
  }
}

TEST_CASE("frequencies that contradict the counts are told apart from counts of another split") {
  auto set = good_set();
  for (int c = 3; c <= 30; ++c) {
    set["categories"].push_back(
        {{"id", c}, {"name", std::to_string(c)}, {"frequency", "r"}, {"image_count", 0}, {"instance_count", 0}});
  }
  set["categories"][1]["frequency"] = "f";
  auto const few = check(set.dump());
  REQUIRE(few.findings.find("frequency_contradicts_count") != nullptr);
  CHECK(few.findings.find("frequency_contradicts_count")->examples.front() == "category 2 'dog': \"f\", image_count 1");
  for (auto& category : set["categories"]) category["frequency"] = "c";
  auto const all = check(set.dump());
  CHECK(all.findings.find("frequency_contradicts_count") == nullptr);
  REQUIRE(all.findings.find("counts_of_this_file") != nullptr);
  CHECK(all.findings.find("counts_of_this_file")->count == 30);
}

TEST_CASE("plain COCO has notes, not errors") {
  auto set = good_set();
  for (auto& image : set["images"]) {
    image.erase("neg_category_ids");
    image.erase("not_exhaustive_category_ids");
  }
  for (auto& category : set["categories"]) category.erase("frequency");
  auto const found = check(set.dump());
  CHECK(kinds(found) == "note missing_lists 2; note category_without_frequency 2; ");
  CHECK(found.summary.layout.text() == "COCO layout without frequencies, images named by file_name");
}

TEST_CASE("versions are told by categories and names") {
  acsl::annotation_layout layout{1230, 693958, true, true, true, true};
  CHECK(layout.text() == "LVIS v0.5, the whole train split, images named by file_name");
  layout.has_file_names = false;
  CHECK(layout.text() == "LVIS v0.5, the whole train split, images named by coco_url, as in v1.0");
  CHECK(acsl::annotation_layout{1203, 9, true, true, false, true}.text() == "LVIS v1.0, images named by coco_url");
  CHECK(acsl::annotation_layout{64, 9, true, true, true, false}.text() ==
        "LVIS layout with categories of its own, images named by file_name");
}

TEST_CASE("a set with everything wrong is reported alike, whole or in chunks wherever they are cut") {
  auto set = good_set();
  set["annotations"].push_back({{"id", 1}, {"image_id", 1e300}, {"category_id", "a"}, {"bbox", {1, 2, "3", 4}}});
  set["annotations"].push_back({{"id", 1.5}, {"image_id", 9}, {"category_id", 1}, {"bbox", {-9e9, 0, 1, 1}}});
  set["annotations"].push_back({{"note", "},{"}, {"id", 18446744073709551615ULL}});
  for (int twice = 0; twice < 2; ++twice) set["annotations"].push_back({{"id", INT64_MAX}, {"image_id", INT64_MIN}});
  set["images"].push_back({{"id", nullptr}, {"width", "640"}, {"neg_category_ids", {1, "x"}}});
  set["categories"].push_back({{"id", 2}});
  // A number that only the reader of whole texts takes.
  auto const whole =
      acsl::report_json(check("{\"n\": 123456789012345678901234567890, " + set.dump().substr(1)), "f").dump();
  CHECK(whole.find("annotations[3]: \\\"image_id\\\" is no whole number") != std::string::npos);
  for (std::size_t bytes = 1; bytes < 900; bytes += 13)
    CHECK(acsl::report_json(check(set.dump(), bytes), "f").dump() == whole);
}

TEST_CASE("what is no annotation file at all gives one error with its place") {
  for (char const* text : {"", "[]", "{", "{\"images\": 3, \"categories\": {}}", "NaN", "{\"images\": [}"}) {
    CAPTURE(text);
    auto const found = check(text);
    REQUIRE(found.findings.count(severity::error) == 1);
    CHECK(found.findings.list().front().kind == "unreadable_file");
  }
  acsl::cpu const exec(1);
  CHECK_THROWS_WITH_AS((void)acsl::load_annotations_loosely(exec, "/nowhere/set.json"),
                       doctest::Contains("cannot open"), acsl::file_error);
}

TEST_CASE("errors are what the strict reader refuses, and a real LVIS file has none") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  acsl::cpu const exec(2);
  auto const found = acsl::check_annotations(acsl::load_annotations_loosely(exec, *folder / "lvis_val_100.json"));
  CHECK(found.findings.count(severity::error) == 0);
  CHECK(found.findings.count(severity::warning) == 0);
  CHECK(found.summary.layout.text() == "LVIS v0.5, images named by file_name");
  CHECK(found.summary.groups[0].categories == 454);
  CHECK(found.summary.groups[1].categories == 461);
  CHECK(found.summary.groups[2].categories == 315);
  CHECK(found.summary.layout.annotations == 977);
  REQUIRE(found.findings.find("counts_of_this_file") != nullptr);
  CHECK(found.findings.find("category_without_object")->count == 1040);
}

TEST_CASE("the size in a header is that of the picture that is read") {
  test::temporary_folder const folder;
  auto const photo = test::gradient_image(20, 30);
  auto const write = [&](char const* name, test::bytes const& bytes) {
    test::write_text(folder / name, {reinterpret_cast<char const*>(bytes.data()), bytes.size()});
  };
  write("plain.jpg", acsl::encode_jpeg(photo));
  write("turned.jpg", test::with_orientation(acsl::encode_jpeg(photo), 6, true));
  write("upside.jpg", test::with_orientation(acsl::encode_jpeg(photo), 3, false));
  write("inks.jpg", test::one_colour_jpeg(JCS_CMYK, {1, 2, 3, 4}, true));
  write("grey.png", test::any_png(3, PNG_COLOR_TYPE_GRAY, 8, {{1, 2, 3}, {4, 5, 6}}));
  write("rgb.png", acsl::encode_png(photo));
  for (char const* name : {"plain.jpg", "turned.jpg", "upside.jpg", "inks.jpg", "grey.png", "rgb.png"}) {
    CAPTURE(name);
    auto const image = acsl::read_image(folder / name);
    CHECK(acsl::read_image_size(folder / name) == acsl::image_size{image.height, image.width});
  }
  auto const whole = acsl::encode_jpeg(photo);
  int sizes = 0;
  for (std::size_t length = 0; length < 200; length += 3) {  // cut anywhere: the size, or a message
    write("cut.jpg", test::bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)));
    acsl::image_size size;
    std::string message;
    try {
      size = acsl::read_image_size(folder / "cut.jpg");
    } catch (acsl::file_error const& problem) {
      message = problem.what();
    }
    sizes += size == acsl::image_size{20, 30};
    CHECK((size == acsl::image_size{20, 30} || message.find("cut.jpg") != std::string::npos));
  }
  CHECK(sizes > 0);
  CHECK(sizes < 66);
  write("text.jpg", {'h', 'e', 'l', 'l', 'o', ' ', 'y', 'o', 'u'});
  CHECK_THROWS_WITH_AS((void)acsl::read_image_size(folder / "text.jpg"), doctest::Contains("neither a JPEG nor a PNG"),
                       acsl::file_error);
  write("late.jpg", {0xFF, 0xD8, 0xFF, 0xDA, 0, 2});
  CHECK_THROWS_WITH_AS((void)acsl::read_image_size(folder / "late.jpg"), doctest::Contains("before its size"),
                       acsl::file_error);
}

TEST_CASE("image files are looked for in every folder, and their sizes compared") {
  test::temporary_folder const folder;
  for (char const* name : {"one", "two", "val2017"}) std::filesystem::create_directory(folder / name);
  acsl::write_jpeg(folder / "one/a.jpg", test::gradient_image(48, 64));
  acsl::write_jpeg(folder / "two/a.jpg", test::gradient_image(9, 9));  // not looked at: the first folder has one
  acsl::write_jpeg(folder / "two/b.jpg", test::gradient_image(40, 30));
  acsl::write_jpeg(folder / "val2017/c.jpg", test::gradient_image(10, 10));
  test::write_text(folder / "two/d.jpg", "no picture");
  auto set = good_set();
  for (auto const& [id, name] : {std::pair(6, "c.jpg"), {7, "d.jpg"}, {8, "e.jpg"}})
    set["images"].push_back({{"id", id},
                             {"file_name", name},
                             {"width", 10},
                             {"height", 10},
                             {"neg_category_ids", json::array()},
                             {"not_exhaustive_category_ids", json::array()},
                             {"coco_url", std::string("http://x/val2017/") + name}});
  test::write_text(folder / "set.json", set.dump());
  acsl::cpu const exec(2);
  acsl::data_findings findings;
  std::atomic<acsl::index_t> told = 0;
  acsl::check_image_files(exec, acsl::load_annotations_loosely(exec, folder / "set.json"),
                          {folder / "one", folder / "two"}, findings, [&](auto, acsl::index_t total) { told = total; });
  CHECK(told == 5);
  REQUIRE(findings.find("missing_image_file") != nullptr);
  auto const& missing = *findings.find("missing_image_file");
  CHECK(missing.examples ==
        std::vector<std::string>{"image 6, c.jpg (val2017/c.jpg)", "image 8, e.jpg (val2017/e.jpg)"});
  CHECK(missing.mend.find("in val2017 (2); found there: add --images " + (folder / "val2017").string()) !=
        std::string::npos);
  REQUIRE(findings.find("image_size_differs") != nullptr);
  CHECK(findings.find("image_size_differs")->examples ==
        std::vector<std::string>{"image 5, b.jpg: 40 x 30, the file has 30 x 40"});
  REQUIRE(findings.find("unreadable_image_file") != nullptr);
  CHECK(findings.find("unreadable_image_file")->examples.front().find("d.jpg") != std::string::npos);
  CHECK(findings.list().size() == 3);
}

TEST_CASE("boxes in the layout of another tool are told by what most of them are") {
  auto corners = good_set(), shares = good_set();
  for (auto* set : {&corners, &shares}) {
    (*set)["annotations"] = json::array();
    for (int i = 1; i <= 30; ++i)
      (*set)["annotations"].push_back({{"id", i}, {"image_id", 9}, {"category_id", 1}, {"area", 100}});
  }
  for (auto& one : corners["annotations"]) one["bbox"] = {30, 20, 60, 40};
  for (auto& one : shares["annotations"]) one["bbox"] = {0.5, 0.25, 0.5, 0.5};
  auto const finding = [](json const& set, std::string const& kind) {
    auto const found = check(set.dump());
    for (auto const& one : found.findings.list())
      if (one.kind == kind) return std::string(acsl::name_of(one.level)) + ": " + one.mend;
    return std::string();
  };
  CHECK(finding(corners, "box_beyond_image").starts_with("error: Most do: they look like two corners"));
  CHECK(finding(shares, "box_below_one_pixel").starts_with("error: Most are, and lie in [0, 1]"));
}

TEST_CASE("a file without a list of annotations is told") {
  auto set = good_set();
  set["annotation"] = set["annotations"];
  set.erase("annotations");
  CHECK(kinds(check(set.dump())).find("warning no_annotations 1; ") != std::string::npos);
}

}  // namespace
