// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/core/memory_resource.hpp>
#include <acsl/data/batch.hpp>
#include <acsl/data/collate.hpp>
#include <acsl/data/dataset.hpp>
#include <acsl/data/detail/image_cache.hpp>
#include <acsl/data/detail/ordered_ahead.hpp>
#include <acsl/data/pipeline.hpp>
#include <acsl/data/sampler.hpp>
#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace acsl {

struct loader_options {
  int workers = 2;                        ///< threads that read ahead; 0: batches are made inside `next`
  index_t ahead = 4;                      ///< batches that may wait, finished or in the making
  index_t epochs = 1;                     ///< `next` ends after so many; reading ahead goes on across their ends
  std::uint64_t seed = 0;                 ///< of flips, scales and stand-ins
  std::size_t cache_bytes = 0;            ///< decoded images kept for later epochs
  memory_resource* memory = host_heap();  ///< of the batches' images; thread-safe, host
};

/// The place of a batch in a run; both count from 0.
struct batch_position {
  index_t epoch = 0, iteration = 0;
  friend bool operator==(batch_position const&, batch_position const&) = default;
};

/// Delivers the batches of a data set in the sampler's order. Threads decode and transform ahead; the batches are the
/// same bits in the same order for any number of workers, and from whatever place the run is resumed. Where the
/// sampler repeats images on purpose (`repeats_images()`), a copy is flipped and scaled anew; where it only fills up
/// batches it is not.
///
///     acsl::loader batches(set, acsl::aspect_sampler(set.aspect_flags(), 2, seed), pipeline, {.epochs = 12, .seed =
///     seed}); batches.start({.epoch = 3, .iteration = 120});  // exact resume; without it, from the beginning while
///     (auto batch = batches.next()) train_step(*batch);
///
/// One thread calls the members. The data set must outlive the loader. Destruction waits for the images in the making.
class loader {
 public:
  using order = std::function<std::vector<std::vector<index_t>>(index_t epoch)>;

  /// @param sampler has `batches(epoch)` and `operator()(epoch)`; copied; called from worker threads
  template <class Sampler>
  loader(dataset const& set, Sampler sampler, pipeline_options pipeline, loader_options options = {})
      : set_(set), pipeline_(std::move(pipeline)), options_(options), cache_(options.cache_bytes) {
    ACSL_EXPECTS(options.workers >= 0, "the number of workers is not negative", options.workers);
    ACSL_EXPECTS(options.ahead > 0, "at least one batch is made ahead", options.ahead);
    ACSL_EXPECTS(set.training() || !pipeline_.training,
                 "a training pipeline reads a data set that was made for training");
    ACSL_EXPECTS(!pipeline_.scales.empty(), "a pipeline has at least one scale");
    ACSL_EXPECTS(options.epochs >= 0, "the number of epochs is not negative", options.epochs);
    for (index_t epoch = 0; epoch < options.epochs; ++epoch) begins_.push_back(begins_.back() + sampler.batches(epoch));
    if constexpr (requires { sampler.repeats_images(); }) copies_differ_ = sampler.repeats_images();
    order_ = std::move(sampler);
    start({});
  }

  /// Goes to a batch. What was read ahead is thrown away.
  void start(batch_position at) {
    index_t const size = at.epoch >= 0 && at.epoch < options_.epochs ? batches(at.epoch) : 0;
    ACSL_EXPECTS(at.epoch >= 0 && at.epoch <= options_.epochs && at.iteration >= 0 && at.iteration <= size,
                 "the place lies in the run", at.epoch, at.iteration, size, options_.epochs);
    ahead_.reset();
    next_ = batches_before(at.epoch) + at.iteration;
    ahead_ = std::make_unique<detail::ordered_ahead<batch>>([this](index_t number) { return make(number); }, next_,
                                                            begins_.back(), options_.workers, options_.ahead);
  }

  /// The next batch; nothing after the last epoch.
  /// @throws acsl::error naming the image that could not be loaded; again on every later call, until `start`
  [[nodiscard]] std::optional<batch> next() {
    auto result = ahead_->next();
    if (result) ++next_;
    return result;
  }

  /// Batches of all epochs before one; epoch <= epochs of the options.
  [[nodiscard]] index_t batches_before(index_t epoch) const { return begins_.at(static_cast<std::size_t>(epoch)); }
  [[nodiscard]] index_t batches(index_t epoch) const { return batches_before(epoch + 1) - batches_before(epoch); }
  /// Of the batch that `next` will return.
  [[nodiscard]] batch_position position() const { return place_of(next_); }

 private:
  [[nodiscard]] batch_position place_of(index_t number) const {
    auto const after = std::upper_bound(begins_.begin(), begins_.end(), number);
    return {after - begins_.begin() - 1, number - *(after - 1)};
  }

  batch make(index_t number) {
    auto const place = place_of(number);
    auto const epoch_key = random_key{options_.seed}.with(static_cast<std::uint64_t>(place.epoch));
    std::vector<image_sample> samples;
    auto const batches_of_epoch = epoch_order(place.epoch);
    for (auto [position, copy] : (*batches_of_epoch)[static_cast<std::size_t>(place.iteration)]) {
      auto const key = copy == 0 ? epoch_key : epoch_key.with(purpose::repeat_image).with(copy);
      if (pipeline_.training) position = training_position(set_, position, key);
      try {
        auto const image = cache_.get(position, [&] { return load_image(set_, position); });
        samples.push_back(make_sample(set_, position, *image, pipeline_, key));
      } catch (file_error const&) {
        throw;  // names the file
      } catch (std::exception const& problem) {
        throw error(set_.file_of(position).string() + ": " + problem.what());
      }
    }
    return collate(std::move(samples), options_.memory);
  }

  /// An image of a batch, and how often this epoch has had it before, where that matters.
  struct entry {
    index_t position = 0;
    std::uint64_t copy = 0;
  };
  using epoch_batches = std::shared_ptr<std::vector<std::vector<entry>> const>;
  epoch_batches epoch_order(index_t epoch) {
    std::lock_guard const lock(orders_mutex_);
    auto& known = orders_[epoch];
    if (!known) known = std::make_shared<std::vector<std::vector<entry>> const>(counted(order_(epoch)));
    auto result = known;
    while (orders_.size() > 2) orders_.erase(orders_.begin());  // reading ahead touches two neighbouring epochs
    return result;
  }

  [[nodiscard]] std::vector<std::vector<entry>> counted(std::vector<std::vector<index_t>> const& batches) const {
    std::unordered_map<index_t, std::uint64_t> seen;
    std::vector<std::vector<entry>> result;
    for (auto const& one : batches) {
      auto& entries = result.emplace_back();
      for (index_t const position : one) entries.push_back({position, copies_differ_ ? seen[position]++ : 0});
    }
    return result;
  }

  dataset const& set_;
  std::vector<index_t> begins_ = {0};  // number of the first batch of every epoch, and of all
  order order_;
  bool copies_differ_ = false;
  pipeline_options pipeline_;
  loader_options options_;
  detail::image_cache cache_;
  std::mutex orders_mutex_;
  std::map<index_t, epoch_batches> orders_;
  index_t next_ = 0;
  std::unique_ptr<detail::ordered_ahead<batch>> ahead_;  // last: its threads use all of the above
};

}  // namespace acsl
