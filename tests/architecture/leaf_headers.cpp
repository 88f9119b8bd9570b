// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct preprocessed {
  long lines = 0;                  ///< blank ones included
  std::vector<std::string> heavy;  ///< included headers of the libraries that a leaf header must not need
};

/// Runs the compiler's preprocessor on a file that includes the headers.
preprocessed preprocess(std::vector<std::string> const& headers) {
  std::string command = "printf '";
  for (auto const& header : headers) command += "#include <" + header + ">\\n";
  command += "' | " ACSL_TEST_COMPILER " -std=c++20 -march=native -E -x c++ -I" ACSL_TEST_SOURCE
             "/include -I/usr/include/eigen3 - 2>/dev/null";
  std::FILE* const pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  preprocessed result;
  std::regex const library(R"(^# \d+ "[^"]*/(Eigen|tbb|oneapi|thrust|cub|cuda|fmt|nlohmann|spdlog)/[^"]*")");
  std::string line;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    ++result.lines;
    if (line.starts_with("# ") && std::regex_search(line, library)) result.heavy.push_back(line);
    line.clear();
  }
  REQUIRE_MESSAGE(pclose(pipe) == 0, command);
  return result;
}

std::vector<std::string> leaf_headers() {
  std::vector<std::string> result;
  fs::path const root = fs::path(ACSL_TEST_SOURCE) / "include";
  for (auto const* folder : {"acsl/core", "acsl/losses"})
    for (auto const& entry : fs::directory_iterator(root / folder))
      if (entry.path().extension() == ".hpp") result.push_back(folder + ("/" + entry.path().filename().string()));
  for (auto const* name :
       {"box", "iou", "anchors", "delta_coder", "level_mapping", "assigner", "sampler", "nms", "soft_nms"})
    result.push_back("acsl/boxes/" + std::string(name) + ".hpp");
  return result;
}

TEST_CASE("a leaf header pulls in neither Eigen, oneTBB, Thrust nor a library of formats, and stays small") {
  auto const headers = leaf_headers();
  REQUIRE(headers.size() > 25);
  for (auto const& header : headers) {
    CAPTURE(header);
    auto const found = preprocess({header});
    for (auto const& line : found.heavy) CHECK_MESSAGE(false, line);
    CHECK(found.lines > 5);
    CHECK(found.lines < 60'000);  // Eigen or oneTBB would add 100,000
  }
}

/// Headers that say of one loss that it is one, and those of single losses of boxes.
std::vector<std::string> single_losses() {
  std::vector<std::string> result = {"acsl/losses/balanced_l1.hpp", "acsl/losses/overlap.hpp",
                                     "acsl/losses/smooth_l1.hpp"};
  for (auto const& entry : fs::directory_iterator(fs::path(ACSL_TEST_SOURCE) / "include/acsl/losses")) {
    if (!entry.is_regular_file() || entry.path().filename() == "any_classification_loss.hpp") continue;
    std::ifstream file(entry.path());
    std::string const text((std::istreambuf_iterator<char>(file)), {});
    if (text.find("static_assert(classification_loss<") != std::string::npos)
      result.push_back("acsl/losses/" + entry.path().filename().string());
  }
  return result;
}

// How long a header of the standard is differs between libraries: the limit is known for g++ with its own.
#if defined(__GLIBCXX__) && defined(__GNUC__) && !defined(__clang__)
bool constexpr has_other_library = false;
#else
bool constexpr has_other_library = true;
#endif

TEST_CASE("a header with one loss adds at most 5,000 lines to <vector>" * doctest::skip(has_other_library)) {
  long const limit = preprocess({"vector"}).lines + 5'000;  // 25,800 with g++ 12; <cmath> would add 11,700
  auto const losses = single_losses();
  CHECK(losses.size() > 20);
  for (auto const& header : losses) {
    long const lines = preprocess({header}).lines;
    CHECK_MESSAGE(lines > 3'000, header, " was not read");
    CHECK_MESSAGE(lines <= limit, header, " preprocesses to ", lines, " lines, more than ", limit);
  }
  CHECK(preprocess({"acsl/losses/loss_factory.hpp"}).lines > limit);  // the count tells headers apart
}

TEST_CASE("the walk over a header's includes sees what is there") {
  auto const found = preprocess({"acsl/backend/cpu.hpp"});
  CHECK(found.heavy.size() > 10);
  CHECK(found.lines > 75'000);
}

}  // namespace
