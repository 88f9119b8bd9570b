// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <doctest/doctest.h>
#include <string>
#include <support/golden.hpp>

namespace test {

/// An entry of tests/golden/losses/loss-vectors.json by its name.
inline acsl::json_value loss_entry(std::string const& id) {
  auto const vectors = golden("losses/loss-vectors.json").at("vectors");
  for (std::size_t i = 0; i < vectors.size(); ++i)
    if (vectors.at(i).at("id").text() == id) return vectors.at(i);
  FAIL("there is no entry " << id);
  return vectors;
}

}  // namespace test
