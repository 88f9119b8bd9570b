// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/core/file_error.hpp>
#include <acsl/evaluation/robustness_results.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/byte_source.hpp>
#include <acsl/io/detail/pickle_json.hpp>
#include <acsl/io/detail/pickle_machine.hpp>
#include <acsl/io/detail/pickle_output.hpp>
#include <acsl/io/json.hpp>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace acsl {

/// {"fog": {"0": {"bbox": {"AP": 0.3, …}}, "1": …}, …}
[[nodiscard]] inline nlohmann::ordered_json robustness_json(robustness_results const& results) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (auto const& one : results.entries) {
    auto& figures = json[one.corruption][std::to_string(one.severity)][one.task];
    figures = nlohmann::ordered_json::object();
    for (auto const& [name, value] : one.figures) figures[name] = value;
  }
  return json;
}

namespace detail {

/// The mean of `ap` over the classes of a VOC evaluation: a list with a map per class.
inline named_figures voc_figures(nlohmann::ordered_json const& classes, std::string const& file,
                                 std::string const& place) {
  double sum = 0;
  for (auto const& one : classes) {
    if (!one.is_object() || !one.contains("ap") || !one["ap"].is_number())
      throw file_error(file, place, "a list of classes has an \"ap\" for each, a number");
    sum += one["ap"].get<double>();
  }
  if (classes.empty()) throw file_error(file, place, "has no class");
  return {{"AP50", sum / static_cast<double>(classes.size())}};
}

/// @param file what messages call it
inline robustness_results robustness_from(nlohmann::ordered_json const& json, std::string const& file) {
  auto const expect_map = [&file](nlohmann::ordered_json const& value, std::string const& place, char const* of) {
    if (!value.is_object()) throw file_error(file, place, std::string("expected a map of ") + of);
  };
  expect_map(json, "results", "corruptions");
  robustness_results results;
  for (auto const& [corruption, severities] : json.items()) {
    expect_map(severities, corruption, "severities");
    for (auto const& [severity, tasks] : severities.items()) {
      auto const place = corruption + "[" + severity + "]";
      if (severity.size() != 1 || severity[0] < '0' || severity[0] > '5')
        throw file_error(file, place, "a severity lies in [0, 5]");
      int const number = severity[0] - '0';
      if (tasks.is_array()) {
        results.entries.push_back({corruption, number, "bbox", voc_figures(tasks, file, place)});
        continue;
      }
      expect_map(tasks, place, "tasks, or a list of classes");
      for (auto const& [task, figures] : tasks.items()) {
        expect_map(figures, place + "." + task, "figures");
        named_figures named;
        for (auto const& [name, value] : figures.items())
          if (value.is_number()) named.emplace_back(name, value.get<double>());
        if (named.empty()) throw file_error(file, place + "." + task, "has no figure");
        results.entries.push_back({corruption, number, task, std::move(named)});
      }
    }
  }
  if (results.entries.empty()) throw file_error(file, "holds no results of a test of robustness");
  return results;
}

inline nlohmann::ordered_json pickled_json(byte_source const& source) {
  memory_budget budget(std::uint64_t{1} << 30);
  pickle_heap heap(budget, source.name());
  pickle_input input(source, 0, source.size());
  return pickle_json(heap)(pickle_machine(input, heap, nullptr).run());
}

}  // namespace detail

/// Reads what `acsl test_robustness` wrote (JSON or pickle), or the pickle of the original's tool: a map corruption →
/// severity → task → figures, numbers being Python's or NumPy's; of VOC a list of classes with `ap` in the place of
/// tasks, read as the figure AP50 of the task bbox. Nothing of a pickle is ever run.
/// @throws acsl::file_error with the place of what is missing or of another form
[[nodiscard]] inline robustness_results read_robustness_results(std::filesystem::path const& path) {
  byte_source const source(path);
  std::uint8_t first = 0;
  if (source.size() > 0) source.read(0, {&first, 1});
  if (first == detail::pickle_opcode::protocol)
    return detail::robustness_from(detail::pickled_json(source), path.string());
  if (first != '{') throw file_error(path.string(), "is neither a pickle of Python 3 or 2.7 nor a JSON object");
  auto const bytes = read_file(path);
  auto const json = nlohmann::ordered_json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (json.is_discarded()) (void)read_json(path);  // says where it is damaged
  if (!json.contains("results")) throw file_error(path.string(), "the key \"results\" is missing");
  return detail::robustness_from(json["results"], path.string());
}

/// Writes the pickle that the original's tool writes, protocol 2, whole or not at all: a map corruption → severity (a
/// number) → task → figures.
inline void write_robustness_pickle(std::filesystem::path const& path, robustness_results const& results) {
  detail::pickle_output out;
  auto const map = [&out](auto const& of, auto&& write_item) {
    out.opcode(detail::pickle_opcode::empty_dict);
    out.opcode(detail::pickle_opcode::mark);
    for (auto const& [key, value] : of.items()) write_item(key, value);
    out.opcode(detail::pickle_opcode::set_items);
  };
  map(robustness_json(results), [&](std::string const& corruption, auto const& severities) {
    out.text(corruption);
    map(severities, [&](std::string const& severity, auto const& tasks) {
      out.integer(std::stoi(severity));
      map(tasks, [&](std::string const& task, auto const& figures) {
        out.text(task);
        map(figures, [&](std::string const& name, auto const& value) {
          out.text(name);
          out.real(value.template get<double>());
        });
      });
    });
  });
  out.stop();
  write_file_atomically(path, out.bytes());
}

}  // namespace acsl
