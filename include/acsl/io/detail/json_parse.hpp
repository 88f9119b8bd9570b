// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/io/detail/json_scan.hpp>
#include <acsl/io/detail/utf8.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

namespace acsl::detail {

struct json_tree {
  std::string file;
  nlohmann::json root;
  std::string place = {};  ///< of the root, where it is a part of the file: "[17]"
};

/// "line:column" of a byte, both from 1.
inline std::string line_and_column(std::string_view text, std::size_t byte) {
  auto const before = text.substr(0, std::min(byte, text.size()));
  auto const line = 1 + std::count(before.begin(), before.end(), '\n');
  auto const start = before.rfind('\n') + 1;  // npos + 1 is 0
  return std::to_string(line) + ":" + std::to_string(before.size() - start + 1);
}

inline std::string nowhere() { return {}; }

/// A text of a file for a message: at most `most` bytes of its end, as UTF-8 whatever they are.
inline std::string shortened(std::string_view text, std::size_t most = 60) {
  if (text.size() <= most) return as_utf8(text);
  auto first = text.size() - most;
  while (first < text.size() && (static_cast<unsigned char>(text[first]) & 0xC0) == 0x80)
    ++first;  // inside a character
  return "..." + as_utf8(text.substr(first));
}

/// The parser's reason, of which "…; last read: 'TOKEN'" may hold a string of any length.
inline std::string shortened_reason(std::string_view reason) {
  auto const read = reason.find("last read: '");
  auto const first = reason.find('\'', read == std::string_view::npos ? 0 : read), last = reason.rfind('\'');
  if (first == last) return shortened(reason, 200);
  return std::string(reason.substr(0, first + 1)) + shortened(reason.substr(first + 1, last - first - 1)) +
         std::string(reason.substr(last));
}

/// Refuses what the parser would take (the byte 0 ends its text) and what others could not bear.
inline void expect_sane_json(std::string_view text, std::string const& file) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) throw file_error(file, "the file is empty");
  if (auto const zero = text.find('\0'); zero != std::string_view::npos)
    throw file_error(file, line_and_column(text, zero), "the byte 0, which no JSON text has");
  if (auto const place = find_too_deep(text); place != std::string_view::npos)
    throw file_error(file, line_and_column(text, place),
                     "lists and objects are nested more than " + std::to_string(deepest_json) + " deep");
}

/// Runs a parser over a text and translates what it throws. `where()` ends the reasons: "" or " (in element 17)".
template <class Parse, class Where = std::string (*)()>
auto with_json_errors(std::string_view text, std::string const& file, Parse parse, Where where = nowhere) {
  expect_sane_json(text, file);
  try {
    return parse();
  } catch (nlohmann::json::parse_error const& problem) {
    std::string reason = problem.what();  // "[json.exception…] parse error at line 1, column 2: syntax error while …"
    if (auto const start = reason.find(": "); start != std::string::npos) reason.erase(0, start + 2);
    auto const said = reason.substr(0, reason.find("last read: '"));  // what follows is of the text
    bool const cut = said.find("unexpected end of input") != std::string::npos || problem.byte > text.size();
    if (cut) reason = "the file ends in the middle of a value: is it cut short?";
    if (reason.ends_with("N'") || reason.ends_with("I'")) reason += ": NaN and infinite numbers are no JSON";
    throw file_error(file, line_and_column(text, cut ? text.size() : problem.byte - 1),
                     shortened_reason(reason) + where());
  } catch (nlohmann::json::exception const& problem) {
    std::string reason = problem.what();  // of the text's own faults, only a number like 1e999
    if (auto const start = reason.find("] "); start != std::string::npos) reason.erase(0, start + 2);
    auto const first = reason.find('\''), last = reason.rfind('\'');  // "number overflow parsing '1e999'"
    auto const at = first < last ? find_number(text, std::string_view(reason).substr(first + 1, last - first - 1))
                                 : std::string_view::npos;
    if (at == std::string_view::npos) throw file_error(file, shortened_reason(reason) + where());
    throw file_error(file, line_and_column(text, at), shortened_reason(reason) + where());
  }
}

inline nlohmann::json parse_json_text(std::string_view text, std::string const& file,
                                      std::set<std::string> const& skip) {
  using json = nlohmann::json;
  return with_json_errors(text, file, [&] {
    if (skip.empty()) return json::parse(text.begin(), text.end());
    // An object or array is asked about once more when it ends, always with yes.
    return json::parse(text.begin(), text.end(), [&skip](int, json::parse_event_t event, json& value) {
      return event != json::parse_event_t::key || skip.count(value.get_ref<std::string const&>()) == 0;
    });
  });
}

/// The path from a root to one of its descendants, found by address. False: not below this root.
inline bool find_json_path(nlohmann::json const& root, nlohmann::json const* target, std::string& path) {
  if (&root == target) return true;
  auto const length = path.size();
  if (root.is_array()) {
    for (std::size_t i = 0; i < root.size(); ++i) {
      path += "[" + std::to_string(i) + "]";
      if (find_json_path(root[i], target, path)) return true;
      path.resize(length);
    }
  } else if (root.is_object()) {
    for (auto child = root.begin(); child != root.end(); ++child) {
      path += (path.empty() ? "" : ".") + child.key();
      if (find_json_path(*child, target, path)) return true;
      path.resize(length);
    }
  }
  return false;
}

inline std::string json_path(json_tree const& tree, nlohmann::json const* target) {
  std::string path = tree.place;
  find_json_path(tree.root, target, path);
  return path;
}

}  // namespace acsl::detail
