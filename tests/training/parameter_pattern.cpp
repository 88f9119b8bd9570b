// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/random_key.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <support/toy_model.hpp>

namespace {

/// The definition: a star stands for nothing, or for one character and then again a star.
bool plain_matches(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return plain_matches(name, pattern.substr(1)) || (!name.empty() && plain_matches(name.substr(1), pattern));
  return !name.empty() && name[0] == pattern[0] && plain_matches(name.substr(1), pattern.substr(1));
}

TEST_CASE("a star stands for any characters, dots included") {
  CHECK(acsl::matches("bbox_head.fc_cls.weight", "bbox_head.fc_cls.*"));
  CHECK_FALSE(acsl::matches("bbox_head.fc_reg.weight", "bbox_head.fc_cls.*"));
  CHECK_FALSE(acsl::matches("bbox_head.0.fc_cls.weight", "bbox_head.fc_cls.*"));
  CHECK(acsl::matches("bbox_head.0.fc_cls.weight", "bbox_head.*.fc_cls.*"));
  CHECK(acsl::matches("backbone.layer1.0.conv1.weight", "*.weight"));
  CHECK(acsl::matches("a", "a"));
  CHECK_FALSE(acsl::matches("ab", "a"));
  CHECK_FALSE(acsl::matches("a", "ab"));
  CHECK(acsl::matches("", "*"));
  CHECK(acsl::matches("", ""));
  CHECK_FALSE(acsl::matches("a", ""));
  CHECK(acsl::matches("abcabd", "*abd"));
  CHECK(acsl::matches("a.b", "***"));
}

TEST_CASE("matching agrees with its definition") {
  auto const text = [](acsl::random_key key, char const* letters, std::uint64_t kinds) {
    std::string result;
    for (std::uint64_t i = 0; i < key.below(99, 8); ++i) result += letters[key.below(i, kinds)];
    return result;
  };
  int matched = 0;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    auto const name = text(acsl::random_key{1}.with(i), "ab", 2), pattern = text(acsl::random_key{2}.with(i), "ab*", 3);
    CHECK_MESSAGE(acsl::matches(name, pattern) == plain_matches(name, pattern), name << " " << pattern);
    matched += acsl::matches(name, pattern);
  }
  CHECK(matched > 300);
}

TEST_CASE("only what a pattern names stays trainable, and what was frozen stays frozen") {
  test::toy_model model;
  acsl::train_only(model, {});
  CHECK(model.weight.trainable);
  CHECK(model.bias.trainable);
  acsl::train_only(model, {"head.fc.b*"});
  CHECK_FALSE(model.weight.trainable);
  CHECK(model.bias.trainable);
  acsl::train_only(model, {"*"});
  CHECK_FALSE(model.weight.trainable);
  CHECK(model.bias.trainable);
  CHECK_FALSE(model.mean.trainable);
}

TEST_CASE("a pattern that names nothing, or nothing that can learn, is refused") {
  test::toy_model model;
  CHECK_THROWS_WITH_AS(acsl::train_only(model, {"head.*", "had.*"}),
                       "no trainable parameter has a name that fits \"had.*\"", acsl::error);
  test::toy_model other;
  CHECK_THROWS_WITH_AS(acsl::train_only(other, {"norm.*"}), doctest::Contains("fits \"norm.*\""), acsl::error);
}

TEST_CASE("the original's numbers for what to train are patterns") {
  CHECK(acsl::train_only_patterns(0).empty());
  CHECK(acsl::train_only_patterns(1) == std::vector<std::string>{"bbox_head.fc_cls.*"});
  CHECK(acsl::train_only_patterns(3) == std::vector<std::string>{"bbox_head.*.fc_cls.*"});
  CHECK(acsl::train_only_patterns(4) == acsl::train_only_patterns(2));
  CHECK_THROWS_AS((void)acsl::train_only_patterns(5), acsl::error);
}

}  // namespace
