// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/loader.hpp>
#include <acsl/data/synthetic.hpp>
#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <support/temporary_folder.hpp>

namespace {

namespace fs = std::filesystem;
using acsl::index_t;

acsl::synthetic_options const small = {
    .seed = 4, .train_images = 30, .val_images = 12, .long_side = 160, .short_side = 112};
auto const silent = [](index_t, index_t) {};

/// Every file below a folder with its bytes.
std::map<std::string, std::string> files_of(fs::path const& folder) {
  std::map<std::string, std::string> files;
  for (auto const& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = test::read_text(entry.path());
  return files;
}

/// A set on the disk that the read-only tests share.
struct made_set {
  test::temporary_folder folder;
  acsl::synthetic_set set;
  made_set() {
    acsl::cpu exec(2);
    set = acsl::make_synthetic(folder.path(), small, exec, silent);
  }
};
made_set const& shared_set() {
  static made_set const made;
  return made;
}

std::set<std::int64_t> labelled_categories(acsl::annotation_set const& set, std::int64_t image) {
  std::set<std::int64_t> result;
  for (auto const& a : set.annotations)
    if (a.image_id == image) result.insert(a.category_id);
  return result;
}

TEST_CASE("a seed gives the same bytes on one thread, on several and on the reference backend; another seed others") {
  auto const expected = files_of(shared_set().folder.path());
  CHECK(expected.size() == 30 + 12 + 4);
  test::temporary_folder const folder;
  SUBCASE("one thread") {
    acsl::cpu exec(1);
    acsl::make_synthetic(folder.path(), small, exec, silent);
    CHECK(files_of(folder.path()) == expected);
  }
  SUBCASE("reference") {
    acsl::reference exec;
    acsl::make_synthetic(folder.path(), small, exec, silent);
    CHECK(files_of(folder.path()) == expected);
  }
  SUBCASE("another seed") {
    acsl::cpu exec(2);
    auto other = small;
    other.seed = 5;
    acsl::make_synthetic(folder.path(), other, exec, silent);
    auto const files = files_of(folder.path());
    for (auto const& [name, bytes] : files) CHECK(expected.at(name) != bytes);
  }
}

TEST_CASE("the files hold what the call returned, and load as a data set") {
  auto const& [folder, made] = shared_set();
  auto const read = acsl::load_annotations(folder / "train.json");
  REQUIRE(read.annotations.size() == made.train.annotations.size());
  for (std::size_t i = 0; i < read.annotations.size(); ++i) {
    CHECK(read.annotations[i].bbox == made.train.annotations[i].bbox);
    CHECK(read.annotations[i].category_id == made.train.annotations[i].category_id);
    CHECK(read.annotations[i].area == made.train.annotations[i].area);
  }
  acsl::require_frequencies(read);
  acsl::dataset const training(read, folder / "train");
  CHECK(training.size() == 30);
  CHECK(training.report().objects_degenerate == 0);
  acsl::aspect_sampler const sampler(training.aspect_flags(), 2, 1);
  acsl::loader batches(training, sampler, {.scales = {{160, 112}}}, {.workers = 1, .epochs = 1, .seed = 1});
  index_t images = 0;
  while (auto const batch = batches.next()) images += static_cast<index_t>(batch->info.size());
  CHECK(images >= 30);
  auto const val = acsl::load_annotations(folder / "val.json");
  CHECK(val.images.size() == 12);
  acsl::dataset const test(val, folder / "val", {.training = false});
  for (index_t i = 0; i < test.size(); ++i) CHECK(!acsl::load_image(test, i).empty());  // checks the size, too
}

TEST_CASE(
    "letters and counts of both files are those of the training annotations, and every category gets its images") {
  auto const& made = shared_set().set;
  auto const counts = acsl::count_categories(made.train);
  auto const planned = acsl::synthetic::training_image_counts(64, 30);
  for (std::size_t c = 0; c < 64; ++c)
    for (auto const* set : {&made.train, &made.val}) {
      auto const& category = set->categories[c];
      CHECK(category.id == static_cast<std::int64_t>(c) + 1);
      CHECK(category.image_count == counts.images[c]);
      CHECK(category.instance_count == counts.instances[c]);
      CHECK(category.frequency == acsl::synthetic::frequency_letter(counts.images[c]));
    }
  auto held = counts.images;
  std::sort(held.rbegin(), held.rend());
  CHECK(held == planned);
}

TEST_CASE("every box lies in its image and holds the object's pixels") {
  auto const& made = shared_set().set;
  for (auto const* set : {&made.train, &made.val}) {
    std::map<std::int64_t, acsl::image_record> images;
    for (auto const& image : set->images) images[image.id] = image;
    std::set<std::int64_t> ids;
    for (auto const& a : set->annotations) {
      auto const& image = images.at(a.image_id);
      CHECK(ids.insert(a.id).second);
      CHECK(a.bbox[0] >= 0);
      CHECK(a.bbox[1] >= 0);
      CHECK(a.bbox[2] >= 1);
      CHECK(a.bbox[3] >= 1);
      CHECK(a.bbox[0] + a.bbox[2] <= static_cast<double>(image.width));
      CHECK(a.bbox[1] + a.bbox[3] <= static_cast<double>(image.height));
      CHECK(a.area > 30);
      CHECK(a.area <= a.bbox[2] * a.bbox[3]);
    }
  }
}

TEST_CASE("the federated lists agree with the labels") {
  auto const& made = shared_set().set;
  std::map<std::int64_t, int> negatives;
  std::size_t incomplete = 0;
  for (auto const* set : {&made.train, &made.val}) {
    double checked = 0, absent = 0;
    for (auto const& image : set->images) {
      auto const present = labelled_categories(*set, image.id);
      auto const& negative = image.neg_category_ids;
      CHECK(std::is_sorted(negative.begin(), negative.end()));
      for (std::int64_t const id : negative) CHECK(!present.count(id));
      for (std::int64_t const id : image.not_exhaustive_category_ids) CHECK(present.count(id));
      incomplete += image.not_exhaustive_category_ids.size();
      checked += static_cast<double>(negative.size());
      absent += 64 - static_cast<double>(present.size());
      if (set == &made.val)
        for (std::int64_t const id : negative) ++negatives[id];
    }
    CHECK(checked / absent == doctest::Approx(set == &made.val ? 0.5 : 0.2).epsilon(0.15));
  }
  CHECK(incomplete > 0);
  CHECK(negatives.size() == 64);  // false positives of every category count in some validation image
}

TEST_CASE("validation holds every category as often as planned") {
  auto held = acsl::count_categories(shared_set().set.val).images;
  std::sort(held.rbegin(), held.rend());
  CHECK(held == acsl::synthetic::validation_image_counts(64, 12));
}

TEST_CASE("a folder is recognised, also after an interruption, and work on it can be repeated") {
  using acsl::synthetic_state;
  test::temporary_folder const folder;
  acsl::cpu exec(2);
  auto tiny = small;
  tiny.train_images = 3;
  tiny.val_images = 2;
  CHECK(acsl::look_for_synthetic(folder.path(), tiny) == synthetic_state::nothing);
  CHECK(acsl::look_for_synthetic(folder / "absent", tiny) == synthetic_state::nothing);
  CHECK_THROWS_AS(acsl::make_synthetic(folder / "set", tiny, exec,
                                       [](index_t done, index_t total) {
                                         if (done == total) throw std::runtime_error("stop");
                                       }),
                  std::runtime_error);
  CHECK(acsl::look_for_synthetic(folder / "set", tiny) == synthetic_state::unfinished);
  acsl::make_synthetic(folder / "set", tiny, exec, silent);
  CHECK(acsl::look_for_synthetic(folder / "set", tiny) == synthetic_state::complete);
  auto const files = files_of(folder / "set");
  for (char const* name : {"train/000003.jpg", "val.json", "files.txt"}) {
    auto const whole = test::read_text(folder / "set" / name);
    test::write_text(folder / "set" / name, whole.substr(0, whole.size() - 1));
    CHECK(acsl::look_for_synthetic(folder / "set", tiny) == synthetic_state::unfinished);
    fs::remove(folder / "set" / name);
    CHECK(acsl::look_for_synthetic(folder / "set", tiny) == synthetic_state::unfinished);
    test::write_text(folder / "set" / name, whole);
    CHECK(acsl::look_for_synthetic(folder / "set", tiny) == synthetic_state::complete);
  }

  auto other = tiny;
  other.seed = 9;
  CHECK(acsl::look_for_synthetic(folder / "set", other) == synthetic_state::other);
  CHECK_THROWS_AS(
      acsl::make_synthetic(folder / "set", other, exec, [](index_t, index_t) { throw std::runtime_error(""); }),
      std::runtime_error);
  CHECK(acsl::look_for_synthetic(folder / "set", tiny) == synthetic_state::other);  // images of both: not the first set
  CHECK(!fs::exists(folder / "set" / "val.json"));
  acsl::make_synthetic(folder / "set", tiny, exec, silent);
  CHECK(files_of(folder / "set") == files);
}

TEST_CASE("progress counts every image once and ends at the total") {
  test::temporary_folder const folder;
  acsl::cpu exec(2);
  std::vector<index_t> seen;
  acsl::make_synthetic(folder.path(), {.train_images = 40, .val_images = 3, .long_side = 64, .short_side = 64}, exec,
                       [&](index_t done, index_t total) {
                         CHECK(total == 43);
                         seen.push_back(done);
                       });
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(seen.back() == 43);
}

TEST_CASE("impossible sets and folders are refused") {
  test::temporary_folder const folder;
  acsl::reference exec;
  CHECK_THROWS_AS(acsl::make_synthetic(folder.path(), {.train_images = 0}, exec, silent), acsl::error);
  CHECK_THROWS_AS(acsl::make_synthetic(folder.path(), {.val_images = 0}, exec, silent), acsl::error);
  CHECK_THROWS_AS(acsl::make_synthetic(folder.path(), {.short_side = 63}, exec, silent), acsl::error);
  CHECK_THROWS_AS(acsl::make_synthetic(folder.path(), {.long_side = 100, .short_side = 101}, exec, silent),
                  acsl::error);
  test::write_text(folder / "file", "");
  CHECK_THROWS_WITH_AS(acsl::make_synthetic(folder / "file", small, exec, silent),
                       doctest::Contains("cannot make the folder"), acsl::file_error);
  CHECK_THROWS_WITH_AS((void)acsl::look_for_synthetic(folder / "file", small), doctest::Contains("this is no folder"),
                       acsl::file_error);
}

}  // namespace
