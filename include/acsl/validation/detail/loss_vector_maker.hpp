// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_weights.hpp>
#include <acsl/validation/detail/loss_vector_entry.hpp>
#include <algorithm>
#include <string>
#include <vector>

namespace acsl::detail {

/// The loss that an entry means, with its random choices and its state before the batch.
class loss_vector_maker : public loss_vector_entry {
 public:
  using loss_vector_entry::loss_vector_entry;

  [[nodiscard]] loss_vector read() {
    loss_vector result{.id = entry_.at("id").text(), .expected = entry_.at("expected")};
    read_batch(result);
    read_scores(result);
    result.loss = any_classification_loss(make(result));
    read_divisor(result, own_divisor());
    read_state(result);
    return result;
  }

 private:
  using variant_type = any_classification_loss::variant_type;

  [[nodiscard]] variant_type make(loss_vector& result) const {
    if (kind() == "softmax_ce" || kind() == "instance_reweight")
      return softmax_cross_entropy(softmax_rules(rules(label_weights())));
    if (kind() == "sigmoid_bce") {
      auto const positive = entry_.at("hyperparameters").find("pos_weight");
      if (!extra("class_weight") && !positive) return sigmoid(rules());
      auto weights =
          extra("class_weight") ? table("class_weight") : std::vector<double>(static_cast<std::size_t>(columns_), 1.0);
      return column_weighted_cross_entropy(
          weighted_bce(column_weight(std::move(weights), positive ? positive->number() : 1, rules())));
    }
    if (kind() == "class_balanced" || kind() == "focal") return focal_or_balanced(result);
    if (kind() == "acsl") return suppression(result);
    if (kind() == "eql") return equalizing(result);
    if (kind() == "eqlv2")
      return equalization_v2(classes_, {.gamma = hyper("gamma"), .mu = hyper("mu"), .alpha = hyper("alpha")});
    if (kind() == "droploss") {
      read_elements(result, "drop_mask");
      auto const& how = mode_of({"code", "paper", "deterministic"});
      return drop(statistics(), drop_rules(how == "paper"           ? drop_mode::paper
                                           : how == "deterministic" ? drop_mode::deterministic
                                                                    : drop_mode::code));
    }
    if (kind() == "federated") {
      result.has_choices = true;
      for (auto const c : integers_of(entry_.at("extra").at("sampled_negative_classes"), 0, last_class() - 1))
        result.choices.classes.push_back(c + 1);
      return federated(
          statistics(),
          {.classes_per_step = whole("num_sampled"), .frequency_power = hyper("freq_power"), .layout = layout_});
    }
    if (kind() == "efl")
      return equalized_focal(
          classes_, {.gamma = hyper("focal_gamma"), .alpha = hyper("focal_alpha"), .scale = hyper("scale_factor")});
    if (kind() == "gol") return gumbels(result);
    if (kind() == "ecm") return effective_class_margin(statistics(), hyper("fg_bg_ratio"));
    if (kind() == "ghmc") return harmonised_gradient({.bins = whole("bins"), .momentum = hyper("momentum")});
    if (kind() == "logit_adjustment") return logit_adjustment(table("prior"), hyper("tau"), rules());
    if (kind() == "balanced_softmax") {
      if (mode_of({"softmax", "sigmoid"}) == "sigmoid") return balanced_sigmoid(statistics());
      return balanced_softmax(table("counts_with_background"), rules());
    }
    if (kind() == "affine_softmax")
      return vector_scaling(table("counts_with_background"), hyper("gamma"),
                            mode_of({"vs", "cdt"}) == "vs" ? hyper("tau") : 0, rules());
    if (kind() == "ldam") return margins();
    if (kind() == "loce") {
      result.objects.assign(result.labels.size(), -1);
      if (auto const objects = extra("gt_id")) {
        expect_count(*objects, objects->size(), result.extents[0]);
        result.objects = integers_of(*objects, -1, INT32_MAX);
      }
      auto const h = entry_.at("hyperparameters");
      return equilibrium(
          classes_, h.has("alpha") ? equilibrium_options{hyper("alpha"), hyper("bg_score")} : equilibrium_options{});
    }
    if (kind() == "seesaw")
      return seesaw(classes_, {.mitigation = hyper("p"), .compensation = hyper("q"), .floor = hyper("eps")});
    if (kind() == "bags") return groups(result);
    if (kind() == "any") return softmax_cross_entropy(softmax_rules(rules()));
    entry_.fail("there is no loss \"" + kind() + "\" in mode \"" + mode() + "\"");
  }

