// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/detail/fork_join.hpp>
#include <cstring>
#include <support/fiber_block.hpp>
#include <support/row_kernels.hpp>
#include <support/thread_team.hpp>

#if defined(ACSL_THREAD_SANITIZER)  // it does not follow fibers; test.thread_team runs these kernels on threads
#  define ACSL_FIBERS doctest::skip()
#else
#  define ACSL_FIBERS doctest::skip(false)
#endif

namespace {

using fibers = test::team_backend<test::fiber_block>;
using broken = test::broken_backend<test::fiber_block>;

bool same_bits(test::results const& a, test::results const& b) {
  for (auto const& [name, values] : a)
    if (b.at(name).size() != values.size() ||
        (!values.empty() && std::memcmp(b.at(name).data(), values.data(), values.size() * sizeof(float)) != 0))
      return false;
  return a.size() == b.size();
}

/// Checks that teams of every size, in every order of their members, give what a team of one gives.
template <class Run>
void check_teams(Run run, double tolerance) {
  acsl::reference solo;
  auto const wanted = run(solo);
  for (int const size : {1, 32, 40, 128, 256}) {
    CAPTURE(size);
    fibers ascending(size, 0U);
    auto const first = run(ascending);
    for (auto const& [name, values] : wanted) {
      CAPTURE(name);
      CHECK(test::distance(first.at(name), values) <= tolerance);
    }
    for (unsigned const order : {1U, 2U, 3U, 4U}) {
      fibers other(size, order);
      CAPTURE(order);
      CHECK(same_bits(run(other), first));
    }
  }
}

TEST_CASE("the losses' row kernels give the same on a team of any size, in any order of its members" * ACSL_FIBERS) {
  for (acsl::index_t const columns : {0, 1, 31, 33, 1231, 2100}) {
    CAPTURE(columns);
    check_teams([&](auto& exec) { return test::row_results(exec, columns); }, 5e-6);
  }
}

TEST_CASE("tiled products, convolutions and reductions give the same on a team of any size" * ACSL_FIBERS) {
  check_teams([](auto& exec) { return test::tile_results(exec); }, 2e-6);
}

TEST_CASE("a kernel without one of its barriers gives wrong values" * ACSL_FIBERS) {
  acsl::reference solo;
  auto const rows = test::row_results(solo, 300);
  auto const tiles = test::tile_results(solo);
  for (unsigned const order : {0U, 1U, 2U, 3U}) {
    CAPTURE(order);
    broken no_sync(0, 1, 64, order);
    auto const wrong_rows = test::row_results(no_sync, 300);
    CHECK(test::distance(wrong_rows.at("turn around"), rows.at("turn around")) > 0.01);
    for (int const which : {0, 1}) {  // after the tiles are read; before they are overwritten
      CAPTURE(which);
      broken one(which, 2, 256, order);
      auto const wrong = test::tile_results(one);
      for (auto const* const name : {"product", "convolve", "convolve_backward_data", "convolve_backward_weights"}) {
        CAPTURE(name);
        CHECK(test::distance(wrong.at(name), tiles.at(name)) > 0.01);
      }
    }
  }
}

struct leaves_early {
  using shared = acsl::no_shared;
  template <class Team>
  void operator()(Team& team, shared&, acsl::index_t) const {
    if (team.rank() % 2 == 1) return;
    team.sync();
  }
};
struct meets_elsewhere {
  using shared = acsl::no_shared;
  template <class Team>
  void operator()(Team& team, shared&, acsl::index_t) const {
    if (team.rank() == 3) team.sync();
    else team.sync();
  }
};

TEST_CASE("members that do not meet at one barrier are reported, and hang nothing" * ACSL_FIBERS) {
  fibers exec(32, 2U);
  CHECK_THROWS_WITH(exec.for_each_row(1, leaves_early{}), doctest::Contains("has left the kernel"));
  CHECK_THROWS_WITH(exec.for_each_row(1, meets_elsewhere{}), doctest::Contains("waits at line"));
}

}  // namespace
