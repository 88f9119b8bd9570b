// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/data/annotations.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/content_hash.hpp>
#include <acsl/io/detail/safetensors_header.hpp>
#include <acsl/io/detail/safetensors_writer.hpp>
#include <acsl/io/memory_budget.hpp>
#include <acsl/io/stored_array.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace acsl::detail {

/// Records as a file keeps them: a column a member, which both directions go through in the same order.
template <class Set, class Columns>
void visit_columns(Set& set, Columns& columns) {
  auto const member = [](auto pointer) {
    return [pointer](auto& record) -> auto& { return record.*pointer; };
  };
  columns.numbers("category.id", set.categories, member(&category::id));
  columns.numbers("category.frequency", set.categories, member(&category::frequency));
  columns.optionals("category.image_count", set.categories, member(&category::image_count));
  columns.optionals("category.instance_count", set.categories, member(&category::instance_count));
  columns.lists("category.name", set.categories, member(&category::name));
  columns.numbers("image.id", set.images, member(&image_record::id));
  columns.numbers("image.width", set.images, member(&image_record::width));
  columns.numbers("image.height", set.images, member(&image_record::height));
  columns.lists("image.file_name", set.images, member(&image_record::file_name));
  columns.lists("image.neg_category_ids", set.images, member(&image_record::neg_category_ids));
  columns.lists("image.not_exhaustive_category_ids", set.images, member(&image_record::not_exhaustive_category_ids));
  columns.numbers("annotation.id", set.annotations, member(&annotation::id));
  columns.numbers("annotation.image_id", set.annotations, member(&annotation::image_id));
  columns.numbers("annotation.category_id", set.annotations, member(&annotation::category_id));
  columns.numbers("annotation.bbox", set.annotations, member(&annotation::bbox));
  columns.numbers("annotation.area", set.annotations, member(&annotation::area));
  columns.numbers("annotation.ignore", set.annotations, member(&annotation::ignore));
  columns.optionals("annotation.iscrowd", set.annotations, member(&annotation::iscrowd));
}

/// What a column keeps of a value: numbers as they are, bytes for letters and flags.
template <class T>
struct column_element {
  using type = std::conditional_t<sizeof(T) == 1, std::uint8_t, T>;
  static constexpr element_type code = sizeof(T) == 1                ? element_type::uint8
                                       : std::is_floating_point_v<T> ? element_type::float64
                                                                     : element_type::int64;
  static constexpr index_t width = 1;
};
template <>
struct column_element<std::array<double, 4>> {
  using type = std::array<double, 4>;
  static constexpr element_type code = element_type::float64;
  static constexpr index_t width = 4;
};
template <class T>
using column_type = typename column_element<T>::type;

/// Columns of a set that is written.
class column_writer {
 public:
  template <class Records, class Member>
  void numbers(char const* name, Records const& records, Member member) {
    using T = std::decay_t<decltype(member(records[0]))>;
    std::vector<column_type<T>> values;
    values.reserve(records.size());
    for (auto const& record : records) values.push_back(static_cast<column_type<T>>(member(record)));
    add<T>(name, values);
  }
  template <class Records, class Member>
  void optionals(char const* name, Records const& records, Member member) {
    using T = typename std::decay_t<decltype(member(records[0]))>::value_type;
    std::vector<column_type<T>> values;
    std::vector<std::uint8_t> there;
    for (auto const& record : records) {
      values.push_back(static_cast<column_type<T>>(member(record).value_or(T{})));
      there.push_back(member(record).has_value());
    }
    add<T>(name, values);
    add<bool>(name + std::string(".there"), there);
  }
  template <class Records, class Member>
  void lists(char const* name, Records const& records, Member member) {
    using T = typename std::decay_t<decltype(member(records[0]))>::value_type;
    std::vector<column_type<T>> values;
    std::vector<std::int64_t> ends;
    for (auto const& record : records) {
      values.insert(values.end(), member(record).begin(), member(record).end());
      ends.push_back(static_cast<std::int64_t>(values.size()));
    }
    add<T>(name, values);
    add<std::int64_t>(name + std::string(".end"), ends);
  }

