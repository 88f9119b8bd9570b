// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/corruptions/detail/gaussian_filter.hpp>
#include <acsl/data/corruptions/detail/severity.hpp>

namespace acsl::corruptions {

/// A Gaussian filter of σ = 1, 2, 3, 4, 6 pixels that ends at 4 σ; the border pixel is repeated. Exact: scikit-image's
/// filter.
inline image8 gaussian_blur(image8 const& image, int severity) {
  constexpr detail::by_severity<double> sigmas{1, 2, 3, 4, 6};
  return detail::image_of(detail::gaussian_filter(detail::field_of(image), detail::of_severity(sigmas, severity)));
}

}  // namespace acsl::corruptions
