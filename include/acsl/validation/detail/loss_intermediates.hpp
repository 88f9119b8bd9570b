// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/reference.hpp>
#include <acsl/losses/element_weights.hpp>
#include <acsl/validation/loss_vector.hpp>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace acsl::detail {

/// What a loss computes for a batch on the way to its value, by the names of the format. Weights of elements,
/// histograms and parts of the value come from the backend with logits in T, tables of columns from the host, where a
/// loss makes them.
template <class T, backend Backend>
class loss_intermediates {
 public:
  using numbers = std::optional<std::vector<double>>;

  /// @param arguments of `batch`, which both must outlive this object
  loss_intermediates(Backend& exec, loss_vector const& batch, loss_arguments const& arguments, random_key key)
      : exec_(&exec), batch_(&batch), arguments_(&arguments), key_(key) {}

  /// @param loss before the batch; after it for "pos_neg"
  /// @return nothing where the loss has no such number, or does not give it away
  [[nodiscard]] numbers find(any_classification_loss const& loss, std::string const& name) const {
    return std::visit([&](auto const& one) { return of(one, name); }, loss.get());
  }

 private:
  template <class Loss>
  [[nodiscard]] numbers of(Loss const& loss, std::string const& name) const {
    if constexpr (requires { loss.element().weight(); }) {
      if (name == "weight" || name == "mask") return weights(loss.element().weight());
      if (name == "mask_sum") {
        auto const all = weights(loss.element().weight());
        return {{std::accumulate(all.begin(), all.end(), 0.0)}};
      }
    }
    if constexpr (std::same_as<Loss, equalization_v2>) {
      if (name == "pos_weight")
        return table(loss.element(), [](auto const& of, auto j) { return of.weight.positive.template at<T>(j); });
      if (name == "neg_weight")
        return table(loss.element(), [](auto const& of, auto j) { return of.weight.negative.template at<T>(j); });
      if (name == "pos_neg") return ratios(loss);
    }
    if constexpr (std::same_as<Loss, equalized_focal>) {
      if (name == "gamma_per_class")
        return table(loss.element(), [](auto const& of, auto j) { return of.gammas.template at<T>(j); });
    }
    if constexpr (std::same_as<Loss, effective_class_margin>) {
      if (name == "class_weight")
        return table(loss.element(), [](auto const& of, auto j) { return of.weight.template at<T>(j); });
      if (name == "shift")
        return table(loss.element(), [](auto const& of, auto j) { return of.shifted.shift.template at<T>(j); });
    }
    if constexpr (std::same_as<Loss, label_distribution_aware_margin>) {
      if (name == "margins")
        return table(loss.member(), [](auto const& of, auto j) { return of.template margin<T>(j); });
    }
    if constexpr (requires { loss.member().plan(labels(), index_t{}, key_, *arguments_); }) {
      if (name == "class_weight") return label_weights(loss.member());
    }
    if constexpr (std::same_as<Loss, harmonised_gradient>) {
      if (name == "histogram") return histogram(loss.element());
    }
    if constexpr (std::same_as<Loss, balanced_group_softmax>) {
      if (name == "bin_loss") return group_losses(loss);
    }
    if constexpr (std::same_as<Loss, seesaw>) {
      if (name == "loss_classes") return {{part_of_classes(loss)}};
      if (name == "loss_objectness") return {{part_of_objects(loss)}};
    }
    return {};
  }

  [[nodiscard]] tensor_view<std::int32_t const> labels() const {
    return {batch_->labels.data(), {static_cast<index_t>(batch_->labels.size())}};
  }
  [[nodiscard]] tensor<T> placed(std::vector<double> const& logits) const {
    return on_backend<T>(*exec_, logits, batch_->extents);
  }
  [[nodiscard]] index_t columns() const { return batch_->extents[1]; }

