// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_statistics.hpp>
#include <acsl/validation/loss_vector.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acsl::detail {

/// What an entry of a file of loss vectors says, whatever its loss. The names of the format stand here and in
/// `loss_vector_maker`, and nowhere else.
class loss_vector_entry {
 public:
  /// @param all    the entries of the file: one may name the choices of another
  /// @param source the object with shared arrays of a large file, or null
  loss_vector_entry(json_value entry, json_value all, json_value const* source)
      : entry_(std::move(entry)), all_(std::move(all)), source_(source) {}

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

  /// Flags of elements: a matrix, a list of bit strings, or uniforms that are compared with a probability to keep.
  void read_elements(loss_vector& result, std::string const& name) const {
    result.has_choices = true;
    std::string const those_of = "those of ";
    if (auto const other = extra("weights"); other && other->text().starts_with(those_of)) {
      for (std::size_t i = 0; i < all_.size(); ++i)
        if (all_.at(i).at("id").text() == other->text().substr(those_of.size()))
          return loss_vector_entry(all_.at(i), all_, source_).read_elements(result, name);
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

 protected:
  json_value entry_, all_;
  json_value const* source_;
  index_t columns_ = 0, classes_ = 0;
  std::int64_t background_label_ = 0;
  column_layout layout_ = column_layout::background_first;
  bool first_ = true;
};

}  // namespace acsl::detail
