// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/json.hpp>
#include <acsl/losses/any_classification_loss.hpp>
#include <acsl/losses/class_weights.hpp>
#include <string>
#include <vector>

namespace acsl {

/// One case of a file of loss vectors: a loss with its state, a batch, random choices, and what an independent
/// computation found. Labels are the library's (0: background), whatever the file's layout.
struct loss_vector {
  std::string id;
  any_classification_loss loss = {};
  shape extents = {};   ///< of the logits
  index_t classes = 0;  ///< foreground classes
  std::vector<double> logits = {};
  std::vector<std::int32_t> labels = {};
  std::vector<float> row_weights = {};  ///< empty: all 1
  explicit_choices choices = {};
  bool has_choices = false;
  std::vector<std::uint8_t> element_choices = {};  ///< what `choices.elements` views
  std::vector<std::int32_t> objects = {};          ///< empty: not given
  json_value expected;
  std::vector<double> scores =
      {};  ///< expected, [N, C + 1] with background first; −1: not given; empty: the case has none

  /// The arguments of `evaluate`; views of this case, which must outlive them.
  [[nodiscard]] loss_arguments arguments() {
    loss_arguments result;
    auto const rows = static_cast<index_t>(labels.size());
    if (!row_weights.empty()) result.row_weights = {row_weights.data(), {rows}};
    if (!objects.empty()) result.objects = {objects.data(), {rows}};
    if (!element_choices.empty()) choices.elements = {element_choices.data(), extents};
    if (has_choices) result.choices = &choices;
    return result;
  }
};

namespace detail {

inline void append_numbers(json_value const& value, std::vector<double>& to) {
  if (!value.is_array()) {
    to.push_back(value.number());
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) append_numbers(value.at(i), to);
}
/// The numbers of nested arrays, in order.
inline std::vector<double> numbers_of(json_value const& value) {
  std::vector<double> result;
  append_numbers(value, result);
  return result;
}

/// Reads one entry of a file. The file's own names stand here and nowhere else.
class loss_vector_reader {
 public:
  /// @param all    the entries of the file: one may name the choices of another
  /// @param source the object with shared arrays of a large file, or null
  loss_vector_reader(json_value entry, json_value all, json_value const* source)
      : entry_(std::move(entry)), all_(std::move(all)), source_(source) {}

  [[nodiscard]] loss_vector read() {
    loss_vector result{.id = entry_.at("id").text(), .expected = entry_.at("expected")};
    read_batch(result);
    read_scores(result);
    if (auto const weights = entry_.find("row_weights"))
      for (double const w : numbers_of(*weights)) result.row_weights.push_back(static_cast<float>(w));
    result.loss = any_classification_loss(make(result));
    read_state(result);
    return result;
  }

 private:
  using variant_type = any_classification_loss::variant_type;

  [[nodiscard]] std::string const& kind() const { return entry_.at("loss").text(); }
  [[nodiscard]] std::string const& mode() const { return entry_.at("mode").text(); }
  [[nodiscard]] double hyper(std::string_view name) const { return entry_.at("hyperparameters").at(name).number(); }
  [[nodiscard]] std::optional<json_value> extra(std::string_view name) const {
    auto const all = entry_.find("extra");
    return all ? all->find(name) : std::nullopt;
  }
  [[nodiscard]] std::vector<double> table(std::string_view name) const {
    return numbers_of(entry_.at("extra").at(name));
  }

  void read_batch(loss_vector& result) {
    std::vector<std::int64_t> labels;
    if (auto const from = entry_.find("source")) {
      if (!source_) entry_.fail("names shared arrays that the file lacks");
      auto const span = from->at("columns").integers();
      std::string const& name = from->at("labels").text();
      labels = source_->at(name).integers();
      auto const rows = source_->at("logits");
      for (std::size_t i = 0; i < rows.size(); ++i) {
        auto const row = numbers_of(rows.at(i));
        result.logits.insert(result.logits.end(), row.begin() + span[0], row.begin() + span[0] + span[1]);
      }
      columns_ = span[1];
      first_ = name == "labels_bg_first";
      classes_ = static_cast<index_t>(source_->at("instance_count").size());
      background_label_ = first_ ? 0 : classes_;
      layout_ = first_                     ? column_layout::background_first
                : columns_ == classes_     ? column_layout::no_background
                : columns_ == classes_ + 1 ? column_layout::background_last
                                           : column_layout::objectness_pair;
    } else {
      auto const layout = entry_.at("layout");
      auto const& background = layout.at("background").text();
      columns_ = layout.at("columns").integer();
      classes_ = layout.at("num_classes").integer();
      background_label_ = layout.at("bg_label").integer();
      first_ = background == "first" || (background == "grouped" && background_label_ == 0);
      layout_ = background == "first"  ? column_layout::background_first
                : background == "last" ? column_layout::background_last
                : background == "none" ? column_layout::no_background
                                       : column_layout::objectness_pair;
      labels = entry_.at("labels").integers();
      result.logits = numbers_of(entry_.at("logits"));
    }
    if (auto const factor = entry_.at("hyperparameters").find("logit_prescale"))
      for (double& z : result.logits) z *= factor->number();
    for (auto const label : labels)
      result.labels.push_back(static_cast<std::int32_t>(label < 0                    ? -1
                                                        : label == background_label_ ? 0
                                                                                     : (first_ ? label : label + 1)));
    result.extents = {static_cast<index_t>(labels.size()), columns_};
    result.classes = classes_;
    if (static_cast<index_t>(result.logits.size()) != result.extents.elements())
      entry_.fail("the logits are no matrix of rows and columns");
  }

