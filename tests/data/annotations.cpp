// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/annotation_writer.hpp>
#include <nlohmann/json.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>

namespace {

using nlohmann::json;

json small_set() {
  return json::parse(R"({
    "categories": [{"id": 7, "name": "cat", "frequency": "r", "image_count": 3, "instance_count": 5},
                   {"id": 3, "name": "dog", "frequency": "f"}],
    "images": [{"id": 8000000000, "file_name": "COCO_train2014_000000000009.jpg", "width": 640, "height": 480,
                "neg_category_ids": [3], "not_exhaustive_category_ids": [7]},
               {"id": 2, "coco_url": "http://images.cocodataset.org/val2017/000000397133.jpg", "width": 100, "height": 50}],
    "annotations": [{"id": 1, "image_id": 8000000000, "category_id": 3, "bbox": [1, 2.5, 30, 40], "area": 600.25,
                     "segmentation": [[1, 2, 3, 4, 5, 6]]},
                    {"id": 9000000000, "image_id": 2, "category_id": 7, "bbox": [0, 0, 100.4, 50], "iscrowd": 1, "ignore": 1}]
  })");
}

acsl::annotation_set read(json const& document) {
  return acsl::read_annotations(acsl::parse_json(document.dump(), "set.json"));
}

void check_refused(json const& document, char const* words) {
  CHECK_THROWS_WITH_AS(read(document), doctest::Contains(words), acsl::file_error);
}

TEST_CASE("an annotation file is read whole, with ids of 64 bits") {
  auto const set = read(small_set());
  REQUIRE(set.categories.size() == 2);
  CHECK(set.categories[0].id == 7);
  CHECK(set.categories[0].frequency == 'r');
  CHECK(set.categories[0].instance_count == 5);
  CHECK_FALSE(set.categories[1].image_count.has_value());
  REQUIRE(set.images.size() == 2);
  CHECK(set.images[0].id == 8000000000);
  CHECK(set.images[0].neg_category_ids == std::vector<std::int64_t>{3});
  CHECK(set.images[0].not_exhaustive_category_ids == std::vector<std::int64_t>{7});
  CHECK(set.images[1].file_name == "000000397133.jpg");
  REQUIRE(set.annotations.size() == 2);
  CHECK(set.annotations[0].bbox == std::array<double, 4>{1, 2.5, 30, 40});
  CHECK(set.annotations[0].area == 600.25);
  CHECK_FALSE(set.annotations[0].iscrowd.has_value());
  CHECK(set.annotations[1].id == 9000000000);
  CHECK(set.annotations[1].area == 100.4 * 50);
  CHECK(set.annotations[1].iscrowd == true);
  CHECK(set.annotations[1].ignore);
}

TEST_CASE("a test split without annotations is read") {
  auto document = small_set();
  document.erase("annotations");
  CHECK(read(document).annotations.empty());
}

TEST_CASE("two elements with one id are named both") {
  auto document = small_set();
  document["annotations"][1]["id"] = 1;
  check_refused(document, "set.json:annotations[1]: has the id 1, as has annotations[0]");
  document = small_set();
  document["images"][1]["id"] = 8000000000;
  check_refused(document, "set.json:images[1]: has the id 8000000000, as has images[0]");
  document = small_set();
  document["categories"][1]["id"] = 7;
  check_refused(document, "set.json:categories[1]: has the id 7, as has categories[0]");
}

TEST_CASE("ids that nothing has are named with their place") {
  auto document = small_set();
  document["annotations"][1]["image_id"] = 5;
  check_refused(document, "set.json:annotations[1].image_id: no element of images has the id 5");
  document = small_set();
  document["annotations"][0]["category_id"] = 1;
  check_refused(document, "set.json:annotations[0].category_id: no element of categories has the id 1");
}

TEST_CASE("a box outside its image is refused, one that rounding moved over the edge is not") {
  for (json const& outside : {json{640, 0, 5, 5}, json{0, 480, 5, 5}, json{-10, 0, 10, 5}, json{0, -5, 10, 5}}) {
    auto document = small_set();
    document["annotations"][0]["bbox"] = outside;
    check_refused(document, "set.json:annotations[0].bbox: the box [");
    check_refused(document, "of annotation 1 lies outside its image 8000000000 of 640 x 480 pixels");
  }
  for (json const& inside : {json{639.5, 0, 5, 5}, json{-9.9, 0, 10, 5}, json{0, 0, 641, 481}, json{700, 0, 0, 0}}) {
    auto document = small_set();
    document["annotations"][0]["bbox"] = inside;
    CHECK_NOTHROW(read(document));
  }
}

