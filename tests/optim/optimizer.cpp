// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/reference.hpp>
#include <acsl/optim/clip_gradient.hpp>
#include <acsl/optim/learning_rate.hpp>
#include <acsl/optim/sgd.hpp>
#include <cmath>
#include <map>
#include <string>
#include <support/numbers.hpp>
#include <utility>

namespace {

/// Some named arrays.
struct model {
  std::map<std::string, acsl::parameter> arrays;

  acsl::parameter& add(std::string const& name, std::vector<float> const& values,
                       acsl::role what = acsl::role::learned) {
    auto& p =
        arrays.emplace(name, acsl::parameter({static_cast<acsl::index_t>(values.size())}, acsl::host_heap(), what))
            .first->second;
    std::copy(values.begin(), values.end(), p.value.data());
    p.require_gradient();
    for (float& g : p.gradient.view()) g = 0;
    return p;
  }
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    for (auto& [name, p] : arrays) visit(prefix + name, p);
  }
};

TEST_CASE("two steps worked by hand, with momentum and weight decay") {
  acsl::reference exec;
  model m;
  auto& p = m.add("p", {1});
  acsl::sgd optimizer({0.9, 0.01});
  p.gradient[0] = 0.5F;
  optimizer.step(exec, m, 0.1);
  CHECK(p.value[0] == doctest::Approx(0.949).epsilon(1e-6));
  CHECK(optimizer.buffers().at("p")[0] == doctest::Approx(0.51).epsilon(1e-6));
  p.gradient[0] = 0.25F;
  optimizer.step(exec, m, 0.1);
  CHECK(p.value[0] == doctest::Approx(0.877151).epsilon(1e-6));
  CHECK(optimizer.buffers().at("p")[0] == doctest::Approx(0.71849).epsilon(1e-6));
}

TEST_CASE("steps over random arrays equal the rule in double, and the bits do not depend on threads") {
  acsl::cpu one(1), two(2);
  auto const train = [](auto& exec) {
    model m;
    auto const values = test::noise({60000}, 1);
    m.add("big", {values.data(), values.data() + values.size()});
    m.add("small", {3, -2, 1});
    acsl::sgd optimizer;
    for (std::uint64_t t = 0; t < 4; ++t) {
      for (auto& [name, p] : m.arrays) p.gradient = test::noise(p.extents(), 10 + t);
      optimizer.step(exec, m, 0.05 * static_cast<double>(t + 1));
    }
    return m;
  };
  auto const a = train(one), b = train(two);
  std::vector<double> value, buffer(60000, 0.0);
  auto const start = test::noise({60000}, 1);
  for (float const v : start.view()) value.push_back(static_cast<double>(v));
  for (std::uint64_t t = 0; t < 4; ++t) {
    auto const g = test::noise({60000}, 10 + t);
    for (std::size_t i = 0; i < value.size(); ++i) {
      double const d = static_cast<double>(g[static_cast<acsl::index_t>(i)]) + 1e-4 * value[i];
      buffer[i] = t == 0 ? d : 0.9 * buffer[i] + d;
      value[i] -= 0.05 * static_cast<double>(t + 1) * buffer[i];
    }
  }
  CHECK(test::largest_difference(a.arrays.at("big").value, value) <= 2e-6);
  CHECK(test::same_bits(a.arrays.at("big").value, b.arrays.at("big").value));
  CHECK(test::same_bits(a.arrays.at("small").value, b.arrays.at("small").value));
}

TEST_CASE("frozen parameters and statistics are left alone and have no buffer") {
  acsl::cpu exec;
  model m;
  m.add("frozen", {1, 2}).trainable = false;
  m.add("mean", {3}, acsl::role::statistic);
  m.add("free", {4});
  for (auto& [name, p] : m.arrays)
    for (float& g : p.gradient.view()) g = 1;
  acsl::sgd optimizer;
  optimizer.step(exec, m, 0.1);
  CHECK(m.arrays.at("frozen").value[1] == 2);
  CHECK(m.arrays.at("mean").value[0] == 3);
  CHECK(m.arrays.at("free").value[0] < 4);
  CHECK(optimizer.buffers().size() == 1);
  CHECK(optimizer.buffers().count("free") == 1);
}

