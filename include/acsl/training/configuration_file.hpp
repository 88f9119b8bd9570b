// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <toml++/toml.h>
#include <acsl/core/file_error.hpp>
#include <acsl/io/file.hpp>
#include <acsl/training/configuration.hpp>
#include <acsl/training/nearest_name.hpp>
#include <algorithm>
#include <charconv>
#include <concepts>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace acsl {

/// Where the values of a configuration came from, by dotted name: "run.toml:12:6", "--set training.lr=-1". What is not
/// in it has its default.
using configuration_origins = std::map<std::string, std::string>;

namespace detail {

template <class T>
constexpr char const* type_name() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  else if constexpr (std::is_integral_v<T>) return "a whole number";
  else if constexpr (std::is_floating_point_v<T>) return "a number";
  else if constexpr (std::is_same_v<T, std::string>) return "a text";
  else if constexpr (std::is_same_v<T, std::vector<double>>) return "a list of numbers";
  else if constexpr (std::is_same_v<T, std::vector<index_t>>) return "a list of whole numbers";
  else return "a list of texts";
}

/// "integer", "array of floating-point, integer"
inline std::string found_type(toml::node const& node) {
  std::ostringstream text;
  text << node.type();
  if (auto const* list = node.as_array()) {
    std::vector<std::string> types;
    for (auto const& element : *list)
      if (auto type = found_type(element); std::find(types.begin(), types.end(), type) == types.end())
        types.push_back(std::move(type));
    for (std::size_t i = 0; i < types.size(); ++i) text << (i ? ", " : " of ") << types[i];
  }
  return text.str();
}

inline std::string position_of(toml::source_region const& source) {
  return std::to_string(source.begin.line) + ":" + std::to_string(source.begin.column);
}

/// Takes a TOML value over; false when it has another type. A whole number is a number.
template <class T>
bool take(toml::node const& node, T& field) {
  if constexpr (std::is_same_v<T, bool>) {
    if (auto const* value = node.as_boolean()) return field = value->get(), true;
  } else if constexpr (std::is_integral_v<T>) {
    if (auto const* value = node.as_integer()) return field = value->get(), true;
  } else if constexpr (std::is_floating_point_v<T>) {
    if (auto const* value = node.as_floating_point()) return field = value->get(), true;
    if (auto const* value = node.as_integer()) return field = static_cast<double>(value->get()), true;
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (auto const* value = node.as_string()) return field = value->get(), true;
  } else {
    auto const* list = node.as_array();
    if (!list) return false;
    T taken;
    for (auto const& element : *list) {
      typename T::value_type one{};
      if (!take(element, one)) return false;
      taken.push_back(std::move(one));
    }
    return field = std::move(taken), true;
  }
  return false;
}

inline std::string toml_text(bool value) { return value ? "true" : "false"; }
inline std::string toml_text(index_t value) { return std::to_string(value); }
inline std::string toml_text(double value) {
  char digits[32];
  auto const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  std::string text(digits, end);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}
// A basic string of TOML has the escapes of a JSON string; it wants one more, for the character 127.
inline std::string toml_text(std::string const& value) {
  std::string text;
  try {
    text = nlohmann::json(value).dump();
  } catch (nlohmann::json::exception const&) {
    throw error("a text of the configuration is not UTF-8: " + value);
  }
  for (std::size_t at = 0; (at = text.find('\x7f', at)) != std::string::npos;) text.replace(at, 1, "\\u007F");
  return text;
}
template <class T>
std::string toml_text(std::vector<T> const& values) {
  std::string text = "[";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i ? ", " : "") + toml_text(values[i]);
  return text + "]";
}

/// "unknown section [optimiser]; did you mean [training]?"
inline std::string unknown(std::string const& name, bool is_section, std::vector<std::string> names) {
  if (!is_section) return "unknown key \"" + name + "\"; did you mean \"" + nearest_name(name, names) + "\"?";
  for (auto& one : names) one.erase(one.find('.'));
  return "unknown section [" + name + "]; did you mean [" + nearest_name(name, names) + "]?";
}

