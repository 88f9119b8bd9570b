// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

std::string text_of(std::string const& name) {
  std::ifstream file(std::filesystem::path(ACSL_TEST_SOURCE) / name);
  REQUIRE_MESSAGE(file, name);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_CASE("the program in the README is the example that the tests run, with its output") {
  auto const readme = text_of("README.md"), example = text_of("examples/suppress_a_confused_class.cpp");
  std::string const mark = "// [program]\n";
  auto const begin = example.find(mark) + mark.size(), end = example.find(mark, begin);
  REQUIRE(end != std::string::npos);
  CHECK(readme.find("```cpp\n" + example.substr(begin, end - begin) + "```\n") != std::string::npos);

  std::string const prefix = "//   ", output = "// Expected output:\n";
  std::string expected;
  for (auto at = example.find(output) + output.size(); example.compare(at, prefix.size(), prefix) == 0;) {
    auto const line_end = example.find('\n', at) + 1;
    expected += example.substr(at + prefix.size(), line_end - at - prefix.size());
    at = line_end;
  }
  CHECK(readme.find("```\n" + expected + "```\n") != std::string::npos);
}

TEST_CASE("the detector in docs/architecture.md compiles as it stands") {
  auto const page = text_of("docs/architecture.md");
  std::string const mark = "```cpp\n";
  auto const begin = page.find(mark) + mark.size(), end = page.find("```\n", begin);
  REQUIRE(end != std::string::npos);
  std::string const command =
      ACSL_TEST_COMPILER " -std=c++20 -fsyntax-only -x c++ -I" ACSL_TEST_SOURCE "/include -I/usr/include/eigen3 -";
  std::FILE* const compiler = popen(command.c_str(), "w");
  REQUIRE(compiler != nullptr);
  std::fwrite(page.data() + begin, 1, end - begin, compiler);
  CHECK(pclose(compiler) == 0);
}

}  // namespace
