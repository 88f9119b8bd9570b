// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/array_statistics.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <acsl/training/parameter_pattern.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include "commands.hpp"
#include "memory_limit.hpp"
#include "option_checks.hpp"
#include "printable.hpp"

namespace trainer {
namespace {

using json = nlohmann::ordered_json;

struct inspect_request {
  std::string file, filter = "*", json_out;
  std::uint64_t memory_mib = usual_memory_mib;
};

json description(acsl::named_array const& array) {
  auto const s = acsl::statistics_of(array.values);
  auto extents = json::array();
  for (int axis = 0; axis < array.values.extents.rank(); ++axis) extents.push_back(array.values.extents[axis]);
  json result = {{"name", array.name}, {"type", acsl::names_of(array.values.type).name}, {"shape", extents}};
  for (auto const& [name, value] : {std::pair("min", s.min), {"max", s.max}, {"mean", s.mean}, {"std", s.deviation}})
    result[name] = s.finite > 0 ? json(value) : json();
  result["nan"] = s.nan;
  result["infinite"] = s.infinite;
  return result;
}

/// "-0.25", or "-" where there is no number.
std::string number_text(json const& value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value.is_number() ? value.get<double>() : 0.0);
  return value.is_number() ? text : "-";
}

void print_arrays(json const& arrays) {
  std::size_t name_width = 4, shape_width = 5;
  for (auto const& array : arrays) {
    name_width = std::max(name_width, printable(array["name"]).size());
    shape_width = std::max(shape_width, array["shape"].dump().size());
  }
  auto const names = static_cast<int>(name_width), shapes = static_cast<int>(shape_width);
  std::printf("%-*s  %-8s  %-*s  %11s %11s %11s %11s\n", names, "name", "type", shapes, "shape", "min", "max", "mean",
              "std");
  for (auto const& array : arrays) {
    std::printf("%-*s  %-8s  %-*s  %11s %11s %11s %11s", names, printable(array["name"]).c_str(),
                array["type"].get<std::string>().c_str(), shapes, array["shape"].dump().c_str(),
                number_text(array["min"]).c_str(), number_text(array["max"]).c_str(),
                number_text(array["mean"]).c_str(), number_text(array["std"]).c_str());
    for (char const* what : {"nan", "infinite"})
      if (array[what] != 0) std::printf("  %s %s", array[what].dump().c_str(), what);
    std::printf("\n");
  }
}

/// A value in one line, long ones shortened.
std::string short_text(json const& value) {
  constexpr std::size_t most = 90;
  auto text = printable(value.dump());
  if (text.size() <= most) return text;
  std::string const all = std::to_string(text.size());
  text.resize(most);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
  if (!text.empty() && (text.back() & 0x80)) text.pop_back();  // no half of a character
  return text + " … (" + all + " characters)";
}

void run_inspect(inspect_request const& request) {
  acsl::expect_outputs({request.json_out}, {request.file});
  auto const content = acsl::read_checkpoint(request.file, request.memory_mib << 20);
  auto arrays = json::array();
  std::size_t elements = 0, bytes = 0;
  for (auto const& array : content.arrays) {
    if (!acsl::matches(array.name, request.filter)) continue;
    arrays.push_back(description(array));
    elements += static_cast<std::size_t>(array.values.extents.elements());
    bytes += array.values.bytes.size();
  }
  if (arrays.empty() && request.filter != "*")
    throw acsl::file_error(request.file, "no array has a name that fits \"" + request.filter + "\"");
  json const total = {{"arrays", arrays.size()}, {"elements", elements}, {"bytes", bytes}};
  print_arrays(arrays);
  std::printf("\n%zu arrays, %zu numbers, %zu bytes\n", arrays.size(), elements, bytes);
  for (auto const& [key, value] : content.meta.items())
    std::printf("%s: %s\n", printable(key).c_str(), short_text(value).c_str());
  for (auto const& name : content.left_out) std::printf("not shown: %s\n", printable(name).c_str());
  if (request.json_out.empty()) return;
  json const whole = {{"file", request.file},
                      {"arrays", arrays},
                      {"total", total},
                      {"meta", content.meta},
                      {"left_out", content.left_out}};
  acsl::write_file_atomically(request.json_out, acsl::indented_json_text(whole));
}

}  // namespace

void add_inspect(CLI::App& app, int& status) {
  auto o = std::make_shared<inspect_request>();
  auto* command = app.add_subcommand(
      "inspect",
      "List what is in a checkpoint, PyTorch's .pth or safetensors: names, types, shapes, statistics, and what the "
      "file\n"
      "says about itself.\n\n"
      "  acsl inspect epoch_12.pth --filter '*fc_cls*'\n\n"
      "min, max, mean and std are those of the finite numbers; others are counted. Nothing in a .pth is ever run.");
  command->add_option("FILE", o->file, "checkpoint")->required()->check(some_name());
  command->add_option("--filter", o->filter, "only arrays whose names match; * stands for anything")
      ->check(some_name());
  command->add_option("--json", o->json_out, "write everything there too, in full precision")->check(some_name());
  add_memory_limit(*command, o->memory_mib);
  command->callback([o, &status] {
    run_inspect(*o);
    status = 0;
  });
}

}  // namespace trainer
