// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/error.hpp>
#include <string>

namespace acsl {

/// A bad input file. `what()` reads "<file>[:<position>]: <reason>".
class file_error : public error {
 public:
  file_error(std::string const& file, std::string const& reason) : error(file + ": " + reason) {}
  file_error(std::string const& file, std::string const& position, std::string const& reason)
      : error(file + ":" + position + ": " + reason) {}
};

}  // namespace acsl
