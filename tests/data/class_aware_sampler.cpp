// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/class_aware_sampler.hpp>
#include <acsl/data/class_power_sampler.hpp>
#include <acsl/validation/sampling_vector.hpp>
#include <map>
#include <numeric>
#include <support/loss_entry.hpp>

namespace {

using acsl::index_t;
using list = std::vector<index_t>;
using lists = std::vector<std::vector<std::int32_t>>;

TEST_CASE("class-aware sampling gives the order of an independent computation") {
  auto const check = acsl::check_sampling_vector(test::loss_entry("class_aware_sampling"), {0, 0});
  CHECK(check.passed());
  CHECK(check.value.compared == 8);
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
  auto const check = acsl::check_sampling_vector(test::loss_entry("class_sampling_probabilities"), {0, 1e-14});
  CHECK(check.passed());
  CHECK(check.value.compared == 16);
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