  /// In the file background stands first, last, or nowhere.
  void read_scores(loss_vector& result) const {
    auto const scores = result.expected.find("scores");
    if (!scores) return;
    for (std::size_t i = 0; i < scores->size(); ++i) {
      auto row = numbers_of(scores->at(i));
      bool const with_background = static_cast<index_t>(row.size()) == classes_ + 1;
      double const background = first_ ? row.front() : with_background ? row.back() : -1;
      if (with_background) row.erase(first_ ? row.begin() : row.end() - 1);
      if (static_cast<index_t>(row.size()) != classes_)
        scores->fail("one score per class, and perhaps one for background");
      result.scores.push_back(background);
      result.scores.insert(result.scores.end(), row.begin(), row.end());
    }
  }

  [[nodiscard]] row_rules rules(std::vector<double> label_weight = {}) const {
    auto const& name = entry_.at("normalizer").at("kind").text();
    divisor_kind divisor = divisor_kind::rows;
    for (auto const& [text, one] :
         {std::pair("valid_rows", divisor_kind::valid_rows), std::pair("positives", divisor_kind::positives),
          std::pair("weight_sum", divisor_kind::weight_sum), std::pair("elements", divisor_kind::elements)})
      if (name == text) divisor = one;
    return {layout_, divisor, std::move(label_weight)};
  }

  /// A weight for every label, from the entry's table of columns: classes alone, or with background where it stands.
  [[nodiscard]] std::vector<double> label_weights() const {
    auto const weights = extra("class_weight");
    if (!weights) return {};
    auto result = numbers_of(*weights);
    if (!first_) result.insert(result.begin(), 1.0);
    return result;
  }

  [[nodiscard]] class_statistics statistics() const {
    class_statistics result;
    auto const classes = static_cast<std::size_t>(classes_);
    auto const integers = [&](std::string_view name) -> std::vector<std::int64_t> {
      if (auto const own = extra(name)) {
        std::vector<std::int64_t> values;
        for (double const x : numbers_of(*own)) values.push_back(static_cast<std::int64_t>(x));
        return values;
      }
      if (source_ && source_->has(name)) return source_->at(name).integers();
      return std::vector<std::int64_t>(classes, 0);
    };
    result.image_count = integers("image_count");
    result.instance_count = extra("counts") ? integers("counts") : integers("instance_count");
    if (auto const images = extra("num_images")) result.images = images->integer();
    else if (source_ && source_->has("num_images")) result.images = source_->at("num_images").integer();
    if (result.images == 0 &&
        classes == 5) {  // losses-spec 1.12: what the small examples use unless they say otherwise
      result.image_count = {2, 30, 500, 4000, 6};
      result.images = 10000;
    }
    result.frequency.assign(classes, 'f');
    if (auto const groups = extra("frequency_groups"))
      for (auto const& [name, letter] : {std::pair("rare", 'r'), std::pair("common", 'c'), std::pair("frequent", 'f')})
        for (auto const column : groups->at(name).integers())
          result.frequency[static_cast<std::size_t>(column - 1)] = letter;
    return result;
  }

  [[nodiscard]] static std::vector<std::int32_t> small(json_value const& list, std::int32_t shift = 0) {
    std::vector<std::int32_t> result;
    for (auto const x : list.integers()) result.push_back(static_cast<std::int32_t>(x) + shift);
    return result;
  }