  /// @param title of what it is, which `expect_whole` asks for
  void write(std::filesystem::path const& path, std::string const& title) const {
    std::vector<array_to_write> arrays;
    for (auto const& [name, array] : columns_) arrays.push_back({name, array.type, array.extents, array.bytes});
    write_safetensors(path, {{"title", title}, {"digest", digest_.text()}}, arrays);
  }

 private:
  template <class T>
  void add(std::string name, std::vector<column_type<T>> const& values) {
    auto const count = static_cast<index_t>(values.size());
    using element = column_element<T>;
    stored_array array = {element::code, element::width == 1 ? shape{count} : shape{count, element::width}, {}};
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(values.data());
    array.bytes.assign(bytes, bytes + values.size() * sizeof(column_type<T>));
    digest_.add(array.bytes);
    columns_.emplace_back(std::move(name), std::move(array));
  }

  std::vector<std::pair<std::string, stored_array>> columns_;
  content_digest digest_;
};

/// Columns of a file, one in memory at a time. Whatever is not as `column_writer` writes it is an acsl::file_error.
class column_reader {
 public:
  explicit column_reader(std::filesystem::path const& path) : source_(path) {
    memory_budget budget;
    header_ = read_safetensors_header(source_, budget);
    budget.charge(source_.size(), source_.name());
  }

  template <class Records, class Member>
  void numbers(char const* name, Records& records, Member member) {
    using T = std::decay_t<decltype(member(records[0]))>;
    each<T>(name, records, [&](auto& record, auto const& value) { member(record) = static_cast<T>(value); });
  }
  template <class Records, class Member>
  void optionals(char const* name, Records& records, Member member) {
    using T = typename std::decay_t<decltype(member(records[0]))>::value_type;
    each<T>(name, records, [&](auto& record, auto const& value) { member(record) = static_cast<T>(value); });
    each<bool>(name + std::string(".there"), records, [&](auto& record, std::uint8_t there) {
      if (there == 0) member(record).reset();
    });
  }
  template <class Records, class Member>
  void lists(char const* name, Records& records, Member member) {
    using T = typename std::decay_t<decltype(member(records[0]))>::value_type;
    auto const values = column<T>(name);
    auto const ends = column<std::int64_t>(name + std::string(".end"));
    expect(ends.size() == records.size(), name);
    std::int64_t first = 0;
    for (std::size_t i = 0; i < ends.size(); first = ends[i++]) {
      expect(first <= ends[i] && ends[i] <= static_cast<std::int64_t>(values.size()), name);
      member(records[i]).assign(values.begin() + first, values.begin() + ends[i]);
    }
  }

  /// After the last column: it has this title, and nothing was altered on the way.
  void expect_whole(std::string const& title) const {
    for (auto const& [key, text] : {std::pair("title", title), {"digest", digest_.text()}}) {
      auto const found = header_.metadata.find(key);
      expect(found != header_.metadata.end() && found->second == text, key);
    }
  }

 private:
  void expect(bool holds, std::string const& column) const {
    if (!holds) throw file_error(source_.name(), column, "is not as it was written");
  }
  template <class T>
  std::vector<column_type<T>> column(std::string const& name) {
    auto const found = std::find_if(header_.arrays.begin(), header_.arrays.end(),
                                    [&](array_place const& place) { return place.name == name; });
    expect(found != header_.arrays.end() && found->type == column_element<T>::code, name);
    auto const bytes = found->last - found->first;
    expect(bytes % sizeof(column_type<T>) == 0, name);
    std::vector<column_type<T>> values(bytes / sizeof(column_type<T>));
    source_.read(found->first, {reinterpret_cast<std::uint8_t*>(values.data()), bytes});
    digest_.add(values);
    return values;
  }
  /// The first column of a kind of records says how many there are.
  template <class T, class Records, class Take>
  void each(std::string const& name, Records& records, Take take) {
    auto const values = column<T>(name);
    if (records.empty()) records.resize(values.size());
    expect(values.size() == records.size(), name);
    for (std::size_t i = 0; i < values.size(); ++i) take(records[i], values[i]);
  }

  byte_source source_;
  safetensors_header header_;
  content_digest digest_;
};

}  // namespace acsl::detail