TEST_CASE("buffers that were put back continue as if the run had not stopped") {
  acsl::cpu exec;
  auto const step = [&](acsl::sgd& optimizer, model& m, std::uint64_t t) {
    m.arrays.at("p").gradient = test::noise({50}, t);
    optimizer.step(exec, m, 0.1);
  };
  auto const values = test::noise({50}, 1);
  model whole, stopped;
  for (auto* m : {&whole, &stopped}) m->add("p", {values.data(), values.data() + values.size()});
  acsl::sgd a, first;
  for (std::uint64_t t = 0; t < 3; ++t) step(a, whole, t);
  for (std::uint64_t t = 0; t < 2; ++t) step(first, stopped, t);
  acsl::sgd second;
  second.buffers().emplace("p", acsl::clone(exec, std::as_const(first.buffers().at("p")).view()));
  step(second, stopped, 2);
  CHECK(test::same_bits(whole.arrays.at("p").value, stopped.arrays.at("p").value));
}

TEST_CASE("a missing gradient and options outside their ranges are refused") {
  acsl::cpu exec;
  model m;
  m.add("p", {1}).gradient = {};
  acsl::sgd optimizer;
  CHECK_THROWS_WITH_AS(optimizer.step(exec, m, 0.1), doctest::Contains("a trainable parameter has a gradient"),
                       acsl::error);
  CHECK_THROWS_WITH_AS(acsl::clip_gradient(exec, m, 35), doctest::Contains("a trainable parameter has a gradient"),
                       acsl::error);
  CHECK_THROWS_AS(acsl::sgd({1.0, 0}), acsl::error);
  CHECK_THROWS_AS(acsl::sgd({0.9, -1}), acsl::error);
}

TEST_CASE("clipping scales all gradients together to the largest norm, and never up") {
  acsl::cpu exec;
  model m;
  m.add("a", {0}).gradient[0] = 30;
  m.add("b", {0}).gradient[0] = 40;
  m.add("frozen", {0}).gradient[0] = 1000;
  m.arrays.at("frozen").trainable = false;
  m.add("mean", {0}, acsl::role::statistic).gradient[0] = 1000;
  CHECK(acsl::clip_gradient(exec, m, 35) == doctest::Approx(50));
  CHECK(m.arrays.at("a").gradient[0] == doctest::Approx(21).epsilon(1e-6));
  CHECK(m.arrays.at("b").gradient[0] == doctest::Approx(28).epsilon(1e-6));
  CHECK(m.arrays.at("frozen").gradient[0] == 1000);
  CHECK(m.arrays.at("mean").gradient[0] == 1000);
  float const before = m.arrays.at("a").gradient[0];
  CHECK(acsl::clip_gradient(exec, m, 36) == doctest::Approx(35));
  CHECK(m.arrays.at("a").gradient[0] == before);
  model none;
  CHECK(acsl::clip_gradient(exec, none, 35) == 0);
}

TEST_CASE("the learning rate follows the published table") {
  acsl::learning_rate const lr;
  CHECK(lr(0, 0) == doctest::Approx(0.00666667).epsilon(1e-6));
  CHECK(lr(0, 1) == doctest::Approx(0.00669333).epsilon(1e-6));
  CHECK(lr(0, 250) == doctest::Approx(0.01333333).epsilon(1e-6));
  CHECK(lr(0, 499) == doctest::Approx(0.01997333).epsilon(1e-6));
  CHECK(lr(0, 500) == 0.02);
  CHECK(lr(7, 70000) == 0.02);
  CHECK(lr(8, 80000) == doctest::Approx(0.002));
  CHECK(lr(10, 100000) == doctest::Approx(0.002));
  CHECK(lr(11, 110000) == doctest::Approx(0.0002));
  acsl::learning_rate short_epochs;  // still warming up when the first step comes
  short_epochs.steps = {1};
  short_epochs.warmup = 10;
  CHECK(short_epochs(1, 5) == doctest::Approx(0.002 * (1 - 0.5 * 2 / 3)));
  acsl::learning_rate cold;
  cold.warmup = 0;
  CHECK(cold(0, 0) == 0.02);
}

}  // namespace