  /// Flags of elements: a matrix, a list of bit strings, or uniforms that are compared with a probability to keep.
  void read_elements(loss_vector& result, std::string const& name) const {
    result.has_choices = true;
    std::string const those_of = "those of ";
    if (auto const other = extra("weights"); other && other->text().starts_with(those_of)) {
      for (std::size_t i = 0; i < all_.size(); ++i)
        if (all_.at(i).at("id").text() == other->text().substr(those_of.size()))
          return loss_vector_reader(all_.at(i), all_, source_).read_elements(result, name);
      other->fail("there is no such entry");
    }
    if (auto const bits = extra(name + "_bits")) {
      for (std::size_t i = 0; i < bits->size(); ++i)
        for (char const c : bits->at(i).text()) result.element_choices.push_back(c == '1');
    } else if (auto const matrix = extra(name)) {
      for (double const x : numbers_of(*matrix)) result.element_choices.push_back(x != 0);
    } else if (auto const uniform = extra("uniform")) {
      auto const keep = extra("keep_probability");
      auto const limits = keep ? numbers_of(*keep) : std::vector<double>{2};  // 2: nothing is dropped
      std::size_t at = 0;
      for (double const u : numbers_of(*uniform)) result.element_choices.push_back(u > limits[at++ % limits.size()]);
    } else if (auto const weights = extra("weight")) {
      for (double const w : numbers_of(*weights)) result.element_choices.push_back(w == 0);
    } else {
      result.has_choices = false;
    }
  }

