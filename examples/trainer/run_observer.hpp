// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/tensor_view.hpp>
#include <acsl/models/heads/proposals.hpp>
#include <functional>
#include <string>
#include <vector>

namespace trainer {

/// The observer of every detector of the program, chosen at run time: nobody, unless `hear` is set.
struct run_observer {
  std::function<void(std::string const&, acsl::tensor_view<float const>)> hear = {};
  std::function<void(std::vector<std::vector<acsl::proposal>>&)> replace_proposals = {};

  [[nodiscard]] bool listens() const { return static_cast<bool>(hear); }
  void operator()(std::string const& name, acsl::tensor_view<float const> values) const { hear(name, values); }
  void revise(std::vector<std::vector<acsl::proposal>>& proposals) const {
    if (replace_proposals) replace_proposals(proposals);
  }
};

}  // namespace trainer
