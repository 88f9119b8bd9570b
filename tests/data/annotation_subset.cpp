// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/annotation_subset.hpp>
#include <support/temporary_folder.hpp>

namespace {

/// Three categories; image 1 has two objects, image 2 one, image 3 none. Spaces, keys and numbers as nobody writes
/// them.
char const* const text = R"({ "info" : {"x": [1, "]}\""]}, "images":[
 {"id":1,"width":64,"height":64,"file_name":"a \"b\" {[,.jpg","neg_category_ids":[9, 5],"extra":1.50},
 {"id":2,"width":64,"height":64,"file_name":"b.jpg"} , {"id":3,"width":64,"height":64,"file_name":"c.jpg"}],
"licenses" : [], "number":-1e5, "annotations": [
{"id":1,"image_id":1,"category_id":7,"bbox":[1,1,20.50,20],"area":4e2,"segmentation":[[1,1,2,2]]},
{"id":2,"image_id":1,"category_id":9,"bbox":[1,1,20,20],"area":400,"iscrowd":0},
{"id":3,"image_id":2,"category_id":7,"bbox":[1,1,20,20],"area":400}],
"categories":[{"id":7,"name":"cat","frequency":"f"},{"id":9,"name":"d,o}g","frequency":"r","synset":"x"},{"id":5,"name":"emu","frequency":"c"}]}
)";

struct small_file {
  test::temporary_folder folder;
  acsl::annotation_set set;
  small_file() {
    test::write_text(folder / "set.json", text);
    set = acsl::load_annotations(folder / "set.json");
  }
  [[nodiscard]] std::string part(acsl::annotation_selection const& kept,
                                 acsl::category_counts const* counts = nullptr) const {
    acsl::write_annotation_subset(folder / "part.json", set, kept, counts);
    return test::read_text(folder / "part.json");
  }
  [[nodiscard]] acsl::annotation_set reread() const { return acsl::load_annotations(folder / "part.json"); }
};

TEST_CASE("a part keeps its records byte for byte, and what stands around the lists") {
  small_file const file;
  auto const whole = file.part(acsl::select_all(file.set));
  CHECK(nlohmann::json::parse(whole) == nlohmann::json::parse(text));
  CHECK(whole.find(R"("info": {"x": [1, "]}\""]})") != std::string::npos);
  CHECK(
      whole.find(
          R"({"id":1,"width":64,"height":64,"file_name":"a \"b\" {[,.jpg","neg_category_ids":[9, 5],"extra":1.50})") !=
      std::string::npos);
  CHECK(whole.find("\"bbox\":[1,1,20.50,20],\"area\":4e2") != std::string::npos);
}

TEST_CASE("images stay with all their annotations") {
  small_file const file;
  auto const rare = file.part(acsl::select_images_with_rare(file.set));
  auto const set = file.reread();
  CHECK(set.images.size() == 1);
  CHECK(set.images[0].id == 1);
  CHECK(set.annotations.size() == 2);
  CHECK(set.categories.size() == 3);
  CHECK(rare.find("segmentation") != std::string::npos);
  CHECK(acsl::instances_per_image(file.set) == std::vector<std::int64_t>{2, 1, 0});
  CHECK(acsl::instance_histogram(file.set) == std::vector<std::int64_t>{1, 1, 1});
  CHECK(acsl::instance_histogram({}).empty());
}

TEST_CASE("categories go with their objects, and images no longer name them") {
  small_file const file;
  static_cast<void>(file.part(acsl::select_categories(
      file.set, [](std::size_t c) { return c != 1; }, true)));
  auto const set = file.reread();  // the reader refuses ids of categories that are not there
  CHECK(set.categories.size() == 2);
  CHECK(set.annotations.size() == 2);
  CHECK(set.images.size() == 2);
  CHECK(set.images[0].neg_category_ids == std::vector<std::int64_t>{5});
  static_cast<void>(file.part(acsl::select_categories(
      file.set, [](std::size_t) { return false; }, false)));
  CHECK(file.reread().images.size() == 3);
  CHECK(file.reread().annotations.empty());
}

TEST_CASE("counts are refreshed, and told where the file states them") {
  small_file const file;
  CHECK(acsl::instance_counts(file.set) == std::vector<std::int64_t>{2, 1, 0});
  auto const counts = acsl::count_categories(file.set);
  static_cast<void>(file.part(acsl::select_all(file.set), &counts));
  auto set = file.reread();
  CHECK(set.categories[0].image_count == 2);
  CHECK(set.categories[0].instance_count == 2);
  CHECK(set.categories[2].instance_count == 0);
  set.categories[2].instance_count = 12;
  CHECK(acsl::instance_counts(set) == std::vector<std::int64_t>{2, 1, 12});
  set.categories[1].instance_count.reset();
  CHECK(acsl::instance_counts(set) == std::vector<std::int64_t>{2, 1, 0});
}

TEST_CASE("a file that is another by now is not cut by the old flags, and the output stays away") {
  small_file const file;
  test::write_text(file.folder / "set.json", R"({"images": [], "annotations": [], "categories": []})");
  CHECK_THROWS_AS(static_cast<void>(file.part(acsl::select_all(file.set))), acsl::file_error);
  CHECK(!std::filesystem::exists(file.folder / "part.json"));
}

}  // namespace
