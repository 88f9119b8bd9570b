// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "command_options.hpp"
#include "commands.hpp"
#include "launcher_options.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"
#include "training_run.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

void trainer::add_train(CLI::App& app, int& status) {
  struct options {
    std::string config, work_dir, load_from, pretrained, resume_from;
    std::vector<std::string> settings;
    bool validate = false, print_config = false, autoscale = false;
    acsl::index_t seed = -1;
    int threads = 0;
  };
  auto o = std::make_shared<options>();
  auto* command = app.add_subcommand(
      "train",
      "Train a detector.\n\n"
      "  acsl train configs/coco128/faster_rcnn_r18_fpn.toml --set data.root=coco128 --work-dir runs/r18\n\n"
      "Writes epoch_<n>.safetensors, latest.safetensors (the newest), log.jsonl and the resolved config.toml. A run "
      "that\n"
      "was interrupted or killed goes on with --resume-from <work dir>/latest.safetensors, to the same bits.");
  command->add_option("CONFIG", o->config, "configuration file (TOML)")->required()->check(trainer::some_name());
  command
      ->add_option("--work-dir,--work_dir", o->work_dir,
                   "where everything goes; default: training.work_dir, or work_dirs/<name of CONFIG>")
      ->check(trainer::some_name());
  command->add_option("--set", o->settings, "key=value over the file, as often as wanted: --set training.lr=0.01")
      ->allow_extra_args(false);
  command->add_option("--load-from", o->load_from, "start with the weights of this checkpoint (training.load_from)")
      ->check(trainer::some_name());
  command
      ->add_option("--pretrained", o->pretrained,
                   "start the backbone with the ImageNet weights of this file (model.pretrained)")
      ->check(trainer::some_name());
  command
      ->add_option("--resume-from,--resume_from", o->resume_from,
                   "go on with the run of this checkpoint; --load-from then has no effect")
      ->check(trainer::some_name());
  command->add_flag("--validate", o->validate, "evaluate on the validation split after epochs");
  command->add_flag("--print-config", o->print_config,
                    "print the resolved configuration, with the meaning of every key, and stop");
  command->add_flag("--autoscale-lr", o->autoscale,
                    "lr / 8, the original's on one device (training.autoscale_lr=device_count)");
  command->add_option("--seed", o->seed, "seed of every random number (training.seed)")->check(trainer::seed_number());
  trainer::add_launcher_options_of_training(*command);
  trainer::add_threads(*command, o->threads);
  command->callback([o, &status] {
    training_request request;
    request.config = configuration_of(o->config, o->settings);
    if (!o->load_from.empty()) request.config.training.load_from = o->load_from;
    if (!o->pretrained.empty()) request.config.model.pretrained = o->pretrained;
    if (o->autoscale) request.config.training.autoscale_lr = "device_count";
    if (o->seed >= 0) request.config.training.seed = o->seed;
    if (o->print_config) {
      std::printf("%s", acsl::to_toml(request.config, true).c_str());
      status = 0;
      return;
    }
    auto const& configured = request.config.training.work_dir;
    request.work_dir = !o->work_dir.empty()  ? std::filesystem::path(o->work_dir)
                       : !configured.empty() ? std::filesystem::path(configured)
                                             : "work_dirs" / std::filesystem::path(o->config).stem();
    request.resume_from = o->resume_from;
    request.validate = o->validate;
    request.threads = o->threads;
    status = run_training(request) == acsl::train_outcome::finished ? 0 : 130;
  });
}