TEST_CASE("missing keys and wrong types are named with their place") {
  auto document = small_set();
  document.erase("images");
  check_refused(document, "set.json: the key \"images\" is missing");
  document = small_set();
  document["annotations"][0].erase("bbox");
  check_refused(document, "set.json:annotations[0]: the key \"bbox\" is missing");
  document = small_set();
  document["annotations"][0]["bbox"] = {1, 2, 3};
  check_refused(document, "set.json:annotations[0].bbox: a box has 4 numbers: x, y, width, height; found 3");
  document["annotations"][0]["bbox"] = {1, 2, "3", 4};
  check_refused(document, "set.json:annotations[0].bbox[2]: expected a number, found a string");
  document = small_set();
  document["images"][0]["width"] = 0;
  check_refused(document, "set.json:images[0].width: an image has at least one pixel");
  document = small_set();
  document["images"][0].erase("file_name");
  check_refused(document, "set.json:images[0]: neither \"file_name\" nor \"coco_url\"");
  document = small_set();
  document["categories"][0]["frequency"] = "rare";
  check_refused(document, "set.json:categories[0].frequency: a frequency is \"r\", \"c\" or \"f\", found \"rare\"");
  CHECK_THROWS_WITH_AS((void)acsl::read_annotations(acsl::parse_json("[1]", "set.json")),
                       doctest::Contains("expected an object, found an array"), acsl::file_error);
}

TEST_CASE("a file cut in the middle is told so") {
  test::temporary_folder const folder;
  auto const text = small_set().dump();
  test::write_text(folder / "cut.json", text.substr(0, text.size() / 2));
  CHECK_THROWS_WITH_AS((void)acsl::load_annotations(folder / "cut.json"), doctest::Contains("ends in the middle"),
                       acsl::file_error);
  CHECK_THROWS_WITH_AS((void)acsl::load_annotations(folder / "none.json"), doctest::Contains("cannot open"),
                       acsl::file_error);
}

TEST_CASE("who needs frequencies learns which category has none") {
  auto set = read(small_set());
  CHECK_NOTHROW(acsl::require_frequencies(set));
  set.categories[1].frequency = 0;
  CHECK_THROWS_WITH_AS(acsl::require_frequencies(set),
                       doctest::Contains("set.json: category 'dog' (id 3) has no frequency"), acsl::file_error);
}

TEST_CASE("categories are counted by image and by object") {
  auto document = small_set();
  auto another = document["annotations"][0];
  another["id"] = 17;
  document["annotations"].push_back(another);
  auto const counts = acsl::count_categories(read(document));
  CHECK(counts.images == std::vector<std::int64_t>{1, 1});
  CHECK(counts.instances == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("a written set reads back the same") {
  test::temporary_folder const folder;
  auto const set = read(small_set());
  acsl::write_annotations(folder / "set.json", set, "a \"small\" set");
  auto const again = acsl::load_annotations(folder / "set.json");
  REQUIRE(again.categories.size() == 2);
  REQUIRE(again.images.size() == 2);
  REQUIRE(again.annotations.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(again.categories[i].name == set.categories[i].name);
    CHECK(again.categories[i].frequency == set.categories[i].frequency);
    CHECK(again.categories[i].image_count == set.categories[i].image_count);
    CHECK(again.images[i].id == set.images[i].id);
    CHECK(again.images[i].file_name == set.images[i].file_name);
    CHECK(again.images[i].neg_category_ids == set.images[i].neg_category_ids);
    CHECK(again.annotations[i].id == set.annotations[i].id);
    CHECK(again.annotations[i].bbox == set.annotations[i].bbox);
    CHECK(again.annotations[i].area == set.annotations[i].area);
    CHECK(again.annotations[i].ignore == set.annotations[i].ignore);
    CHECK(again.annotations[i].iscrowd == set.annotations[i].iscrowd);
  }
  acsl::write_annotations(folder / "empty.json", {});
  CHECK(acsl::load_annotations(folder / "empty.json").images.empty());
}

TEST_CASE("the counts inside a real file are those of its annotations") {
  auto const folder = test::photographs();
  if (!folder) return;
  auto const set = acsl::load_annotations(*folder / "train.json");
  CHECK(set.images.size() == 128);
  CHECK(set.categories.size() == 80);
  CHECK_NOTHROW(acsl::require_frequencies(set));
  auto const counts = acsl::count_categories(set);
  for (std::size_t i = 0; i < 80; ++i) {
    CHECK(counts.images[i] == set.categories[i].image_count.value_or(-1));
    CHECK(counts.instances[i] == set.categories[i].instance_count.value_or(-1));
  }
}

}  // namespace
