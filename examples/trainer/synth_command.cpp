// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "commands.hpp"
#include "option_checks.hpp"
#include "synthesise.hpp"
#include "threads_option.hpp"

void trainer::add_synth(CLI::App& app, int& status) {
  struct settings {
    std::string out;
    acsl::synthetic_options options;
    int threads = 0;
    bool force = false;
  };
  auto s = std::make_shared<settings>();
  auto* command = app.add_subcommand(
      "synth",
      "Draw a data set with a long tail, for machines without photographs.\n\n"
      "  acsl synth --out synth --seed 1\n\n"
      "64 categories (\"striped red star\": shape x texture x colour) on cluttered grounds. A few categories are in\n"
      "hundreds of training images, many in fewer than ten; each rare one looks like frequent ones but for one\n"
      "attribute. DIR gets train.json, train/, val.json and val/ in the layout of LVIS, to be trained on with\n"
      "--set data.root=DIR. The same seed gives the same files.");
  command->add_option("--out", s->out, "the folder that gets the set; must be new, empty, or hold this very set")
      ->required()
      ->check(trainer::some_name())
      ->type_name("DIR");
  command->add_option("--seed", s->options.seed, "another seed, another set of the same kind; default: 1")
      ->check(trainer::seed_number());
  command
      ->add_option("--train", s->options.train_images,
                   "training images; default: 800; fewer than about 300 leave no category frequent")
      ->check(trainer::whole_number(1, 1'000'000));
  command->add_option("--val", s->options.val_images, "validation images; default: 200")
      ->check(trainer::whole_number(1, 1'000'000));
  add_threads(*command, s->threads);
  command->add_flag("--force", s->force, "write into DIR whatever it holds; other files stay");
  command->callback([s, &status] {
    synthesise(s->out, s->options, s->force, s->threads, "name another folder, or write into this one with --force");
    status = 0;
  });
}
