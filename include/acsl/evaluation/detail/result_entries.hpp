// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotations.hpp>
#include <acsl/data/segmentation_reader.hpp>
#include <acsl/evaluation/detail/limit_results.hpp>
#include <acsl/evaluation/result_list.hpp>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace acsl::detail {

template <class Value>
std::array<double, 4> read_result_box(Value const& box) {
  if (box.size() != 4) box.fail("a box has 4 numbers: x, y, width, height; found " + std::to_string(box.size()));
  std::array<double, 4> values;
  for (std::size_t i = 0; i < 4; ++i) values[i] = box.at(i).number();
  if (!std::isfinite(values[0] + values[1] + values[2] + values[3]))
    box.fail("the numbers of the box are too large to be added up");
  return values;
}

/// Which entry of a list with and without boxes says what all are, and which entries it says it of. As LVIS's tool has
/// it: images come in the order of their first entries, and one with more entries than count begins with its best one.
class result_choice {
 public:
  explicit result_choice(index_t max_dets) : max_dets_(max_dets) {}

  template <class Value>
  void add(Value const& entry) {
    auto const id = entry.at("image_id").integer();
    image_of_.push_back(images_.emplace(id, static_cast<index_t>(images_.size())).first->second);
    entries_.push_back({.image_id = id, .score = entry.at("score").number()});
    has_box_.push_back(entry.find("bbox").has_value());
  }
  /// After all were added, which are some.
  void decide() {
    auto const kept = limit_per_image(entries_, image_of_, static_cast<index_t>(images_.size()), max_dets_);
    first_ = static_cast<std::size_t>(kept.front());
    counts_.assign(entries_.size(), 0);
    for (index_t const place : kept) counts_[static_cast<std::size_t>(place)] = 1;
  }
  [[nodiscard]] std::size_t first() const { return first_; }
  [[nodiscard]] bool only_masks() const { return !has_box_[first_]; }
  [[nodiscard]] bool counts(std::size_t place) const { return counts_[place] != 0; }

 private:
  index_t max_dets_;
  std::unordered_map<std::int64_t, index_t> images_;
  std::vector<index_t> image_of_;
  std::vector<box_result> entries_;
  std::vector<char> has_box_, counts_;
  std::size_t first_ = 0;
};

/// Takes over the entries of a list of results: all boxes, or all masks alone.
class result_entries {
 public:
  /// @param choice nullptr: the first entry decides, and another kind of entry after it ends the reading (`are_mixed`)
  result_entries(annotation_set const& truth, std::unordered_map<std::int64_t, index_t> const& images, iou_type type,
                 result_choice const* choice = nullptr)
      : truth_(&truth), images_(&images), type_(type), choice_(choice) {
    if (choice) only_masks_ = choice->only_masks();
  }

  template <class Value>
  void add(Value const& entry) {
    std::size_t const place = next_++;
    if (mixed_ || (choice_ && !choice_->counts(place))) return;
    auto const id = entry.at("image_id");
    auto const image = images_->find(id.integer());
    if (image == images_->end())
      id.fail("no image " + (truth_->file.empty() ? "" : "of " + truth_->file + " ") + "has the id " +
              std::to_string(id.integer()));
    auto const& record = truth_->images[static_cast<std::size_t>(image->second)];
    box_result result{id.integer(), entry.at("category_id").integer()};
    auto const box = entry.find("bbox"), segmentation = entry.find("segmentation");
    if (!choice_ && place == 0) only_masks_ = !box;
    mixed_ = !choice_ && only_masks_ != !box;
    if (mixed_) return;
    if (box) result.bbox = read_result_box(*box);
    if (only_masks_) {
      if (!segmentation) fail(entry, place, "has neither a \"bbox\" nor a \"segmentation\"", "has no \"segmentation\"");
      if (segmentation->is_array() || segmentation->at("counts").is_array())
        segmentation->fail("a mask without a \"bbox\" is {\"size\", \"counts\"} with compressed text");
      auto mask = read_run_lengths(*segmentation);
      if (!box) result.bbox = mask.box();
      list_.areas.push_back(static_cast<double>(mask.area()));
      if (type_ == iou_type::segm) list_.masks.push_back(std::move(mask));
    } else {
      if (!box) fail(entry, place, "", "has no \"bbox\"");
      if (type_ == iou_type::segm)
        list_.masks.push_back(
            segmentation ? read_segmentation(*segmentation, record.height, record.width)
                         : mask_or_fail(entry, [&] { return box_mask(result.bbox, record.height, record.width); }));
    }
    result.score = entry.at("score").number();
    list_.results.push_back(result);
  }
  /// Some entries have boxes and others do not: which of them count is not known.
  [[nodiscard]] bool are_mixed() const { return mixed_; }
  [[nodiscard]] result_list take() { return std::move(list_); }

 private:
  template <class Value>
  [[noreturn]] void fail(Value const& entry, std::size_t place, char const* if_first, std::string const& else_) const {
    std::size_t const first = choice_ ? choice_->first() : 0;
    if (place == first) entry.fail(if_first);
    entry.fail(else_ + ", unlike [" + std::to_string(first) + "], the first result that counts");
  }

  annotation_set const* truth_;
  std::unordered_map<std::int64_t, index_t> const* images_;
  iou_type type_;
  result_choice const* choice_;
  std::size_t next_ = 0;
  bool only_masks_ = false, mixed_ = false;
  result_list list_;
};

}  // namespace acsl::detail
