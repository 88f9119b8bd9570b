// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/data/annotation_cache.hpp>
#include <acsl/io/file.hpp>
#include <cstring>
#include <filesystem>
#include <support/file_size_limit.hpp>
#include <support/json_readers.hpp>
#include <support/read_outcome.hpp>
#include <support/shared_data.hpp>
#include <support/temporary_folder.hpp>
#include <thread>
#include <utility>

namespace {

namespace fs = std::filesystem;
using acsl::annotation_rules;
using test::json_readers::annotation_text;

/// A file of annotations and a cache beside it.
struct cached_file {
  test::temporary_folder folder;
  fs::path file = folder / "a.json", cache = folder / "cache" / "below";
  acsl::reference exec;
  std::string problem;

  explicit cached_file(std::string const& text = annotation_text) { test::write_text(file, text); }

  std::string direct(annotation_rules rules = annotation_rules::training) {
    return test::outcome([&] { return acsl::load_annotations(exec, file, rules); });
  }
  std::string through_cache(annotation_rules rules = annotation_rules::training) {
    acsl::annotation_cache kept(cache);
    auto result = test::outcome([&] { return kept.load(exec, file, rules); });
    problem = kept.problem();
    return result;
  }
  [[nodiscard]] std::vector<fs::path> entries() const {
    std::vector<fs::path> found;
    std::error_code none;
    for (auto const& entry : fs::directory_iterator(cache, none)) found.push_back(entry.path());
    return found;
  }
};

/// Writes something else into an entry, to see that it is what is read.
void rename_first_category(fs::path const& entry) {
  acsl::annotation_set set;
  acsl::detail::column_reader reader(entry);
  acsl::detail::visit_columns(set, reader);
  set.categories.front().name = "renamed";
  acsl::detail::column_writer writer;
  acsl::detail::visit_columns(set, writer);
  writer.write(entry, entry.stem().string());
}

TEST_CASE("annotations from the cache are those of the file, by each of the rules") {
  cached_file f;
  for (auto const rules :
       {annotation_rules::training, annotation_rules::evaluation, annotation_rules::coco_evaluation}) {
    auto const expected = f.direct(rules);
    CHECK(f.through_cache(rules) == expected);
    CHECK(f.through_cache(rules) == expected);
    CHECK(f.problem.empty());
  }
  CHECK(f.entries().size() == 3);
}

TEST_CASE("the second time the file itself is not parsed: its cached contents are what comes") {
  cached_file f;
  CHECK(f.through_cache().find("renamed") == std::string::npos);
  rename_first_category(f.entries().at(0));
  CHECK(f.through_cache().find("renamed") != std::string::npos);
  CHECK(f.problem.empty());
}

TEST_CASE("a file under another name is found again, one with another byte is read anew") {
  cached_file f;
  static_cast<void>(f.through_cache());
  fs::rename(f.file, f.folder / "b.json");
  f.file = f.folder / "b.json";
  CHECK(f.through_cache() == f.direct());  // messages will name the file as it is called now
  CHECK(f.entries().size() == 1);
  auto const time = fs::last_write_time(f.file);
  auto text = annotation_text;
  text.replace(text.find("600.25"), 6, "600.26");
  test::write_text(f.file, text);
  fs::last_write_time(f.file, time);  // neither size nor time tell
  CHECK(f.through_cache() == f.direct());
  CHECK(f.entries().size() == 2);
}

TEST_CASE("lists without elements, counts, flags and names survive") {
  for (std::string const text :
       {R"({"images": [], "categories": [], "annotations": []})",
        R"({"categories": [{"id": -5, "name": ""}], "images": [{"id": 1, "file_name": "ü", "width": 1, "height": 2}]})",
        R"({"categories": [{"id": 1, "name": "a", "image_count": 0, "instance_count": 9223372036854775807}],
            "images": [{"id": 1, "file_name": "a", "width": 10, "height": 20}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [-0.0, 5e-324, 1, 1], "iscrowd": 0},
                            {"id": 2, "image_id": 1, "category_id": 1, "bbox": [1, 1, 1, 1], "ignore": 1}]})"}) {
    cached_file f(text);
    auto const expected = f.direct();
    CHECK(f.through_cache() == expected);
    CHECK(f.entries().size() == 1);
    CHECK(f.through_cache() == expected);
    CHECK(f.problem.empty());
  }
}

TEST_CASE("a file that is refused is refused each time, with the same message, and not kept") {
  cached_file f(R"({"images": [{"id": 1}], "categories": []})");
  auto const expected = f.direct();
  CHECK(expected.find("width") != std::string::npos);
  CHECK(f.through_cache() == expected);
  CHECK(f.through_cache() == expected);
  CHECK(f.entries().empty());
  f.file = f.folder / "absent.json";
  CHECK(f.through_cache() == f.direct());
}

/// Puts another file of the same size and time in the place of one while that is hashed.
struct replacing {
  static constexpr bool host_memory = true;
  acsl::reference exec;
  fs::path other, file;
  bool done = false;

