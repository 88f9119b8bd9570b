// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/evaluation/chunked_result_reader.hpp>
#include <acsl/evaluation/result_writer.hpp>
#include <acsl/evaluation/results_of.hpp>
#include <limits>
#include <support/file_size_limit.hpp>
#include <support/temporary_folder.hpp>
#include <support/two_images.hpp>

namespace {

std::vector<acsl::box_result> parse(std::string const& text) {
  return acsl::parse_results(text, "results.json", test::two_images()).results;
}
void check_refused(std::string const& text, std::string const& words) {
  CHECK_THROWS_WITH_AS((void)parse(text), doctest::Contains(words.c_str()), acsl::file_error);
}

std::string const good = R"({"image_id": 2, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5})";

TEST_CASE("results are read whole, with ids of 64 bits, whole or real numbers, and keys nobody asked for") {
  auto const results = parse(R"([
    {"image_id": 8000000000, "category_id": 9000000000, "bbox": [-1.5, 2, 3e2, 0.1], "score": 1, "area": "none"},
    {"score": -2.5, "bbox": [0, 0, 0, 0], "category_id": 3.0, "image_id": 2, "segmentation": {"counts": [[1], {}]}}])");
  REQUIRE(results.size() == 2);
  CHECK(results[0] == acsl::box_result{8000000000, 9000000000, {-1.5, 2, 300, 0.1}, 1});
  CHECK(results[1] == acsl::box_result{2, 3, {0, 0, 0, 0}, -2.5});
}

TEST_CASE("bad results are refused with the entry's position") {
  check_refused("", "results.json: the file is empty");
  check_refused("[]", "results.json: the list of results is empty");
  check_refused(R"({"a": [1]})", "results.json: expected a list");
  check_refused("3", "results.json: expected a list");
  check_refused("[" + good + ", 3]", "results.json:[1]: expected an object, found a number");
  check_refused("[" + good + ", [3]]", "results.json:[1]: expected an object, found an array");
  check_refused("[" + good + R"(, {"image_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}])",
                "results.json:[1]: the key \"category_id\" is missing");
  check_refused("[" + good + R"(, {"image_id": 5, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5}])",
                "results.json:[1].image_id: no image of truth.json has the id 5");
  check_refused("[" + good + R"(, {"image_id": 2, "category_id": 3, "bbox": [1, 2, 3, "4"], "score": 0.5}])",
                "results.json:[1].bbox[3]: expected a number, found a string");
  check_refused("[" + good + R"(, {"image_id": 2, "category_id": 3, "bbox": [1, 2, 3], "score": 0.5}])",
                "results.json:[1].bbox: a box has 4 numbers");
  check_refused("[" + good + R"(, {"image_id": 2, "category_id": 3, "bbox": [1, 2, 3, 4], "score": null}])",
                "results.json:[1].score: expected a number, found null");
  check_refused("[" + good + R"(, {"image_id": 2, "category_id": 3, "score": 0.5}])",
                "results.json:[1]: has no \"bbox\", unlike [0], the first result that counts");
  check_refused(R"([{"image_id": 2, "category_id": 3, "score": 0.5}])",
                "results.json:[0]: has neither a \"bbox\" nor a \"segmentation\"");
  auto const mask = [](std::string const& segmentation) {
    return R"({"image_id": 2, "category_id": 3, "score": 0.5, "segmentation": )" + segmentation + "}";
  };
  check_refused("[" + mask("{}") + "]", "results.json:[0].segmentation: the key \"counts\" is missing");
  check_refused("[" + mask("[[1, 2, 3, 4, 5, 6]]") + "]",
                "results.json:[0].segmentation: a mask without a \"bbox\" is {");
  check_refused("[" + mask(R"({"size": [2, 3], "counts": [1, 5]})") + "]", "with compressed text");
  check_refused("[" + mask(R"({"size": [2, 3], "counts": "14"})") + "]",
                "results.json:[0].segmentation: the runs of a mask add up to 5, not to its 2 x 3 pixels");
  check_refused("[" + mask(R"({"size": [2, 3, 4], "counts": "15"})") + "]",
                "[0].segmentation.size: the size of a mask is");
  check_refused("[" + mask(R"({"size": [2, 3], "counts": "15"})") + ", " + good.substr(0, good.size()) + "]",
                "results.json:[1]: has no \"segmentation\", unlike [0], the first result that counts");
}

