// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// The floors of docs/architecture.md, lowest first. An include may point to the same floor or to a lower one.
std::vector<std::vector<std::string>> const floors = {
    {"core"},
    {"backend"},
    {"nn", "boxes", "masks", "losses"},
    {"optim", "distributed", "data", "evaluation", "io"},
    {"models"},
    {"training", "validation"},
};

int floor_of(std::string const& folder) {
  for (std::size_t floor = 0; floor < floors.size(); ++floor)
    if (std::count(floors[floor].begin(), floors[floor].end(), folder)) return static_cast<int>(floor);
  return -1;
}

struct arrow {
  std::string from, to;  // paths below include/acsl
};

std::vector<arrow> arrows_below(fs::path const& root) {
  std::vector<arrow> arrows;
  std::regex const include(R"re(^\s*#\s*include\s*[<"]acsl/([^>"]+)[>"])re");
  for (auto const& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (std::regex_search(line, match, include))
        arrows.push_back({fs::relative(entry.path(), root).string(), match[1]});
    }
  }
  return arrows;
}

std::string folder_of(std::string const& path) {
  auto const slash = path.find('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// One sentence per broken rule.
std::vector<std::string> violations(std::vector<arrow> const& arrows) {
  std::vector<std::string> broken;
  std::map<std::string, std::set<std::string>> folders;
  for (auto const& [from, to] : arrows) {
    std::string const here = folder_of(from), there = folder_of(to);
    if (here.empty()) continue;  // acsl.hpp and fwd.hpp stand beside the folders, for users
    if (there.empty()) {
      broken.push_back(from + " includes the umbrella " + to);
      continue;
    }
    if (floor_of(here) < 0 || floor_of(there) < 0)
      broken.push_back(from + " or " + to + " lies in a folder that has no floor");
    else if (floor_of(there) > floor_of(here))
      broken.push_back(from + " includes " + to + ", which lies on a higher floor");
    else if (here != there && floor_of(here) == floor_of(there)) folders[here].insert(there);
    if (from.ends_with(".hpp") && to.ends_with(".cuh"))
      broken.push_back(from + " includes " + to + ", which needs nvcc");
  }
  for (auto const& [folder, others] : folders)  // folders of one floor may use each other one way only
    for (auto const& other : others)
      if (folder < other && folders.count(other) && folders.at(other).count(folder))
        broken.push_back(folder + " and " + other + " include each other");
  return broken;
}

TEST_CASE("includes never point to a higher floor, to an umbrella or, from a .hpp, to what needs nvcc") {
  auto const arrows = arrows_below(fs::path(ACSL_TEST_SOURCE) / "include" / "acsl");
  REQUIRE(arrows.size() > 100);
  auto const broken = violations(arrows);
  for (auto const& sentence : broken) MESSAGE(sentence);
  CHECK(broken.empty());
}

TEST_CASE("the walk finds every kind of forbidden arrow") {
  CHECK(violations({{"core/a.hpp", "backend/b.hpp"}}).size() == 1);
  CHECK(violations({{"nn/a.hpp", "models/heads/b.hpp"}}).size() == 1);
  CHECK(violations({{"nn/a.hpp", "acsl.hpp"}}).size() == 1);
  CHECK(violations({{"backend/a.hpp", "backend/b.cuh"}}).size() == 1);
  CHECK(violations({{"nn/a.hpp", "boxes/b.hpp"}, {"boxes/b.hpp", "nn/a.hpp"}}).size() == 1);
  CHECK(violations({{"new_folder/a.hpp", "core/b.hpp"}}).size() == 1);
  CHECK(violations({{"models/a.hpp", "core/b.hpp"}, {"data/a.hpp", "io/b.hpp"}}).empty());
}

TEST_CASE("only one header asks whether nvcc is at work") {
  for (auto const& entry : fs::recursive_directory_iterator(fs::path(ACSL_TEST_SOURCE) / "include" / "acsl")) {
    if (!entry.is_regular_file() || entry.path().filename() == "host_device.hpp") continue;
    std::ifstream file(entry.path());
    std::string const text((std::istreambuf_iterator<char>(file)), {});
    CAPTURE(entry.path().string());
    CHECK(text.find("__CUDACC__") == std::string::npos);
    CHECK(text.find("__CUDA_ARCH__") == std::string::npos);
  }
}

}  // namespace
