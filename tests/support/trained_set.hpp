// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <filesystem>
#include <string>
#include <support/process.hpp>
#include <support/program.hpp>
#include <support/tiny_data_set.hpp>
#include <utility>
#include <vector>

namespace test {

/// A tiny set with a detector that was trained on it, in runs/a.
struct trained_set {
  tiny_data_set set;

  trained_set() {
    for (auto& image : set.annotations["images"]) image["neg_category_ids"] = {1, 2, 3};
    set.save();
    auto const ran = train(set, {"--work-dir", "a"});
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  }
  [[nodiscard]] std::filesystem::path runs() const { return set.folder / "runs"; }
  [[nodiscard]] ended acsl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), ACSL_PROGRAM);
    return run(std::move(arguments), {.folder = runs()});
  }
};

}  // namespace test
