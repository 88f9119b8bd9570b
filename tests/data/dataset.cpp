// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/dataset.hpp>
#include <support/temporary_folder.hpp>

namespace {

acsl::annotation_set make_set() {
  acsl::annotation_set set;
  set.file = "set.json";
  set.categories = {{70, "cat"}, {30, "dog"}};
  set.images = {{1, "a.jpg", 640, 480}, {2, "b.jpg", 640, 480}, {3, "c.jpg", 640, 31},
                {4, "d.jpg", 300, 400}, {5, "e.jpg", 640, 640}, {6, "f.jpg", 641, 640}};
  set.annotations = {{1, 1, 30, {10, 20, 30, 40}, 900}, {2, 1, 70, {0.5, 0.25, 1, 1}, 1},
                     {3, 3, 70, {1, 1, 20, 20}, 400},   {4, 4, 70, {1, 1, 20, 20}, 400},
                     {5, 5, 30, {1, 1, 20, 20}, 400},   {6, 6, 30, {1, 1, 20, 20}, 400}};
  return set;
}

TEST_CASE("boxes have inclusive corners and labels count from 1 by position") {
  acsl::dataset const set(make_set(), "images");
  REQUIRE(set.size() == 4);
  CHECK(set[0].boxes == std::vector<acsl::box>{{10, 20, 39, 59}, {0.5F, 0.25F, 0.5F, 0.25F}});
  CHECK(set[0].labels == std::vector<std::int32_t>{2, 1});
  CHECK(set.categories()[1].name == "dog");
}

TEST_CASE("training drops images without annotations and small images, tests drop none") {
  acsl::dataset const training(make_set(), "images");
  CHECK(training.report().images_without_annotations == 1);
  CHECK(training.report().images_too_small == 1);
  CHECK(training[1].image.id == 4);
  acsl::dataset const test(make_set(), "images", {.training = false});
  CHECK(test.size() == 6);
  CHECK(test[0].boxes.empty());
}

TEST_CASE("the aspect group is wider than high, strictly") {
  acsl::dataset const set(make_set(), "images");
  CHECK(set.aspect_flags() == std::vector<std::uint8_t>{1, 0, 0, 1});
}

TEST_CASE("ignored, crowd and degenerate objects are skipped and counted") {
  auto set = make_set();
  auto& first = set.annotations[0];
  SUBCASE("ignore") { first.ignore = true; }
  SUBCASE("area") { first.area = 0; }
  SUBCASE("width") { first.bbox[2] = 0.99; }
  SUBCASE("height") { first.bbox[3] = 0.5; }
  SUBCASE("crowd") { first.iscrowd = true; }
  acsl::dataset const filtered(set, "images");
  CHECK(filtered[0].labels == std::vector<std::int32_t>{1});
  CHECK(filtered[0].crowds.size() == (first.iscrowd ? 1 : 0));
  auto const& report = filtered.report();
  CHECK(report.objects_ignored + report.objects_degenerate + report.objects_crowd == 1);
}

TEST_CASE("an object marked as no crowd is an ordinary one, unless the original's rule is asked for") {
  auto set = make_set();
  set.annotations[0].iscrowd = false;
  CHECK(acsl::dataset(set, "images")[0].labels.size() == 2);
  acsl::dataset const original(set, "images", {.drop_marked_not_crowd = true});
  CHECK(original[0].labels.size() == 1);
  CHECK(original.report().objects_marked_not_crowd == 1);
}

TEST_CASE("an image whose objects were all skipped stays if another of its group has boxes") {
  auto set = make_set();
  set.annotations[3].area = 0;
  acsl::dataset const stays(set, "images");
  CHECK(stays.size() == 4);
  CHECK(stays.report().images_without_boxes == 1);
  CHECK(stays.with_boxes(false) == std::vector<acsl::index_t>{2});
  CHECK(stays.with_boxes(true) == std::vector<acsl::index_t>{0, 3});

  set.annotations[4].area = 0;  // now no image of the group has one
  acsl::dataset const goes(set, "images");
  CHECK(goes.size() == 2);
  CHECK(goes.report().images_without_stand_in == 2);
  CHECK(goes.with_boxes(true) == std::vector<acsl::index_t>{0, 1});
}

TEST_CASE("nothing left to train on is an error that names the file") {
  auto set = make_set();
  set.annotations.clear();
  CHECK_THROWS_WITH_AS(acsl::dataset(set, "images"), doctest::Contains("set.json: no image is left to train on"),
                       acsl::file_error);
  CHECK(acsl::dataset(set, "images", {.training = false}).size() == 6);
}

TEST_CASE("the objects that training sees are counted") {
  auto set = make_set();
  set.annotations[5].area = 0;
  auto const counts = acsl::count_categories(acsl::dataset(set, "images"));
  CHECK(counts.images == std::vector<std::int64_t>{2, 2});
  CHECK(counts.instances == std::vector<std::int64_t>{2, 2});
}

TEST_CASE("a file is looked for under the part of its name behind the last underscore, then under the whole name") {
  test::temporary_folder const folder;
  auto annotations = make_set();
  annotations.images[0].file_name = "COCO_train2014_000000391895.jpg";
  acsl::dataset const set(annotations, folder.path());
  CHECK(set.file_of(0) == folder / "COCO_train2014_000000391895.jpg");  // what the message about a missing file names
  test::write_text(folder / "COCO_train2014_000000391895.jpg", "");
  CHECK(set.file_of(0) == folder / "COCO_train2014_000000391895.jpg");
  test::write_text(folder / "000000391895.jpg", "");
  CHECK(set.file_of(0) == folder / "000000391895.jpg");
  CHECK(set.file_of(1) == folder / "d.jpg");
}

}  // namespace
