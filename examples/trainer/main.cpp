// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"

#include <CLI/CLI.hpp>
#include <acsl/core/error.hpp>
#include <cstdio>
#include <exception>
#include <new>

int main(int argc, char** argv) {
  CLI::App app{
      "acsl: train, test and compare long-tail object detectors.\n\n"
      "Start with `acsl demo`: it makes a small long-tail data set, trains a softmax baseline, fine-tunes its "
      "classifier\n"
      "with the adaptive class suppression loss, and prints what changed for rare, common and frequent categories."};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("acsl " ACSL_VERSION));
  app.get_formatter()->column_width(34);
  int status = 0;
  trainer::add_train(app, status);
  trainer::add_test(app, status);
  trainer::add_eval(app, status);
  try {
    app.parse(argc, argv);
  } catch (CLI::Success const& asked) {  // --help, --version
    return app.exit(asked);
  } catch (CLI::ParseError const& wrong) {
    app.exit(wrong);
    return 2;
  } catch (acsl::error const& failure) {
    std::fprintf(stderr, "acsl: error: %s\n", failure.what());
    return 1;
  } catch (std::bad_alloc const&) {
    std::fprintf(stderr, "acsl: error: out of memory\n");
    return 1;
  } catch (std::exception const& failure) {
    std::fprintf(stderr, "acsl: error: %s\n", failure.what());
    return 1;
  }
  return status;
}
