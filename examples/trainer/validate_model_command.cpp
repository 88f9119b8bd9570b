// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <acsl/validation/array_difference.hpp>
#include <acsl/validation/row_matching.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "observed_run.hpp"
#include "option_checks.hpp"

namespace trainer {
namespace {

struct model_request : observed_request {
  std::string backend = "cpu", against = "reference", json;
  double tolerance = 1e-3;
};

struct array_check {
  std::string name;
  acsl::array_difference difference;
  bool within = true;
};

/// What is accepted: losses are sums over many samples, and lie closer together than their terms; an element of the
/// mask stands on one side of a threshold, whatever its distance.
double accepted_of(std::string const& name, double tolerance) {
  if (name.starts_with("loss.")) return tolerance / 10;
  return name.ends_with("weight_mask") ? 10 * tolerance : tolerance;
}

/// Proposals and detections are matched one to one. A proposal may lack a counterpart here and there: two that overlap
/// with nearly the same score suppress each other in either order.
array_check matched(std::string name, acsl::tensor_view<float const> found, acsl::tensor_view<float const> wanted) {
  auto const m = acsl::match_rows(found, wanted);
  bool const proposals = name.starts_with("proposals");
  char note[128];
  std::snprintf(note, sizeof note, "%ld matched, %ld not, %ld at the cut; scores %.1e", static_cast<long>(m.matched),
                static_cast<long>(m.lonely), static_cast<long>(m.at_cut), m.score);
  acsl::array_difference d;
  d.absolute = m.box;
  d.compared = found.size();
  d.note = note;
  return {std::move(name), d, m.lonely <= (proposals ? (found.extent(0) + wanted.extent(0)) / 100 : 0)};
}

std::vector<array_check> compare(recording const& tested, recording const& trusted, double tolerance) {
  std::vector<array_check> result;
  for (std::size_t i = 0; i < trusted.arrays.size(); ++i) {
    auto const& [name, wanted] = trusted.arrays[i];
    bool const there = i < tested.arrays.size() && tested.arrays[i].first == name;
    ACSL_EXPECTS(there, "both backends tell the same arrays", name);
    auto const found = tested.arrays[i].second.view();
    if (name == "proposals") {
      auto const own = acsl::rows_of(tested.proposals);
      result.push_back(matched(name, own.view(), wanted.view()));
    } else if (name.starts_with("detections")) {
      result.push_back(matched(name, found, wanted.view()));
    } else {
      auto d = acsl::array_difference::of(found, wanted.view());
      bool const within = d.l2 <= accepted_of(name, tolerance);
      result.push_back({name, std::move(d), within});
    }
  }
  return result;
}

nlohmann::ordered_json json_of(array_check const& check) {
  auto const number = [](double x) {
    return std::isfinite(x) ? nlohmann::ordered_json(x) : nlohmann::ordered_json("inf");
  };
  return {{"name", check.name},
          {"numbers", check.difference.compared},
          {"absolute", number(check.difference.absolute)},
          {"relative", number(check.difference.relative)},
          {"l2", number(check.difference.l2)},
          {"within", check.within},
          {"note", check.difference.note}};
}

int run_model(model_request const& request) {
  std::vector<std::filesystem::path> inputs = {request.config, request.checkpoint};
  inputs.insert(inputs.end(), request.images.begin(), request.images.end());
  acsl::expect_outputs({request.json}, inputs);
  auto const trusted = record_run(request, request.against);
  auto const tested = record_run(request, request.backend, &trusted.proposals);
  auto const all = compare(tested, trusted, request.tolerance);
  std::printf(
      "%s against %s; accepted: %.0e of an array's norm, %.0e of a loss; ! marks what is not\n"
      "box stages of both have the proposals of %s\n\n%-48s %-9s %-9s %s\n",
      request.backend.c_str(), request.against.c_str(), request.tolerance, accepted_of("loss.", request.tolerance),
      request.against.c_str(), "largest differences", "absolute", "relative", "L2");
  std::size_t failed = 0;
  nlohmann::ordered_json arrays = nlohmann::ordered_json::array();
  for (auto const& check : all) {
    auto const& d = check.difference;
    failed += !check.within;
    std::printf("%-48s %-9.1e %-9.1e %-7.1e%c %s\n", check.name.c_str(), d.absolute, d.relative, d.l2,
                check.within ? ' ' : '!', d.note.c_str());
    arrays.push_back(json_of(check));
  }
  std::printf("\n%zu arrays, %zu beyond what is accepted\n", all.size(), failed);
  if (!request.json.empty())
    acsl::write_file_atomically(request.json,
                                acsl::indented_json_text(nlohmann::ordered_json{{"backend", request.backend},
                                                                                {"against", request.against},
                                                                                {"tolerance", request.tolerance},
                                                                                {"failed", failed},
                                                                                {"arrays", arrays}}));
  return failed == 0 ? 0 : 1;
}

}  // namespace

void add_validate_model(CLI::App& validate, int& status) {
  auto o = std::make_shared<model_request>();
  auto* command = validate.add_subcommand(
      "model",
      "Everything that a detector computes for a photograph (the arrays of `acsl dump`), on two backends.\n\n"
      "  acsl validate model CONFIG CHECKPOINT photo.jpg --backend cpu --against reference --scale 320,200\n"
      "  acsl validate model CONFIG CHECKPOINT photo.jpg --train --seed 7 --json differences.json\n\n"
      "Proposals and detections are matched one to one, by class, box (0.1 pixels) and score (0.001). Exit code 1 "
      "when\n"
      "a difference is not accepted. The reference is slow: a small --scale is enough.");
  add_observed(*command, *o);
  std::vector<std::string> const backends = {"cpu", "reference", "thrust"};
  command->add_option("--backend", o->backend, "what is tested: cpu, reference or thrust, as far as built")
      ->check(CLI::IsMember(backends))
      ->capture_default_str();
  command->add_option("--against", o->against, "what is trusted")
      ->check(CLI::IsMember(backends))
      ->capture_default_str();
  command->add_option("--tolerance", o->tolerance, "largest accepted difference, as a share of an array's norm")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--json", o->json, "write the differences of every array there")->check(some_name());
  command->callback([o, &status] { status = run_model(*o); });
}

}  // namespace trainer