TEST_CASE("masks without boxes have the tight box and the area of their pixels, boxes without masks their rectangle") {
  std::string const text = R"([{"image_id": 2, "category_id": 3, "score": 0.5,
                                "segmentation": {"size": [50, 100], "counts": [110, 3, 4887], "more": 1}}])";
  CHECK_THROWS_AS((void)acsl::parse_results(text, "r.json", test::two_images()), acsl::file_error);
  auto const masks = acsl::parse_results(R"([{"image_id": 2, "category_id": 3, "score": 0.5,
    "segmentation": {"size": [4, 3], "counts": "525"}}])",
                                         "r.json", test::two_images(), {.type = acsl::iou_type::segm});
  CHECK(masks.results[0].bbox == std::array<double, 4>{1, 1, 1, 2});
  CHECK(masks.areas == std::vector<double>{2});
  REQUIRE(masks.masks.size() == 1);
  CHECK(masks.masks[0].area() == 2);
  auto const boxes = acsl::parse_results("[" + good + R"(, {"image_id": 2, "category_id": 3, "bbox": [0, 0, 9, 9],
    "score": 1, "segmentation": [[0, 0, 2, 0, 2, 2, 0, 2], [1, 0, 3, 0, 3, 2, 1, 2]]}])",
                                         "r.json", test::two_images(), {.type = acsl::iou_type::segm});
  CHECK(boxes.areas.empty());
  REQUIRE(boxes.masks.size() == 2);
  CHECK(boxes.masks[0] == acsl::box_mask({1, 2, 3, 4}, 50, 100));
  CHECK(boxes.masks[1] == acsl::box_mask({0, 0, 3, 2}, 50, 100));
}

/// A box, and a mask of one image, with scores.
std::string boxed(std::string const& score, int image = 2) {
  return R"({"image_id": )" + std::to_string(image) + R"(, "category_id": 3, "bbox": [1, 2, 3, 4], "score": )" + score +
         "}";
}
std::string masked(std::string const& score, std::string const& more = "", int image = 2) {
  return R"({"image_id": )" + std::to_string(image) + R"(, "category_id": 3, )" + more +
         R"("segmentation": {"size": [4, 3], "counts": "525"}, "score": )" + score + "}";
}

