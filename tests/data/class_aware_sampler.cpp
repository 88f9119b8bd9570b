// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/class_aware_sampler.hpp>
#include <acsl/data/class_power_sampler.hpp>
#include <map>
#include <numeric>
#include <support/loss_entry.hpp>
#include <support/numbers.hpp>

namespace {

using acsl::index_t;
using list = std::vector<index_t>;
using lists = std::vector<std::vector<std::int32_t>>;

list positions(acsl::json_value const& value) {
  list result;
  for (auto const i : value.integers()) result.push_back(i);
  return result;
}

TEST_CASE("class-aware sampling gives the order of an independent computation") {
  auto const entry = test::loss_entry("class_aware_sampling");
  auto const extra = entry.at("extra");
  std::vector<list> images;
  for (char const* c : {"0", "1", "2", "3"}) images.push_back(positions(extra.at("class_image_lists").at(c)));
  auto const order = acsl::class_aware_order(images, 8, 1, [&](std::size_t stream, std::uint64_t round, std::size_t n) {
    auto const permutation =
        positions(stream == 0 ? extra.at("class_permutations").at(round)
                              : extra.at("member_permutations").at(std::to_string(stream - 1)).at(round));
    CHECK(permutation.size() == n);
    return permutation;
  });
  CHECK(order == positions(entry.at("expected").at("first_eight_images")));
}

TEST_CASE("every class comes as often as every other, every image of a class as often as its others") {
  lists const image_classes = {{0, 1}, {0}, {0, 2}, {0, 1}, {0}, {1}, {}, {0, 2, 2}};
  auto const images = acsl::images_by_class(image_classes, 4);
  CHECK(images == std::vector<list>{{0, 1, 2, 3, 4, 7}, {0, 3, 5}, {2, 7}, {}});
  CHECK(acsl::balanced_length(images) == 18);
  auto const order = acsl::class_aware_order(images, 18, 1, [](std::size_t, std::uint64_t, std::size_t n) {
    list all(n);
    std::iota(all.begin(), all.end(), index_t{0});
    return all;
  });
  std::map<index_t, int> seen;
  for (index_t const i : order) ++seen[i];
  CHECK(seen == std::map<index_t, int>{{0, 3}, {1, 1}, {2, 4}, {3, 3}, {4, 1}, {5, 2}, {7, 4}});

  auto const four = acsl::class_aware_list(images, 18, 4, 1)(0);  // four of each class, and then a rest of two classes
  CHECK(four.size() == 18);
}

TEST_CASE("the lists depend on seed and epoch alone") {
  lists const image_classes = {{0}, {0}, {0}, {0, 1}, {2}};
  auto const images = acsl::images_by_class(image_classes, 3);
  acsl::class_aware_list const aware(images, 20, 1, 5);
  CHECK(aware(3) == acsl::class_aware_list(images, 20, 1, 5)(3));
  CHECK(aware(3) != aware(4));
  CHECK(aware(3) != acsl::class_aware_list(images, 20, 1, 6)(3));
  acsl::class_power_list const power(image_classes, 3, {}, 5);
  CHECK(power(3).size() == 5);
  CHECK(power(3) == acsl::class_power_list(image_classes, 3, {}, 5)(3));
  bool differs = false;
  for (index_t epoch = 0; epoch < 9; ++epoch) differs = differs || power(epoch) != power(epoch + 1);
  CHECK(differs);
}

TEST_CASE("nothing to draw from gives an empty order, or is refused") {
  CHECK(acsl::class_aware_list({{}, {}}, 5, 1, 1)(0).empty());
  CHECK(acsl::images_by_class({}, 2) == std::vector<list>(2));
  CHECK_THROWS_WITH_AS((void)acsl::class_aware_list({{0}}, 5, 0, 1)(0), doctest::Contains("at least one image"),
                       acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::images_by_class({{3}}, 2), doctest::Contains("number of classes"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::class_power_list({{}}, 2, {}, 1), doctest::Contains("needs an object"), acsl::error);
  CHECK_THROWS_WITH_AS((void)acsl::class_sampling_probabilities({1}, -1), doctest::Contains("power"), acsl::error);
}

TEST_CASE("the probabilities of classes equal the vectors of an independent computation") {
  auto const entry = test::loss_entry("class_sampling_probabilities");
  std::vector<std::int64_t> const counts = {3, 40, 800, 9000};
  auto const expected = entry.at("expected");
  auto const same = [&](std::vector<double> const& found, char const* key) {
    CAPTURE(key);
    CHECK(test::excess(found, acsl::numbers_of(expected.at(key)), 1e-14) <= 0);
  };
  same(acsl::class_sampling_probabilities(counts, 0), "class_balanced_q0");
  same(acsl::class_sampling_probabilities(counts, 0.5), "square_root_q0_5");
  same(acsl::class_sampling_probabilities(counts, 1), "instance_q1");
  same(acsl::progressive_probabilities(counts, 3, 10), "progressive");
  CHECK(acsl::class_sampling_probabilities({0, 4}, 0) == std::vector<double>{0, 1});
  CHECK(acsl::class_sampling_probabilities({0, 0}, 1) == std::vector<double>{0, 0});
}

TEST_CASE("images are drawn as the probabilities of their classes say") {
  lists image_classes(100);
  for (std::size_t i = 0; i < 100; ++i) image_classes[i] = {i < 90 ? 1 : 3};
  auto const share_of_rare = [&](acsl::class_power_options options, index_t first, index_t last) {
    acsl::class_power_list const images(image_classes, 5, options, 2);
    double rare = 0, all = 0;
    for (index_t epoch = first; epoch < last; ++epoch)
      for (index_t const i : images(epoch)) {
        rare += i >= 90;
        all += 1;
      }
    return rare / all;
  };
  CHECK(share_of_rare({.power = 1}, 0, 100) == doctest::Approx(0.1).epsilon(0.1));
  CHECK(share_of_rare({.power = 0.5}, 0, 100) == doctest::Approx(0.25).epsilon(0.1));
  CHECK(share_of_rare({.power = 0}, 0, 100) == doctest::Approx(0.5).epsilon(0.1));
  CHECK(share_of_rare({.progressive = true, .epochs = 1000}, 0, 100) < 0.16);
  CHECK(share_of_rare({.progressive = true, .epochs = 1000}, 900, 1000) > 0.44);
}

}  // namespace