  /// The kind of divisor of methods that have one alone; none where `rules` reads it.
  [[nodiscard]] std::string own_divisor() const {
    auto const& k = kind();
    if (k == "acsl" || k == "eqlv2" || k == "droploss" || k == "federated" || k == "ecm") return "rows";
    if (k == "gol" && mode() == "gumbel_droploss") return "rows";
    if (k == "balanced_softmax" && mode() == "sigmoid") return "rows";
    if (k == "efl") return "positives";
    if (k == "ghmc") return "valid_elements";
    if (k == "loce" || k == "seesaw") return "valid_rows";
    return k == "bags" ? "per_bin_weight_sum_min_1" : "";
  }

  [[nodiscard]] static variant_type sigmoid(row_rules rules) {
    return sigmoid_cross_entropy(weighted_bce<unit_weight>(unit_weight(std::move(rules))));
  }
  [[nodiscard]] variant_type focal_or_balanced(loss_vector const& result) const {
    auto weights = label_weights();
    if (auto const rows = extra("row_weight")) {  // a weight of every row says the weight of its label
      weights.assign(static_cast<std::size_t>(classes_ + 1), 1.0);
      auto const values = numbers_of(*rows, result.extents[0]);
      for (std::size_t i = 0; i < values.size(); ++i)
        if (result.labels[i] >= 0) weights[static_cast<std::size_t>(result.labels[i])] = values[i];
    }
    static_cast<void>(kind() == "focal" ? mode_of({"sigmoid", "softmax"}) : mode_of({"softmax", "sigmoid", "focal"}));
    if (mode() == "softmax" && kind() == "focal") return softmax_focal(softmax_focal_member(hyper("gamma"), rules()));
    if (mode() == "softmax") return softmax_cross_entropy(softmax_rules(rules(std::move(weights))));
    if (mode() == "sigmoid" && kind() == "class_balanced") return sigmoid(rules(std::move(weights)));
    return focal(focal_element({.gamma = hyper("gamma"), .alpha = hyper("alpha"), .rules = rules(std::move(weights))}));
  }
  [[nodiscard]] variant_type suppression(loss_vector& result) const {
    suppression_options options;
    options.threshold = hyper("score_thr");
    options.mode = mode_of({"official", "paper"}) == "paper" ? suppression_mode::paper : suppression_mode::official;
    if (auto const kept = extra("background_rows_kept")) {
      result.has_choices = true;
      for (auto const* name : {"rare", "common", "frequent"})
        result.choices.rows.push_back(integers_of(kept->at(name), 0, last_row(result)));
    }
    return adaptive_class_suppression(statistics(), options);
  }
  [[nodiscard]] variant_type equalizing(loss_vector& result) const {
    if (mode_of({"sigmoid", "softmax"}) == "sigmoid")
      return equalization(statistics(), {.tail_frequency = hyper("lambda_"), .rules = rules()});
    read_elements(result, "beta_mask");
    return softmax_equalization(tail_columns(statistics(), hyper("lambda_"), layout_), hyper("gamma"), rules());
  }
  [[nodiscard]] drop_options drop_rules(drop_mode mode) const {
    auto const lambda = entry_.at("hyperparameters").find("lambda_");
    return {.mode = mode,
            .tail_frequency = lambda ? lambda->number() : 0.00177,
            .rules = {layout_, divisor_kind::rows, {}}};
  }
  [[nodiscard]] variant_type gumbels(loss_vector& result) const {
    if (mode_of({"gumbel_bce", "gumbel_eql", "gumbel_droploss"}) == "gumbel_bce")
      return gumbel<unit_weight>(gumbel_element(unit_weight(rules())));
    if (mode() == "gumbel_eql")
      return gumbel<equalization_weight>(gumbel_element(equalization_weight(statistics(), {.rules = rules()})));
    read_elements(result, "drop_mask");
    return gumbel<drop_weight>(gumbel_element(drop_weight(statistics(), drop_rules(drop_mode::code))));
  }
  [[nodiscard]] variant_type margins() const {
    std::vector<double> weights;
    if (mode_of({"plain", "drw"}) == "drw") {
      weights = effective_number_weights(statistics().instance_count, hyper("beta"));
      weights.insert(weights.begin(), 1.0);
    }
    return label_distribution_aware_margin(
        statistics().instance_count,
        {.largest_margin = hyper("max_m"), .scale = hyper("s"), .rules = rules(std::move(weights))});
  }
  [[nodiscard]] variant_type groups(loss_vector& result) const {
    class_groups groups;
    for (auto const list = entry_.at("extra").at("bin_slices"); groups.slices.size() < list.size();) {
      auto const one = list.at(groups.slices.size());
      auto const slice = integers_of(one, 0, static_cast<std::int32_t>(columns_));
      expect_count(one, slice.size(), 2);
      groups.slices.push_back({slice[0], slice[1]});
    }
    if (groups.slices.empty()) entry_.at("extra").at("bin_slices").fail("at least one group is wanted");
    auto const labels = static_cast<std::size_t>(classes_ + 1);
    groups.background_group = first_ ? 0 : groups.slices.size() - 1;
    groups.background_position = first_ ? 0 : 1;
    groups.group_of_label.assign(labels, static_cast<std::int32_t>(groups.background_group));
    groups.position_of_label.assign(labels, groups.background_position);
    read_positions(groups);
    result.has_choices = true;
    auto const weights = entry_.at("extra").at("sampled_row_weight");
    for (std::size_t g = 0; g < weights.size(); ++g) {
      auto const row = numbers_of(weights.at(g), result.extents[0]);
      auto& kept = result.choices.rows.emplace_back();
      for (std::size_t i = 0; i < row.size(); ++i)
        if (row[i] != 0) kept.push_back(static_cast<std::int32_t>(i));
    }
    std::vector<std::vector<double>> position_weight;
    if (auto const table = extra("bin_class_weight"))
      for (std::size_t g = 0; g < table->size(); ++g) position_weight.push_back(numbers_of(table->at(g)));
    return balanced_group_softmax(std::move(groups), hyper("beta"), std::move(position_weight));
  }
  void read_positions(class_groups& groups) const {
    auto const place = [&](json_value const& where, std::int32_t label, std::size_t group, std::int64_t position) {
      if (group >= groups.slices.size()) where.fail("there is no such group");
      groups.group_of_label[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(group);
      groups.position_of_label[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(position);
    };
    if (auto const table = extra("label_to_bin_label")) {
      for (std::size_t g = 0; g < table->size(); ++g) {
        if (g == groups.background_group) continue;
        auto const row = table->at(g);
        auto const positions = integers_of(row, 0, static_cast<std::int32_t>(columns_));
        expect_count(row, positions.size(), classes_ + 1);
        for (std::int32_t label = 0; label <= last_class(); ++label)
          if (auto const at = positions[static_cast<std::size_t>(label)]; at != 0 && label != background_label_)
            place(row, first_ ? label : label + 1, g, at);
      }
      return;
    }
    auto const bins = entry_.at("extra").at("bins");
    for (std::size_t g = 1; g < bins.size(); ++g) {
      std::int32_t position = 0;
      for (auto const label : integers_of(bins.at(g), 1, last_class())) place(bins.at(g), label, g, ++position);
    }
  }

  [[nodiscard]] std::int32_t last_class() const { return static_cast<std::int32_t>(classes_); }
  [[nodiscard]] static std::int32_t last_row(loss_vector const& result) {
    return static_cast<std::int32_t>(result.labels.size()) - 1;
  }

  void read_state(loss_vector& result) const {
    result.loss.visit_state([&](std::string const& name, std::vector<double>& values) {
      auto const count = static_cast<index_t>(values.size());
      if (auto const before = extra("state_before")) {
        if (auto const own = before->find(name)) values = numbers_of(*own, count);
      } else if (auto const score = extra("mean_score_after_update")) {
        values = numbers_of(*score, count);
      } else if (auto const used = extra("cum_samples_used")) {  // after this batch was counted
        auto const counts = numbers_of(*used, count - 1);        // of the foreground
        std::copy(counts.begin(), counts.end(), values.begin());
        for (auto const label : result.labels)
          if (label > 0) values[static_cast<std::size_t>(label - 1)] -= 1;
      }
    });
  }
};

}  // namespace acsl::detail
