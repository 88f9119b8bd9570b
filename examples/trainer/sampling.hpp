// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/dataset.hpp>
#include <acsl/data/sampler.hpp>
#include <acsl/training/configuration.hpp>

namespace trainer {

/// The images of every epoch as a configuration describes them; empty where each comes once. Prints what it amounts to.
acsl::image_list image_list_of(acsl::configuration const& config, acsl::dataset const& images);

}  // namespace trainer
