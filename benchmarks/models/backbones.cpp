// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Backbone and pyramid on an image of 1333 x 800 pixels, padded to 1344 x 800, and the peak of the machine's cores that
// shares refer to. scripts/bench_models.py makes the table, with a peer beside.
#include "detectors.hpp"
#include "measure.hpp"

namespace {

struct features {
  bench::backbone body;
  acsl::feature_pyramid neck;

  void initialise(acsl::random_key key) {
    body.initialise(key.with(0));
    neck.initialise(key.with(1));
  }
  template <class Visitor>
  void for_each_parameter(std::string const&, Visitor&& visit) {
    body.for_each_parameter("backbone.", visit);
    neck.for_each_parameter("neck.", visit);
  }
};

void forward(benchmark::State& state, bench::backbone::options_type const& options) {
  bench::backbone body(options);
  auto neck = bench::pyramid_of(body);
  features model{std::move(body), std::move(neck)};
  bench::initialise(model);
  bench::metered_cpu exec(bench::threads);
  auto const image = bench::prepared_photograph()(exec.memory());
  bench::measure(state, exec, [&] {
    auto const stages = model.body.infer(exec, image.images.view());
    std::vector<acsl::tensor_view<float const>> views;
    for (auto const& stage : stages) views.push_back(stage.view());
    auto const levels = model.neck.infer(exec, views);
    benchmark::DoNotOptimize(levels.back().data());
  });
}

BENCHMARK(bench::peak)->Name("peak")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(forward, r50_fpn, bench::r50())->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(forward, x101_64x4d_fpn, bench::x101_64x4d())->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
