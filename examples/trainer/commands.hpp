// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

/// The sub-commands. Each registers its options and runs when the command line names it; `status` receives the exit
/// status: 0 done, 1 failed (an exception, a difference that is not accepted), 2 wrong command line, 130 interrupted
/// after writing a checkpoint.
namespace trainer {

void add_train(CLI::App& app, int& status);
void add_test(CLI::App& app, int& status);
void add_eval(CLI::App& app, int& status);
void add_synth(CLI::App& app, int& status);
void add_demo(CLI::App& app, int& status);
void add_dump(CLI::App& app, int& status);
void add_validate(CLI::App& app, int& status);
void add_flops(CLI::App& app, int& status);
void add_convert(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_data(CLI::App& app, int& status);
void add_eval_lvis(CLI::App& app, int& status);  // from here on, the original's tools: docs/from-the-original.md
void add_eval_lvis_per_class(CLI::App& app, int& status);
void add_split_bin(CLI::App& app, int& status);
void add_lvis_analyse(CLI::App& app, int& status);
void add_test_lvis_tnorm(CLI::App& app, int& status);
void add_test_robustness(CLI::App& app, int& status);
void add_robustness_eval(CLI::App& app, int& status);
void add_corrupt(CLI::App& app, int& status);
void add_validate_model(CLI::App& validate, int& status);  // its part
void add_data_stats(CLI::App& data, int& status);          // its part

}  // namespace trainer
