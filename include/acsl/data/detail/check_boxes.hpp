// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_reader.hpp>
#include <acsl/data/data_finding.hpp>
#include <acsl/data/detail/object_places.hpp>
#include <acsl/data/loose_annotations.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <utility>

namespace acsl::detail {

/// "annotation 17: [1, 2.5, 30, 40] in image 9 of 640 x 480"
inline std::string box_text(loose_annotation const& a, loose_image const* image) {
  char text[160];
  std::snprintf(text, sizeof text, "annotation %lld: [%.6g, %.6g, %.6g, %.6g]", static_cast<long long>(a.id), a.bbox[0],
                a.bbox[1], a.bbox[2], a.bbox[3]);
  std::string result = text;
  if (!image) return result;
  std::snprintf(text, sizeof text, " in image %lld of %lld x %lld", static_cast<long long>(image->id),
                static_cast<long long>(image->width), static_cast<long long>(image->height));
  return result + text;
}

/// By how many pixels a box reaches beyond its image, on the side where that is most.
inline double beyond(std::array<double, 4> const& box, image_record const& image) {
  auto const [x, y, width, height] = box;
  return std::max(
      {-x, -y, x + width - static_cast<double>(image.width), y + height - static_cast<double>(image.height)});
}

inline void check_boxes(loose_annotation_set const& set, object_places const& places, data_findings& findings) {
  data_finding negative{severity::error, "negative_extent", "boxes have a negative width or height",
                        "A box is [x, y, width, height], not two corners: subtract x and y from the second corner."};
  data_finding outside{severity::error, "box_outside_image", "boxes lie wholly outside their image",
                       "Look whether image_id is that of another image, and whether the image was resized."};
  data_finding far{severity::error, "box_beyond_any_picture", "boxes reach beyond 10,000,000 pixels",
                   "Correct the numbers, or drop the annotations."};
  data_finding over{severity::warning, "box_beyond_image",
                    "boxes reach over the edge of their image by more than a pixel",
                    "Training clips them; clip the boxes in the file where the objects end at the edge."};
  data_finding thin{severity::warning, "box_below_one_pixel", "boxes are less than a pixel wide or high",
                    "Training leaves them out; drop the annotations, or draw the boxes anew."};
  data_finding no_area{severity::warning, "zero_area", "annotations have the area 0",
                       "Training and evaluation leave them out; set area to the number of pixels of the mask."};
  data_finding minus{severity::error, "negative_area", "annotations have a negative area",
                     "Set area to the number of pixels of the mask."};
  data_finding large{
      severity::warning, "area_beyond_image", "annotations have an area of more pixels than their image",
      "Set area to the number of pixels of the mask: evaluation sorts objects by it, and leaves out what "
      "is too large for every size."};
  data_finding absent{severity::error, "absent_area", "annotations have no area",
                      "Set area to the number of pixels of the mask: evaluation needs it, training takes width * "
                      "height."};
  index_t fractions = 0;
  for (std::size_t i = 0; i < set.annotations.size(); ++i) {
    auto const& a = set.annotations[i];
    if (!a.has(lack::object)) continue;
    auto const id_text = [&] { return "annotation " + std::to_string(a.id); };
    if (!a.has(lack::area)) absent.add(id_text);
    else if (a.has(lack::area_number) && a.area == 0) no_area.add(id_text);
    else if (a.area < 0) minus.add(id_text);
    auto const* const image = places.image[i] >= 0 ? &set.images[static_cast<std::size_t>(places.image[i])] : nullptr;
    bool const placed = image && image->has(lack::object) && image->has(lack::size);
    // Tools round differently: half a percent is no fault.
    if (placed && a.area > 1.005 * static_cast<double>(image->width) * static_cast<double>(image->height))
      large.add(id_text);
    if (!a.has(lack::bbox)) continue;
    auto const text = [&] { return box_text(a, image); };
    fractions += *std::max_element(a.bbox.begin(), a.bbox.end()) <= 1;
    if (std::any_of(a.bbox.begin(), a.bbox.end(), [](double v) { return std::abs(v) > 1e7; })) far.add(text);
    else if (a.bbox[2] < 0 || a.bbox[3] < 0) negative.add(text);
    else if (placed && lies_beside(a.bbox, *image)) outside.add(text);
    else if (a.bbox[2] < 1 || a.bbox[3] < 1) thin.add(text);
    else if (placed && beyond(a.bbox, *image) > 1) over.add(text);
  }
  // Two layouts of other tools make most boxes wrong in the same way.
  index_t const half = std::max<index_t>(static_cast<index_t>(set.annotations.size()) / 2, 9);
  if (over.count > half) {
    over.level = severity::error;
    over.mend = "Most do: they look like two corners, x1, y1, x2, y2. A box is [x, y, width, height]: subtract.";
  }
  if (thin.count > half && fractions > half) {
    thin.level = severity::error;
    thin.mend = "Most are, and lie in [0, 1]: they look like shares of the image. A box is in pixels: multiply.";
  }
  for (auto* finding : {&far, &negative, &outside, &over, &thin, &minus, &no_area, &large, &absent})
    findings.take(std::move(*finding));
}

}  // namespace acsl::detail
