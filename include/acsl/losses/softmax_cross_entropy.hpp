// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/softmax_loss.hpp>

namespace acsl {

/// Softmax cross-entropy: L = 1/D · Σᵢ rᵢ (lse(zᵢ) − z_{i,yᵢ}). Background is column 0 and label 0.
using softmax_cross_entropy = softmax_loss<plain_softmax_member>;

static_assert(classification_loss<softmax_cross_entropy>);

}  // namespace acsl
