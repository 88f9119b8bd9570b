// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "analyses.hpp"

#include <acsl/backend/cpu.hpp>
#include <acsl/data/annotation_subset.hpp>
#include <acsl/io/classifier_norms.hpp>
#include <acsl/io/numpy_pickle.hpp>
#include <acsl/io/pth_writer.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/losses/class_weights.hpp>
#include <algorithm>
#include <cstdio>

#include "cached_annotations.hpp"

namespace trainer {
namespace {

constexpr double low = 0.1, high = 5;  // weights are clipped to them
constexpr std::size_t held_out = 5;    // of dense images, every fifth is to test on

acsl::annotation_set annotations_of(analysis_request const& o) {
  acsl::cpu const exec(o.threads);
  return cached_annotations(exec, o.in, acsl::annotation_rules::training);
}
std::vector<std::int64_t> counts_of(analysis_request const& o) {
  auto counts = acsl::instance_counts(annotations_of(o));
  if (counts.empty()) throw acsl::file_error(o.in, "lists no category");
  return counts;
}
template <class T>
void write_tensor(analysis_request const& o, std::vector<T> const& values) {
  acsl::write_pth_tensor(o.out, acsl::as_stored_array({static_cast<acsl::index_t>(values.size())}, values));
  std::printf("a tensor of %zu numbers: %s\n", values.size(), o.out.c_str());
}
void write_table(analysis_request const& o, std::string const& table) {
  acsl::write_file_atomically(o.out, table);
  std::printf("%s", table.c_str());
}
void write_subset(analysis_request const& o, acsl::annotation_set const& set, acsl::annotation_selection const& kept,
                  acsl::category_counts const* counts = nullptr) {
  if (std::find(kept.images.begin(), kept.images.end(), true) == kept.images.end())
    throw acsl::file_error(o.in, "has no such part: no image is left");
  acsl::write_annotation_subset(o.out, set, kept, counts);
  auto const tell = [](char const* what, std::vector<bool> const& flags, char const* end) {
    std::printf("%ld of %zu %s%s", static_cast<long>(std::count(flags.begin(), flags.end(), true)), flags.size(), what,
                end);
  };
  tell("categories", kept.categories, ", ");
  tell("images", kept.images, ", ");
  tell("annotations", kept.annotations, ": ");
  std::printf("%s\n", o.out.c_str());
}

void get_mask(analysis_request const& o) {
  std::vector<std::int64_t> mask = {0};
  for (auto const n : counts_of(o)) mask.push_back(n < o.below ? 1 : 0);
  write_tensor(o, mask);
}
void get_cate_weight(analysis_request const& o) {
  write_tensor(o, acsl::with_background(acsl::inverse_frequency_weights(counts_of(o)), low, high));
}
void get_cate_weight_bf(analysis_request const& o) {
  write_tensor(o, acsl::effective_number_weights_with_background(counts_of(o), o.beta));
}
void get_cate_weight_bours(analysis_request const& o) {
  write_tensor(o, acsl::with_background(acsl::effective_number_weights(counts_of(o), o.beta), low, high));
}
void get_bin_weight(analysis_request const& o) {
  auto const counts = counts_of(o);
  std::vector<acsl::stored_array> arrays;
  for (auto const& weights :
       acsl::group_weights(counts, acsl::groups_by_count(counts, o.limits, false, true), low, high))
    arrays.push_back(acsl::as_stored_array({static_cast<acsl::index_t>(weights.size())}, weights));
  acsl::write_array_list(o.out, arrays);
  std::printf("%zu arrays: %s\n", arrays.size(), o.out.c_str());
}
void get_hist(analysis_request const& o) {
  auto const histogram = acsl::instance_histogram(annotations_of(o));
  std::string table = "instances,images\n";
  for (std::size_t n = 0; n < histogram.size(); ++n)
    if (histogram[n] > 0) table += std::to_string(n) + ',' + std::to_string(histogram[n]) + '\n';
  write_table(o, table);
}
void count_ins(analysis_request const& o) {
  auto const set = annotations_of(o);
  auto const counts = acsl::count_categories(set);
  std::string table = "id,image_count,instance_count\n";
  for (std::size_t c = 0; c < set.categories.size(); ++c)
    table += std::to_string(set.categories[c].id) + ',' + std::to_string(counts.images[c]) + ',' +
             std::to_string(counts.instances[c]) + '\n';
  write_table(o, table);
}
void ana_param(analysis_request const& o) {
  auto const arrays = acsl::classifier_norms(acsl::read_checkpoint(o.in), o.in);
  acsl::write_array_map(o.out, arrays);
  for (auto const& [name, values] : arrays)
    std::printf("%s %s %s\n", name.c_str(), acsl::names_of(values.type).name, values.extents.to_string().c_str());
}
void get_draw_val_imgs(analysis_request const& o) {
  auto const set = annotations_of(o);
  write_subset(o, set, acsl::select_images_with_rare(set));
}
/// Of images with as many objects as asked for, in their order, those that keep(number) names.
template <class Keep>
void write_dense(analysis_request const& o, Keep const& keep) {
  auto const set = annotations_of(o);
  auto const objects = acsl::instances_per_image(set);
  std::size_t dense = 0;
  write_subset(o, set,
               acsl::select_images(set, [&](std::size_t i) { return objects[i] >= o.instances && keep(dense++); }));
}
void get_dense_det(analysis_request const& o) {
  write_dense(o, [](std::size_t) { return true; });
}
void get_val(analysis_request const& o) {
  write_dense(o, [](std::size_t number) { return number % held_out == held_out - 1; });
}
void construct_data(analysis_request const& o) {
  write_dense(o, [](std::size_t number) { return number % held_out != held_out - 1; });
}
void del_tail(analysis_request const& o) {
  auto const set = annotations_of(o);
  auto const counts = acsl::instance_counts(set);
  write_subset(o, set,
               acsl::select_categories(
                   set, [&](std::size_t c) { return counts[c] >= o.below; }, true));
}
void del_nondense_cls(analysis_request const& o) {
  auto const set = annotations_of(o);
  auto const counts = acsl::count_categories(set).instances;
  write_subset(o, set,
               acsl::select_categories(
                   set, [&](std::size_t c) { return counts[c] > 0; }, false));
}
void update_cls(analysis_request const& o) {
  auto const set = annotations_of(o);
  auto const counts = acsl::count_categories(set);
  write_subset(o, set, acsl::select_all(set), &counts);
}

constexpr char const* annotations = "ANNOTATIONS";
constexpr analysis table[] = {
    {"get_mask", annotations, "mask.pt",
     "Which labels are tail: int64 tensor [C + 1], 1 below --below training boxes, background 0.", get_mask,
     needs::below},
    {"get_cate_weight", annotations, "cls_weight.pt",
     "Weights 1 / boxes of labels, mean 1, background 1, then clipped to [0.1, 5]: float64 tensor [C + 1].",
     get_cate_weight},
    {"get_cate_weight_bf", annotations, "cls_weight_bf.pt",
     "Class-balanced weights (1 - b) / (1 - b^boxes), background with three times all boxes among them, mean 1, not "
     "clipped: float64 tensor [C + 1].",
     get_cate_weight_bf, needs::beta},
    {"get_cate_weight_bours", annotations, "cls_weight_bours.pt",
     "Class-balanced weights of categories alone, mean 1, background 1, then clipped to [0.1, 5]: float64 tensor [C + "
     "1].",
     get_cate_weight_bours, needs::beta},
    {"get_bin_weight", annotations, "bins_cls_weight.pkl",
     "Weights in groups: a list with a float64 array a group, 1 for \"others\", then 1 / boxes of its categories, mean "
     "1 "
     "in the group, clipped to [0.1, 5].",
     get_bin_weight, needs::limits},
    {"get_hist", annotations, "hist.csv", "How many images have how many annotations: a line a number that occurs.",
     get_hist},
    {"count_ins", annotations, "count.csv", "Images and annotations of every category, counted.", count_ins},
    {"ana_param", "CHECKPOINT", "param.pkl",
     "Lengths of the rows of every fc_cls (<head>.fc_cls.weight_norm, float64) and its biases: a map of arrays.",
     ana_param},
    {"get_draw_val_imgs", annotations, "draw_val.json",
     "Images with an object of a category of frequency \"r\", with all their annotations.", get_draw_val_imgs},
    {"get_dense_det", annotations, "dense.json",
     "Images with at least --instances annotations (the original: 20 and 40).", get_dense_det, needs::instances},
    {"construct_data", annotations, "dense_train.json",
     "Dense images to learn from: those of get_dense_det without every fifth.", construct_data, needs::instances},
    {"get_val", annotations, "dense_val.json", "Dense images to test on: every fifth of those of get_dense_det.",
     get_val, needs::instances},
    {"del_tail", annotations, "head.json",
     "Head categories alone: those with --below training boxes or more, their annotations, and images that hold one. "
     "Labels, which follow the list of categories, become others.",
     del_tail, needs::below},
    {"del_nondense_cls", annotations, "dense_classes.json",
     "Without the categories that no annotation of the file has. Labels become others.", del_nondense_cls},
    {"update_cls", annotations, "updated.json", "image_count and instance_count of every category, counted anew.",
     update_cls},
};

}  // namespace

std::span<analysis const> analyses() { return table; }

}  // namespace trainer
