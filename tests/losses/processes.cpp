// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/losses/harmonised_l1.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <support/numbers.hpp>
#include <support/process_group.hpp>
#include <utility>
#include <vector>

/// Losses in two real processes that sum through a communicator, against one process with the rows of both.
namespace {

using acsl::index_t;
using any_loss = acsl::any_classification_loss;

constexpr index_t classes = 6, all_rows = 40, steps = 3;

acsl::class_statistics statistics() {
  auto result = acsl::class_statistics::from_groups("rcfrcf");
  result.image_count = {3, 40, 900, 7, 60, 2000};
  result.instance_count = {5, 70, 2000, 9, 80, 5000};
  result.images = 4000;
  return result;
}

/// Rows of one process: half of them, all or none.
struct rows_of {
  index_t first, count;
};
constexpr rows_of everything{0, all_rows}, nothing{0, 0};
/// The halves differ in size, in positives and in classes.
constexpr rows_of halves[] = {{0, 23}, {23, 17}};

/// What a process saw in a few steps: the numbers do not depend on how rows are spread, with D the divisor.
struct outcome {
  std::vector<double> state;
  std::vector<double> sums;       ///< D · value, of every step
  std::vector<double> gradients;  ///< D · gradient, of every step, row by row
  std::vector<double> divisors;
};

std::vector<std::int32_t> labels_of(index_t step) {
  std::vector<std::int32_t> result;
  for (index_t i = 0; i < all_rows; ++i) {
    auto const n = 7 * i + 3 * step;
    result.push_back(n % 3 == 0 ? 0 : n % 11 == 0 ? -1 : static_cast<std::int32_t>(i < 23 ? 1 + n % 4 : 3 + n % 4));
  }
  return result;
}
/// Objects of up to three rows, each with one class and in one process, and rows without one.
std::vector<std::int32_t> objects_of(std::vector<std::int32_t> const& labels) {
  std::vector<std::int32_t> result;
  for (std::size_t i = 0; i < labels.size(); ++i)
    result.push_back(i % 9 == 4 ? -1 : static_cast<std::int32_t>((i < 23 ? 0 : 1000) + labels[i] * 10 + i % 2));
  return result;
}

outcome run(any_loss loss, rows_of mine, acsl::communicator* processes) {
  acsl::reference exec;
  outcome result;
  index_t const columns = loss.columns(classes);
  for (index_t step = 0; step < steps; ++step) {
    auto const logits = test::noise<double>({all_rows, columns}, 20 + static_cast<std::uint64_t>(step), 1.5);
    auto const labels = labels_of(step), objects = objects_of(labels);
    std::vector<float> weights;
    for (index_t i = 0; i < all_rows; ++i) weights.push_back(i % 5 == 2 ? 0.5F : 1.0F);
    acsl::tensor<double> gradient({mine.count, columns});
    acsl::loss_arguments extra;
    extra.row_weights = {weights.data() + mine.first, {mine.count}};
    extra.objects = {objects.data() + mine.first, {mine.count}};
    extra.processes = processes;
    auto const one =
        loss.evaluate(exec, logits.view().slice(mine.first, mine.count), {labels.data() + mine.first, {mine.count}},
                      gradient.view(), acsl::random_key{9}.with(static_cast<std::uint64_t>(step)), extra);
    result.sums.push_back(one.divisor * one.value);
    result.divisors.push_back(one.divisor);
    for (double const g : gradient.view()) result.gradients.push_back(one.divisor * g);
  }
  loss.visit_state([&](std::string const&, std::vector<double> const& values) {
    result.state.insert(result.state.end(), values.begin(), values.end());
  });
  return result;
}

/// The outcome of both processes, by rank.
std::vector<outcome> run_in_two(any_loss const& loss, rows_of first, rows_of second) {
  auto const numbers = test::in_processes(2, [&](int rank, acsl::communicator& processes) {
    auto const one = run(loss, rank == 0 ? first : second, &processes);
    std::vector<double> all = {static_cast<double>(one.state.size())};
    for (auto const* part : {&one.state, &one.sums, &one.divisors, &one.gradients})
      all.insert(all.end(), part->begin(), part->end());
    return all;
  });
  std::vector<outcome> results;
  for (auto const& all : numbers) {
    auto at = all.begin() + 1;
    auto const take = [&](std::ptrdiff_t count) {
      at += count;
      return std::vector<double>(at - count, at);
    };
    outcome one;
    one.state = take(static_cast<std::ptrdiff_t>(all.front()));
    one.sums = take(steps);
    one.divisors = take(steps);
    one.gradients = take(all.end() - at);
    results.push_back(std::move(one));
  }
  return results;
}

void near(std::vector<double> const& found, std::vector<double> const& wanted, double factor, double tolerance) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(std::abs(found[i] - factor * wanted[i]) <= tolerance * (1e-3 + std::abs(factor * wanted[i])));
}

