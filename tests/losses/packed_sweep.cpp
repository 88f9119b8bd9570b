// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/core/random_key.hpp>
#include <acsl/losses/detail/packed_sweep.hpp>
#include <cmath>
#include <limits>
#include <vector>

namespace {

using acsl::detail::lane_bits, acsl::detail::lane_count;

TEST_CASE_TEMPLATE("lanes that are meant come side by side and back", T, float, double) {
  acsl::random_key const key{5};
  for (std::uint64_t round = 0; round < 2000; ++round) {
    std::uint32_t flags[lane_count];
    T from[lane_count], packed[lane_count + 1], back[lane_count];
    for (int l = 0; l < lane_count; ++l) {
      auto const draw = key.bits(round * lane_count + static_cast<std::uint64_t>(l));
      flags[l] = draw % (2 + round % 7) == 0 ? static_cast<std::uint32_t>(draw) | 1U : 0U;
      from[l] = static_cast<T>(l + 1);
    }
    if (round == 0)
      for (auto& flag : flags) flag = 0;
    if (round == 1)
      for (auto& flag : flags) flag = 0x80000000U;
    auto const bits = acsl::detail::lanes_set(flags);
    packed[lane_count] = 77;
    std::int32_t const count = acsl::detail::pack_lanes(bits, from, packed);
    std::int32_t at = 0;
    for (int l = 0; l < lane_count; ++l) {
      CHECK((bits >> l & 1U) == (flags[l] != 0));
      if (flags[l] != 0) CHECK(packed[at++] == from[l]);
    }
    CHECK(bits < 65536);
    CHECK(count == at);
    CHECK(packed[lane_count] == 77);
    CHECK(acsl::detail::spread_lanes(bits, packed, back) == count);
    for (int l = 0; l < lane_count; ++l) CHECK(back[l] == (flags[l] != 0 ? from[l] : 0));
  }
}

/// A term whose value and slope tell which logit and which kind of column it was made for.
struct square {
  template <class T>
  acsl::value_and_slope<T> operator()(T z, bool target) const {
    return {z * z + (target ? 100 : 0), 2 * z + (target ? 50 : 0)};
  }
};

/// A row with its sum and gradient, element by element.
template <class T>
struct swept_row {
  std::vector<T> logits, gradient;
  double sum = 0;

  swept_row(std::vector<T> z, std::int32_t target, T factor, auto const& trains) : logits(std::move(z)) {
    for (std::size_t j = 0; j < logits.size(); ++j) {
      auto const column = static_cast<std::int32_t>(j);
      auto const one = square{}(logits[j], column == target);
      bool const trained = trains(logits[j], column);
      gradient.push_back(trained ? one.slope * factor : logits[j] - logits[j]);
      sum += static_cast<double>(trained ? one.value : logits[j] - logits[j]);
    }
  }
  void check(std::int32_t target, T factor, auto const& trains) const {
    auto const columns = static_cast<acsl::index_t>(logits.size());
    std::vector<T> g(logits.size() + 1, T(-9));
    auto const near = [&](double found) {
      return std::isnan(sum) ? std::isnan(found) : found == doctest::Approx(sum).epsilon(1e-6);
    };
    auto const right = [&](T const* found) {
      for (std::size_t j = 0; j < logits.size(); ++j)
        if (std::isnan(gradient[j]) ? !std::isnan(found[j]) : found[j] != gradient[j]) return false;
      return true;
    };
    CHECK(near(acsl::detail::sweep_packed(columns, target, logits.data(), g.data(), factor, square{}, trains)));
    CHECK(right(g.data()));
    CHECK(g.back() == -9);
    T* const none = nullptr;
    CHECK(near(acsl::detail::sweep_packed(columns, target, logits.data(), none, factor, square{}, trains)));
    auto both = logits;
    CHECK(near(acsl::detail::sweep_packed(columns, target, both.data(), both.data(), factor, square{}, trains)));
    CHECK(right(both.data()));
  }
};

TEST_CASE_TEMPLATE("a packed sweep is that of the elements one by one: any width, target and share, also in place", T,
                   float, double) {
  acsl::random_key const key{6};
  for (std::int32_t const columns : {1, 2, 7, 15, 16, 17, 31, 33, 81, 1231, 2047, 2048, 2049, 2063, 4097, 5000})
    for (std::int32_t const every : {1, 2, 9, 1000})
      for (std::int32_t const target : {0, columns / 2, columns - 1, columns}) {
        auto const trains = [every](T, std::int32_t column) { return column % every == 0; };
        std::vector<T> z(static_cast<std::size_t>(columns));
        for (std::size_t j = 0; j < z.size(); ++j) z[j] = static_cast<T>(std::round(8 * key.normal(j))) / 4;
        CAPTURE(columns);
        CAPTURE(every);
        CAPTURE(target);
        swept_row<T>(z, target, T(0.5), trains).check(target, T(0.5), trains);
        z[z.size() / 3] = std::numeric_limits<T>::infinity();  // trained or not, it is not hidden
        z.back() = std::numeric_limits<T>::quiet_NaN();
        swept_row<T>(z, target, T(0.5), trains).check(target, T(0.5), trains);
      }
}

TEST_CASE("what is trained may depend on the logit, and the target on nothing") {
  std::vector<float> const z = {3, -1, 0.5F, 2, -7, 1, 1, 0, 4, 9, -2, 3, 3, 3, 0, 0, 1, -1, 5};
  for (std::int32_t target = 0; target <= static_cast<std::int32_t>(z.size()); ++target) {
    auto const trains = [target](float logit, std::int32_t column) { return (column == target) | !(logit < 1); };
    swept_row<float>(z, target, 2.0F, trains).check(target, 2.0F, trains);
  }
}

}  // namespace
