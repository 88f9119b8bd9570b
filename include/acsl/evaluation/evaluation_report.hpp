// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/evaluation/detection_evaluation.hpp>
#include <acsl/evaluation/summary_table.hpp>
#include <acsl/io/json_text.hpp>
#include <nlohmann/json.hpp>
#include <string>

namespace acsl {

/// {"AP": 0.36…, "AP50": …, "AR@300": …}: full precision, −1 for no value.
[[nodiscard]] inline nlohmann::ordered_json summary_json(detection_evaluation const& evaluation) {
  nlohmann::ordered_json json;
  detail::for_each_figure(
      evaluation, [&](summary_figure const& figure, double value) { json[figure.key(evaluation.options)] = value; });
  return json;
}

/// Everything about an evaluation: `iou_type`, `protocol`, `max_dets`, `summary`; `category_ids` and, parallel to it,
/// `ap_per_category`, `ap50_per_category`, `ap75_per_category`, `ar_per_category`; `categories`, for those with
/// anything to judge: `id`, `name`, `frequency`, `num_gt[size]` (objects that count), `num_dt` (judged results),
/// `ap[size][threshold]`, `recall[size][threshold]`, sizes being all, small, medium, large, and for COCO
/// `recall_at_1[threshold]` and `recall_at_10[threshold]`; and the two printed tables, `table_text` and
/// `table_text_upstream`. −1: no value.
[[nodiscard]] inline nlohmann::ordered_json evaluation_json(detection_evaluation const& evaluation) {
  auto ids = nlohmann::ordered_json::array(), ap = ids, ap50 = ids, ap75 = ids, ar = ids, detail = ids;
  for (auto const& c : evaluation.categories) {
    ids.push_back(c.id);
    ap.push_back(c.ap());
    ap50.push_back(c.ap50());
    ap75.push_back(c.ap75());
    ar.push_back(c.ar());
    if (!c.is_judged()) continue;
    detail.push_back({{"id", c.id},
                      {"name", c.name},
                      {"frequency", c.frequency ? std::string(1, c.frequency) : std::string()},
                      {"num_gt", c.objects},
                      {"num_dt", c.detections},
                      {"ap", c.precision},
                      {"recall", c.recall}});
    for (std::size_t i = 0; evaluation.options.rules == evaluation_rules::coco && i < fewer_detections.size(); ++i)
      detail.back()["recall_at_" + std::to_string(fewer_detections[i])] = c.recall_of_best[i];
  }
  return {{"iou_type", name_of(evaluation.options.type)},
          {"protocol", evaluation.options.protocol()},
          {"max_dets", evaluation.options.max_dets},
          {"summary", summary_json(evaluation)},
          {"category_ids", ids},
          {"ap_per_category", ap},
          {"ap50_per_category", ap50},
          {"ap75_per_category", ap75},
          {"ar_per_category", ar},
          {"table_text", summary_table(evaluation)},
          {"table_text_upstream", summary_lines(evaluation)},
          {"categories", detail}};
}

/// The figures in a line each for names and values in percent, to be pasted into a table; a dash for no value.
[[nodiscard]] inline std::string summary_row(detection_evaluation const& evaluation) {
  std::string names = evaluation.options.protocol(), values;
  detail::for_each_figure(evaluation, [&](summary_figure const& figure, double value) {
    names += ',' + figure.key(evaluation.options);
    values += (values.empty() ? "" : ",") + (value < 0 ? std::string("-") : detail::formatted("%.2f", value * 100));
  });
  return names + "\n" + name_of(evaluation.options.type) + "," + values + "\n";
}

/// `protocol`, `iou_type`, `overlap_thresholds`, `recall_thresholds` and, per category with objects, `id`, `name` and
/// `precision[overlap threshold][recall threshold]`. @pre the evaluation kept curves
[[nodiscard]] inline nlohmann::ordered_json curves_json(detection_evaluation const& evaluation) {
  auto list = nlohmann::ordered_json::array();
  for (auto const& c : evaluation.categories)
    if (!c.curves[0].empty()) list.push_back({{"id", c.id}, {"name", c.name}, {"precision", c.curves[0]}});
  return {{"protocol", evaluation.options.protocol()},
          {"iou_type", name_of(evaluation.options.type)},
          {"overlap_thresholds", overlap_thresholds},
          {"recall_thresholds", recall_thresholds},
          {"categories", list}};
}

/// A line of comma-separated values per category, below a line of names: id, name, frequency, objects that count,
/// judged results, AP, AP50, AP75, AR, protocol. Names are quoted where they must be. −1: no value.
[[nodiscard]] inline std::string per_category_table(detection_evaluation const& evaluation) {
  auto const quoted = [](std::string const& name) {
    if (name.find_first_of(",\"\n\r") == std::string::npos) return name;
    std::string text = "\"";
    for (char const c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + '"';
  };
  std::string text = "id,name,frequency,objects,detections,AP,AP50,AP75,AR,protocol\n";
  for (auto const& c : evaluation.categories) {
    text += std::to_string(c.id) + ',' + quoted(c.name) + ',';
    if (c.frequency) text += c.frequency;
    text += ',' + std::to_string(c.objects[0]) + ',' + std::to_string(c.detections);
    for (double const value : {c.ap(), c.ap50(), c.ap75(), c.ar()}) {
      text += ',';
      if (value < 0) text += "-1";
      else detail::append_number(text, value);
    }
    text += ',' + evaluation.options.protocol() + '\n';
  }
  return text;
}

}  // namespace acsl
