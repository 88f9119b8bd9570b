// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/safetensors.hpp>
#include <cstdio>
#include <memory>

#include "commands.hpp"
#include "observed_run.hpp"
#include "option_checks.hpp"

namespace trainer {
namespace {

struct dump_request : observed_request {
  std::string out, backend = "cpu";
};

void run_dump(dump_request const& request) {
  std::vector<std::filesystem::path> inputs = {request.config, request.checkpoint};
  inputs.insert(inputs.end(), request.images.begin(), request.images.end());
  acsl::expect_outputs({request.out}, inputs);
  auto const recorded = record_run(request, request.backend);
  acsl::safetensors_file file;
  file.metadata = recorded.about;
  std::size_t numbers = 0;
  for (auto const& [name, values] : recorded.arrays) {
    file.add(name, values.view());
    numbers += static_cast<std::size_t>(values.size());
  }
  file.write(request.out);
  std::printf("%zu arrays with %zu numbers in %s\n", recorded.arrays.size(), numbers, request.out.c_str());
}

}  // namespace

void add_dump(CLI::App& app, int& status) {
  auto o = std::make_shared<dump_request>();
  auto* command = app.add_subcommand(
      "dump",
      "Write what a detector computes for a photograph, layer by layer, for people who check another backend or "
      "another\n"
      "implementation: safetensors, float32, NCHW; names and shapes: docs/dump.md.\n\n"
      "  acsl dump CONFIG CHECKPOINT photo.jpg --out dump.safetensors\n"
      "  acsl dump CONFIG CHECKPOINT photo.jpg --out dump.safetensors --train --seed 7 --scale 640,400");
  add_observed(*command, *o);
  command->add_option("--out", o->out, "file for the arrays (safetensors)")->required()->check(some_name());
  command->add_option("--backend", o->backend, "what computes: cpu, reference or thrust, as far as built")
      ->check(CLI::IsMember({"cpu", "reference", "thrust"}))
      ->capture_default_str();
  command->callback([o, &status] {
    run_dump(*o);
    status = 0;
  });
}

}  // namespace trainer
