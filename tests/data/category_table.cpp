// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/category_table.hpp>
#include <acsl/data/class_aware_sampler.hpp>
#include <acsl/data/class_factor_table.hpp>
#include <acsl/data/long_tail_histogram.hpp>
#include <acsl/data/long_tail_svg.hpp>
#include <acsl/data/repeat_factor.hpp>
#include <algorithm>
#include <numeric>
#include <sstream>
#include <support/shared_data.hpp>

namespace {

using acsl::index_t;

acsl::category_table small_table() {
  return {{{7, "cat", 'r', 10, 12}, {3, "dog <&>", 'f', 1500, 4000}, {4, "cow", 'c', 0, 0}, {5, "sow", 'c', 11, 11}},
          2000,
          1900};
}
bool fits(std::string const& text, std::size_t columns) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.size() > columns) return false;
  return true;
}

TEST_CASE("annotations become a table: counts of the file, its letters or LVIS's") {
  acsl::annotation_set set;
  set.categories = {{1, "cat", 'f'}, {2, "dog"}};
  set.images = {{1, "a.jpg", 9, 9}, {2, "b.jpg", 9, 9}, {3, "c.jpg", 9, 9}};
  set.annotations = {{1, 2, 2, {}}, {2, 1, 2, {}}, {3, 2, 2, {}}, {4, 2, 1, {}}};
  auto const table = acsl::category_table_of(set);
  CHECK(table.images == 3);
  CHECK(table.images_with_objects == 2);
  CHECK(table.categories[0].frequency == 'f');
  CHECK(table.categories[1].frequency == 'r');
  CHECK(table.categories[1].image_count == 2);
  CHECK(table.categories[1].instance_count == 3);
}

TEST_CASE("what is written is read again, as class statistics and as a table") {
  auto const table = small_table();
  auto const document = acsl::parse_json(acsl::category_table_json(table).dump(), "t.json");
  auto const classes = acsl::read_class_statistics(document);
  CHECK(classes.images == 2000);
  CHECK(classes.frequency == std::vector<char>{'r', 'f', 'c', 'c'});
  CHECK(classes.image_count == std::vector<std::int64_t>{10, 1500, 0, 11});
  CHECK(classes.instance_count == std::vector<std::int64_t>{12, 4000, 0, 11});
  REQUIRE(acsl::is_category_table(document));
  auto const again = acsl::read_category_table(document);
  CHECK(acsl::category_table_json(again) == acsl::category_table_json(table));
  CHECK_FALSE(acsl::is_category_table(acsl::parse_json(R"({"images": [], "categories": []})", "a")));
  auto const bad =
      acsl::parse_json(R"({"categories": [{"id": 1, "name": "a", "image_count": -1, "instance_count": 2}]})", "b");
  CHECK_THROWS_WITH_AS((void)acsl::read_category_table(bad),
                       doctest::Contains("[0].image_count: a count is not negative"), acsl::file_error);
  auto const uneven =
      acsl::parse_json(R"({"images": 1, "frequency": [99], "image_count": [], "instance_count": [1]})", "u");
  CHECK_THROWS_WITH_AS((void)acsl::read_class_statistics(uneven), doctest::Contains("uneven"), acsl::file_error);
}

TEST_CASE("the histogram has a line for every bin and fits a terminal") {
  auto const text = acsl::long_tail_histogram(small_table());
  CHECK(text.find("           6 - 10 | rrrr") != std::string::npos);
  CHECK(text.find("          11 - 20 | cccc") != std::string::npos);
  CHECK(text.find("    1,001 - 2,000 | ffff") != std::string::npos);
  CHECK(text.find("                0 | cccc") != std::string::npos);
  CHECK(text.find("c common              2           0 - 11           11") != std::string::npos);
  CHECK(fits(text, 79));
  CHECK(fits(acsl::long_tail_histogram({}), 79));
}