  void for_each(acsl::index_t n, auto f, double cost = 1) {
    exec.for_each(n, f, cost);
    if (!std::exchange(done, true)) fs::rename(other, file);
  }
};

TEST_CASE("what was read of a file that was replaced meanwhile is not kept as that of the one that was hashed") {
  cached_file f;
  auto text = annotation_text;
  text.replace(text.find("600.25"), 6, "600.26");
  test::write_text(f.folder / "b.json", text);
  fs::last_write_time(f.folder / "b.json", fs::last_write_time(f.file));
  replacing exec{{}, f.folder / "b.json", f.file};
  acsl::annotation_cache kept(f.cache);
  auto const found = test::outcome([&] { return kept.load(exec, f.file, annotation_rules::training); });
  CHECK(exec.done);
  CHECK(found == f.direct());
  CHECK(f.entries().empty());
  test::write_text(f.file, annotation_text);
  CHECK(f.through_cache() == f.direct());
}

TEST_CASE("a pipe is read once, and nothing of it is kept") {
  cached_file f;
  f.file = f.folder / "pipe";
  REQUIRE(mkfifo(f.file.c_str(), 0600) == 0);
  std::thread writer([&] { test::write_text(f.file, annotation_text); });
  auto const found = f.through_cache();
  writer.join();
  CHECK(found.find("dog") != std::string::npos);
  CHECK(f.entries().empty());
}

TEST_CASE("an entry under the name of another is not taken for that") {
  cached_file f;
  static_cast<void>(f.through_cache());
  auto const first = f.entries().at(0);
  auto const expected = f.direct(annotation_rules::coco_evaluation);
  CHECK(expected != f.direct());
  CHECK(f.through_cache(annotation_rules::coco_evaluation) == expected);
  for (auto const& entry : f.entries())
    if (entry != first) fs::copy_file(first, entry, fs::copy_options::overwrite_existing);
  CHECK(f.through_cache(annotation_rules::coco_evaluation) == expected);
  CHECK(f.problem.find("title: is not as it was written") != std::string::npos);
  CHECK(f.through_cache(annotation_rules::coco_evaluation) == expected);
  CHECK(f.problem.empty());
}

// Whoever changes what is read of a file, or the columns, increases `annotation_cache::version`, and then this hash.
TEST_CASE("entries of version 1 are what they were") {
  cached_file f;
  static_cast<void>(f.through_cache());
  auto const entry = f.entries().at(0);
  CHECK(entry.filename() == "280d1d4307c606d6a9dd43353f657ccb.training.v1.safetensors");
  CHECK(acsl::content_hash(f.exec, entry) == "0091c82bbbd0cc8ea6a6bbc038c8b9d3");
}

TEST_CASE("a damaged entry is told, not trusted, and made anew") {
  cached_file f;
  auto const expected = f.through_cache();
  auto const entry = f.entries().at(0);
  auto const whole = acsl::read_file(entry);
  auto const check_with = [&](std::vector<std::uint8_t> const& bytes) {
    acsl::write_file_atomically(entry, bytes);
    CHECK(f.through_cache() == expected);
    CHECK(acsl::read_file(entry) == whole);
    return !f.problem.empty();
  };
  CHECK_FALSE(check_with(whole));
  for (std::size_t cut = 0; cut < whole.size(); cut += 1 + cut / 8)
    CHECK(check_with({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut)}));
  std::uint64_t header = 0;
  std::memcpy(&header, whole.data(), 8);
  for (std::size_t at = 0; at < whole.size(); at += 1 + (at % 7)) {
    auto flipped = whole;
    flipped[at] ^= 1U << (at % 8);
    bool const told = check_with(flipped);
    if (at >= 8 + header) CHECK(told);  // blanks of the header mean nothing
  }
}

TEST_CASE("a cache that cannot be written costs nothing but itself") {
  cached_file f;
  auto const expected = f.direct();
  SUBCASE("no folder can be made") {
    test::write_text(f.folder / "cache", "a file");
    CHECK(f.through_cache() == expected);
    CHECK(f.problem.find("cannot be made") != std::string::npos);
  }
  SUBCASE("the disk is full") {
    test::file_size_limit const full(64);
    CHECK(f.through_cache() == expected);
    CHECK(f.problem.find("cannot write") != std::string::npos);
    CHECK(f.entries().empty());
  }
}

TEST_CASE("real annotations come out of the cache as they went in, for any number of threads") {
  cached_file f;
  auto const check = [&](fs::path const& file, annotation_rules rules) {
    f.file = file;
    auto const expected = f.direct(rules);
    CHECK(f.through_cache(rules) == expected);
    acsl::cpu two(2);
    acsl::annotation_cache kept(f.cache);
    CHECK(test::outcome([&] { return kept.load(two, f.file, rules); }) == expected);
    CHECK(kept.problem().empty());
  };
  if (auto const lvis = test::lvis_data()) check(*lvis / "lvis_val_100.json", annotation_rules::evaluation);
  if (auto const coco = test::photographs()) check(*coco / "train.json", annotation_rules::training);
}

}  // namespace
