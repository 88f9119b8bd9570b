// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/team.hpp>

namespace acsl::detail {

/// A batch of products C = A · B as a row kernel: a team computes a tile of 64 x 64 elements of C from tiles of A and B
/// in shared memory, members in blocks of 4 x 4. Every sum runs over the inner dimension in order: same bits on any
/// number of teams and threads. The kernel of every product and convolution of the Thrust and CUDA backends.
///
/// `Problem` says what the matrices are, so that none of them need exist:
///   `index_t rows, columns, batches`            of C; C's tiles of one batch follow each other
///   `bool a_inner_first, b_inner_first`         whether memory of A (B) runs along the inner dimension
///   `index_t inner(batch) const`                extent of the inner dimension
///   `float a(batch, i, k) const`, `float b(batch, k, j) const`, `void store(batch, i, j, float sum) const`
template <class Problem>
struct tiled_product {
  static constexpr int tile = 64, steps = 16, block = 4, blocks = (tile / block) * (tile / block);
  static constexpr int team_size = blocks;  // what suits a GPU; any size is right
  struct shared {
    alignas(16) float a[steps][tile + block];  // the extra columns keep steps in different banks
    alignas(16) float b[steps][tile + block];
  };

  Problem problem;

  [[nodiscard]] ACSL_HOST_DEVICE index_t row_tiles() const { return (problem.rows + tile - 1) / tile; }
  [[nodiscard]] ACSL_HOST_DEVICE index_t column_tiles() const { return (problem.columns + tile - 1) / tile; }
  /// What `for_each_row` runs over.
  [[nodiscard]] index_t teams() const { return problem.batches * row_tiles() * column_tiles(); }

  template <class Team>
  ACSL_HOST_DEVICE void operator()(Team& team, shared& s, index_t index) const {
    constexpr int mine = (blocks + Team::size_at_least - 1) / Team::size_at_least;  // blocks of one member, at most
    float sum[mine][block][block] = {};
    index_t const batch = index / (row_tiles() * column_tiles());
    index_t const row = index / column_tiles() % row_tiles() * tile, column = index % column_tiles() * tile;
    index_t const inner = problem.inner(batch);
    for (index_t first = 0; first < inner; first += steps) {
      team.for_each(tile * steps, [&](index_t e) {
        auto const element = static_cast<int>(e);
        int const ka = problem.a_inner_first ? element % steps : element / tile;
        int const i = problem.a_inner_first ? element / steps : element % tile;
        s.a[ka][i] = row + i < problem.rows && first + ka < inner ? problem.a(batch, row + i, first + ka) : 0.0F;
        int const kb = problem.b_inner_first ? element % steps : element / tile;
        int const j = problem.b_inner_first ? element / steps : element % tile;
        s.b[kb][j] =
            column + j < problem.columns && first + kb < inner ? problem.b(batch, first + kb, column + j) : 0.0F;
      });
      team.sync();
      for_each_block(team, sum, [&](int i0, int j0, float(&to)[block][block]) {
        for (int k = 0; k < steps; ++k)
          for (int i = 0; i < block; ++i)
            for (int j = 0; j < block; ++j) to[i][j] += s.a[k][i0 + i] * s.b[k][j0 + j];
      });
      team.sync();  // before the tiles are overwritten
    }
    for_each_block(team, sum, [&](int i0, int j0, float(&from)[block][block]) {
      for (int i = 0; i < block; ++i)
        for (int j = 0; j < block; ++j)
          if (row + i0 + i < problem.rows && column + j0 + j < problem.columns)
            problem.store(batch, row + i0 + i, column + j0 + j, from[i][j]);
    });
  }

 private:
  template <class Team, int Mine, class F>
  ACSL_HOST_DEVICE static void for_each_block(Team& team, float (&sum)[Mine][block][block], F f) {
    for (int n = 0; n < Mine; ++n) {
      int const b = team.rank() + n * team.size();
      if (b < blocks) f(b / (tile / block) * block, b % (tile / block) * block, sum[n]);
    }
  }
};

/// Runs the products of a problem.
template <class Exec, class Problem>
void run_tiled(Exec& exec, Problem const& problem) {
  tiled_product<Problem> const kernel{problem};
  if (kernel.teams() > 0) exec.for_each_row(kernel.teams(), kernel);
}

}  // namespace acsl::detail
