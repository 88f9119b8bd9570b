// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/class_statistics.hpp>
#include <acsl/validation/detail/checked_numbers.hpp>
#include <acsl/validation/loss_vector.hpp>
#include <initializer_list>
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
  [[nodiscard]] index_t whole(std::string_view name) const { return entry_.at("hyperparameters").at(name).integer(); }
  [[nodiscard]] std::optional<json_value> extra(std::string_view name) const {
    auto const all = entry_.find("extra");
    return all ? all->find(name) : std::nullopt;
  }
  /// A number for every column.
  [[nodiscard]] std::vector<double> table(std::string_view name) const {
    return numbers_of(entry_.at("extra").at(name), columns_);
  }

  void read_batch(loss_vector& result) {
    auto const labels = entry_.has("source") ? read_shared(result) : read_own(result);
    bool const grouped = kind() == "bags";  // its columns are checked with its groups
    if (!grouped && columns_ != columns_of(layout_, classes_))
      entry_.fail(std::to_string(columns_) + " columns do not fit " + std::to_string(classes_) + " classes");
    if (auto const factor = entry_.at("hyperparameters").find("logit_prescale"))
      for (double& z : result.logits) z *= factor->number();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      auto const label = labels.at(i);
      std::int64_t const found = label.integer();
      if (found >= 0 && found != background_label_)
        static_cast<void>(integer_of(label, first_ ? 1 : 0, first_ ? classes_ : classes_ - 1));
      result.labels.push_back(static_cast<std::int32_t>(found < 0                    ? -1
                                                        : found == background_label_ ? 0
                                                                                     : found + (first_ ? 0 : 1)));
    }
    result.extents = {static_cast<index_t>(labels.size()), columns_};
    result.classes = classes_;
    if (static_cast<index_t>(result.logits.size()) != result.extents.elements())
      entry_.fail(std::to_string(result.logits.size()) + " logits are no matrix of " +
                  std::to_string(result.extents[0]) + " rows and " + std::to_string(columns_) + " columns");
    if (auto const weights = entry_.find("row_weights"))
      for (double const w : numbers_of(*weights, result.extents[0]))
        result.row_weights.push_back(static_cast<float>(w));
  }

  /// In the file background stands first, last, or nowhere.
  void read_scores(loss_vector& result) const {
    auto const scores = result.expected.find("scores");
    if (!scores) return;
    expect_count(*scores, scores->size(), result.extents[0]);
    for (std::size_t i = 0; i < scores->size(); ++i) {
      auto row = numbers_of(scores->at(i));
      bool const with_background = static_cast<index_t>(row.size()) == classes_ + 1;
      if (!with_background && (first_ || static_cast<index_t>(row.size()) != classes_))
        scores->at(i).fail("one score per class, and perhaps one for background");
      double const background = first_ ? row.front() : with_background ? row.back() : -1;
      if (with_background) row.erase(first_ ? row.begin() : row.end() - 1);
      result.scores.push_back(background);
      result.scores.insert(result.scores.end(), row.begin(), row.end());
    }
  }

  /// Flags of elements: a matrix, a list of bit strings, or uniforms that are compared with a probability to keep.
  void read_elements(loss_vector& result, std::string const& name) const {
    std::string const those_of = "those of ";
    auto from = entry_;
    if (auto const other = extra("weights"); other && other->text().starts_with(those_of)) {
      std::size_t i = 0;
      while (i < all_.size() && all_.at(i).at("id").text() != other->text().substr(those_of.size())) ++i;
      if (i == all_.size()) other->fail("there is no such entry");
      from = all_.at(i);
    }
    auto const table = [&](std::string const& key) {
      auto const extras = from.find("extra");
      return extras ? extras->find(key) : std::nullopt;
    };
    index_t const count = result.extents.elements();
    auto const flags = [&](json_value const& list, auto dropped) {
      for (double const x : numbers_of(list, count)) result.element_choices.push_back(dropped(x));
    };
    if (auto const bits = table(name + "_bits")) {
      for (std::size_t i = 0; i < bits->size(); ++i)
        for (char const c : bits->at(i).text()) result.element_choices.push_back(c == '1');
      expect_count(*bits, result.element_choices.size(), count);
    } else if (auto const matrix = table(name)) {
      flags(*matrix, [](double x) { return x != 0; });
    } else if (auto const uniform = table("uniform")) {
      auto const keep = table("keep_probability");
      auto const limits = keep ? numbers_of(*keep, columns_) : std::vector<double>{2};  // 2: nothing is dropped
      flags(*uniform, [&, at = std::size_t{0}](double u) mutable { return u > limits[at++ % limits.size()]; });
    } else if (auto const weights = table("weight")) {
      flags(*weights, [](double w) { return w == 0; });
    } else {
      return;
    }
    result.has_choices = true;
  }

  [[nodiscard]] row_rules rules(std::vector<double> label_weight = {}) const {
    auto const kind = entry_.at("normalizer").at("kind");
    divisor_kind divisor = divisor_kind::rows;  // of "given" and "any" as well, where it is not used or does not matter
    bool known = kind.text() == "rows" || kind.text() == "given" || kind.text() == "any";
    for (auto const& [text, one] :
         {std::pair("valid_rows", divisor_kind::valid_rows), std::pair("positives", divisor_kind::positives),
          std::pair("weight_sum", divisor_kind::weight_sum), std::pair("elements", divisor_kind::elements),
          std::pair("valid_elements", divisor_kind::valid_elements)})
      if (kind.text() == text) divisor = one, known = true;
    if (!known) kind.fail("there is no divisor \"" + kind.text() + "\" for this loss");
    return {layout_, divisor, std::move(label_weight)};
  }

  /// The divisor that the file gives: where its kind is "given", or not the one that is the method's own.
  void read_divisor(loss_vector& result, std::string const& own) const {
    auto const& kind = entry_.at("normalizer").at("kind").text();
    if (kind != "given" && (own.empty() || kind == own)) return;
    auto const value = entry_.at("normalizer").at("value");
    result.divisor = value.number();
    if (!(result.divisor > 0)) value.fail("expected a number above 0");
  }
  /// The mode, which must be one of those.
  [[nodiscard]] std::string const& mode_of(std::initializer_list<char const*> modes) const {
    std::string all;
    for (char const* one : modes) {
      if (mode() == one) return mode();
      all += (all.empty() ? "" : ", ") + std::string(one);
    }
    entry_.at("mode").fail("this loss has the modes " + all);
  }

  /// A weight for every label, from the entry's table of columns: classes alone, or with background where it stands.
  [[nodiscard]] std::vector<double> label_weights() const {
    auto const weights = extra("class_weight");
    if (!weights) return {};
    auto result = numbers_of(*weights, first_ ? classes_ + 1 : classes_);
    if (!first_) result.insert(result.begin(), 1.0);
    return result;
  }

  [[nodiscard]] class_statistics statistics() const {
    class_statistics result;
    auto const classes = static_cast<std::size_t>(classes_);
    auto const integers = [&](std::string_view name) -> std::vector<std::int64_t> {
      auto const own = extra(name);
      if (!own && !(source_ && source_->has(name))) return std::vector<std::int64_t>(classes, 0);
      auto const list = own ? *own : source_->at(name);
      expect_count(list, list.size(), classes_);
      return list.integers();
    };
    result.image_count = integers("image_count");
    result.instance_count = extra("counts") ? integers("counts") : integers("instance_count");
    if (auto const images = extra("num_images")) result.images = images->integer();
    else if (source_ && source_->has("num_images")) result.images = source_->at("num_images").integer();
    // losses-spec 1.12: what the small examples use unless they say otherwise.
    if (result.images == 0 && classes == 5 && !extra("image_count")) {
      result.image_count = {2, 30, 500, 4000, 6};
      result.images = 10000;
    }
    result.frequency.assign(classes, 'f');
    if (auto const groups = extra("frequency_groups"))
      for (auto const& [name, letter] : {std::pair("rare", 'r'), std::pair("common", 'c'), std::pair("frequent", 'f')})
        for (auto const column : integers_of(groups->at(name), 1, static_cast<std::int32_t>(classes_)))
          result.frequency[static_cast<std::size_t>(column - 1)] = letter;
    return result;
  }

 private:
  static constexpr std::int64_t most_columns_ = std::int64_t{1} << 20;

  /// A batch of its own; returns its labels.
  json_value read_own(loss_vector& result) {
    auto const layout = entry_.at("layout");
    auto const& background = layout.at("background").text();
    columns_ = integer_of(layout.at("columns"), 1, most_columns_);
    classes_ = integer_of(layout.at("num_classes"), 1, most_columns_);
    background_label_ = integer_of(layout.at("bg_label"), 0, classes_);
    first_ = background == "first" || (background == "grouped" && background_label_ == 0);
    layout_ = background == "first"  ? column_layout::background_first
              : background == "last" ? column_layout::background_last
              : background == "none" ? column_layout::no_background
                                     : column_layout::objectness_pair;
    if (background_label_ != (first_ ? 0 : classes_))
      layout.at("bg_label").fail("is not where the layout has background");
    result.logits = numbers_of(entry_.at("logits"));
    return entry_.at("labels");
  }
  /// Columns of the logits that all entries share.
  json_value read_shared(loss_vector& result) {
    auto const from = entry_.at("source");
    if (!source_) entry_.fail("names shared arrays that the file lacks");
    auto const span = integers_of(from.at("columns"), 0, most_columns_);
    expect_count(from.at("columns"), span.size(), 2);
    std::string const& name = from.at("labels").text();
    auto const rows = source_->at("logits");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto const row = numbers_of(rows.at(i));
      if (static_cast<std::size_t>(span[0]) + static_cast<std::size_t>(span[1]) > row.size())
        from.at("columns").fail("names more columns than the shared logits have");
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
    return source_->at(name);
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