  [[nodiscard]] variant_type make(loss_vector& result) const {
    if (kind() == "softmax_ce" || kind() == "instance_reweight")
      return softmax_cross_entropy(softmax_rules(rules(label_weights())));
    if (kind() == "sigmoid_bce") return sigmoid(rules());
    if (kind() == "class_balanced" || kind() == "focal") return focal_or_balanced(result);
    if (kind() == "acsl") return suppression(result);
    if (kind() == "eql") return equalizing(result);
    if (kind() == "eqlv2")
      return equalization_v2(classes_, {.gamma = hyper("gamma"), .mu = hyper("mu"), .alpha = hyper("alpha")});
    if (kind() == "droploss") {
      read_elements(result, "drop_mask");
      return drop(statistics(), drop_rules());
    }
    if (kind() == "federated") {
      result.has_choices = true;
      result.choices.classes = small(entry_.at("extra").at("sampled_negative_classes"), 1);
      return federated(statistics(), {.classes_per_step = static_cast<index_t>(hyper("num_sampled")),
                                      .frequency_power = hyper("freq_power"),
                                      .layout = layout_});
    }
    if (kind() == "efl")
      return equalized_focal(
          classes_, {.gamma = hyper("focal_gamma"), .alpha = hyper("focal_alpha"), .scale = hyper("scale_factor")});
    if (kind() == "gol") return gumbels(result);
    if (kind() == "ecm") return effective_class_margin(statistics(), hyper("fg_bg_ratio"));
    if (kind() == "ghmc")
      return harmonised_gradient({.bins = static_cast<index_t>(hyper("bins")), .momentum = hyper("momentum")});
    if (kind() == "logit_adjustment") return logit_adjustment(table("prior"), hyper("tau"), rules());
    if (kind() == "balanced_softmax") {
      if (mode() == "sigmoid") return balanced_sigmoid(statistics());
      return balanced_softmax(table("counts_with_background"), rules());
    }
    if (kind() == "affine_softmax")
      return vector_scaling(table("counts_with_background"), hyper("gamma"), mode() == "vs" ? hyper("tau") : 0,
                            rules());
    if (kind() == "ldam") return margins();
    if (kind() == "loce") {
      if (auto const objects = extra("gt_id")) result.objects = small(*objects);
      else result.objects.assign(result.labels.size(), -1);
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

  [[nodiscard]] static variant_type sigmoid(row_rules rules) {
    return sigmoid_cross_entropy(weighted_bce<unit_weight>(unit_weight(std::move(rules))));
  }
  [[nodiscard]] variant_type focal_or_balanced(loss_vector const& result) const {
    auto weights = label_weights();
    if (auto const rows = extra("row_weight")) {  // a weight of every row says the weight of its label
      weights.assign(static_cast<std::size_t>(classes_ + 1), 1.0);
      auto const values = numbers_of(*rows);
      for (std::size_t i = 0; i < values.size(); ++i) weights[static_cast<std::size_t>(result.labels[i])] = values[i];
    }
    if (mode() == "softmax" && kind() == "focal") return softmax_focal(softmax_focal_member(hyper("gamma"), rules()));
    if (mode() == "softmax") return softmax_cross_entropy(softmax_rules(rules(std::move(weights))));
    if (mode() == "sigmoid" && kind() == "class_balanced") return sigmoid(rules(std::move(weights)));
    return focal(focal_element({.gamma = hyper("gamma"), .alpha = hyper("alpha"), .rules = rules(std::move(weights))}));
  }
  [[nodiscard]] variant_type suppression(loss_vector& result) const {
    suppression_options options;
    options.threshold = hyper("score_thr");
    options.mode = mode() == "paper" ? suppression_mode::paper : suppression_mode::official;
    if (auto const kept = extra("background_rows_kept")) {
      result.has_choices = true;
      for (auto const* name : {"rare", "common", "frequent"}) result.choices.rows.push_back(small(kept->at(name)));
    }
    return adaptive_class_suppression(statistics(), options);
  }
  [[nodiscard]] variant_type equalizing(loss_vector& result) const {
    if (mode() == "sigmoid") return equalization(statistics(), {.tail_frequency = hyper("lambda_"), .rules = rules()});
    read_elements(result, "beta_mask");
    return softmax_equalization(tail_columns(statistics(), hyper("lambda_"), layout_), hyper("gamma"), rules());
  }
  [[nodiscard]] drop_options drop_rules() const {
    auto const lambda = entry_.at("hyperparameters").find("lambda_");
    return {.mode = mode() == "paper" ? drop_mode::paper : drop_mode::code,
            .tail_frequency = lambda ? lambda->number() : 0.00177,
            .rules = {layout_, divisor_kind::rows, {}}};
  }
  [[nodiscard]] variant_type gumbels(loss_vector& result) const {
    if (mode() == "gumbel_bce") return gumbel<unit_weight>(gumbel_element(unit_weight(rules())));
    if (mode() == "gumbel_eql")
      return gumbel<equalization_weight>(gumbel_element(equalization_weight(statistics(), {.rules = rules()})));
    read_elements(result, "drop_mask");
    return gumbel<drop_weight>(gumbel_element(drop_weight(statistics(), drop_rules())));
  }
  [[nodiscard]] variant_type margins() const {
    std::vector<double> weights;
    if (mode() == "drw") {
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
      auto const slice = list.at(groups.slices.size()).integers();
      groups.slices.push_back({slice[0], slice[1]});
    }
    auto const labels = static_cast<std::size_t>(classes_ + 1);
    groups.background_group = first_ ? 0 : groups.slices.size() - 1;
    groups.background_position = first_ ? 0 : 1;
    groups.group_of_label.assign(labels, static_cast<std::int32_t>(groups.background_group));
    groups.position_of_label.assign(labels, groups.background_position);
    read_positions(groups);
    result.has_choices = true;
    auto const weights = entry_.at("extra").at("sampled_row_weight");
    for (std::size_t g = 0; g < weights.size(); ++g) {
      auto const row = numbers_of(weights.at(g));
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
    if (auto const table = extra("label_to_bin_label")) {
      for (std::size_t g = 0; g < table->size(); ++g) {
        if (g == groups.background_group) continue;
        auto const positions = table->at(g).integers();
        for (std::size_t label = 0; label < positions.size(); ++label) {
          if (positions[label] == 0 || static_cast<std::int64_t>(label) == background_label_) continue;
          std::size_t const own = first_ ? label : label + 1;
          groups.group_of_label[own] = static_cast<std::int32_t>(g);
          groups.position_of_label[own] = static_cast<std::int32_t>(positions[label]);
        }
      }
      return;
    }
    auto const bins = entry_.at("extra").at("bins");
    for (std::size_t g = 1; g < bins.size(); ++g) {
      std::int32_t position = 0;
      for (auto const label : bins.at(g).integers()) {
        groups.group_of_label[static_cast<std::size_t>(label)] = static_cast<std::int32_t>(g);
        groups.position_of_label[static_cast<std::size_t>(label)] = ++position;
      }
    }
  }

  void read_state(loss_vector& result) const {
    result.loss.visit_state([&](std::string const& name, std::vector<double>& values) {
      if (auto const before = extra("state_before")) {
        if (auto const own = before->find(name)) values = numbers_of(*own);
      } else if (auto const score = extra("mean_score_after_update")) {
        values = numbers_of(*score);
      } else if (auto const used = extra("cum_samples_used")) {  // after this batch was counted
        auto const counts = numbers_of(*used);
        std::copy(counts.begin(), counts.end(), values.begin());
        for (auto const label : result.labels)
          if (label > 0) values[static_cast<std::size_t>(label - 1)] -= 1;
      }
    });
  }

  json_value entry_, all_;
  json_value const* source_;
  index_t columns_ = 0, classes_ = 0;
  std::int64_t background_label_ = 0;
  column_layout layout_ = column_layout::background_first;
  bool first_ = true;
};

}  // namespace detail

/// The cases of a file of loss vectors that have logits, in order.
/// @throws acsl::file_error naming file and entry, for a loss that is not known and for what does not fit
[[nodiscard]] inline std::vector<loss_vector> read_loss_vectors(json_value const& file) {
  std::vector<loss_vector> result;
  auto const source = file.find("source");
  auto const entries = file.at("vectors");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto const entry = entries.at(i);
    bool const classification = (entry.has("logits") || entry.has("source")) && entry.at("expected").has("loss");
    if (!classification) continue;
    try {
      result.push_back(detail::loss_vector_reader(entry, entries, source ? &*source : nullptr).read());
    } catch (file_error const&) {
      throw;
    } catch (error const& problem) {
      entry.fail(entry.at("id").text() + ": " + problem.what());
    }
  }
  return result;
}

}  // namespace acsl