/// A loss with a state that processes share.
struct shared_state {
  std::string name;
  any_loss loss;
  double factor = 1;  ///< of the state of two processes to that of one
};
std::vector<shared_state> losses_with_state() {
  return {{"equalization v2", any_loss(acsl::equalization_v2(classes))},
          // Its increments contain the divisor, which is a mean over processes: both sides of the ratio are doubled.
          {"equalized focal", any_loss(acsl::equalized_focal(classes)), 2},
          {"equilibrium", any_loss(acsl::equilibrium(classes))},
          {"seesaw", any_loss(acsl::seesaw(classes))},
          {"harmonised", any_loss(acsl::harmonised_gradient({.bins = 7, .momentum = 0.75, .sum_histograms = true}))}};
}

TEST_CASE("two processes with parts of the rows have the bits of one state: that of one process with all rows") {
  for (auto const& one : losses_with_state()) {
    CAPTURE(one.name);
    auto const whole = run(one.loss, everything, nullptr);
    auto const parts = run_in_two(one.loss, halves[0], halves[1]);
    CHECK(!whole.state.empty());
    CHECK(test::largest_magnitude(whole.state) > 0);
    CHECK(test::same_bits(parts[0].state, parts[1].state));
    near(parts[0].state, whole.state, one.factor, 1e-11);
    // The state steers the later steps, so that values and gradients agree as well.
    auto const columns = static_cast<std::size_t>(one.loss.columns(classes));
    for (std::size_t step = 0; step < steps; ++step) {
      double const sum = parts[0].sums[step] + parts[1].sums[step];
      CHECK(sum == doctest::Approx(whole.sums[step]).epsilon(1e-9));
      std::vector<double> rows;
      for (std::size_t p = 0; p < 2; ++p) {
        auto const size = static_cast<std::size_t>(halves[p].count) * columns;
        auto const from = parts[p].gradients.begin() + static_cast<std::ptrdiff_t>(step * size);
        rows.insert(rows.end(), from, from + static_cast<std::ptrdiff_t>(size));
      }
      auto const from = whole.gradients.begin() + static_cast<std::ptrdiff_t>(step * rows.size());
      near(rows, std::vector<double>(from, from + static_cast<std::ptrdiff_t>(rows.size())), 1, 1e-8);
    }
    // And the sums matter: each part alone ends elsewhere.
    CHECK(test::largest_difference(run(one.loss, halves[0], nullptr).state, parts[0].state) >
          1e-6 * test::largest_magnitude(parts[0].state));
  }
}

TEST_CASE("a process without rows takes part in the sums of the others") {
  for (auto const& one : losses_with_state()) {
    CAPTURE(one.name);
    auto const whole = run(one.loss, everything, nullptr);
    for (bool const first : {true, false}) {
      auto const parts = run_in_two(one.loss, first ? everything : nothing, first ? nothing : everything);
      CHECK(test::same_bits(parts[0].state, parts[1].state));
      near(parts[0].state, whole.state, one.factor, 1e-11);
      CHECK(parts[first ? 1 : 0].sums == std::vector<double>(steps, 0.0));
    }
  }
  for (auto const& maker : acsl::detail::loss_makers) {
    CAPTURE(maker.name);
    auto const loss = acsl::make_classification_loss({.name = std::string(maker.name)}, statistics());
    for (auto const& one : run_in_two(loss, everything, nothing))
      for (double const sum : one.sums) CHECK(std::isfinite(sum));
  }
}

TEST_CASE("counts that a method keeps to itself stay those of its own process") {
  for (auto const& loss : {any_loss(acsl::seesaw(classes, {.sum_counts = false})),
                           any_loss(acsl::harmonised_gradient({.bins = 7, .momentum = 0.75}))}) {
    auto const parts = run_in_two(loss, halves[0], halves[1]);
    for (std::size_t p = 0; p < 2; ++p) {
      auto const alone = run(loss, halves[p], nullptr);
      CHECK(test::same_bits(parts[p].state, alone.state));
      CHECK(test::same_bits(parts[p].gradients, alone.gradients));
    }
    CHECK_FALSE(test::same_bits(parts[0].state, parts[1].state));
  }
}

