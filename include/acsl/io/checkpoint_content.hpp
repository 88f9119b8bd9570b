// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/stored_array.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace acsl {

struct named_array {
  std::string name;
  stored_array values;
};

/// What a checkpoint holds, whatever the format of its file.
struct checkpoint_content {
  std::vector<named_array> arrays;                                 ///< in the order of the file
  nlohmann::ordered_json meta = nlohmann::ordered_json::object();  ///< everything about them, by key
  std::vector<std::string> left_out;  ///< what the file holds beside them and the reader did not take
};

}  // namespace acsl
