// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/data/legacy_sampler.hpp>
#include <acsl/data/sampler.hpp>
#include <map>
#include <set>

namespace {

using acsl::index_t;
using list = std::vector<index_t>;

std::vector<std::uint8_t> mixed_flags(index_t count) {
  std::vector<std::uint8_t> flags(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < flags.size(); ++i) flags[i] = i % 3 != 0;
  return flags;
}

TEST_CASE("an epoch holds every image, in full batches of one aspect group") {
  for (index_t const count : {1, 2, 7, 30, 101})
    for (index_t const size : {1, 2, 4, 16}) {
      CAPTURE(count);
      CAPTURE(size);
      auto const flags = mixed_flags(count);
      acsl::aspect_sampler const sampler(flags, size, 1);
      auto const batches = sampler(0);
      CHECK(static_cast<index_t>(batches.size()) == sampler.batches());
      std::map<index_t, int> seen;
      for (auto const& batch : batches) {
        CHECK(static_cast<index_t>(batch.size()) == size);
        for (index_t const i : batch) {
          ++seen[i];
          CHECK(flags[static_cast<std::size_t>(i)] == flags[static_cast<std::size_t>(batch[0])]);
        }
      }
      CHECK(static_cast<index_t>(seen.size()) == count);
      if (size == 1) CHECK(static_cast<index_t>(batches.size()) == count);
    }
}

TEST_CASE("the order depends on seed and epoch alone") {
  acsl::aspect_sampler const a(mixed_flags(50), 2, 7), b(mixed_flags(50), 2, 7), other(mixed_flags(50), 2, 8);
  CHECK(a(3) == b(3));
  CHECK(a(3) != a(4));
  CHECK(a(3) != other(3));
  (void)a(9);
  CHECK(a(3) == b(3));
}

TEST_CASE("positions are spread evenly over the epochs") {
  std::map<index_t, int> first;
  acsl::aspect_sampler const sampler(std::vector<std::uint8_t>(5, 1), 1, 3);
  for (index_t epoch = 0; epoch < 2000; ++epoch) ++first[sampler(epoch)[0][0]];
  for (index_t i = 0; i < 5; ++i) CHECK(first[i] == doctest::Approx(400).epsilon(0.2));
}

TEST_CASE("processes share an epoch: together they see the batches of one process, step by step") {
  auto const flags = mixed_flags(23);
  auto const whole = acsl::aspect_sampler(flags, 2, 5)(1);
  for (index_t const processes : {1, 2, 3, 5}) {
    CAPTURE(processes);
    index_t steps = -1;
    for (index_t rank = 0; rank < processes; ++rank) {
      acsl::aspect_sampler const sampler(flags, 2, 5, {rank, processes});
      auto const mine = sampler(1);
      if (steps < 0) steps = sampler.batches();
      CHECK(sampler.batches() == steps);
      CHECK(static_cast<index_t>(mine.size()) == steps);
      for (index_t i = 0; i < steps; ++i)
        CHECK(mine[static_cast<std::size_t>(i)] ==
              whole[static_cast<std::size_t>(i * processes + rank) % whole.size()]);
    }
  }
}

TEST_CASE("a list says which images an epoch has and how often; processes share it") {
  auto const flags = mixed_flags(9);
  auto const images = [](index_t epoch) { return epoch == 0 ? list{1, 1, 1, 2, 3, 3} : list{0, 3, 3, 8}; };
  acsl::aspect_sampler const sampler(flags, 1, 5, {}, images);
  CHECK(sampler.repeats_images());
  CHECK_FALSE(acsl::aspect_sampler(flags, 1, 5).repeats_images());
  for (index_t const epoch : {0, 1}) {
    list seen;
    for (auto const& batch : sampler(epoch)) seen.insert(seen.end(), batch.begin(), batch.end());
    std::sort(seen.begin(), seen.end());
    CHECK(seen == images(epoch));
    CHECK(sampler.batches(epoch) == static_cast<index_t>(seen.size()));
  }
  auto const whole = acsl::aspect_sampler(flags, 2, 5, {}, images)(0);  // 3 of 4 wide, 1 of 2 high
  CHECK(whole.size() == 3);
  for (index_t const rank : {0, 1})
    for (index_t i = 0; i < 2; ++i)
      CHECK(acsl::aspect_sampler(flags, 2, 5, {rank, 2}, images)(0)[static_cast<std::size_t>(i)] ==
            whole[static_cast<std::size_t>(2 * i + rank) % 3]);
  CHECK(acsl::aspect_sampler(flags, 2, 5, {}, [](index_t) { return list{0, 1, 2, 3, 4, 5, 6, 7, 8}; })(3) ==
        acsl::aspect_sampler(flags, 2, 5)(3));
}

TEST_CASE("a list without images, or with one that is not there, is refused") {
  acsl::aspect_sampler const empty({0, 1}, 1, 1, {}, [](index_t) { return list{}; });
  CHECK_THROWS_WITH_AS((void)empty(2), doctest::Contains("an epoch has at least one image"), acsl::error);
  acsl::aspect_sampler const beyond({0, 1}, 1, 1, {}, [](index_t) { return list{2}; });
  CHECK_THROWS_WITH_AS((void)beyond.batches(0), doctest::Contains("names images of the set"), acsl::error);
}

TEST_CASE("a test goes through the images in order, each once among all processes") {
  CHECK(acsl::sequential_sampler(3)(0) == std::vector<list>{{0}, {1}, {2}});
  CHECK(acsl::sequential_sampler(5, 2)(0) == std::vector<list>{{0, 1}, {2, 3}, {4}});
  CHECK(acsl::sequential_sampler(5, 2, {1, 2})(0) == std::vector<list>{{1, 3}});
  CHECK(acsl::sequential_sampler(5, 1, {0, 2}).batches() == 3);
  CHECK(acsl::sequential_sampler(1, 1, {1, 2})(0).empty());
  CHECK(acsl::sequential_sampler(0)(0).empty());
}

TEST_CASE("samplers refuse no images, empty batches and ranks that do not exist") {
  CHECK_THROWS_WITH_AS(acsl::aspect_sampler({}, 2, 1), doctest::Contains("at least one image"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::aspect_sampler({1}, 0, 1), doctest::Contains("at least one image"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::aspect_sampler({1}, 1, 1, {2, 2}), doctest::Contains("rank"), acsl::error);
  CHECK_THROWS_WITH_AS(acsl::sequential_sampler(3, 1, {-1, 2}), doctest::Contains("rank"), acsl::error);
}

std::vector<std::uint8_t> const original_flags = {0, 1, 1, 0, 1, 1, 1};

TEST_CASE("the original's random numbers come out") {
  std::mt19937 torch(0);
  CHECK(acsl::legacy::permutation(10, torch) == list{4, 1, 7, 5, 3, 9, 0, 8, 6, 2});
  std::mt19937 numpy(0);
  list items = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  acsl::legacy::shuffle(items, numpy);
  CHECK(items == list{2, 8, 4, 9, 1, 6, 7, 3, 0, 5});
  CHECK(acsl::legacy::uniform(numpy) == 0.4375872112626925);
}

TEST_CASE("the original's sampler of one process comes out") {
  std::mt19937 generator(0);
  CHECK(acsl::legacy::group_sampler(original_flags, 2, generator) == list{1, 6, 3, 0, 2, 5, 6, 4});
  CHECK(acsl::legacy::group_sampler({}, 2, generator).empty());
}

TEST_CASE("the original's sampler of several processes comes out") {
  using acsl::legacy::distributed_group_sampler;
  CHECK(distributed_group_sampler(original_flags, 2, 2, 0, 0) == list{2, 1, 0, 3, 4, 2});
  CHECK(distributed_group_sampler(original_flags, 2, 2, 1, 0) == list{5, 6, 6, 4, 0, 3});
  CHECK(distributed_group_sampler(original_flags, 2, 2, 0, 1) == list{3, 0, 6, 2, 1, 4});
  CHECK(distributed_group_sampler(original_flags, 2, 2, 1, 1) == list{2, 1, 5, 6, 3, 0});
  CHECK_THROWS_WITH_AS((void)distributed_group_sampler(original_flags, 2, 8, 0, 0), doctest::Contains("at least half"),
                       acsl::error);
}

}  // namespace
