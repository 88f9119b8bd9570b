// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/result_pickle.hpp>
#include <acsl/evaluation/result_reader.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <limits>
#include <support/file_size_limit.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>
#include <support/unpickled.hpp>

namespace {

using detections = std::vector<std::vector<acsl::detection>>;

using acsl::detail::pickle_kind;
using acsl::detail::pickle_value;
using test::unpickled;

/// One image's arrays as detections: classes ascending, rows in order. Also checks their shapes.
std::vector<acsl::detection> of_image(pickle_value const& image, std::size_t classes) {
  REQUIRE(image.is(pickle_kind::list));
  REQUIRE(image.items.size() == classes);
  std::vector<acsl::detection> list;
  for (std::size_t k = 0; k < classes; ++k) {
    auto const& array = *image.items[k];
    REQUIRE(array.numbers.size() == 2);
    REQUIRE(array.numbers[1] == 5);
    auto const v = test::floats_of(array);
    for (std::size_t i = 0; i < v.size(); i += 5)
      list.push_back({{v[i], v[i + 1], v[i + 2], v[i + 3]}, v[i + 4], static_cast<std::int32_t>(k)});
  }
  return list;
}

detections decode(std::filesystem::path const& path, std::size_t classes) {
  unpickled const file(path);
  detections result;
  for (auto const* image : file.images()) result.push_back(of_image(*image, classes));
  return result;
}

// The values of scripts/golden/make_result_pickle_golden.py, the labels out of order.
detections three_images() {
  return {{{{1.25F, 2, 3, 4.5F}, 0.25F, 2}, {{1, 2, 200, 4.5F}, 0.5F, 0}, {{-1, 0.1F, 1e6F, 128.5F}, 0.125F, 2}},
          {},
          {{{7, 2, 3, 1.0F / 3}, 1, 1}}};
}

TEST_CASE("detections are pickled as Python pickles them") {
  test::temporary_folder const folder;
  acsl::write_result_pickle(folder / "ours.pkl", three_images(), 4);
  auto const python = decode(std::filesystem::path(ACSL_TEST_SOURCE) / "tests/golden/evaluation/result_pickle.pkl", 4);
  REQUIRE(python.size() == 3);
  CHECK(python[0].size() == 3);
  CHECK(decode(folder / "ours.pkl", 4) == python);
}

TEST_CASE("more images and classes than a batch of the pickle holds") {
  test::temporary_folder const folder;
  detections images(2001), classes(3);
  for (std::size_t i = 0; i < images.size(); i += 500) images[i] = {{{static_cast<float>(i), 0, 1, 1}, 0.5F, 0}};
  acsl::write_result_pickle(folder / "images.pkl", images, 2);
  CHECK(decode(folder / "images.pkl", 2) == images);
  classes[1] = {{{1, 2, 3, 4}, 0.5F, 0}, {{1, 2, 3, 4}, 0.75F, 999}, {{4, 3, 2, 1}, 0.25F, 1000}};
  acsl::write_result_pickle(folder / "classes.pkl", classes, 1001);
  CHECK(decode(folder / "classes.pkl", 1001) == classes);
}

TEST_CASE("what stages say is pickled as one map an image") {
  test::temporary_folder const folder;
  detections const last = {{{{5, 6, 7, 8}, 0.75F, 3}}, {{{1, 2, 3, 4}, 0.5F, 1}}, {}};
  acsl::write_stage_pickle(folder / "stages.pkl", {{"stage0", three_images()}, {"ensemble", last}}, 4);
  unpickled const stages(folder / "stages.pkl");
  acsl::write_result_pickle(folder / "one.pkl", three_images(), 4);
  auto const first = decode(folder / "one.pkl", 4);
  REQUIRE(stages.images().size() == 3);
  for (std::size_t n = 0; n < 3; ++n) {
    auto const& image = *stages.images()[n];
    REQUIRE(image.is(pickle_kind::dict));
    REQUIRE(image.items.size() == 4);
    CHECK(image.items[0]->text == "stage0");
    CHECK(of_image(*image.items[1], 4) == first[n]);
    CHECK(image.items[2]->text == "ensemble");
    CHECK(of_image(*image.items[3], 4) == last[n]);
  }
  CHECK_THROWS_WITH_AS(acsl::write_stage_pickle(folder / "x.pkl", {{"stage0", three_images()}, {"ensemble", {}}}, 4),
                       doctest::Contains("every stage has a list for every image"), acsl::error);
}

TEST_CASE("a pickle of no images is an empty list, and an image may have no detections") {
  test::temporary_folder const folder;
  acsl::write_result_pickle(folder / "none.pkl", {}, 3);
  CHECK(decode(folder / "none.pkl", 3).empty());
  acsl::write_result_pickle(folder / "empty.pkl", {{}}, 1);
  CHECK(decode(folder / "empty.pkl", 1) == detections{{}});
}

TEST_CASE("a pickle that is not committed leaves nothing, and labels are checked") {
  test::temporary_folder const folder;
  {
    acsl::result_pickle file(folder / "half.pkl", 2);
    file.add(std::vector<acsl::detection>{{{1, 2, 3, 4}, 1, 1}});
    CHECK_THROWS_WITH_AS(file.add(std::vector<acsl::detection>{{{1, 2, 3, 4}, 1, 2}}),
                         doctest::Contains("below the class count"), acsl::error);
  }
  CHECK(std::filesystem::is_empty(folder.path()));
  CHECK_THROWS_AS(acsl::result_pickle(folder / "no.pkl", 0), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::result_pickle(folder / "none" / "no.pkl", 1), doctest::Contains("cannot create"),
                       acsl::file_error);
}

TEST_CASE("a pickle that finds no room on the disk, or whose writer is killed, leaves the old file as it was") {
  test::temporary_folder const folder;
  auto const path = folder / "r.pkl";
  acsl::write_result_pickle(path, three_images(), 4);
  auto const old = test::read_text(path);
  // More than is written at a time.
  detections const many(1500, std::vector<acsl::detection>(50, {{1, 2, 3, 4}, 0.5F, 0}));
  {
    test::file_size_limit const full(1200000);
    CHECK_THROWS_WITH_AS(acsl::write_result_pickle(path, many, 4),
                         doctest::Contains("r.pkl: cannot write the file: File too large"), acsl::file_error);
  }
  CHECK(folder.files() == 1);
  CHECK(test::killed_beyond(1200000, [&] { acsl::write_result_pickle(path, many, 4); }) == SIGXFSZ);
  CHECK(test::read_text(path) == old);
}

acsl::annotation_set four_classes(std::size_t images) {
  acsl::annotation_set set;
  set.file = "truth.json";
  for (int k = 1; k <= 4; ++k) set.categories.push_back({10 * k, "c", 'f'});
  for (std::size_t i = 0; i < images; ++i) set.images.push_back({static_cast<std::int64_t>(7 - i), "i.jpg", 300, 200});
  return set;
}
auto const golden = std::filesystem::path(ACSL_TEST_SOURCE) / "tests/golden/evaluation";

TEST_CASE("a pickle of boxes is read as results, by its content") {
  auto const set = four_classes(3);
  auto const list = acsl::load_results(golden / "result_pickle.pkl", set);
  REQUIRE(list.results.size() == 4);
  CHECK(list.results[0] == acsl::box_result{7, 10, {1, 2, 200, 3.5}, 0.5});
  CHECK(list.results[3] == acsl::box_result{5, 20, {7, 2, -3, double{1.0F / 3} - 1}, 1});
  CHECK(list.areas.empty());
  auto const masks = acsl::load_results(golden / "result_pickle.pkl", set, {.type = acsl::iou_type::segm}).masks;
  REQUIRE(masks.size() == 4);
  CHECK(masks[0] == acsl::box_mask(list.results[0].bbox, 200, 300));
  acsl::reference exec;
  CHECK(acsl::load_results(exec, golden / "result_pickle.pkl", set).results == list.results);
  CHECK(acsl::load_proposals(exec, golden / "result_pickle.pkl", set) == list.results);
  CHECK_FALSE(acsl::read_result_pickle(golden / "result_pickle.pkl", set).are_proposals);
}

TEST_CASE("pickles that are no boxes of the set's images are refused by what they hold") {
  test::temporary_folder const folder;
  auto const refused = [](std::filesystem::path const& path, acsl::annotation_set const& set, char const* words) {
    CHECK_THROWS_WITH_AS((void)acsl::load_results(path, set), doctest::Contains(words), acsl::file_error);
  };
  refused(golden / "result_pickle.pkl", four_classes(2), "result_pickle.pkl: holds 3 images, and truth.json lists 2");
  auto fewer = four_classes(3);
  fewer.categories.pop_back();
  refused(golden / "result_pickle.pkl", fewer,
          "result_pickle.pkl:[0]: an image has 4 arrays, and 3 categories are listed");
  auto const file = folder / "x.pkl";
  acsl::write_stage_pickle(file, {{"stage0", three_images()}}, 4);
  refused(file, four_classes(3), "x.pkl:[0]: holds what several stages found");
  acsl::write_result_pickle(file, {{}, {}, {}}, 4);
  refused(file, four_classes(3), "x.pkl: the list of results is empty");
  float const nan = std::numeric_limits<float>::quiet_NaN();
  acsl::write_result_pickle(file, {{{{1, 2, 3, 4}, 0.5F, 2}, {{1, 2, 3, 4}, nan, 2}}}, 4);
  refused(file, four_classes(1), "x.pkl:[0][2]: a number of row 1 is NaN or infinite");
  auto const python = [&](std::string const& opcodes) { test::write_text(file, std::string("\x80\x02", 2) + opcodes); };
  python("](");
  refused(file, four_classes(0), "x.pkl:byte 4: the pickle ends here");
  python(
      "](]]\x86"
      "e.");
  refused(file, four_classes(1), "x.pkl:[0]: holds boxes and masks");
  python("](Ne.");
  refused(file, four_classes(1), "x.pkl:[0]: an image has a list of arrays, one a category");
  python("](](NNNNee.");
  refused(file, four_classes(1), "x.pkl:[0][0]: detections are a float32 array of rows");
  python("N.");
  refused(file, four_classes(1), "x.pkl: results are a list with an entry per image");
  python("].]");
  refused(file, four_classes(0), "x.pkl:byte 4: the file goes on behind the end of its pickle");
  python("cposix\nsystem\n.");
  refused(file, four_classes(1), "asks for posix.system");
}

TEST_CASE("the original's pickle of LVIS detections converts to its results, and is written back the same") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  auto const sample = decode(*folder / "results_sample.pkl", 1230);
  auto const expected = acsl::read_json(*folder / "results_sample.json");
  auto set = acsl::load_annotations(*folder / "lvis_val_100.json");
  set.images.clear();
  for (std::int64_t const id : expected.at("image_ids").integers()) set.images.push_back({id, {}, 1, 1});

  auto const results = acsl::load_results(*folder / "results_sample.pkl", set).results;
  auto const list = expected.at("results");
  REQUIRE(results.size() == list.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    CHECK(results[i].image_id == list.at(i).at("image_id").integer());
    CHECK(results[i].category_id == list.at(i).at("category_id").integer());
    CHECK(results[i].score == list.at(i).at("score").number());
    for (std::size_t j = 0; j < 4; ++j) CHECK(results[i].bbox[j] == list.at(i).at("bbox").at(j).number());
  }

  test::temporary_folder const temporary;
  acsl::write_result_pickle(temporary / "again.pkl", sample, 1230);
  CHECK(decode(temporary / "again.pkl", 1230) == sample);
}

}  // namespace
