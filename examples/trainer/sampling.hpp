// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/dataset.hpp>
#include <acsl/data/repeat_factor.hpp>
#include <acsl/data/sampler.hpp>
#include <acsl/training/configuration.hpp>
#include <string>

namespace trainer {

/// The images of every epoch as a configuration describes them; empty where each comes once. Prints what it amounts to.
acsl::image_list image_list_of(acsl::configuration const& config, acsl::dataset const& images);

/// The table of repeat factors by frequency group, with the largest, for a terminal.
std::string factors_text(acsl::repeat_factors const& factors, acsl::dataset const& images);

}  // namespace trainer
