// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace acsl::detail {

/// Thrown where a chunk holds something that is wrong or unusual. Never leaves `read_json_chunks`.
struct chunk_refusal {};

/// A value inside a chunk, with the questions of `json_value` and its answers. What that one reports, this one refuses:
/// whoever reads chunks then reads the whole text again for the message.
class chunk_value {
 public:
  explicit chunk_value(simdjson::dom::element value) : value_(value) {}

  [[nodiscard]] bool is_array() const { return value_.is_array(); }
  [[nodiscard]] bool is_object() const { return value_.is_object(); }
  [[nodiscard]] bool is_number() const { return value_.is_number(); }
  [[nodiscard]] bool is_text() const { return value_.is_string(); }
  [[nodiscard]] bool is_boolean() const { return value_.is_bool(); }
  [[nodiscard]] std::size_t size() const {
    constexpr std::size_t saturated = 0xFFFFFF;  // simdjson counts no further
    auto const count = list().size();
    if (count >= saturated) throw chunk_refusal{};
    return count;
  }
  [[nodiscard]] chunk_value at(std::size_t index) const { return chunk_value(expect(list().at(index))); }
  /// Calls visit(chunk_value) for the elements of an array, in order.
  template <class Visit>
  void for_each_element(Visit visit) const {
    for (auto const element : list()) visit(chunk_value(element));
  }
  /// Calls visit(key, chunk_value) for the fields of an object, in order.
  template <class Visit>
  void for_each_field(Visit visit) const {
    for (auto const field : expect(value_.get_object())) visit(field.key, chunk_value(field.value));
  }
  [[nodiscard]] bool has(std::string_view key) const { return find(key).has_value(); }
  /// The last of repeated keys counts.
  [[nodiscard]] std::optional<chunk_value> find(std::string_view key) const {
    std::optional<chunk_value> found;
    for (auto const field : expect(value_.get_object()))
      if (field.key == key) found = chunk_value(field.value);
    return found;
  }
  [[nodiscard]] chunk_value at(std::string_view key) const {
    auto const found = find(key);
    if (!found) throw chunk_refusal{};
    return *found;
  }

  [[nodiscard]] std::int64_t integer() const {
    if (value_.type() != simdjson::dom::element_type::DOUBLE) return expect(value_.get_int64());
    double const value = expect(value_.get_double());
    if (!(value > -0x1p53 && value < 0x1p53) || static_cast<double>(static_cast<std::int64_t>(value)) != value)
      throw chunk_refusal{};
    return static_cast<std::int64_t>(value);
  }
  [[nodiscard]] double number() const { return expect(value_.get_double()); }
  [[nodiscard]] std::string_view text() const { return expect(value_.get_string()); }
  [[nodiscard]] bool truthy() const {
    using kind = simdjson::dom::element_type;
    switch (value_.type()) {
      case kind::ARRAY:
        return expect(value_.get_array()).size() > 0;
      case kind::OBJECT:
        return expect(value_.get_object()).size() > 0;
      case kind::STRING:
        return !text().empty();
      case kind::BOOL:
        return expect(value_.get_bool());
      case kind::NULL_VALUE:
        return false;
      default:
        return number() != 0;
    }
  }
  [[nodiscard]] std::vector<std::int64_t> integers() const {
    std::vector<std::int64_t> values;
    values.reserve(size());
    for_each_element([&](chunk_value const& element) { values.push_back(element.integer()); });
    return values;
  }
  [[noreturn]] void fail(std::string const& /*reason*/) const { throw chunk_refusal{}; }

 private:
  template <class T>
  static T expect(simdjson::simdjson_result<T> result) {
    if (result.error()) throw chunk_refusal{};
    return result.value_unsafe();
  }
  [[nodiscard]] simdjson::dom::array list() const { return expect(value_.get_array()); }

  simdjson::dom::element value_;
};

}  // namespace acsl::detail