/// @param origins if not null, receives the place of every value
inline void apply(toml::table const& table, std::string const& prefix, std::string const& file, configuration& config,
                  configuration_origins* origins) {
  for (auto const& [key, node] : table) {
    std::string const name = prefix + std::string(key.str());
    bool known = false, section = false, fits = false;
    char const* expected = "";
    std::vector<std::string> names;
    visit_fields(config, [&](std::string_view field_name, auto& field, char const*) {
      names.emplace_back(field_name);
      section = section || field_name.starts_with(name + ".");
      if (field_name != name) return;
      known = true;
      expected = type_name<std::remove_cvref_t<decltype(field)>>();
      fits = take(node, field);
    });
    if (section) {
      if (!node.as_table())
        throw file_error(file, position_of(node.source()), name + " is a section, found " + found_type(node));
      apply(*node.as_table(), name + ".", file, config, origins);
    } else if (!known) {
      throw file_error(file, position_of(key.source()), unknown(name, prefix.empty() && node.is_table(), names));
    } else if (!fits) {
      throw file_error(file, position_of(node.source()), name + " is " + expected + ", found " + found_type(node));
    } else if (origins) {
      (*origins)[name] = file + ":" + position_of(node.source());
    }
  }
}

}  // namespace detail

/// Applies a TOML text to a configuration.
/// @param file    what messages call it
/// @param origins if not null, receives the places of the values
/// @throws acsl::file_error with file, line and column: syntax, unknown key (naming the nearest), wrong type
inline void apply_configuration(std::string_view text, std::string const& file, configuration& config,
                                configuration_origins* origins = nullptr) {
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (toml::parse_error const& problem) {
    throw file_error(file, detail::position_of(problem.source()), std::string(problem.description()));
  }
  detail::apply(table, "", file, config, origins);
}

/// Applies one `key=value` of a command line. The value is TOML; where it is none, and a text is wanted, it is taken as
/// it is.
/// @throws acsl::error, as `apply_configuration`, and for what is no key=value
inline void apply_setting(std::string const& setting, configuration& config, configuration_origins* origins = nullptr) {
  auto const equals = setting.find('=');
  if (equals == std::string::npos || equals == 0)
    throw error("--set " + setting + ": a setting reads key=value, for example training.lr=0.01");
  std::string const key = setting.substr(0, equals), value = setting.substr(equals + 1);
  bool text_wanted = false;
  visit_fields(config, [&](std::string_view name, auto& field, char const*) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(field)>, std::string>)
      text_wanted = text_wanted || name == key;
  });
  bool const bare = text_wanted && (value.empty() || (value.front() != '"' && value.front() != '\''));
  apply_configuration(key + " = " + (bare ? detail::toml_text(value) : value), "--set " + setting, config);
  if (origins) (*origins)[key] = "--set " + setting;
}

/// Reads a configuration file over the defaults.
inline configuration read_configuration(std::filesystem::path const& path, configuration_origins* origins = nullptr) {
  auto const bytes = read_file(path);
  configuration config;
  apply_configuration({reinterpret_cast<char const*>(bytes.data()), bytes.size()}, path.string(), config, origins);
  return config;
}

/// The whole configuration as TOML; reading it back gives the same values.
/// @param with_meanings a comment before every field
inline std::string to_toml(configuration const& config, bool with_meanings = false) {
  std::string text, section;
  visit_fields(config, [&](std::string_view name, auto const& field, char const* meaning) {
    std::string const group(name.substr(0, name.find('.'))), key(name.substr(name.find('.') + 1));
    if (group != section) text += (section.empty() ? "[" : "\n[") + group + "]\n";
    section = group;
    if (with_meanings) text += std::string("# ") + meaning + "\n";
    text += key + " = " + detail::toml_text(field) + "\n";
  });
  return text;
}

}  // namespace acsl
