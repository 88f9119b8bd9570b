// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "show_detections.hpp"

namespace trainer {
void show_detections(std::filesystem::path const&, split const&, found_objects const&, float) {}
}  // namespace trainer
