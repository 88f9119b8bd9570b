// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <support/row_kernels.hpp>
#include <support/thread_block.hpp>
#include <support/thread_team.hpp>

// A program of its own: the thread sanitizer must see no fibers, and these threads only.
namespace {

using threads = test::team_backend<test::thread_block>;

TEST_CASE("the library's row kernels race nowhere on teams of real threads, and give what one thread gives") {
  acsl::reference solo;
  for (int const size : {1, 32, 40, 128, 256}) {
    CAPTURE(size);
    threads exec(size);
    for (acsl::index_t const columns : {0, 1, 31, 33, 1231}) {
      if (size > 40 && columns < 33) continue;  // threads without elements, as with 32 and 40
      CAPTURE(columns);
      auto const wanted = test::row_results(solo, columns);
      for (auto const& [name, values] : test::row_results(exec, columns)) {
        CAPTURE(name);
        CHECK(test::distance(values, wanted.at(name)) <= 3e-6);
      }
    }
    if (size == 1 || size == 128) continue;
    auto const wanted = test::tile_results(solo);
    for (auto const& [name, values] : test::tile_results(exec)) {
      CAPTURE(name);
      CHECK(test::distance(values, wanted.at(name)) <= 2e-6);
    }
  }
}

}  // namespace
