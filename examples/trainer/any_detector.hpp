// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/cpu.hpp>
#include <acsl/core/parameter.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/losses/class_statistics.hpp>
#include <acsl/models/detectors/detection_options.hpp>
#include <acsl/models/named_loss.hpp>
#include <acsl/training/configuration.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "run_observer.hpp"

namespace trainer {

/// A detector whose type a configuration chose: the one place where the program pays for a virtual call.
class any_detector {
 public:
  any_detector() = default;
  any_detector(any_detector const&) = delete;
  any_detector& operator=(any_detector const&) = delete;
  virtual ~any_detector() = default;

  virtual void initialise(acsl::random_key key) = 0;
  virtual void compute_frozen_losses(bool compute) = 0;
  virtual void begin_epoch(acsl::index_t epoch) = 0;
  virtual void visit_parameters(std::function<void(std::string const&, acsl::parameter&)> const& visit) = 0;
  virtual void visit_states(std::function<void(std::string const&, std::vector<double>&)> const& visit) = 0;
  virtual void visit_multiply_adds(acsl::shape const& images, acsl::index_t regions,
                                   std::function<void(std::string const&, acsl::index_t)> const& visit) const = 0;
  virtual std::vector<acsl::named_loss> train_step(acsl::cpu& exec, acsl::batch const& images, acsl::random_key key,
                                                   run_observer const& seen = {}) = 0;
  virtual void warm_up(acsl::cpu& exec, acsl::batch const& images, acsl::random_key key) = 0;
  [[nodiscard]] virtual acsl::detection_results detect(acsl::cpu& exec, std::span<acsl::batch const> views,
                                                       acsl::detection_options const& options,
                                                       run_observer const& seen = {}) const = 0;

  template <class Visitor>
  void for_each_parameter(std::string const& prefix, Visitor&& visit) {
    visit_parameters([&](std::string const& name, acsl::parameter& p) { visit(prefix + name, p); });
  }
  template <class Visitor>
  void for_each_state(std::string const& prefix, Visitor&& visit) {
    visit_states([&](std::string const& name, std::vector<double>& values) { visit(prefix + name, values); });
  }
};

template <class Detector>
class detector_of final : public any_detector {
 public:
  explicit detector_of(Detector detector) : detector_(std::move(detector)) {}

  [[nodiscard]] Detector& get() { return detector_; }
  void initialise(acsl::random_key key) override { detector_.initialise(key); }
  void compute_frozen_losses(bool compute) override { detector_.compute_frozen_losses(compute); }
  void begin_epoch(acsl::index_t epoch) override { detector_.begin_epoch(epoch); }
  void visit_parameters(std::function<void(std::string const&, acsl::parameter&)> const& visit) override {
    detector_.for_each_parameter("", visit);
  }
  void visit_states(std::function<void(std::string const&, std::vector<double>&)> const& visit) override {
    detector_.for_each_state("", visit);
  }
  void visit_multiply_adds(acsl::shape const& images, acsl::index_t regions,
                           std::function<void(std::string const&, acsl::index_t)> const& visit) const override {
    detector_.for_each_layer("", images, regions,
                             [&](std::string const& name, auto const& layer, acsl::shape const& input) {
                               visit(name, layer.multiply_adds(input));
                             });
  }
  std::vector<acsl::named_loss> train_step(acsl::cpu& exec, acsl::batch const& images, acsl::random_key key,
                                           run_observer const& seen) override {
    return detector_.train_step(exec, images, key, seen);
  }
  void warm_up(acsl::cpu& exec, acsl::batch const& images, acsl::random_key key) override {
    detector_.warm_up(exec, images, key);
  }
  acsl::detection_results detect(acsl::cpu& exec, std::span<acsl::batch const> views,
                                 acsl::detection_options const& options, run_observer const& seen) const override {
    return detector_.detect_views(exec, views, options, seen);
  }

 private:
  Detector detector_;
};

/// The detector that a configuration describes, for classes with these statistics; what does not learn is frozen.
/// Weights are not initialised.
std::unique_ptr<any_detector> make_detector(acsl::configuration const& config, acsl::class_statistics const& classes);

}  // namespace trainer
