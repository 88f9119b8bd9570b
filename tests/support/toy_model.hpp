// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/parameter.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/data/loader.hpp>
#include <acsl/models/named_loss.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace test {

/// Three arrays that a trainer can train: loss = Σ (w − target)² / 2, where the target is drawn from the step's key and
/// the batch's image, and a running statistic that follows the targets.
class toy_model {
 public:
  acsl::parameter weight, bias, mean;
  std::function<void(acsl::batch const&, acsl::random_key)> before_step = [](acsl::batch const&, acsl::random_key) {};
  double loss_factor = 1;  ///< of the reported loss
  float gradient_factor = 1;

  explicit toy_model(acsl::shape weight_extents = {2, 3})
      : weight(weight_extents, acsl::host_heap()),
        bias(acsl::shape{3}, acsl::host_heap()),
        mean(acsl::shape{3}, acsl::host_heap(), acsl::role::statistic) {
    for_each_parameter("", [](std::string const&, acsl::parameter& p) {
      for (acsl::index_t i = 0; i < p.value.size(); ++i) p.value[i] = 0.25F * static_cast<float>(i);
    });
  }
  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit(prefix + "head.fc.weight", weight);
    visit(prefix + "head.fc.bias", bias);
    visit(prefix + "norm.running_mean", mean);
  }
  template <class Backend>
  std::vector<acsl::named_loss> train_step(Backend&, acsl::batch const& images, acsl::random_key key) {
    before_step(images, key);
    double loss = 0;
    auto const learn = [&](acsl::parameter& p, acsl::random_key from) {
      for (acsl::index_t i = 0; i < p.value.size(); ++i) {
        double const target = from.normal(static_cast<std::uint64_t>(i)), difference = p.value[i] - target;
        loss += difference * difference / 2;
        if (p.trainable) p.gradient[i] += gradient_factor * static_cast<float>(difference);
      }
    };
    key = key.with(static_cast<std::uint64_t>(images.info.at(0).id));
    learn(weight, key.with(0));
    learn(bias, key.with(1));
    for (acsl::index_t i = 0; i < 3; ++i)
      mean.value[i] = 0.9F * mean.value[i] + 0.1F * static_cast<float>(key.uniform(static_cast<std::uint64_t>(i)));
    return {{"loss_toy", loss * loss_factor}, {"acc", 50, false}};
  }
};

/// Batches of one image each, whose id is the batch's number in the run. Epoch e has per_epoch + e · growth batches.
class toy_source {
 public:
  acsl::index_t per_epoch = 4, growth = 0, epochs = 100;
  std::function<void(acsl::index_t)> before_batch = [](acsl::index_t) {};

  void start(acsl::batch_position at) { next_ = batches_before(at.epoch) + at.iteration; }
  [[nodiscard]] acsl::index_t batches_before(acsl::index_t epoch) const {
    return epoch * per_epoch + growth * epoch * (epoch - 1) / 2;
  }
  std::optional<acsl::batch> next() {
    before_batch(next_);
    if (next_ >= batches_before(epochs)) return std::nullopt;
    acsl::batch result;
    result.info.resize(1);
    result.info[0].id = next_;
    result.info[0].file = "image-" + std::to_string(next_) + ".jpg";
    ++next_;
    return result;
  }

 private:
  acsl::index_t next_ = 0;
};

}  // namespace test