  template <class Weight>
  [[nodiscard]] std::vector<double> weights(Weight const& weight) const {
    auto const z = placed(batch_->logits);
    return on_host(*exec_, element_weights<T>(*exec_, weight, z.view(), labels(), key_, *arguments_));
  }
  /// f(device object of a method, column) for every column, on the host.
  template <class Method, class F>
  [[nodiscard]] std::vector<double> table(Method method, F f) const {
    row_plan const plan = method.plan(labels(), columns(), key_, *arguments_);
    reference host;
    device_arrays place(host);
    auto const device = method.on_device(place, plan, columns());
    std::vector<double> result;
    for (std::int32_t j = 0; j < columns(); ++j) result.push_back(static_cast<double>(f(device, j)));
    return result;
  }
  /// What rows of a label weigh, in the order of the labels' columns.
  template <class Member>
  [[nodiscard]] std::vector<double> label_weights(Member const& member) const {
    column_map const map{member.layout(), columns()};
    std::vector<std::int32_t> every;
    for (std::int32_t label = map.background() < columns() ? 0 : 1; label <= map.classes(); ++label)
      every.push_back(label);
    std::vector<double> result(static_cast<std::size_t>(columns()));
    row_plan const plan = member.plan({every.data(), {static_cast<index_t>(every.size())}}, columns(), key_, {});
    for (auto const& row : plan.rows) result[static_cast<std::size_t>(row.target)] = row.weight;
    return result;
  }
  [[nodiscard]] std::vector<double> ratios(equalization_v2 loss) const {
    gradient_balance balance(batch_->classes);
    loss.visit_state([&](std::string const& name, std::vector<double> const& values) {
      balance.visit_state([&](std::string const& own, std::vector<double>& copy) {
        if (own == name) copy = values;
      });
    });
    return balance.ratios(100);
  }
  [[nodiscard]] std::vector<double> histogram(weighted_bce<harmonised_gradient_weight> method) const {
    row_plan const plan = method.plan(labels(), columns(), key_, *arguments_);
    auto const z = placed(batch_->logits);
    reference host;
    device_arrays place(host);
    return gradient_histogram(*exec_, z.view(), plan, method.on_device(place, plan, columns()).weight.bins);
  }

  /// The value of a batch with other logits or other arguments.
  template <class Loss>
  [[nodiscard]] double value(Loss loss, std::vector<double> const& logits, loss_arguments const& arguments) const {
    auto const z = placed(logits);
    return loss.evaluate(*exec_, z.view(), labels(), tensor_view<T>(), key_, arguments).value;
  }
  /// A group's own loss: of the value with the rows that the batch keeps in this group alone, what is more than with
  /// none. Rows of the background group are always kept.
  [[nodiscard]] numbers group_losses(balanced_group_softmax const& loss) const {
    if (!arguments_->choices) return {};
    auto const with = [&](std::vector<std::vector<std::int32_t>> rows) {
      explicit_choices kept;
      kept.rows = std::move(rows);
      auto told = *arguments_;
      told.choices = &kept;
      return value(loss, batch_->logits, told);
    };
    auto const& all = arguments_->choices->rows;
    std::vector<std::vector<std::int32_t>> const none(all.size());
    double const background = with(none);
    std::vector<double> result;
    for (std::size_t g = 0; g < all.size(); ++g) {
      auto own = none;
      own[g] = all[g];
      result.push_back(g == loss.groups().background_group ? background : with(own) - background);
    }
    return result;
  }
  /// The value where every row is certain of its object or background: what is left is the classes'.
  [[nodiscard]] double part_of_classes(seesaw const& loss) const {
    return value(loss, certain([](std::int32_t label, index_t column, index_t classes) {
                   return column == (label == 0 ? classes + 1 : classes);
                 }),
                 *arguments_);
  }
  /// The same where every row is certain of its class.
  [[nodiscard]] double part_of_objects(seesaw const& loss) const {
    return value(loss, certain([](std::int32_t label, index_t column, index_t) { return column == label - 1; }),
                 *arguments_);
  }
  /// The logits of the batch with those that f(label, column, classes) chooses far above all others.
  template <class F>
  [[nodiscard]] std::vector<double> certain(F f) const {
    auto result = batch_->logits;
    double largest = 0;
    for (double const z : result) largest = std::max(largest, std::fabs(z));
    for (std::size_t i = 0; i < result.size(); ++i) {
      auto const row = i / static_cast<std::size_t>(columns()), column = i % static_cast<std::size_t>(columns());
      if (f(batch_->labels[row], static_cast<index_t>(column), batch_->classes)) result[i] = largest + 1000;
    }
    return result;
  }

  Backend* exec_;
  loss_vector const* batch_;
  loss_arguments const* arguments_;
  random_key key_;
};

}  // namespace acsl::detail
