// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/detail/json_scan.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace acsl::detail {

/// The key under which a safetensors file, whose metadata are texts alone, keeps what is no text.
inline constexpr char const* other_metadata = "meta";

/// Metadata for a safetensors file: texts as they are, all else in one JSON object.
inline std::map<std::string, std::string> metadata_texts(nlohmann::ordered_json const& meta) {
  std::map<std::string, std::string> texts;
  auto others = nlohmann::ordered_json::object();
  for (auto const& [key, value] : meta.items())
    if (value.is_string() && key != other_metadata) texts[key] = value.get<std::string>();
    else others[key] = value;
  if (!others.empty()) texts[other_metadata] = others.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return texts;
}

/// The reverse.
inline nlohmann::ordered_json metadata_from(std::map<std::string, std::string> const& texts) {
  auto meta = nlohmann::ordered_json::object();
  for (auto const& [key, text] : texts) {
    bool const is_json = key == other_metadata && find_too_deep(text) == std::string::npos;
    auto const others = is_json ? nlohmann::ordered_json::parse(text, nullptr, false) : nlohmann::ordered_json();
    if (others.is_object()) meta.update(others);
    else meta[key] = text;
  }
  return meta;
}

}  // namespace acsl::detail
