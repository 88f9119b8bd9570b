// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/losses/softmax_loss.hpp>

namespace acsl {

/// Softmax cross-entropy: L = 1/D · Σᵢ rᵢ (lse(zᵢ) − z_{i,yᵢ}). With weights of labels in its rules this is
/// class-balanced cross-entropy and instance re-weighting (`class_weights.hpp`; D is then usually `rows`).
using softmax_cross_entropy = softmax_loss<softmax_rules>;

static_assert(classification_loss<softmax_cross_entropy>);

}  // namespace acsl
