// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/repeat_factor.hpp>
#include <acsl/data/sampler.hpp>
#include <acsl/validation/sampling_vector.hpp>
#include <map>
#include <support/loss_entry.hpp>
#include <support/shared_data.hpp>

namespace {

using acsl::index_t;
using acsl::repeat_rounding;
using lists = std::vector<std::vector<std::int32_t>>;

TEST_CASE("repeat factors and copies equal the vectors of an independent computation") {
  for (char const* id : {"rfs.t0.5", "rfs.t0.5_no_sqrt", "irfs.t0.5_geometric"}) {
    auto const check = acsl::check_sampling_vector(test::loss_entry(id), {0, 1e-14});
    CHECK_MESSAGE(check.passed(), id);
    CHECK(check.value.compared == 32);
  }
}

TEST_CASE("the third convention appends to a list that holds the image already") {
  std::vector<index_t> copies;
  for (double const r : {1.0, 1.1547, 1.41, 2.0, 2.5})
    copies.push_back(acsl::copies_of(r, repeat_rounding::one_plus_ceil, 0));
  CHECK(copies == std::vector<index_t>{1, 3, 3, 3, 4});
}

TEST_CASE("images without objects have factor 1, or are a class of their own") {
  lists const images = {{0}, {0}, {0}, {}};
  CHECK(acsl::make_repeat_factors(images, 1, {.threshold = 1}).image_repeat[3] == 1);
  CHECK(acsl::make_repeat_factors(images, 1, {.threshold = 1, .empty_class = true}).image_repeat[3] == 2);
}

TEST_CASE("no image, and a class that no image holds, give no factor") {
  auto const none = acsl::make_repeat_factors({}, 2, {.threshold = 1, .instance_aware = true});
  CHECK(none.class_repeat == std::vector<double>{1, 1});
  CHECK(none.image_repeat.empty());
  auto const one = acsl::make_repeat_factors({{1}}, 2);
  CHECK(one.class_frequency == std::vector<double>{0, 1});
  CHECK(one.class_repeat == std::vector<double>{1, 1});
}

TEST_CASE("the list of an epoch depends on seed and epoch alone, and is as long as the factors say on average") {
  std::vector<double> const factors = {1, 1.25, 2.5, 3};
  acsl::repeat_factor_list const drawn(factors, repeat_rounding::stochastic, 7);
  std::map<index_t, double> seen;
  for (index_t epoch = 0; epoch < 4000; ++epoch)
    for (index_t const i : drawn(epoch)) seen[i] += 1.0 / 4000;
  for (std::size_t i = 0; i < 4; ++i) CHECK(seen[static_cast<index_t>(i)] == doctest::Approx(factors[i]).epsilon(0.03));
  CHECK(drawn(5) == acsl::repeat_factor_list(factors, repeat_rounding::stochastic, 7)(5));
  bool by_epoch = false, by_seed = false;
  for (index_t epoch = 0; epoch < 20; ++epoch) {
    by_epoch = by_epoch || drawn(epoch) != drawn(epoch + 1);
    by_seed = by_seed || drawn(epoch) != acsl::repeat_factor_list(factors, repeat_rounding::stochastic, 8)(epoch);
  }
  CHECK(by_epoch);
  CHECK(by_seed);
  acsl::repeat_factor_list const up(factors, repeat_rounding::ceil, 7);
  CHECK(up(0) == std::vector<index_t>{0, 1, 1, 2, 2, 2, 3, 3, 3});
  CHECK(up(1) == up(0));
}

TEST_CASE("a list feeds the sampler of aspect groups") {
  acsl::repeat_factor_list const images({1, 2, 1.5}, repeat_rounding::stochastic, 3);
  acsl::aspect_sampler const sampler({0, 1, 0}, 1, 3, {}, images);
  for (index_t epoch = 0; epoch < 5; ++epoch) {
    CHECK(sampler.batches(epoch) == static_cast<index_t>(images(epoch).size()));
    CHECK(sampler(epoch) == sampler(epoch));
  }
}

TEST_CASE("a class that is not there, a negative threshold and a factor below 1 are refused") {
  CHECK_THROWS_WITH_AS((void)acsl::make_repeat_factors({{2}}, 2), doctest::Contains("number of classes"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::make_repeat_factors({{0}}, 1, {.threshold = -1}), doctest::Contains("threshold"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(acsl::repeat_factor_list({0.5}, repeat_rounding::ceil, 1), doctest::Contains("repeat factor"),
                       acsl::error);
}

TEST_CASE("the classes of LVIS that are repeated are those below the threshold") {
  auto const folder = test::lvis_data();
  if (!folder) return;
  struct version {
    char const* file;
    double images;
    std::size_t classes;
  };
  for (auto const& v : {version{"category_stats_v0_5.json", 56740, 1230}, {"category_stats_v1.json", 99388, 1203}}) {
    CAPTURE(v.file);
    auto const categories = acsl::read_json(*folder / v.file).at("categories");
    REQUIRE(categories.size() == v.classes);
    std::map<std::string, int> repeated;
    double largest = 0;
    for (std::size_t c = 0; c < categories.size(); ++c) {
      auto const count = static_cast<double>(categories.at(c).at("image_count").integer());
      double const r = acsl::repeat_factor(count / v.images, {});
      CHECK((r > 1) == (count < 0.001 * v.images));
      CHECK(acsl::repeat_factor(count / v.images, {.square_root = false}) == doctest::Approx(r * r));
      repeated[categories.at(c).at("frequency").text()] += r > 1;
      largest = std::max(largest, r);
    }
    CHECK(largest == doctest::Approx(std::sqrt(0.001 * v.images)));  // of a class in one image
    CHECK(repeated["r"] == (v.classes == 1230 ? 454 : 337));
    CHECK(repeated["c"] > 0);
    CHECK(repeated["f"] == 0);  // more than 100 images of 10^5
  }
}

}  // namespace
