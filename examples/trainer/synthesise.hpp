// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/synthetic.hpp>
#include <string>

namespace trainer {

/// Makes a synthetic set in a folder, unless it holds this very set already, and prints its groups of categories.
/// @param force write into the folder whatever it holds
/// @param advice what the user can do where the folder holds something else
/// @throws acsl::file_error when the folder holds something else
void synthesise(std::string const& folder, acsl::synthetic_options const& options, bool force, int threads,
                std::string const& advice);

}  // namespace trainer
