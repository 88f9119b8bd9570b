// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/detail/json_parse.hpp>
#include <acsl/io/file.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// A value inside a JSON document, read by type. A value of another type, or a missing key, throws acsl::file_error
/// with the file and the path of the value: "set.json:annotations[17].bbox: expected an array, found a string".
///
/// The path is searched for when an error is reported, so that reading costs nothing for it. Keeps the document alive.
class json_value {
 public:
  json_value(std::shared_ptr<detail::json_tree const> tree, nlohmann::json const& node)
      : tree_(std::move(tree)), node_(&node) {}

  [[nodiscard]] bool is_null() const { return node_->is_null(); }
  [[nodiscard]] bool is_array() const { return node_->is_array(); }
  [[nodiscard]] bool is_object() const { return node_->is_object(); }
  [[nodiscard]] bool is_number() const { return node_->is_number(); }
  [[nodiscard]] bool is_text() const { return node_->is_string(); }
  [[nodiscard]] bool is_boolean() const { return node_->is_boolean(); }

  /// Element count of an array. @throws acsl::file_error when it is none
  [[nodiscard]] std::size_t size() const {
    if (!node_->is_array()) wrong_type("an array");
    return node_->size();
  }
  /// @pre index < size()
  [[nodiscard]] json_value at(std::size_t index) const {
    ACSL_EXPECTS(index < size(), "the index lies in the array", index, size());
    return {tree_, (*node_)[index]};
  }
  /// Calls visit(json_value) for the elements of an array, in order. @throws acsl::file_error when it is none
  template <class Visit>
  void for_each_element(Visit visit) const {
    for (std::size_t i = 0; i < size(); ++i) visit(at(i));
  }
  [[nodiscard]] bool has(std::string_view key) const { return find(key).has_value(); }
  /// The value of a key; nothing when the object lacks it.
  [[nodiscard]] std::optional<json_value> find(std::string_view key) const {
    if (!node_->is_object()) wrong_type("an object");
    auto const found = node_->find(key);
    if (found == node_->end()) return std::nullopt;
    return json_value(tree_, *found);
  }
  /// The value of a key. @throws acsl::file_error when the object lacks it
  [[nodiscard]] json_value at(std::string_view key) const {
    auto found = find(key);
    if (!found) fail("the key \"" + std::string(key) + "\" is missing");
    return *found;
  }

  /// The keys of an object, sorted. @throws acsl::file_error when it is none
  [[nodiscard]] std::vector<std::string> keys() const {
    if (!node_->is_object()) wrong_type("an object");
    std::vector<std::string> result;
    for (auto const& item : node_->items()) result.push_back(item.key());
    return result;
  }

  /// A whole number that fits in 64 bits; also one written like 640.0.
  [[nodiscard]] std::int64_t integer() const {
    if (node_->is_number_unsigned() && node_->get<std::uint64_t>() > std::uint64_t{INT64_MAX})
      fail("too large for 64 bits");
    if (node_->is_number_integer()) return node_->get<std::int64_t>();
    if (!node_->is_number_float()) wrong_type("a whole number");
    double const value = node_->get<double>();
    if (!(value > -0x1p53 && value < 0x1p53) || static_cast<double>(static_cast<std::int64_t>(value)) != value)
      fail("expected a whole number, found " + node_->dump());
    return static_cast<std::int64_t>(value);
  }
  [[nodiscard]] double number() const {
    if (!node_->is_number()) wrong_type("a number");
    return node_->get<double>();
  }
  [[nodiscard]] std::string const& text() const {
    if (!node_->is_string()) wrong_type("a string");
    return node_->get_ref<std::string const&>();
  }
  /// false, null, 0, "" and empty lists are false, everything else is true: annotation files write flags in many ways.
  [[nodiscard]] bool truthy() const {
    if (node_->is_boolean()) return node_->get<bool>();
    if (node_->is_number()) return node_->get<double>() != 0;
    if (node_->is_string()) return !node_->get_ref<std::string const&>().empty();
    return !node_->empty();
  }
  [[nodiscard]] std::vector<std::int64_t> integers() const {
    std::vector<std::int64_t> values(size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = at(i).integer();
    return values;
  }

  /// "annotations[17].bbox"; empty for the whole document. Costs a walk through the document.
  [[nodiscard]] std::string path() const { return detail::json_path(*tree_, node_); }
  [[nodiscard]] std::string const& file() const { return tree_->file; }
  [[noreturn]] void fail(std::string const& reason) const {
    auto const position = path();
    if (position.empty()) throw file_error(tree_->file, reason);
    throw file_error(tree_->file, position, reason);
  }

 private:
  [[noreturn]] void wrong_type(char const* expected) const {
    char const* const found = node_->is_null()      ? "null"
                              : node_->is_number()  ? "a number"
                              : node_->is_string()  ? "a string"
                              : node_->is_boolean() ? "a truth value"
                              : node_->is_array()   ? "an array"
                                                    : "an object";
    fail(std::string("expected ") + expected + ", found " + found);
  }

  std::shared_ptr<detail::json_tree const> tree_;
  nlohmann::json const* node_;
};

/// The numbers of an array of arrays of any depth, in order; of a number, itself.
[[nodiscard]] inline std::vector<double> numbers_of(json_value const& value) {
  if (!value.is_array()) return {value.number()};
  std::vector<double> result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto const part = numbers_of(value.at(i));
    result.insert(result.end(), part.begin(), part.end());
  }
  return result;
}

/// Parses a JSON text.
/// @param file what messages call it
/// @param skip keys whose values are thrown away while parsing, wherever they stand: large ones that nobody reads
/// @throws acsl::file_error with line, column and reason: "set.json:12:7: …"; also for what is nested > 1024 deep
[[nodiscard]] inline json_value parse_json(std::string_view text, std::string file,
                                           std::set<std::string> const& skip = {}) {
  auto tree = std::make_shared<detail::json_tree>();
  tree->file = std::move(file);
  tree->root = detail::parse_json_text(text, tree->file, skip);
  return {tree, tree->root};
}

/// Reads and parses a JSON file; see `parse_json`.
[[nodiscard]] inline json_value read_json(std::filesystem::path const& path, std::set<std::string> const& skip = {}) {
  auto const bytes = read_file(path);
  return parse_json({reinterpret_cast<char const*>(bytes.data()), bytes.size()}, path.string(), skip);
}

}  // namespace acsl
