// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Value and gradient with LibTorch, forward and backward, and the adaptive class suppression loss step by step as the
// released Python code (github.com/CASIA-IVA-Lab/ACSL, `acsl.py`) computes it: dense masks, a loop over the classes of
// the batch, a full binary cross-entropy.
#include <torch/torch.h>

#include <numeric>
#include <random>

#include "batch.hpp"

namespace {

using torch::Tensor;

template <class F>
void run(benchmark::State& state, bench::shape of, F f) {
  torch::set_num_threads(bench::threads);
  bench::batches data(of);
  auto const labels = data.labels();
  Tensor const y = torch::empty({of.rows}, torch::kInt64);
  for (bench::index_t i = 0; i < of.rows; ++i) y.data_ptr<std::int64_t>()[i] = labels[i];
  Tensor const one_hot = torch::one_hot(y, of.columns).to(torch::kFloat32);
  for (auto _ : state) {
    data.next();
    auto logits = torch::from_blob(data.logits(), {of.rows, of.columns}).requires_grad_();
    Tensor const loss = f(logits, y, one_hot);
    loss.backward();
    benchmark::DoNotOptimize(loss.item<float>());
    benchmark::DoNotOptimize(logits.grad().data_ptr<float>());
  }
  bench::count_bytes(state, of);
}

void cross_entropy(benchmark::State& state, bench::shape of) {
  run(state, of,
      [](Tensor const& z, Tensor const& y, Tensor const&) { return torch::nn::functional::cross_entropy(z, y); });
}
void binary_cross_entropy(benchmark::State& state, bench::shape of) {
  run(state, of, [](Tensor const& z, Tensor const&, Tensor const& t) {
    return torch::binary_cross_entropy_with_logits(z, t, {}, {}, at::Reduction::Sum) / z.size(0);
  });
}
void focal(benchmark::State& state, bench::shape of) {
  run(state, of, [](Tensor const& z, Tensor const&, Tensor const& t) {
    auto const p = torch::sigmoid(z);
    auto const ce = torch::binary_cross_entropy_with_logits(z, t, {}, {}, at::Reduction::None);
    auto const q = p * t + (1 - p) * (1 - t);
    return ((0.25 * t + 0.75 * (1 - t)) * ce * (1 - q).pow(2)).sum() / z.size(0);
  });
}

/// The columns of each frequency group, rare, common, frequent.
std::vector<Tensor> groups_of(bench::index_t classes) {
  auto const statistics = bench::batches::statistics(classes);
  std::vector<Tensor> result;
  for (char const letter : {'r', 'c', 'f'}) {
    std::vector<std::int64_t> columns;
    for (std::size_t c = 0; c < statistics.frequency.size(); ++c)
      if (statistics.frequency[c] == letter) columns.push_back(static_cast<std::int64_t>(c) + 1);
    result.push_back(torch::tensor(columns, torch::kInt64));
  }
  return result;
}

void suppression(benchmark::State& state, bench::shape of) {
  auto const groups = groups_of(of.columns - 1);
  std::mt19937 generator(3);
  double const fractions[] = {0.01, 0.1, 1.0};
  using torch::indexing::Slice;
  run(state, of, [&](Tensor const& z, Tensor const& y, Tensor const&) {
    auto const rows = z.size(0), columns = z.size(1);
    auto target = torch::zeros({rows, columns});
    Tensor mask;
    {
      torch::NoGradGuard const no_gradient;
      auto const high = torch::nonzero(torch::sigmoid(z) >= 0.7);
      mask = torch::sparse_coo_tensor(high.t(), torch::ones({high.size(0)}), {rows, columns}).to_dense();
    }
    auto const present = std::get<0>(at::_unique(y));
    for (std::int64_t k = 0; k < present.size(0); ++k) {
      auto const label = present[k].item<std::int64_t>();
      auto const members = torch::nonzero(y == label).squeeze(1);
      if (label == 0) {
        target.index_put_({members, 0}, 1.0);
        mask.index_put_({members}, 0.0);
        std::vector<std::int64_t> order(static_cast<std::size_t>(members.size(0)));
        std::iota(order.begin(), order.end(), std::int64_t{0});
        for (std::size_t g = 0; g < 3; ++g) {
          std::shuffle(order.begin(), order.end(), generator);
          auto const count = static_cast<std::int64_t>(static_cast<double>(order.size()) * fractions[g]);
          auto const chosen = members.index({torch::tensor(order, torch::kInt64).index({Slice(0, count)})});
          auto part = mask.index({chosen});
          part.index_put_({Slice(), groups[g]}, 1.0);
          mask.index_put_({chosen}, part);
        }
        mask.index_put_({members, 0}, 1.0);
      } else {
        auto row = torch::zeros({columns});
        row.index_put_({torch::tensor({label})}, 1.0);
        target.index_put_({members}, row.expand({members.size(0), columns}));
        auto part = mask.index({members});
        part.index_put_({Slice(), torch::tensor({label})}, 1.0);
        mask.index_put_({members}, part);
      }
    }
    auto const ce = torch::binary_cross_entropy_with_logits(z, target, {}, {}, at::Reduction::None);
    return (mask * ce).sum() / rows;
  });
}

[[maybe_unused]] bool const registered = [] {
  for (auto const of : bench::shapes()) {
    auto const add = [&](char const* name, void (*f)(benchmark::State&, bench::shape)) {
      benchmark::RegisterBenchmark(bench::name_of(name, of).c_str(), f, of)->UseRealTime();
    };
    add("torch softmax_cross_entropy", cross_entropy);
    add("torch sigmoid_cross_entropy", binary_cross_entropy);
    add("torch focal", focal);
    add("torch adaptive_class_suppression", suppression);
  }
  return true;
}();

}  // namespace
