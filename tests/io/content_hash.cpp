// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/io/content_hash.hpp>
#include <set>
#include <string>
#include <support/temporary_folder.hpp>

namespace {

TEST_CASE("the digest is that of XXH3 with 128 bits") {
  // What the program xxhsum of the algorithm's authors prints: `printf '' | xxhsum -H2`, `printf acsl | xxhsum -H2`.
  acsl::content_digest digest;
  CHECK(digest.text() == "99aa06d3014798d86001c324468d497f");
  std::vector<std::uint8_t> const text = {'a', 'c', 's', 'l'};
  digest.add(text);
  CHECK(digest.text() == "3eb6d547c41a65a22090f57d1ee507cb");
  acsl::content_digest parts;
  parts.add(std::vector<std::uint8_t>{'a'});
  parts.add(std::vector<std::uint8_t>{'c', 's', 'l'});
  CHECK(parts.text() == digest.text());
}

TEST_CASE("hashes of files differ with any byte and any length, not with threads and names") {
  test::temporary_folder const folder;
  acsl::reference one;
  acsl::cpu two(2);
  std::set<std::string> seen;
  std::string text(3'000'000, 'x');
  auto const check_new = [&] {
    test::write_text(folder / "a", text);
    test::write_text(folder / "b", text);
    auto const hash = acsl::content_hash(one, folder / "a");
    CHECK(hash.size() == 32);
    CHECK(acsl::content_hash(two, folder / "b") == hash);
    CHECK(seen.insert(hash).second);
  };
  check_new();
  for (std::size_t const at : {std::size_t{0}, std::size_t{1} << 20, (std::size_t{1} << 20) - 1, text.size() - 1}) {
    text[at] = 'y';
    check_new();
  }
  for (std::size_t const size :
       {(std::size_t{2} << 20) + 1, std::size_t{2} << 20, std::size_t{1} << 20, std::size_t{1}, std::size_t{0}}) {
    text.resize(size);
    check_new();
  }
  text = std::string(1 << 20, 'a') + std::string(1 << 20, 'b');
  check_new();
  text = std::string(1 << 20, 'b') + std::string(1 << 20, 'a');
  check_new();
}

TEST_CASE("a file that cannot be read has no hash") {
  acsl::reference one;
  CHECK_THROWS_WITH_AS(static_cast<void>(acsl::content_hash(one, "/no/such/file")), doctest::Contains("cannot open"),
                       acsl::file_error);
}

}  // namespace