TEST_CASE("the picture is one whole SVG file without a foreign character") {
  auto const text = acsl::long_tail_svg(small_table(), "a <title> & more");
  CHECK(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  CHECK(text.ends_with("</svg>\n"));
  CHECK(text.find("a &lt;title&gt; &amp; more") != std::string::npos);
  for (char const* label : {">1<", ">10<", ">1,000<", ">10,000<", "rare (1)", "common (2)", "frequent (1)"})
    CHECK_MESSAGE(text.find(label) != std::string::npos, label);
  CHECK(text.find("nan") == std::string::npos);
  CHECK(text.find("inf") == std::string::npos);
  CHECK(acsl::long_tail_svg({}, "").find("nan") == std::string::npos);
}

TEST_CASE("factors are told by group, the largest by name") {
  auto const table = small_table();
  auto const text = acsl::class_factor_table(table.categories, {10, 1500, 0, 11}, {2, 1, 1, 1.5});
  CHECK(text ==
        "                classes    above 1   smallest       mean    largest\n"
        "  rare                1          1      2.000      2.000      2.000\n"
        "  common              1          1      1.500      1.500      1.500\n"
        "  frequent            1          0      1.000      1.000      1.000\n"
        "  the largest:\n"
        "       2.000  cat, images: 10\n"
        "       1.500  sow, images: 11\n");
  CHECK_THROWS_WITH_AS((void)acsl::class_factor_table(table.categories, {1}, {1}), doctest::Contains("every class"),
                       acsl::error);
}

/// Images of as many classes as a table of LVIS's training set says: class c in image_count[c] of them, spread evenly.
std::vector<std::vector<std::int32_t>> images_like(acsl::category_table const& table) {
  auto const size = static_cast<std::size_t>(table.images_with_objects);
  std::vector<std::vector<std::int32_t>> images(size);
  constexpr std::size_t step = 7919;  // a prime that divides neither number of images
  for (std::size_t c = 0; c < table.categories.size(); ++c) {
    auto const& k = table.categories[c];
    std::size_t at = c * 31 % size;
    for (std::int64_t n = 0; n < *k.image_count; ++n, at = (at + step) % size)
      images[at].push_back(static_cast<std::int32_t>(c));
    for (auto more = *k.instance_count - *k.image_count; more > 0; --more)
      images[c * 31 % size].push_back(static_cast<std::int32_t>(c));
  }
  return images;
}

TEST_CASE("both samplers work at the size of LVIS, with its real counts") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  struct version {
    char const* file;
    index_t images, classes, rare, common, frequent;
  };
  for (auto const& v : {version{"category_stats_v0_5.json", 56740, 1230, 454, 461, 315},
                        {"category_stats_v1.json", 99388, 1203, 337, 461, 405}}) {
    CAPTURE(v.file);
    auto const table = acsl::read_category_table(acsl::read_json(*folder / v.file));
    REQUIRE(table.images_with_objects == v.images);
    CHECK(fits(acsl::long_tail_histogram(table), 79));
    for (auto const& [letter, count] : {std::pair('r', v.rare), {'c', v.common}, {'f', v.frequent}})
      CHECK(std::count_if(table.categories.begin(), table.categories.end(),
                          [&, l = letter](auto const& c) { return c.frequency == l; }) == count);
    auto const images = images_like(table);
    auto const factors = acsl::make_repeat_factors(images, v.classes);
    std::vector<std::int64_t> counts;
    for (std::size_t c = 0; c < factors.class_repeat.size(); ++c) {
      counts.push_back(*table.categories[c].image_count);
      double const share = static_cast<double>(counts[c]) / static_cast<double>(v.images);
      CHECK(factors.class_frequency[c] == share);
      CHECK(factors.class_repeat[c] == doctest::Approx(std::max(1.0, std::sqrt(0.001 / share))).epsilon(1e-14));
    }
    double const sum = std::accumulate(factors.image_repeat.begin(), factors.image_repeat.end(), 0.0);
    using acsl::repeat_rounding;
    auto const length = [&](repeat_rounding r) {
      return static_cast<double>(acsl::repeat_factor_list(factors.image_repeat, r, 1)(0).size());
    };
    CHECK(length(repeat_rounding::stochastic) == doctest::Approx(sum).epsilon(0.005));
    CHECK(length(repeat_rounding::ceil) > sum);
    CHECK(length(repeat_rounding::ceil) > static_cast<double>(v.images) * 1.05);
    auto const text = acsl::class_factor_table(table.categories, counts, factors.class_repeat);
    char line[80];
    std::snprintf(line, sizeof line, "  rare       %10ld %10ld", static_cast<long>(v.rare), static_cast<long>(v.rare));
    CHECK(text.find(line) != std::string::npos);
    std::snprintf(line, sizeof line, "  frequent   %10ld %10d      1.000      1.000      1.000",
                  static_cast<long>(v.frequent), 0);
    CHECK(text.find(line) != std::string::npos);

    // Every image of one class alone, so that a draw tells its class: as many draws for each, and even inside of it.
    std::vector<std::vector<index_t>> members;
    std::vector<std::size_t> class_of;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      auto& own = members.emplace_back(static_cast<std::size_t>(counts[c]));
      std::iota(own.begin(), own.end(), static_cast<index_t>(class_of.size()));
      class_of.insert(class_of.end(), own.size(), c);
    }
    auto const epoch = acsl::class_aware_list(members, v.images, 1, 3)(0);
    REQUIRE(static_cast<index_t>(epoch.size()) == v.images);
    std::vector<index_t> of_class(counts.size()), of_image(class_of.size());
    for (auto const i : epoch) {
      ++of_image[static_cast<std::size_t>(i)];
      ++of_class[class_of[static_cast<std::size_t>(i)]];
    }
    bool even = true;
    for (auto const draws : of_class)
      even = even && (draws == v.images / v.classes || draws == v.images / v.classes + 1);
    CHECK(even);
    for (std::size_t i = 0; i < of_image.size(); ++i) {
      auto const c = class_of[i];
      even = even && of_image[i] >= of_class[c] / counts[c] && of_image[i] <= of_class[c] / counts[c] + 1;
    }
    CHECK(even);
  }
}

}  // namespace
