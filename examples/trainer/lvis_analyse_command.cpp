// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <memory>
#include <string>

#include "analyses.hpp"
#include "commands.hpp"
#include "group_limits_option.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"

namespace trainer {
namespace {

void add_analysis(CLI::App& parent, analysis const& what, int& status) {
  auto o = std::make_shared<analysis_request>();
  bool const annotations = what.reads_annotations();
  auto* command = parent.add_subcommand(what.name, what.about);
  command->footer("  acsl lvis_analyse " + std::string(what.name) + " " +
                  (annotations ? "data/lvis/lvis_v0.5_train.json" : "epoch_12.pth") + " --out " + what.output);
  command
      ->add_option(what.input, o->in,
                   annotations ? "annotation file, LVIS or COCO layout" : "weights, *.pth or *.safetensors")
      ->required()
      ->check(some_name());
  command->add_option("--out", o->out, "file to write")->required()->check(some_name());
  if (what.more == needs::below)
    command->add_option("--below", o->below, "training boxes of a head category, at least")
        ->check(whole_number(0, INT64_MAX))
        ->capture_default_str();
  if (what.more == needs::instances)
    command->add_option("--instances", o->instances, "annotations of a dense image, at least")
        ->check(whole_number(0, INT64_MAX))
        ->capture_default_str();
  if (what.more == needs::beta)
    command->add_option("--beta", o->beta, "b")->check(share_below_one())->capture_default_str();
  if (what.more == needs::limits) add_group_limits(*command, o->limits, "10,100,1000");
  add_threads(*command, o->threads);
  command->callback([o, &status, run = what.run] {
    acsl::expect_outputs({o->out}, {o->in});
    run(*o);
    status = 0;
  });
}

}  // namespace

void add_lvis_analyse(CLI::App& app, int& status) {
  auto* command = app.add_subcommand(
      "lvis_analyse",
      "The original's tools/lvis_analyse.py: statistics and parts of a data set, a function each.\n\n"
      "  acsl lvis_analyse get_mask data/lvis/lvis_v0.5_train.json --out mask.pt\n"
      "  acsl lvis_analyse ana_param epoch_12.pth --out param.pkl\n\n"
      "*.pt are tensors for torch.load, *.pkl pickles of NumPy arrays, *.csv tables; what is left in a *.json is as it "
      "was,\n"
      "byte for byte. Boxes of a category: its instance_count, where every category of the file has one, otherwise its "
      "annotations.\n"
      "get_cate_gs and get_split are `acsl split_bin`.");
  command->require_subcommand(1);
  for (auto const& one : analyses()) add_analysis(*command, one, status);
}

}  // namespace trainer
