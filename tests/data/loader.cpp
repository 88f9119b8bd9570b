// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/loader.hpp>
#include <cstring>
#include <filesystem>
#include <set>
#include <support/image_files.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>

namespace {

using acsl::index_t;

/// Nine small photographs, wide and high, every third as PNG.
struct small_set {
  test::temporary_folder folder;
  acsl::annotation_set annotations;

  small_set() {
    annotations.file = "small.json";
    annotations.categories = {{1, "a"}, {2, "b"}};
    for (std::int64_t id = 1; id <= 9; ++id) {
      index_t const width = 60 + 3 * id, height = id % 2 ? 40 : 100;
      auto const name = "image-" + std::to_string(id) + (id % 3 ? ".jpg" : ".png");
      auto const image = test::noise_image(height, width, static_cast<std::uint32_t>(id));
      if (id % 3) acsl::write_jpeg(folder / name, image);
      else acsl::write_png(folder / name, image);
      annotations.images.push_back({id, name, width, height});
      annotations.annotations.push_back({id, id, 1 + id % 2, {5, 6, 20, 10.5}, 210});
    }
  }
  [[nodiscard]] acsl::dataset training() const { return {annotations, folder.path()}; }
};

acsl::pipeline_options const small_pipeline = {.scales = {{96, 64}, {64, 48}}};

bool same(acsl::batch const& a, acsl::batch const& b) {
  if (a.images.extents() != b.images.extents() || a.boxes != b.boxes || a.labels != b.labels) return false;
  for (std::size_t i = 0; i < a.info.size(); ++i)
    if (a.info[i].id != b.info[i].id || a.info[i].flipped != b.info[i].flipped || a.info[i].scale != b.info[i].scale)
      return false;
  return std::memcmp(a.images.data(), b.images.data(), a.images.bytes()) == 0;
}

std::vector<acsl::batch> all_batches(acsl::loader& loader) {
  std::vector<acsl::batch> result;
  while (auto next = loader.next()) result.push_back(std::move(*next));
  return result;
}

TEST_CASE("the batches are the same bits in the same order for any number of workers, with and without a cache") {
  small_set const files;
  auto const set = files.training();
  acsl::aspect_sampler const sampler(set.aspect_flags(), 2, 11);
  acsl::loader serial(set, sampler, small_pipeline, {.workers = 0, .epochs = 3, .seed = 11});
  auto const expected = all_batches(serial);
  CHECK(static_cast<index_t>(expected.size()) == 3 * sampler.batches());
  for (int const workers : {1, 2, 4})
    for (std::size_t const cache : {std::size_t{0}, std::size_t{40000}, std::size_t{1} << 30}) {
      CAPTURE(workers);
      acsl::loader loader(set, sampler, small_pipeline,
                          {.workers = workers, .ahead = 3, .epochs = 3, .seed = 11, .cache_bytes = cache});
      auto const batches = all_batches(loader);
      REQUIRE(batches.size() == expected.size());
      for (std::size_t i = 0; i < batches.size(); ++i) CHECK(same(batches[i], expected[i]));
    }
}

TEST_CASE("a run can be taken up at any batch") {
  small_set const files;
  auto const set = files.training();
  acsl::aspect_sampler const sampler(set.aspect_flags(), 2, 4);
  acsl::loader_options const options = {.workers = 2, .ahead = 2, .epochs = 2, .seed = 4};
  acsl::loader loader(set, sampler, small_pipeline, options);
  auto const expected = all_batches(loader);
  for (std::size_t first = 0; first <= expected.size(); ++first) {
    index_t const per_epoch = loader.batches(0), at = static_cast<index_t>(first);
    acsl::batch_position const place{at / per_epoch, at % per_epoch};
    loader.start(place);
    CHECK(loader.position() == place);
    auto const rest = all_batches(loader);
    REQUIRE(rest.size() == expected.size() - first);
    for (std::size_t i = 0; i < rest.size(); ++i) CHECK(same(rest[i], expected[first + i]));
  }
  CHECK_FALSE(loader.next());
}

TEST_CASE("epochs of different lengths are taken up at any batch, and repeated images are flipped and scaled anew") {
  small_set const files;
  auto const set = files.training();
  auto const list = [](index_t epoch) { return std::vector<index_t>(static_cast<std::size_t>(3 + 4 * epoch), 2); };
  acsl::aspect_sampler const sampler(set.aspect_flags(), 1, 4, {}, list);
  acsl::loader_options const options = {.workers = 2, .ahead = 2, .epochs = 4, .seed = 4};
  acsl::loader loader(set, sampler, small_pipeline, options);
  CHECK(loader.batches_before(4) == 3 + 7 + 11 + 15);
  CHECK(loader.batches(2) == 11);
  auto const expected = all_batches(loader);
  REQUIRE(expected.size() == 36);
  std::set<std::pair<bool, double>> seen;
  for (std::size_t i = 21; i < 36; ++i) seen.emplace(expected[i].info[0].flipped, expected[i].info[0].scale);
  CHECK(seen.size() > 2);  // of four
  for (index_t epoch = 0; epoch < 4; ++epoch)
    for (index_t iteration = 0; iteration < loader.batches(epoch); iteration += 3) {
      loader.start({epoch, iteration});
      CHECK(loader.position() == acsl::batch_position{epoch, iteration});
      auto const rest = all_batches(loader);
      auto const first = static_cast<std::size_t>(loader.batches_before(epoch) + iteration);
      REQUIRE(rest.size() == expected.size() - first);
      for (std::size_t i = 0; i < rest.size(); ++i) CHECK(same(rest[i], expected[first + i]));
    }
}

TEST_CASE("flips and scales change from epoch to epoch and with the seed") {
  small_set const files;
  auto const set = files.training();
  std::set<bool> flips;
  std::set<double> scales;
  auto const image = acsl::load_image(set, 0);
  int flipped = 0;
  for (std::uint64_t epoch = 0; epoch < 400; ++epoch) {
    auto const sample = acsl::make_sample(set, 0, image, small_pipeline, acsl::random_key{1}.with(epoch));
    flipped += sample.info.flipped;
    scales.insert(sample.info.scale);
  }
  CHECK(flipped > 150);
  CHECK(flipped < 250);
  CHECK(scales.size() == 2);
}

TEST_CASE("a sample carries its sizes, its boxes and its picture") {
  small_set const files;
  auto const set = files.training();
  auto const image = acsl::load_image(set, 0);  // 63 x 40
  auto pipeline = small_pipeline;
  pipeline.scales = {{96, 64}};
  pipeline.flip_probability = 0;
  auto const plain = acsl::make_sample(set, 0, image, pipeline, acsl::random_key{1});
  CHECK(plain.info.id == 1);
  CHECK(plain.info.original_height == 40);
  CHECK(plain.info.original_width == 63);
  CHECK(plain.info.scale == 96.0 / 63);
  CHECK(plain.info.height == 61);
  CHECK(plain.info.width == 96);
  CHECK(plain.info.padded_height == 64);
  CHECK(plain.info.padded_width == 96);
  CHECK(plain.info.file == (files.folder / "image-1.jpg").string());
  CHECK(plain.labels == std::vector<std::int32_t>{2});
  float const s = static_cast<float>(96.0 / 63);
  CHECK(plain.boxes[0] == acsl::box{5 * s, 6 * s, 24 * s, 15.5F * s});

  pipeline.flip_probability = 1;
  auto const flipped = acsl::make_sample(set, 0, image, pipeline, acsl::random_key{1});
  CHECK(flipped.info.flipped);
  CHECK(flipped.boxes[0] == acsl::box{96 - 24 * s - 1, 6 * s, 96 - 5 * s - 1, 15.5F * s});
  auto const a = plain.image.view(), b = flipped.image.view();
  for (index_t y = 0; y < 64; ++y)
    for (index_t x = 0; x < 96; ++x) CHECK(a(1, y, x) == b(1, y, 95 - x));
}

TEST_CASE("tests see every image once, in order, unflipped and without boxes") {
  small_set const files;
  acsl::dataset const set(files.annotations, files.folder.path(), {.training = false});
  auto pipeline = small_pipeline;
  pipeline.training = false;
  acsl::loader loader(set, acsl::sequential_sampler(set.size()), pipeline, {.workers = 2});
  std::int64_t id = 1;
  while (auto const batch = loader.next()) {
    CHECK(batch->info[0].id == id++);
    CHECK_FALSE(batch->info[0].flipped);
    CHECK(batch->boxes[0].empty());
    CHECK(std::max(batch->info[0].height, batch->info[0].width) <= 96);
  }
  CHECK(id == 10);
}

TEST_CASE("an image without boxes is replaced by another of its group, drawn by key") {
  small_set files;
  files.annotations.annotations[0].area = 0;  // image 1 is wide, as are 3, 5, 7 and 9
  auto const set = files.training();
  std::set<index_t> stand_ins;
  for (std::uint64_t epoch = 0; epoch < 100; ++epoch) {
    auto const key = acsl::random_key{1}.with(epoch);
    auto const drawn = acsl::training_position(set, 0, key);
    CHECK(drawn == acsl::training_position(set, 0, key));
    CHECK(acsl::training_position(set, 1, key) == 1);
    stand_ins.insert(drawn);
  }
  CHECK(stand_ins.size() == set.with_boxes(true).size());
  for (index_t const position : stand_ins) {
    CHECK_FALSE(set[position].boxes.empty());
    CHECK(set[position].wide());
  }
  acsl::loader loader(set, acsl::aspect_sampler(set.aspect_flags(), 2, 1), small_pipeline, {.workers = 2, .epochs = 3});
  for (auto const& batch : all_batches(loader))
    for (auto const& boxes : batch.boxes) CHECK_FALSE(boxes.empty());
}

void check_failure(small_set const& files, char const* words) {
  for (int const workers : {0, 1, 3}) {
    CAPTURE(workers);
    acsl::dataset const set(files.annotations, files.folder.path(), {.training = false});
    auto pipeline = small_pipeline;
    pipeline.training = false;
    acsl::loader loader(set, acsl::sequential_sampler(set.size()), pipeline, {.workers = workers});
    for (int i = 0; i < 4; ++i) CHECK(loader.next());  // what comes before the bad image is delivered
    for (int again = 0; again < 2; ++again)
      CHECK_THROWS_WITH_AS((void)loader.next(), doctest::Contains(words), acsl::file_error);
    loader.start({0, 5});
    CHECK(loader.next()->info[0].id == 6);
  }
}

TEST_CASE("an image that cannot be loaded stops the run at its place and is named") {
  small_set files;
  auto& fifth = files.annotations.images[4];
  SUBCASE("missing") {
    std::filesystem::remove(files.folder / fifth.file_name);
    check_failure(files, "image-5.jpg: cannot open: No such file");
  }
  SUBCASE("cut short") {
    auto const path = files.folder / fifth.file_name;
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
    check_failure(files, "image-5.jpg: bad JPEG: Premature end");
  }
  SUBCASE("of another size than the annotation file says") {
    fifth.width += 1;
    check_failure(files, "image-5.jpg: the image has 75 x 40 pixels, but small.json says 76 x 40 (image 5)");
  }
}

TEST_CASE("a loader may be left at any time") {
  small_set const files;
  auto const set = files.training();
  acsl::aspect_sampler const sampler(set.aspect_flags(), 1, 4);
  for (int taken = 0; taken < 6; ++taken) {
    acsl::loader loader(set, sampler, small_pipeline, {.workers = 4, .ahead = 2, .epochs = 100});
    for (int i = 0; i < taken; ++i) CHECK(loader.next());
  }
}

TEST_CASE("impossible options and places are refused") {
  small_set const files;
  auto const set = files.training();
  acsl::aspect_sampler const sampler(set.aspect_flags(), 2, 4);
  CHECK_THROWS_WITH_AS((void)acsl::loader(set, sampler, small_pipeline, {.workers = -1}), doctest::Contains("workers"),
                       acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::loader(set, sampler, small_pipeline, {.ahead = 0}), doctest::Contains("ahead"),
                       acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::loader(set, sampler, {.scales = {}}, {}), doctest::Contains("scale"), acsl::error);
  acsl::dataset const unfiltered(files.annotations, files.folder.path(), {.training = false});
  CHECK_THROWS_WITH_AS((void)acsl::loader(unfiltered, sampler, small_pipeline), doctest::Contains("made for training"),
                       acsl::error);
  acsl::loader loader(set, sampler, small_pipeline);
  CHECK_THROWS_WITH_AS(loader.start({0, loader.batches(0) + 1}), doctest::Contains("place"), acsl::error);
}

TEST_CASE("real photographs are loaded alike by one thread and by three") {
  auto const folder = test::photographs();
  if (!folder) return;
  acsl::dataset const set(acsl::load_annotations(*folder / "train.json"), *folder / "train");
  CHECK(set.size() == 126);
  acsl::aspect_sampler const sampler(set.aspect_flags(), 2, 3);
  acsl::pipeline_options const pipeline = {.scales = {{333, 200}}};
  acsl::loader serial(set, sampler, pipeline, {.workers = 0}), parallel(set, sampler, pipeline, {.workers = 3});
  for (int i = 0; i < 12; ++i) {
    auto const a = serial.next(), b = parallel.next();
    REQUIRE(a);
    REQUIRE(b);
    CHECK(same(*a, *b));
    for (std::size_t n = 0; n < a->boxes.size(); ++n)
      for (auto const& box : a->boxes[n]) {
        CHECK(box.x1 >= 0);
        CHECK(box.x2 <= static_cast<float>(a->info[n].width - 1));
        CHECK(box.y2 <= static_cast<float>(a->info[n].height - 1));
      }
  }
}

TEST_CASE("what comes after loading is done to every photograph, by its id, before everything else") {
  small_set const files;
  auto const set = files.training();
  auto pipeline = small_pipeline;
  pipeline.after_loading = [](acsl::image8 const& image, std::int64_t id) {
    auto result = image;
    for (auto& value : result.pixels) value = static_cast<std::uint8_t>(10 * id);
    return result;
  };
  pipeline.normalise = {{0, 0, 0}, {1, 1, 1}};
  pipeline.pad_divisor = 1;
  acsl::loader loader(set, acsl::sequential_sampler(set.size()), pipeline, {.workers = 2});
  index_t id = 0;
  while (auto const batch = loader.next()) {
    ++id;
    for (index_t i = 0; i < batch->images.size(); ++i) REQUIRE(batch->images[i] == static_cast<float>(10 * id));
  }
  CHECK(id == 9);

  pipeline.after_loading = [](acsl::image8 const&, std::int64_t) { return acsl::image8(1, 1); };
  CHECK_THROWS_WITH_AS(acsl::make_sample(set, 0, acsl::load_image(set, 0), pipeline, acsl::random_key{1}),
                       doctest::Contains("keeps its size"), acsl::error);
}

}  // namespace
