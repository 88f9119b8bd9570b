// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/io/class_group_files.hpp>
#include <acsl/io/classifier_norms.hpp>
#include <acsl/io/json.hpp>
#include <acsl/losses/balanced_group_softmax.hpp>
#include <support/temporary_folder.hpp>
#include <support/unpickled.hpp>

namespace {

namespace fs = std::filesystem;
using integers = std::vector<std::int64_t>;

fs::path golden(std::string const& name) { return fs::path(ACSL_TEST_SOURCE) / "tests/golden/io/class_groups" / name; }
integers counts_of_golden() {
  integers counts;
  auto const set = acsl::read_json(golden("train.json"));
  for (std::size_t i = 0; i < set.at("categories").size(); ++i)
    counts.push_back(set.at("categories").at(i).at("instance_count").integer());
  return counts;
}
integers whole_numbers(acsl::json_value const& lists) {
  integers result;
  for (double const x : acsl::numbers_of(lists)) result.push_back(static_cast<std::int64_t>(x));
  return result;
}
integers whole_numbers(acsl::stored_array const& array) {
  CHECK(array.type == acsl::element_type::int64);
  integers result;
  acsl::for_each_element(array, [&](auto x) { result.push_back(static_cast<std::int64_t>(x)); });
  return result;
}
bool equal(acsl::class_groups const& a, acsl::class_groups const& b) {
  return acsl::group_arrays(a).first.bytes == acsl::group_arrays(b).first.bytes &&
         acsl::group_arrays(a).second.bytes == acsl::group_arrays(b).second.bytes &&
         a.group_of_label == b.group_of_label && a.position_of_label == b.position_of_label;
}
void check_split(fs::path const& path, acsl::json_value const& expected) {
  test::unpickled const file(path);
  REQUIRE(file.root().is(acsl::detail::pickle_kind::dict));
  REQUIRE(file.root().items.size() == 2 * expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(file.root().items[2 * i]->text == expected.at(i).at(std::size_t{0}).text());
    auto const& labels = *file.root().items[2 * i + 1];
    CHECK(labels.numbers.size() == 1);
    CHECK(test::elements_of<std::int64_t>(labels, acsl::element_type::int64) ==
          whole_numbers(expected.at(i).at(std::size_t{1})));
  }
}

TEST_CASE("files of groups hold what the original's loop makes, for every variant, and are read back") {
  auto const counts = counts_of_golden();
  auto const variants = acsl::read_json(golden("expected.json")).at("variants");
  REQUIRE(variants.size() == 9);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    auto const variant = variants.at(i);
    auto const limits = variant.at("limits").integers();
    CAPTURE(limits.size());
    auto const groups = acsl::groups_by_count(counts, limits, false, true);
    test::temporary_folder const folder;
    acsl::write_class_groups(folder / "new", groups, acsl::interval_names(limits), true);
    for (auto const& [file, key] :
         {std::pair{"label2binlabel.pt", "label2binlabel"}, std::pair{"pred_slice_with0.pt", "pred_slice_with0"}}) {
      auto const content = acsl::read_pth(folder / "new" / file);
      REQUIRE(content.arrays.size() == 1);
      CHECK(whole_numbers(content.arrays[0].values) == whole_numbers(variant.at(key)));
      CHECK(content.arrays[0].values.extents[0] == static_cast<acsl::index_t>(limits.size()) + 2);
    }
    check_split(folder / "new/valsplit.pkl", variant.at("valsplit"));
    CHECK(equal(acsl::read_class_groups(folder / "new"), groups));
    CHECK(equal(acsl::read_class_groups(folder / "new/groups.safetensors"), groups));
  }
  for (int groups = 2; groups <= 8; ++groups)
    CHECK(acsl::published_group_limits(groups).size() + 1 == static_cast<std::size_t>(groups));
  CHECK_THROWS_AS((void)acsl::published_group_limits(9), acsl::error);
}

TEST_CASE("groups are read from files that PyTorch and Python wrote") {
  CHECK(equal(acsl::read_class_groups(golden("")), acsl::groups_by_count(counts_of_golden(), {10, 100, 1000})));
  auto const variants = acsl::read_json(golden("expected.json")).at("variants");
  check_split(golden("valsplit.pkl"), variants.at(std::size_t{3}).at("valsplit"));
}

