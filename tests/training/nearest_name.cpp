// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/philox.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/training/nearest_name.hpp>
#include <functional>

namespace {

TEST_CASE("the edit distance counts insertions, deletions and replacements") {
  CHECK(acsl::edit_distance("", "") == 0);
  CHECK(acsl::edit_distance("abc", "") == 3);
  CHECK(acsl::edit_distance("", "abc") == 3);
  CHECK(acsl::edit_distance("kitten", "sitting") == 3);
  CHECK(acsl::edit_distance("flaw", "lawn") == 2);
  CHECK(acsl::edit_distance("epochs", "epochs") == 0);
}

TEST_CASE("the edit distance agrees with its recursive definition") {
  std::function<std::size_t(std::string_view, std::string_view)> plain = [&](std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.size() + b.size();
    if (a[0] == b[0]) return plain(a.substr(1), b.substr(1));
    return 1 + std::min({plain(a.substr(1), b), plain(a, b.substr(1)), plain(a.substr(1), b.substr(1))});
  };
  auto const word = [](acsl::random_key key) {
    std::string text;
    for (std::uint64_t i = 0; i < key.below(99, 6); ++i) text += static_cast<char>('a' + key.below(i, 3));
    return text;
  };
  for (std::uint64_t i = 0; i < 300; ++i) {
    auto const a = word(acsl::random_key{1}.with(i)), b = word(acsl::random_key{2}.with(i));
    CHECK_MESSAGE(acsl::edit_distance(a, b) == plain(a, b), a << " " << b);
  }
}

TEST_CASE("the nearest name is the one with the fewest changes, the first of equals") {
  std::vector<std::string> const names = {"training.lr", "training.epochs", "data.root", "data.std", "model.depth"};
  CHECK(acsl::nearest_name("training.epoch", names) == "training.epochs");
  CHECK(acsl::nearest_name("data.roots", names) == "data.root");
  CHECK(acsl::nearest_name("model.dept", names) == "model.depth");
  CHECK(acsl::nearest_name("ab", {"aa", "bb"}) == "aa");
  CHECK(acsl::nearest_name("anything", {}).empty());
}

TEST_CASE("a name in a wrong section is found by what stands behind its dot") {
  std::vector<std::string> const names = {"model.norm", "training.lr", "data.batch_size"};
  CHECK(acsl::nearest_name("model.lr", names) == "training.lr");
  CHECK(acsl::nearest_name("lr", names) == "training.lr");
  CHECK(acsl::nearest_name("training.batch_size", names) == "data.batch_size");
  CHECK(acsl::nearest_name("training.learning_rate", {"training.gamma", "training.warmup_ratio", "training.lr"}) ==
        "training.lr");
}

}  // namespace
