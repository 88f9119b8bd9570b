// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/data/annotation_check.hpp>
#include <acsl/io/count_text.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

namespace acsl {
namespace detail {

inline char const* group_name(char letter) {
  return letter == 'r' ? "rare" : letter == 'c' ? "common" : letter == 'f' ? "frequent" : "without frequency";
}

inline std::string report_row(std::string const& name, std::string const& a, std::string const& b, std::string const& c,
                              std::string const& d) {
  char line[160];
  std::snprintf(line, sizeof line, "  %-18s %12s %12s %12s %12s\n", name.c_str(), a.c_str(), b.c_str(), c.c_str(),
                d.c_str());
  return line;
}

/// Every finding with its count, its examples and how to mend it, and how many kinds there are.
inline std::string findings_text(data_findings const& findings) {
  std::string text;
  for (auto const& finding : findings.list()) {
    text += std::string("\n") + name_of(finding.level) + ": " + count_text(finding.count) + " " + finding.what + " (" +
            finding.kind + ")\n";
    for (auto const& example : finding.examples) text += "    " + example + "\n";
    if (finding.count > static_cast<index_t>(finding.examples.size())) text += "    …\n";
    text += "  " + finding.mend + "\n";
  }
  return text + "\n" + std::to_string(findings.count(severity::error)) + " kinds of errors, " +
         std::to_string(findings.count(severity::warning)) + " of warnings, " +
         std::to_string(findings.count(severity::note)) + " of notes\n";
}

}  // namespace detail

/// What an annotation file holds, for a terminal: its layout, sizes, frequency groups; then every finding with its
/// count, the first examples and how to mend it.
[[nodiscard]] inline std::string report_text(annotation_check const& check, std::string const& file) {
  auto const& s = check.summary;
  std::string text = file + ": ";
  if (check.findings.find("unreadable_file") && s.images + s.layout.annotations + s.layout.categories == 0)
    return text + "nothing of it could be read\n" + detail::findings_text(check.findings);
  text += s.layout.text() + "\n  " + count_text(s.images) + " images (" + count_text(s.images_without_objects) +
          " without objects), " + count_text(s.layout.annotations) + " annotations, " +
          count_text(s.layout.categories) + " categories\n";
  if (!s.address_folders.empty()) {
    text += "  coco_url:";
    for (auto const& [folder, images] : s.address_folders)
      text += (&folder == &s.address_folders.begin()->first ? " " : ", ") + folder + " " + count_text(images);
    text += "\n";
  }
  text += detail::report_row("", "categories", "with objects", "images", "objects");
  for (auto const& g : s.groups)
    if (g.letter != 0 || g.categories > 0)
      text += detail::report_row(detail::group_name(g.letter), count_text(g.categories), count_text(g.with_objects),
                                 count_text(g.images), count_text(g.objects));
  return text + detail::findings_text(check.findings);
}

/// The same for programs: {"file", "layout", "images", …, "groups": […], "findings": [{"severity", "kind", "count",
/// "what", "mend", "examples"}]}.
[[nodiscard]] inline nlohmann::ordered_json report_json(annotation_check const& check, std::string const& file) {
  auto const& s = check.summary;
  nlohmann::ordered_json result{{"file", file},
                                {"layout", s.layout.text()},
                                {"images", s.images},
                                {"images_without_objects", s.images_without_objects},
                                {"annotations", s.layout.annotations},
                                {"categories", s.layout.categories},
                                {"coco_url_folders", s.address_folders},
                                {"groups", nlohmann::ordered_json::array()},
                                {"findings", nlohmann::ordered_json::array()}};
  for (auto const& g : s.groups)
    result["groups"].push_back({{"group", detail::group_name(g.letter)},
                                {"categories", g.categories},
                                {"categories_with_objects", g.with_objects},
                                {"images", g.images},
                                {"objects", g.objects}});
  for (auto const& finding : check.findings.list())
    result["findings"].push_back({{"severity", name_of(finding.level)},
                                  {"kind", finding.kind},
                                  {"count", finding.count},
                                  {"what", finding.what},
                                  {"mend", finding.mend},
                                  {"examples", finding.examples}});
  return result;
}

}  // namespace acsl
