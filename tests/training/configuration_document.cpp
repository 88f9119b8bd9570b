// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/file.hpp>
#include <acsl/training/configuration_file.hpp>

#include <filesystem>
#include <string>

namespace {

TEST_CASE("docs/configuration.md lists every key with its meaning and default") {
  auto const bytes = acsl::read_file(std::filesystem::path(ACSL_TEST_SOURCE) / "docs" / "configuration.md");
  std::string const page(bytes.begin(), bytes.end());

  // `acsl train /dev/null --print-config` prints what belongs there
  CHECK(page.find("```toml\n" + acsl::to_toml(acsl::configuration{}, true) + "```\n") != std::string::npos);
}

TEST_CASE("every shipped configuration is read without complaint") {
  int count = 0;
  auto const root = std::filesystem::path(ACSL_TEST_SOURCE) / "configs";
  for (auto const& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".toml") continue;
    CAPTURE(entry.path().string());
    CHECK_NOTHROW(acsl::read_configuration(entry.path()));
    ++count;
  }
  CHECK(count >= 6);
}

}  // namespace