TEST_CASE("the first entry that counts decides for a list with boxes and without") {
  auto const read = [](std::vector<std::string> const& entries, acsl::evaluation_options const& options) {
    test::temporary_folder const folder;
    std::string text = "[";
    for (auto const& entry : entries) text += (text.size() > 1 ? ",\n" : "") + entry;
    test::write_text(folder / "r.json", text + "]");
    acsl::reference exec;
    auto set = test::two_images();
    set.images.push_back({9, "c.jpg", 10, 10});
    auto const list = acsl::load_results(folder / "r.json", set, options);
    for (std::size_t bytes : {1, 100, 10000}) {
      auto const chunked = acsl::load_results(exec, folder / "r.json", set, options, bytes);
      CHECK(chunked.results == list.results);
      CHECK(chunked.areas == list.areas);
    }
    return list;
  };
  auto const refused = [&](std::vector<std::string> const& entries, acsl::evaluation_options const& options,
                           char const* words) {
    CHECK_THROWS_WITH_AS((void)read(entries, options), doctest::Contains(words), acsl::file_error);
  };
  acsl::evaluation_options const one{.max_dets = 1}, two{.max_dets = 2}, all{.max_dets = -1};
  // Of an image with more entries than count, the best one comes first; the others are not looked at.
  auto const best = read({boxed("0.1"), masked("0.9")}, one);
  REQUIRE(best.results.size() == 1);
  CHECK(best.results[0].score == 0.9);
  CHECK(best.areas == std::vector<double>{2});
  CHECK(read({masked("0.1"), boxed("0.9"), boxed("0.5", 9)}, one).areas.empty());
  CHECK(read({masked("0.5"), boxed("0.5"), masked("0.7", "", 9)}, one).results.size() == 2);  // equal: the earlier one
  // Without a cut, or in another image than the first entry's, the file's order counts.
  refused({boxed("0.1"), masked("0.9")}, two, "r.json:[1]: has no \"bbox\", unlike [0], the first result that counts");
  refused({boxed("0.1"), masked("0.9")}, all, "r.json:[1]: has no \"bbox\"");
  refused({masked("0.1"), boxed("0.9")}, all, "r.json:[1]: has no \"segmentation\", unlike [0]");
  refused({boxed("0.1", 9), masked("0.9"), boxed("0.1")}, one, "r.json:[1]: has no \"bbox\", unlike [0]");
  refused({boxed("0.1"), masked("0.9"), boxed("0.5", 9)}, one,
          "r.json:[2]: has no \"segmentation\", unlike [1], the first result that counts");
  refused({boxed("0.1"), R"({"image_id": 2, "category_id": 3, "score": 0.9})"}, one, "[1]: has neither a \"bbox\" nor");
  // The other protocols cut nothing before they decide.
  acsl::evaluation_options const coco{.max_dets = 11, .rules = acsl::evaluation_rules::coco},
      fixed{.max_dets = 1, .rules = acsl::evaluation_rules::lvis_fixed};
  for (auto const& options : {coco, fixed})
    refused({boxed("0.1"), masked("0.9")}, options, "r.json:[1]: has no \"bbox\"");
  // Among masks, one that has a box keeps it; its area is the mask's.
  auto const kept = read({masked("0.1"), masked("0.2", R"("bbox": [5, 6, 7, 8], )")}, all);
  CHECK(kept.results[1].bbox == std::array<double, 4>{5, 6, 7, 8});
  CHECK(kept.areas == std::vector<double>{2, 2});
}

TEST_CASE("texts that are no JSON are refused with line, column and entry") {
  check_refused("[" + good + ",\n" + good.substr(0, 20), "results.json:2:21: the file ends in the middle of a value");
  check_refused("[" + good + ",\n" + R"({"image_id": 2, "score": NaN}])",
                ": NaN and infinite numbers are no JSON (in element 1 of the list)");
  check_refused("[" + good + ",\n" + R"({"image_id": 2, "score": Infinity}])", "results.json:2:26");
  check_refused("[" + good + ",\n" + R"({"image_id": 2, "score": -Infinity}])", "(in element 1 of the list)");
  check_refused("[" + good + ",\n" + R"({"image_id": 2, "score": 1e999}])",
                "results.json:2:26: number overflow parsing '1e999' (in element 1 of the list)");
  check_refused("[" + good + R"(, {"image_id": 2, "category_id": 3, "bbox": [1e308, 1, 1e308, 4], "score": 0.5}])",
                "results.json:[1].bbox: the numbers of the box are too large to be added up");
}

TEST_CASE("written results read back bit for bit, in the order of keys of the original") {
  test::temporary_folder const folder;
  std::vector<acsl::box_result> const results = {{2, 3, {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308}, -0.0},
                                                 {8000000000, 7, {-3, 0, 1e21, 123456789}, 0.1F}};
  acsl::write_results(folder / "r.json", results);
  CHECK(acsl::load_results(folder / "r.json", test::two_images()).results == results);
  auto const text = test::read_text(folder / "r.json");
  CHECK(text.find(R"({"image_id": 8000000000, "bbox": [-3.0, 0.0, 1e+21, 123456789.0], "score": 0.10000000149011612, )"
                  R"("category_id": 7})") != std::string::npos);
  CHECK(text.find("\"score\": -0.0") != std::string::npos);
  acsl::write_results(folder / "none.json", {});
  CHECK(test::read_text(folder / "none.json") == "[\n]\n");
}

