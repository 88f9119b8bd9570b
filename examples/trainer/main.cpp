// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "printable.hpp"

#include <CLI/CLI.hpp>
#include <acsl/core/error.hpp>
#include <acsl/training/nearest_name.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>
#include <vector>

namespace {

/// What was printed must have arrived: a full disk behind standard output is a failure like any other.
int after_output(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  std::fprintf(stderr, "acsl: error: cannot write to the standard output: %s\n", std::strerror(errno));
  return status == 0 ? 1 : status;
}

/// Tells of a word that stands where a sub-command does and names none, also below `data` and `lvis_analyse`.
/// @return whether there is such a word
bool tell_unknown_sub_command(CLI::App const& app, int argc, char** argv) {
  auto const* level = &app;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    std::vector<std::string> names;
    for (auto const* command : level->get_subcommands({})) names.push_back(command->get_name());
    if (names.empty()) return false;
    if (std::find(names.begin(), names.end(), argv[i]) == names.end()) {
      std::fprintf(stderr,
                   "%s: there is no sub-command \"%s\"; did you mean \"%s\"?\nRun with --help for more information.\n",
                   level == &app ? "acsl" : ("acsl " + level->get_name()).c_str(), trainer::printable(argv[i]).c_str(),
                   acsl::nearest_name(argv[i], names).c_str());
      return true;
    }
    level = level->get_subcommand(argv[i]);
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is told at the end; it does not cost a run of hours
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is told like a full disk
  CLI::App app{
      "acsl: train, test and compare long-tail object detectors.\n\n"
      "Start with `acsl demo`: it makes a small long-tail data set, trains a softmax baseline, fine-tunes its "
      "classifier\n"
      "with the adaptive class suppression loss, and prints what changed for rare, common and frequent categories."};
  app.footer(
      "ACSL_ANNOTATION_CACHE=DIR in the environment keeps what was read of annotation files there, by the hash of "
      "their\n"
      "contents, for later runs.\n"
      "Coming from the original's tools/*.py: docs/from-the-original.md tells each of them with every flag.");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("acsl " ACSL_VERSION));
  app.get_formatter()->column_width(34);
  int status = 0;
  trainer::add_train(app, status);
  trainer::add_test(app, status);
  trainer::add_eval(app, status);
  trainer::add_synth(app, status);
  trainer::add_demo(app, status);
  trainer::add_dump(app, status);
  trainer::add_validate(app, status);
  trainer::add_flops(app, status);
  trainer::add_convert(app, status);
  trainer::add_inspect(app, status);
  trainer::add_data(app, status);
  trainer::add_eval_lvis(app, status);
  trainer::add_eval_lvis_per_class(app, status);
  trainer::add_split_bin(app, status);
  trainer::add_lvis_analyse(app, status);
  trainer::add_test_lvis_tnorm(app, status);
  trainer::add_test_robustness(app, status);
  trainer::add_robustness_eval(app, status);
  trainer::add_corrupt(app, status);
  if (tell_unknown_sub_command(app, argc, argv)) return 2;
  try {
    app.parse(argc, argv);
  } catch (CLI::Success const& asked) {  // --help, --version
    return after_output(app.exit(asked));
  } catch (CLI::ParseError const& wrong) {
    app.exit(wrong);
    return 2;
  } catch (acsl::out_of_memory const& failure) {
    std::fprintf(stderr, "acsl: error: %s; smaller numbers of the configuration need less\n", failure.what());
    return 1;
  } catch (std::bad_alloc const&) {
    std::fprintf(stderr, "acsl: error: out of memory\n");
    return 1;
  } catch (std::exception const& failure) {
    std::fprintf(stderr, "acsl: error: %s\n", trainer::printable(failure.what()).c_str());
    return 1;
  }
  return after_output(status);
}