TEST_CASE("groups that do not fit are refused, with the place") {
  test::temporary_folder const folder;
  auto const refused = [&](integers const& positions, integers const& slices, char const* words) {
    acsl::write_pth_tensor(folder / acsl::label2binlabel_file, acsl::as_stored_array({3, 4}, positions));
    acsl::write_pth_tensor(folder / acsl::pred_slice_file,
                           acsl::as_stored_array({static_cast<acsl::index_t>(slices.size()) / 2, 2}, slices));
    CAPTURE(words);
    std::string told;
    try {
      static_cast<void>(acsl::read_class_groups(folder.path()));
    } catch (acsl::file_error const& problem) {
      told = problem.what();
    }
    CHECK_MESSAGE(told.find(words) != std::string::npos, told);
    CHECK(told.find("label2binlabel.pt") != std::string::npos);
  };
  integers const good = {0, 1, 1, 1, 0, 1, 0, 2, 0, 0, 1, 0}, slices = {0, 2, 2, 3, 5, 2};
  acsl::write_pth_tensor(folder / acsl::label2binlabel_file, acsl::as_stored_array({3, 4}, good));
  acsl::write_pth_tensor(folder / acsl::pred_slice_file, acsl::as_stored_array({3, 2}, slices));
  CHECK(acsl::read_class_groups(folder.path()).group_of_label == std::vector<std::int32_t>{0, 1, 2, 1});
  refused({1, 1, 1, 1, 0, 1, 0, 2, 0, 0, 1, 0}, slices, "group 0, label 0: the position 1 is none of its group");
  refused({0, 1, 1, 1, 0, 1, 0, 3, 0, 0, 1, 0}, slices, "group 1, label 3: the position 3 is none of its group");
  refused({0, 1, 1, 1, 0, 1, 0, 2, 0, 1, 1, 0}, slices, "group 2, label 1: the label is in group 1 as well");
  refused({0, 1, 1, 1, 0, 1, 0, 2, 0, 0, 0, 0}, slices, "label 2 is in no group");
  refused(good, {0, 2, 2, 3, 6, 2}, "the slices of groups follow each other");
  refused(good, {0, 2, 2, 3}, "holds 3 groups of 4 labels, and there are 2 slices of 2 numbers");
}

TEST_CASE("a group without classes changes nothing but the columns") {
  integers const counts = {3, 500};
  acsl::reference exec;
  std::int32_t const labels[] = {0, 1, 2};
  auto const value = [&](bool with_empty, std::vector<float> const& logits) {
    acsl::balanced_group_softmax const loss(acsl::groups_by_count(counts, {10, 100}, false, with_empty));
    std::vector<float> gradient(logits.size());
    acsl::shape const extents = {3, static_cast<acsl::index_t>(logits.size()) / 3};
    return loss
        .evaluate(exec, acsl::tensor_view(logits.data(), extents), acsl::tensor_view(labels, {3}),
                  acsl::tensor_view(gradient.data(), extents), acsl::random_key{7})
        .value;
  };
  std::vector<float> const plain = {0.1F, -2, 1, 0, 2, 1, 1, 0.5F, 3, -1, 1, 4, 0, 1, 2, 3, -1, 0.25F};
  std::vector<float> wide;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (i % 6 == 4) wide.push_back(9);  // the column of "others" of the empty group
    wide.push_back(plain[i]);
  }
  CHECK(value(true, wide) == value(false, plain));
}

TEST_CASE("lengths of a classifier's rows, of every head") {
  acsl::checkpoint_content content;
  content.arrays = {{"bbox_head.0.fc_cls.weight", acsl::as_stored_array({2, 2}, std::vector<double>{3, 4, 0, -2})},
                    {"optimizer.bbox_head.0.fc_cls.weight", acsl::as_stored_array({2, 2}, integers(4))},
                    {"bbox_head.0.fc_cls.bias", acsl::as_stored_array({2}, std::vector<double>{1, 2})},
                    {"bbox_head.1.fc_cls.weight", acsl::as_stored_array({1, 3}, integers{2, 3, 6})}};
  auto const arrays = acsl::classifier_norms(content, "a.pth");
  REQUIRE(arrays.size() == 3);
  auto const numbers = [&](std::size_t i) {
    std::vector<double> result;
    acsl::for_each_element(arrays[i].values, [&](auto x) { result.push_back(static_cast<double>(x)); });
    return result;
  };
  CHECK(arrays[0].name == "bbox_head.0.fc_cls.weight_norm");
  CHECK(numbers(0) == std::vector<double>{5, 2});
  CHECK(arrays[1].name == "bbox_head.0.fc_cls.bias");
  CHECK(numbers(2) == std::vector<double>{7});
  content.arrays.erase(content.arrays.begin());
  content.arrays.pop_back();
  CHECK_THROWS_WITH_AS((void)acsl::classifier_norms(content, "a.pth"),
                       "a.pth: has no classifier: no array is called <head>.fc_cls.weight", acsl::file_error);
}

}  // namespace
