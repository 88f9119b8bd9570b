// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/category_table.hpp>
#include <acsl/io/count_text.hpp>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace acsl {
namespace detail {

/// Characters that markup would take for its own, and those that XML does not know, replaced.
inline std::string svg_text(std::string const& text) {
  std::string result;
  for (char const c : text) {
    if (c == '&') result += "&amp;";
    else if (c == '<') result += "&lt;";
    else if (c == '>') result += "&gt;";
    else result += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  }
  return result;
}

/// The frame of a long-tail plot: ranks of categories from left to right, counts upwards on a logarithmic scale.
struct long_tail_axes {
  static constexpr double left = 70, top = 48, width = 870, height = 360;
  double categories = 1, decades = 1;

  [[nodiscard]] double x(double rank) const { return left + width * rank / categories; }
  [[nodiscard]] double y(double count) const {  // half a decade below 1, so that a count of 1 has a bar
    return top + height * (1 - (std::log10(std::max(count, 0.5)) - std::log10(0.5)) / (decades - std::log10(0.5)));
  }
};

inline std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

inline std::string svg_label(double x, double y, char const* anchor, std::string const& text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\">" + svg_text(text) +
         "</text>\n";
}
inline std::string svg_line(double x1, double y1, double x2, double y2, char const* colour) {
  return "<path d=\"M" + number(x1) + " " + number(y1) + "L" + number(x2) + " " + number(y2) + "\" stroke=\"" + colour +
         "\"/>\n";
}

/// Grid and numbers of both axes.
inline std::string svg_axes(long_tail_axes const& axes) {
  std::string text;
  double const bottom = axes.top + axes.height, right = axes.left + axes.width;
  for (int decade = 0; decade <= static_cast<int>(axes.decades); ++decade) {
    double const count = std::pow(10.0, decade);
    text += svg_line(axes.left, axes.y(count), right, axes.y(count), "#dddddd");
    text += svg_label(axes.left - 8, axes.y(count) + 4, "end", count_text(static_cast<std::int64_t>(count)));
  }
  double step = 1;  // 1, 2, 5, 10, …: at most ten marks
  for (int i = 0; axes.categories / step > 10; ++i) step *= i % 3 == 1 ? 2.5 : 2;
  for (double rank = 0; rank <= axes.categories; rank += step) {
    text += svg_line(axes.x(rank), bottom, axes.x(rank), bottom + 5, "#333333");
    text += svg_label(axes.x(rank), bottom + 20, "middle", count_text(static_cast<std::int64_t>(rank)));
  }
  text += svg_line(axes.left, bottom, right, bottom, "#333333");
  return text + svg_line(axes.left, axes.top, axes.left, bottom, "#333333");
}

}  // namespace detail

/// A picture of the long tail: a bar for every category, categories by falling number of images, height on a
/// logarithmic scale, coloured by frequency group; a dot for its number of objects. An SVG file that needs nothing
/// else, 960 x 480.
/// @param title stands above
[[nodiscard]] inline std::string long_tail_svg(category_table const& table, std::string const& title) {
  auto sorted = table.categories;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](category const& a, category const& b) { return a.image_count > b.image_count; });
  std::int64_t most = 1;
  for (category const& c : sorted) most = std::max({most, c.image_count.value_or(0), c.instance_count.value_or(0)});
  detail::long_tail_axes axes;
  axes.categories = static_cast<double>(std::max<std::size_t>(sorted.size(), 1));
  while (std::pow(10.0, axes.decades) < static_cast<double>(most)) ++axes.decades;
  double const bottom = axes.top + axes.height;
  std::string text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"960\" height=\"480\" viewBox=\"0 0 960 480\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"960\" height=\"480\" fill=\"#ffffff\"/>\n" +
      detail::svg_axes(axes);
  struct group {
    char letter;
    char const *name, *colour;
  };
  double legend = axes.left + axes.width;
  for (auto const& g : {group{'r', "rare", "#c44e52"}, {'c', "common", "#dd8452"}, {'f', "frequent", "#4c72b0"}}) {
    std::string bars;
    index_t members = 0;
    for (std::size_t rank = 0; rank < sorted.size(); ++rank) {
      if (sorted[rank].frequency != g.letter) continue;
      ++members;
      auto const images = static_cast<double>(sorted[rank].image_count.value_or(0));
      double const from = axes.x(static_cast<double>(rank)), to = axes.x(static_cast<double>(rank + 1));
      if (images > 0)
        bars += "M" + detail::number(from) + " " + detail::number(bottom) + "V" + detail::number(axes.y(images)) + "H" +
                detail::number(to) + "V" + detail::number(bottom) + "Z";
    }
    text += std::string("<path fill=\"") + g.colour + "\" d=\"" + bars + "\"/>\n";
    text += detail::svg_label(legend, 40, "end", std::string(g.name) + " (" + count_text(members) + ")");
    text += "<rect x=\"" + detail::number(legend - 112) + "\" y=\"30\" width=\"12\" height=\"12\" fill=\"" + g.colour +
            "\"/>\n";
    legend -= 130;
  }
  std::string objects;  // a dot is a line of no length with round ends
  for (std::size_t rank = 0; rank < sorted.size(); ++rank)
    if (auto const count = static_cast<double>(sorted[rank].instance_count.value_or(0)); count > 0)
      objects +=
          "M" + detail::number(axes.x(static_cast<double>(rank) + 0.5)) + " " + detail::number(axes.y(count)) + "h0";
  text +=
      "<path fill=\"none\" stroke=\"#333333\" stroke-width=\"2\" stroke-linecap=\"round\" d=\"" + objects + "\"/>\n";
  text += detail::svg_label(legend, 40, "end", "objects (dots)");
  text += detail::svg_label(axes.left + axes.width / 2, bottom + 44, "middle", "categories, by number of images");
  text += "<text transform=\"translate(18 " + detail::number(axes.top + axes.height / 2) +
          ") rotate(-90)\" text-anchor=\"middle\">training images (bars)</text>\n";
  return text + "<text x=\"70\" y=\"22\" font-size=\"15\">" + detail::svg_text(title) + "</text>\n</svg>\n";
}

}  // namespace acsl