TEST_CASE("many results are written and read in pieces") {
  test::temporary_folder const folder;
  std::vector<acsl::box_result> results;
  for (int i = 0; i < 20000; ++i) results.push_back({2, i, {i / 3.0, i / 7.0, 10, 20}, 1.0 / (i + 1)});
  acsl::write_results(folder / "r.json", results);
  CHECK(std::filesystem::file_size(folder / "r.json") > 2'000'000);
  CHECK(acsl::load_results(folder / "r.json", test::two_images()).results == results);
}

TEST_CASE("results that find no room on the disk, or whose writer is killed, leave the old file as it was") {
  test::temporary_folder const folder;
  auto const path = folder / "r.json";
  acsl::write_results(path, {{2, 3, {1, 2, 3, 4}, 0.5}});
  auto const old = test::read_text(path);
  std::vector<acsl::box_result> const many(20000, {2, 3, {1.0 / 3, 2, 3, 4}, 0.5});  // more than is written at a time
  for (rlim_t const room : {rlim_t{100}, rlim_t{1500000}}) {
    {
      test::file_size_limit const full(room);
      CHECK_THROWS_WITH_AS(acsl::write_results(path, many),
                           doctest::Contains("r.json: cannot write the file: File too large"), acsl::file_error);
    }
    CHECK(folder.files() == 1);
    CHECK(test::read_text(path) == old);
  }
  CHECK(test::killed_beyond(1500000, [&] { acsl::write_results(path, many); }) == SIGXFSZ);
  CHECK(test::read_text(path) == old);
}

TEST_CASE("results that JSON cannot hold are refused and an old file stays") {
  test::temporary_folder const folder;
  test::write_text(folder / "r.json", "old");
  CHECK_THROWS_WITH_AS(
      acsl::write_results(folder / "r.json", {{2, 3, {1, 2, 3, 4}, std::numeric_limits<double>::quiet_NaN()}}),
      doctest::Contains("scores and boxes of results are finite"), acsl::error);
  CHECK(test::read_text(folder / "r.json") == "old");
  CHECK_THROWS_WITH_AS(acsl::write_results(folder / "none" / "r.json", {}), doctest::Contains("cannot create"),
                       acsl::file_error);
}

TEST_CASE("detections become results: by image, by label, in their order, width and height one pixel more") {
  auto const results = acsl::results_of(
      {{{{1, 2, 3, 4}, 0.25F, 1}, {{5, 6, 7, 8.5F}, 0.5F, 0}, {{0.1F, 0, 0.3F, 0}, 0.75F, 1}}, {}}, test::two_images());
  REQUIRE(results.size() == 3);
  CHECK(results[0] == acsl::box_result{8000000000, 7, {5, 6, 3, 3.5}, 0.5});
  CHECK(results[1] == acsl::box_result{8000000000, 3, {1, 2, 3, 3}, 0.25});
  // in double: float32 would round the extents again
  CHECK(results[2] == acsl::box_result{8000000000, 3, {0.1F, 0, double{0.3F} - double{0.1F} + 1, 1}, 0.75});
  CHECK(acsl::results_of({{}, {}}, test::two_images()).empty());
}

TEST_CASE("detections of other images or classes than the set's are refused") {
  CHECK_THROWS_WITH_AS((void)acsl::results_of({{}}, test::two_images()),
                       doctest::Contains("one list of detections per image"), acsl::error);
  for (int label : {-1, 2})
    CHECK_THROWS_WITH_AS((void)acsl::results_of({{{{1, 2, 3, 4}, 0.5F, label}}, {}}, test::two_images()),
                         doctest::Contains("labels of detections are categories of the set"), acsl::error);
}

}  // namespace
