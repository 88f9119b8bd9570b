// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/json.hpp>
#include <concepts>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace acsl {
namespace detail {

/// Takes the elements of the outermost array out of the parser's hands as they are completed.
template <class Visit>
class json_element_filter {
 public:
  json_element_filter(std::string const& file, std::set<std::string> const& skip, Visit& visit)
      : file_(file), skip_(skip), visit_(visit) {}

  bool operator()(int depth, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    using kind = nlohmann::json::parse_event_t;
    bool const starts = event == kind::array_start || event == kind::object_start;
    if (depth == 0) {
      if (event == kind::object_start || event == kind::value) throw file_error(file_, "expected a list");
      return true;
    }
    if (event == kind::key) return skip_.count(value.get_ref<std::string const&>()) == 0;
    if (depth > 1 || starts) return true;
    auto tree = std::make_shared<json_tree>();
    tree->file = file_;
    tree->root = std::move(value);
    tree->place = "[" + std::to_string(count_++) + "]";
    visit_(json_value(tree, tree->root));
    return false;  // it is not kept
  }
  /// Which element is being read, for a syntax error in it.
  [[nodiscard]] std::string where() const { return " (in element " + std::to_string(count_) + " of the list)"; }

 private:
  std::string const& file_;
  std::set<std::string> const& skip_;
  Visit& visit_;
  std::size_t count_ = 0;
};

}  // namespace detail

/// Parses a JSON text that is one list, and calls visit(json_value) for every element in order. Only one element is in
/// memory at a time. Elements before a syntax error are visited.
/// @param file what messages call it; an element's errors read "<file>:[17].score: …"
/// @param skip keys whose values are thrown away while parsing
/// @throws acsl::file_error as `parse_json` does, and when the text is no list
template <std::invocable<json_value> Visit>
void for_each_json_element(std::string_view text, std::string const& file, Visit visit,
                           std::set<std::string> const& skip = {}) {
  detail::json_element_filter<Visit> filter(file, skip, visit);
  detail::with_json_errors(
      text, file, [&] { return nlohmann::json::parse(text.begin(), text.end(), std::ref(filter)); },
      [&] { return filter.where(); });
}

}  // namespace acsl
