// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <cstdio>
#include <filesystem>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct preprocessed {
  long lines = 0;                  ///< blank ones included
  std::vector<std::string> heavy;  ///< included headers of the libraries that a leaf header must not need
};

/// Runs the compiler's preprocessor on "#include <acsl/header>".
preprocessed preprocess(std::string const& header) {
  std::string const command = "echo '#include <" + header +
                              ">' | " ACSL_TEST_COMPILER " -std=c++20 -E -x c++ -I" ACSL_TEST_SOURCE
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
    auto const found = preprocess(header);
    for (auto const& line : found.heavy) CHECK_MESSAGE(false, line);
    // <memory_resource> alone, which tensors need, is 43,000 lines with g++ 12; Eigen or oneTBB would add 100,000.
    CHECK(found.lines > 5);
    bool const holds_all_losses =
        header.ends_with("any_classification_loss.hpp") || header.ends_with("loss_factory.hpp");
    CHECK(found.lines < (holds_all_losses ? 80'000 : 75'000));
  }
}

TEST_CASE("the walk over a header's includes sees what is there") {
  auto const found = preprocess("acsl/backend/cpu.hpp");
  CHECK(found.heavy.size() > 10);
  CHECK(found.lines > 75'000);
}

}  // namespace
