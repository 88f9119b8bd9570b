// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/expect_outputs.hpp>
#include <support/temporary_folder.hpp>

namespace {

namespace fs = std::filesystem;
using test::temporary_folder;

std::string refusal(std::vector<fs::path> const& outputs, std::vector<fs::path> const& inputs) {
  try {
    acsl::expect_outputs(outputs, inputs);
    return "";
  } catch (acsl::file_error const& problem) {
    return problem.what();
  }
}

TEST_CASE("an output is no input, by whatever name, and no other output") {
  temporary_folder const folder;
  auto const in = folder / "in.json";
  test::write_text(in, "precious");
  fs::create_symlink("in.json", folder / "link.json");
  fs::create_hard_link(in, folder / "hard.json");
  fs::create_symlink("later.json", folder / "later_link.json");
  for (char const* name : {"in.json", "link.json", "hard.json", "./in.json"})
    CHECK(refusal({folder / name}, {"other.json", in}) ==
          (folder / name).string() + ": is to be written, but is also read: another name is wanted");
  CHECK(refusal({in}, {folder / "link.json"}).find("also read") != std::string::npos);
  CHECK(refusal({folder / "a.json", folder / "a.json"}, {in}).find("two outputs") != std::string::npos);
  CHECK(refusal({folder / "later.json", folder / "later_link.json"}, {}).find("two outputs") != std::string::npos);
  CHECK(test::read_text(in) == "precious");
}

TEST_CASE("outputs of their own are fine, as are empty names and a device for all") {
  temporary_folder const folder;
  test::write_text(folder / "in.json", "x");
  test::write_text(folder / "old.json", "y");
  CHECK(refusal({folder / "old.json", folder / "new.json", "", ""}, {folder / "in.json", ""}) == "");
  CHECK(refusal({"/dev/null", "/dev/null"}, {"/dev/null"}) == "");
  CHECK_FALSE(fs::exists(folder / "new.json"));
  CHECK(refusal({folder / "none/new.json"}, {}).find("No such file or directory") != std::string::npos);
}

}  // namespace
