// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/dataset.hpp>
#include <acsl/data/tail_annotations.hpp>

namespace {

/// Class 7 in three images (three objects), class 3 in one image (four objects), class 5 nowhere.
acsl::annotation_set make_set() {
  acsl::annotation_set set;
  set.file = "set.json";
  set.categories = {{7, "cat"}, {3, "dog"}, {5, "emu"}};
  for (std::int64_t id = 1; id <= 3; ++id) {
    set.images.push_back({id, "a.jpg", 64, 64});
    set.annotations.push_back({id, id, 7, {1, 1, 20, 20}, 400});
  }
  for (std::int64_t id = 4; id <= 7; ++id) set.annotations.push_back({id, 2, 3, {1, 1, 20, 20}, 400});
  return set;
}

TEST_CASE("objects of tail classes stay, by images and by instances, and classes keep their labels") {
  auto const set = make_set();
  CHECK(acsl::tail_annotations(set, {}).annotations.size() == 7);
  auto const few_images = acsl::tail_annotations(set, {.images = 3});
  CHECK(few_images.annotations.size() == 4);
  CHECK(few_images.annotations[0].category_id == 3);
  CHECK(few_images.categories.size() == 3);
  acsl::dataset const images(few_images, "");
  CHECK(images.size() == 1);
  CHECK(images[0].image.id == 2);
  CHECK(images[0].labels == std::vector<std::int32_t>{2, 2, 2, 2});
  auto const few_instances = acsl::tail_annotations(set, {.instances = 4});
  CHECK(few_instances.annotations.size() == 3);
  CHECK(few_instances.annotations[0].category_id == 7);
  CHECK(acsl::tail_annotations(set, {.images = 4, .instances = 5}).annotations.size() == 7);
}

TEST_CASE("a limit below every class is refused by the file's name") {
  CHECK_THROWS_WITH_AS((void)acsl::tail_annotations(make_set(), {.images = 1}),
                       "set.json: no object is left to train on: no class is in fewer than 1 images and has fewer than "
                       "0 objects (0: no limit)",
                       acsl::file_error);
}

}  // namespace
