// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0

// Faster R-CNN with R50 and the 1,231 columns of LVIS v0.5, a batch of one image of 1333 x 800 pixels: from the decoded
// photograph to 300 detections with the original's test settings (score threshold 0), and a step of training with
// everything trainable but the stem and the first stage.
#include <acsl/losses/adaptive_class_suppression.hpp>
#include <acsl/losses/softmax_cross_entropy.hpp>
#include <acsl/optim/clip_gradient.hpp>
#include <acsl/optim/sgd.hpp>

#include "detectors.hpp"
#include "measure.hpp"

namespace {

acsl::adaptive_class_suppression suppression() {  // group sizes of LVIS v0.5
  auto const groups = std::string(454, 'r') + std::string(461, 'c') + std::string(315, 'f');
  return acsl::adaptive_class_suppression(acsl::class_statistics::from_groups(groups.c_str()));
}

void inference(benchmark::State& state) {
  auto const model = bench::make_faster_rcnn(bench::r50(), acsl::softmax_cross_entropy());
  bench::prepared_photograph const prepared;
  bench::metered_cpu exec(bench::threads);
  std::size_t found = 0;
  bench::measure(state, exec, [&] {
    auto const detections = model.detect(exec, prepared(exec.memory()));
    found = detections[0].size();
  });
  state.counters["detections"] = static_cast<double>(found);
}

template <class Loss>
void training_step(benchmark::State& state, Loss loss) {
  auto model = bench::make_faster_rcnn(bench::r50(), std::move(loss));
  auto const each_learned = [&](auto f) {
    model.for_each_parameter("", [&](std::string const&, acsl::parameter& p) {
      if (p.trainable && p.kind == acsl::role::learned) f(p);
    });
  };
  each_learned([](acsl::parameter& p) { p.require_gradient(); });
  bench::metered_cpu exec(bench::threads);
  auto const images = bench::annotated_photograph(exec.memory());
  acsl::sgd optimizer;
  std::uint64_t step = 0;
  double sum = 0;
  bench::measure(state, exec, [&] {
    each_learned([&](acsl::parameter& p) { exec.fill(p.gradient.view(), 0.0F); });
    sum = total_loss(model.train_step(exec, images, acsl::random_key{++step}));
    clip_gradient(exec, model, 35);
    optimizer.step(exec, model, 1e-4);
  });
  state.counters["loss"] = sum;
}

BENCHMARK(inference)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, softmax_cross_entropy, acsl::softmax_cross_entropy())
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(training_step, adaptive_class_suppression, suppression())
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
