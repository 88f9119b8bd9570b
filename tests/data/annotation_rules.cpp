// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/dataset.hpp>
#include <nlohmann/json.hpp>

namespace {

using acsl::annotation_rules;
using nlohmann::json;

json small_set() {
  return json::parse(R"({
    "categories": [{"id": 7, "name": "cat", "frequency": "r"}],
    "images": [{"id": 2, "file_name": "a.jpg", "width": 100, "height": 50, "neg_category_ids": [],
                "not_exhaustive_category_ids": []}],
    "annotations": [{"id": 1, "image_id": 2, "category_id": 7, "bbox": [1, 2.5, 30, 40], "area": 600.25}]})");
}

acsl::annotation_set read(json const& document, annotation_rules rules) {
  return acsl::read_annotations(acsl::parse_json(document.dump(), "set.json"), rules);
}

TEST_CASE("evaluation leaves out annotations of images or categories that are not listed; training refuses them") {
  auto document = small_set();
  for (char const* key : {"image_id", "category_id"}) {
    document["annotations"].push_back(document["annotations"][0]);
    document["annotations"].back()[key] = 99;
  }
  auto const set = read(document, annotation_rules::evaluation);
  REQUIRE(set.annotations.size() == 1);
  CHECK(set.annotations[0].image_id == 2);
  CHECK_THROWS_AS((void)read(document, annotation_rules::training), acsl::file_error);
}

TEST_CASE("evaluation takes boxes outside their image; training refuses them") {
  auto document = small_set();
  document["annotations"][0]["bbox"] = {100, 0, 5, 5};
  CHECK(read(document, annotation_rules::evaluation).annotations.size() == 1);
  CHECK_THROWS_AS((void)read(document, annotation_rules::training), acsl::file_error);
}

TEST_CASE("LVIS's evaluation needs LVIS's keys, COCO's only the area; training none of them") {
  struct {
    char const *list, *key;
  } const needed[] = {
      {"categories", "frequency"}, {"images", "neg_category_ids"}, {"images", "not_exhaustive_category_ids"}};
  auto plain = small_set();
  for (auto const& [list, key] : needed) {
    auto document = small_set();
    document[list][0].erase(key);
    plain[list][0].erase(key);
    CHECK_NOTHROW((void)read(document, annotation_rules::training));
    std::string const message = "set.json:" + std::string(list) + "[0]: the key \"" + key +
                                "\" is missing, which LVIS's rules need; plain COCO annotations are judged by COCO's: "
                                "acsl eval --protocol coco-100";
    CHECK_THROWS_WITH_AS((void)read(document, annotation_rules::evaluation), message.c_str(), acsl::file_error);
  }
  CHECK(read(plain, annotation_rules::coco_evaluation).annotations.size() == 1);
  plain["annotations"][0].erase("area");
  CHECK_NOTHROW((void)read(plain, annotation_rules::training));
  CHECK_THROWS_WITH_AS((void)read(plain, annotation_rules::coco_evaluation),
                       "set.json:annotations[0]: the key \"area\" is missing", acsl::file_error);
}

TEST_CASE("COCO's evaluation takes what LVIS's takes") {
  auto document = small_set();
  document["annotations"][0]["bbox"] = {100, 0, -5, 5};
  document["annotations"][0]["iscrowd"] = 1;
  document["annotations"].push_back(document["annotations"][0]);
  document["annotations"].back()["image_id"] = 99;
  auto const set = read(document, annotation_rules::coco_evaluation);
  REQUIRE(set.annotations.size() == 1);
  CHECK(set.annotations[0].iscrowd == true);
}

TEST_CASE("evaluation asks for no names and no sizes; training and pictures do") {
  for (auto const& [list, key] :
       {std::pair{"categories", "name"}, {"images", "width"}, {"images", "height"}, {"images", "file_name"}}) {
    auto document = small_set();
    document[list][0].erase(key);
    CHECK_THROWS_AS((void)read(document, annotation_rules::training), acsl::file_error);
    for (auto const rules : {annotation_rules::evaluation, annotation_rules::coco_evaluation}) {
      auto const set = read(document, rules);
      CHECK(set.annotations.size() == 1);
      CHECK(set.categories[0].name == (std::string(key) == "name" ? "7" : "cat"));
      if (std::string(list) == "images")
        CHECK_THROWS_AS((void)acsl::dataset(set, "photographs", {.training = false}), acsl::file_error);
    }
  }
  auto document = small_set();
  document["images"][0].merge_patch({{"width", 0}, {"height", "tall"}, {"file_name", 3}, {"coco_url", "x/b.jpg"}});
  document["categories"][0].merge_patch({{"name", 5}, {"image_count", -1}, {"instance_count", "many"}});
  auto const set = read(document, annotation_rules::evaluation);
  CHECK(set.images[0].file_name == "b.jpg");
  CHECK(set.images[0].width == 0);
  CHECK(set.categories[0].name == "7");
  CHECK_FALSE(set.categories[0].instance_count.has_value());
}

TEST_CASE("evaluation wants a list of annotations, training does not") {
  auto document = small_set();
  document["annotation"] = document["annotations"];
  document.erase("annotations");
  CHECK(read(document, annotation_rules::training).annotations.empty());
  for (auto const rules : {annotation_rules::evaluation, annotation_rules::coco_evaluation})
    CHECK_THROWS_WITH_AS((void)read(document, rules), doctest::Contains("the key \"annotations\" is missing"),
                         acsl::file_error);
}

TEST_CASE("COCO's evaluation looks at nothing that only LVIS has") {
  auto document = small_set();
  document["categories"][0]["frequency"] = "rare";
  document["images"][0]["neg_category_ids"] = "none";
  CHECK(read(document, annotation_rules::coco_evaluation).categories[0].frequency == 0);
  CHECK_THROWS_AS((void)read(document, annotation_rules::evaluation), acsl::file_error);
}

TEST_CASE("training takes the address of an image without a name, and no negative counts") {
  auto document = small_set();
  document["images"][0].merge_patch({{"file_name", ""}, {"coco_url", "x/b.jpg"}});
  CHECK(read(document, annotation_rules::training).images[0].file_name == "b.jpg");
  document["categories"][0]["instance_count"] = -4;
  CHECK_THROWS_WITH_AS((void)read(document, annotation_rules::training),
                       "set.json:categories[0].instance_count: a count is not negative", acsl::file_error);
}

}  // namespace
