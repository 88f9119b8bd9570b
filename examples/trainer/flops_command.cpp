// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "any_detector.hpp"
#include "command_options.hpp"
#include "commands.hpp"
#include "option_checks.hpp"

namespace trainer {
namespace {

struct flops_request {
  std::string config, json;
  std::vector<std::string> settings;
  std::vector<acsl::index_t> size = {1280, 800};
  std::vector<acsl::index_t> shape = {};  // height and width, or one for both; empty: `size`
  acsl::index_t classes = 1230;
};

/// What one part of a detector costs.
struct part_cost {
  std::string name;
  acsl::index_t multiply_adds = 0;  ///< of one image
  acsl::index_t parameters = 0;     ///< without running statistics
  acsl::index_t unfrozen = 0;       ///< outside of frozen stages
  acsl::index_t learning = 0;       ///< that a run of the configuration trains
};

/// "backbone", "bbox_head", in a cascade "bbox_head.0".
std::string part_of(std::string const& name) {
  auto const dot = name.find('.');
  bool const stage = dot + 1 < name.size() && name[dot + 1] >= '0' && name[dot + 1] <= '9';
  return name.substr(0, stage ? name.find('.', dot + 1) : dot);
}

/// Statistics of classes about which nothing is known; every group of a grouped loss has some.
acsl::class_statistics any_classes(acsl::index_t count) {
  acsl::class_statistics result;
  for (acsl::index_t c = 0; c < count; ++c) {
    result.frequency.push_back("rcff"[c % 4]);
    result.instance_count.push_back(std::int64_t{c % 4 == 0 ? 5 : (c % 4 == 1 ? 50 : (c % 4 == 2 ? 500 : 5000))});
  }
  result.image_count = result.instance_count;
  result.images = 100000;
  return result;
}

std::vector<part_cost> costs_of(acsl::configuration config, acsl::index_t classes, acsl::shape const& images) {
  std::vector<part_cost> parts;
  auto const part = [&](std::string const& name) -> part_cost& {
    auto const own = part_of(name);
    auto const found = std::find_if(parts.begin(), parts.end(), [&](part_cost const& one) { return one.name == own; });
    return found == parts.end() ? parts.emplace_back(part_cost{own}) : *found;
  };
  auto const statistics = any_classes(classes);
  auto const trained = make_detector(config, statistics);
  trained->for_each_parameter("", [&](std::string const& name, acsl::parameter const& p) {
    if (p.kind != acsl::role::learned) return;
    part(name).parameters += p.value.size();
    part(name).learning += p.trainable ? p.value.size() : 0;
  });
  config.training.selectp = 0;
  config.training.train_only.clear();
  auto const whole = make_detector(config, statistics);
  whole->for_each_parameter("", [&](std::string const& name, acsl::parameter const& p) {
    if (p.kind == acsl::role::learned && p.trainable) part(name).unfrozen += p.value.size();
  });
  whole->visit_multiply_adds(images, config.proposals.test_count,
                             [&](std::string const& name, acsl::index_t count) { part(name).multiply_adds += count; });
  part_cost total{"total"};
  for (auto const& one : parts) {
    total.multiply_adds += one.multiply_adds;
    total.parameters += one.parameters;
    total.unfrozen += one.unfrozen;
    total.learning += one.learning;
  }
  parts.push_back(total);
  return parts;
}

void run_flops(flops_request const& request) {
  acsl::expect_outputs({request.json}, {request.config});
  auto const config = configuration_of(request.config, request.settings);
  auto const padded = [](acsl::index_t side) { return (side + 31) / 32 * 32; };
  auto const& shape = request.shape;
  acsl::index_t const height = padded(shape.empty() ? request.size[1] : shape.front());
  acsl::index_t const width = padded(shape.empty() ? request.size[0] : shape.back());
  auto const parts = costs_of(config, request.classes, {1, 3, height, width});
  std::printf("input 3 x %ld x %ld, %ld classes and background, %ld proposals\n\n%-14s %18s %14s %14s %14s\n",
              static_cast<long>(height), static_cast<long>(width), static_cast<long>(request.classes),
              static_cast<long>(config.proposals.test_count), "part", "multiply-adds", "parameters", "not frozen",
              "learning");
  nlohmann::ordered_json listed = nlohmann::ordered_json::object();
  for (auto const& one : parts) {
    std::printf("%-14s %18ld %14ld %14ld %14ld\n", one.name.c_str(), static_cast<long>(one.multiply_adds),
                static_cast<long>(one.parameters), static_cast<long>(one.unfrozen), static_cast<long>(one.learning));
    listed[one.name] = {{"multiply_adds", one.multiply_adds},
                        {"parameters", one.parameters},
                        {"not_frozen", one.unfrozen},
                        {"learning", one.learning}};
  }
  std::printf("\n%.2f GMac, %.2f M parameters outside of frozen stages\n",
              static_cast<double>(parts.back().multiply_adds) * 1e-9,
              static_cast<double>(parts.back().unfrozen) * 1e-6);
  if (!request.json.empty())
    acsl::write_file_atomically(
        request.json, acsl::indented_json_text(nlohmann::ordered_json{{"height", height},
                                                                      {"width", width},
                                                                      {"classes", request.classes},
                                                                      {"proposals", config.proposals.test_count},
                                                                      {"parts", listed}}));
}

}  // namespace

void add_flops(CLI::App& app, int& status) {
  auto o = std::make_shared<flops_request>();
  auto* command = app.add_subcommand(
      "flops",
      "Count the multiply-adds and the parameters of a detector, part by part.\n\n"
      "  acsl flops configs/baselines/faster_rcnn_r50_fpn_1x_lvis.toml --size 1333,800\n\n"
      "Counts what the original's tool counts, for one image: products of convolutions (and their biases) and of "
      "linear\n"
      "layers; two for every element of a norm, one of a relu or a pool. Sums, upsampling, features of regions and "
      "boxes\n"
      "count nothing. Neither data nor weights are read.");
  command->add_option("CONFIG", o->config, "configuration file (TOML)")->required()->check(some_name());
  command->add_option("--set", o->settings, "key=value over the file, as often as wanted: --set model.depth=101")
      ->allow_extra_args(false);
  auto* const size =
      command->add_option("--size", o->size, "LONG,SHORT side of the image in pixels, padded to multiples of 32")
          ->delimiter(',')
          ->expected(2)
          ->check(whole_number(1, 32768))
          ->capture_default_str();
  command->add_option("--shape", o->shape, "the original's way to say it: height and width, or one number for both")
      ->expected(1, 2)
      ->check(whole_number(1, 32768))
      ->excludes(size);
  command->add_option("--classes", o->classes, "foreground classes; LVIS v0.5 has 1230")
      ->check(whole_number(1, 1 << 20))
      ->capture_default_str();
  command->add_option("--json", o->json, "write all of it there")->check(some_name());
  command->callback([o, &status] {
    run_flops(*o);
    status = 0;
  });
}

}  // namespace trainer
