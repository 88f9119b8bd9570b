// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/training/warm_up.hpp>
#include <atomic>
#include <functional>
#include <support/toy_model.hpp>
#include <utility>
#include <vector>

namespace {

using acsl::index_t;

/// Notes the images and keys that it is warmed up with.
struct noting_model {
  std::vector<std::pair<index_t, acsl::random_key>> seen;
  std::function<void()> after_batch = [] {};

  template <class Backend>
  void warm_up(Backend&, acsl::batch const& images, acsl::random_key key) {
    seen.emplace_back(images.info.at(0).id, key);
    after_batch();
  }
};

TEST_CASE("warming up shows the first epoch once, with the keys of its steps, wherever the source stood") {
  acsl::reference exec;
  test::toy_source source;
  source.per_epoch = 3;
  source.start({.epoch = 1, .iteration = 2});
  noting_model model;
  CHECK(acsl::warm_up(exec, model, source, 11));
  REQUIRE(model.seen.size() == 3);
  for (index_t i = 0; i < 3; ++i) {
    auto const& [image, key] = model.seen[static_cast<std::size_t>(i)];
    CHECK(image == i);
    CHECK(key == acsl::random_key{11}.with(0).with(static_cast<std::uint64_t>(i)));
  }
}

TEST_CASE("warming up ends after the batch at which it is asked to, and a source that ends early is an error") {
  acsl::reference exec;
  test::toy_source source;
  source.per_epoch = 5;
  std::atomic<bool> stop = false;
  noting_model model;
  model.after_batch = [&] { stop = model.seen.size() == 2; };
  CHECK_FALSE(acsl::warm_up(exec, model, source, 1, &stop));
  CHECK(model.seen.size() == 2);
  source.epochs = 0;
  CHECK_THROWS_WITH_AS(acsl::warm_up(exec, model, source, 1), doctest::Contains("the source delivers its first epoch"),
                       acsl::error);
}

}  // namespace