TEST_CASE("a divisor by positives is their mean over processes") {
  for (char const* name : {"focal", "equalized_focal", "class_balanced_focal"}) {
    CAPTURE(name);
    auto const loss = acsl::make_classification_loss({.name = name}, statistics());
    auto const parts = run_in_two(loss, halves[0], halves[1]);
    for (index_t step = 0; step < steps; ++step) {
      double positives[] = {0, 0};
      auto const labels = labels_of(step);
      for (index_t i = 0; i < all_rows; ++i) positives[i < 23 ? 0 : 1] += labels[static_cast<std::size_t>(i)] > 0;
      CHECK(positives[0] != positives[1]);
      for (auto const& part : parts)
        CHECK(part.divisors[static_cast<std::size_t>(step)] == (positives[0] + positives[1]) / 2);
    }
    // No row at all, and so no positive one: one for all processes.
    for (auto const& part : run_in_two(loss, nothing, nothing)) CHECK(part.divisors == std::vector<double>(steps, 0.5));
  }
}

TEST_CASE("the share of tail rows by which classes are dropped is that of all processes") {
  acsl::drop_weight const weight(statistics(), {.tail_frequency = 0.005});  // classes 1 and 4
  std::vector<std::int32_t> const labels = {1, 4, 0, 1, 3, 2, 2, -1};       // 3 of the first 3, 0 of the other 3
  auto const share_of = [&](index_t first, index_t count, acsl::communicator* processes) {
    acsl::loss_arguments extra;
    extra.processes = processes;
    return weight.plan({labels.data() + first, {count}}, classes, acsl::random_key{1}, extra).share;
  };
  auto const shares = test::in_processes(2, [&](int rank, acsl::communicator& processes) {
    return std::vector<double>{share_of(4 * rank, 4, &processes)};
  });
  CHECK(share_of(0, 4, nullptr) == 1);
  CHECK(share_of(4, 4, nullptr) == 0);
  CHECK(share_of(0, 8, nullptr) == 0.5);
  CHECK(shares == std::vector<std::vector<double>>{{0.5}, {0.5}});
}

TEST_CASE("the buckets of the harmonised box loss are those of all processes, where it is asked to") {
  std::vector<double> differences;
  for (std::uint64_t i = 0; i < 60; ++i) differences.push_back(0.05 * acsl::random_key{4}.normal(i));
  auto const run = [&](std::size_t first, std::size_t count, acsl::communicator* processes, bool sum) {
    acsl::harmonised_l1 loss(0.02, {.bins = 6, .momentum = 0.5, .sum_histograms = sum});
    std::vector<double> result;
    for (int step = 0; step < 2; ++step)
      loss.evaluate(std::span<double const>(differences.data() + first, count), std::span<double>(), processes);
    loss.visit_state([&](std::string const&, std::vector<double> const& values) { result = values; });
    return result;
  };
  for (bool const sum : {true, false}) {
    auto const parts = test::in_processes(2, [&](int rank, acsl::communicator& processes) {
      return rank == 0 ? run(0, 25, &processes, sum) : run(25, 35, &processes, sum);
    });
    CHECK(parts[0] == (sum ? run(0, 60, nullptr, sum) : run(0, 25, nullptr, sum)));  // whole numbers: exact
    CHECK(parts[1] == (sum ? run(0, 60, nullptr, sum) : run(25, 35, nullptr, sum)));
  }
}

TEST_CASE("what goes wrong in one of the processes is told") {
  auto const adds = [](int rank, acsl::communicator& processes) {
    std::vector<double> values = {1.0 + rank, 0.25};
    processes.sum(values.data(), 2);
    processes.sum(values.data(), 1);
    return values;
  };
  CHECK(test::in_processes(2, adds) == std::vector<std::vector<double>>{{6, 0.5}, {6, 0.5}});
  CHECK(test::in_processes(3, adds)[2] == std::vector<double>{18, 0.75});
  CHECK_THROWS_WITH_AS(test::in_processes(2,
                                          [](int rank, acsl::communicator&) -> std::vector<double> {
                                            if (rank == 1) throw std::runtime_error("no more");
                                            return {};
                                          }),
                       "process 1: no more\n", std::runtime_error);
  CHECK_THROWS_WITH_AS(test::in_processes(2,
                                          [](int rank, acsl::communicator& processes) {
                                            std::vector<double> values(static_cast<std::size_t>(2 + rank));
                                            processes.sum(values.data(), 2 + rank);
                                            return values;
                                          }),
                       doctest::Contains("different numbers of values"), std::runtime_error);
  CHECK_THROWS_WITH_AS(test::in_processes(
                           2,
                           [](int rank, acsl::communicator& processes) {
                             double value = 1;
                             if (rank == 0) processes.sum(&value, 1);
                             return std::vector<double>{value};
                           },
                           1),
                       doctest::Contains("process 0: Alarm clock"), std::runtime_error);
}

}  // namespace
