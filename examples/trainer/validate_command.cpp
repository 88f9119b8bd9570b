// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/atomic_file.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/json_text.hpp>
#include <acsl/validation/loss_comparison.hpp>
#include <acsl/validation/loss_vector_file.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "option_checks.hpp"
#include "threads_option.hpp"
#include "validated_backend.hpp"

namespace trainer {
namespace {

struct losses_request {
  std::string vectors, backend = "cpu", against = "reference", precision = "float", json;
  acsl::comparison_options random;
  int threads = 0;
};

/// @param skipped gets the entries of a file that are no cases
std::vector<acsl::loss_check> checks(losses_request const& request, std::vector<std::string>& skipped) {
  bool const single = request.precision == "float";
  auto const tested = make_validated_backend(request.backend, single, request.threads);
  if (request.vectors.empty()) {
    auto const trusted = make_validated_backend(request.against, single, request.threads);
    auto const evaluator = [](validated_backend& on) {
      return
          [&on](auto& loss, auto const& batch, auto const& arguments) { return on.evaluate(loss, batch, arguments); };
    };
    return acsl::compare_losses(evaluator(*tested), evaluator(*trusted), request.random,
                                single ? acsl::loss_tolerance<float> : acsl::loss_tolerance<double>);
  }
  std::vector<acsl::loss_check> result;
  std::vector<acsl::json_value> others;
  for (auto& one : acsl::read_loss_vectors(acsl::read_json(request.vectors), &others))
    result.push_back(tested->check(std::move(one)));
  for (auto const& entry : others)
    if (auto check = tested->check(entry)) result.push_back(std::move(*check));
    else skipped.push_back(entry.at("id").text());
  return result;
}

std::string cell(acsl::difference const& d) {
  if (d.compared == 0) return "        -         ";
  char text[32];
  std::snprintf(text, sizeof text, "%8.1e %8.1e%c", d.absolute, d.relative, d.within ? ' ' : '!');
  return text;
}

nlohmann::ordered_json json_of(acsl::difference const& d) {
  if (d.compared == 0) return nullptr;
  auto const number = [](double x) {
    return std::isfinite(x) ? nlohmann::ordered_json(x) : nlohmann::ordered_json("inf");
  };
  return {{"absolute", number(d.absolute)}, {"relative", number(d.relative)}, {"within", d.within}};
}

int run_losses(losses_request const& request) {
  acsl::expect_outputs({request.json}, {request.vectors});
  std::vector<std::string> skipped;
  auto const all = checks(request, skipped);
  if (all.empty()) throw acsl::file_error(request.vectors, "holds no case to check");
  auto const of_float = acsl::loss_tolerance<float>, of_double = acsl::loss_tolerance<double>;
  std::printf("%s in %s against %s; accepted: %.0e + %.0e of the value in float, %.0e + %.0e in double\n",
              request.backend.c_str(), request.precision.c_str(),
              request.vectors.empty() ? request.against.c_str() : request.vectors.c_str(), of_float.absolute,
              of_float.relative, of_double.absolute, of_double.relative);
  std::printf(
      "largest differences, absolute and relative; ! marks what is not accepted\n\n%-58s %-18s %-18s %-18s %-18s %-18s "
      "%s\n",
      "case", "value", "gradient", "rows", "scores", "state", "intermediates");
  std::size_t failed = 0;
  nlohmann::ordered_json cases = nlohmann::ordered_json::array();
  for (auto const& check : all) {
    failed += !check.passed();
    std::printf("%-58s %s %s %s %s %s %s%s%s%s%s\n", check.id.c_str(), cell(check.value).c_str(),
                cell(check.gradient).c_str(), cell(check.rows).c_str(), cell(check.scores).c_str(),
                cell(check.state).c_str(), cell(check.intermediates).c_str(), check.note.empty() ? "" : " ",
                check.note.c_str(), check.problem.empty() ? "" : " ", check.problem.c_str());
    cases.push_back({{"id", check.id},
                     {"passed", check.passed()},
                     {"value", json_of(check.value)},
                     {"gradient", json_of(check.gradient)},
                     {"rows", json_of(check.rows)},
                     {"scores", json_of(check.scores)},
                     {"state", json_of(check.state)},
                     {"intermediates", json_of(check.intermediates)},
                     {"note", check.note},
                     {"problem", check.problem}});
  }
  std::printf("\n%zu cases, %zu beyond what is accepted\n", all.size(), failed);
  if (!skipped.empty()) {
    std::printf("%zu entries are of other kinds and were not checked:", skipped.size());
    for (auto const& id : skipped) std::printf(" %s", id.c_str());
    std::printf("\n");
  }
  if (!request.json.empty())
    acsl::write_file_atomically(request.json,
                                acsl::indented_json_text(nlohmann::ordered_json{{"backend", request.backend},
                                                                                {"precision", request.precision},
                                                                                {"failed", failed},
                                                                                {"cases", cases},
                                                                                {"not_checked", skipped}}));
  return failed == 0 ? 0 : 1;
}

}  // namespace

void add_validate(CLI::App& app, int& status) {
  auto* command = app.add_subcommand("validate", "Compare what a backend computes with what it should.");
  command->require_subcommand(1);
  auto o = std::make_shared<losses_request>();
  auto* losses = command->add_subcommand(
      "losses",
      "Values, gradients, row losses, scores and states of every loss; and with a file of vectors also what losses\n"
      "compute on the way (weights of elements, tables, histograms, parts of the value), losses of boxes, "
      "corrections,\n"
      "heads, weights of classes and ways to sample.\n\n"
      "  acsl validate losses tests/golden/losses/loss-vectors.json --backend cpu --precision double\n"
      "  acsl validate losses --backend cpu --against reference --rows 512 --classes 1230\n"
      "  acsl validate losses tests/golden/losses/loss-vectors.json --backend cuda\n\n"
      "With a file of vectors: against the numbers in it; entries of kinds that no check knows are named. The last\n"
      "column names expected numbers that were not checked, and says what did not run as asked: heads compute in\n"
      "float, losses of boxes on the host, weights of classes and ways to sample in double on the host.\n"
      "Without: two backends against each other on random batches, among them no rows, background alone, one class,\n"
      "a class without samples, logits of +-80, NaN in a logit. Exit code 1 when a difference is not accepted.");
  auto* vectors = losses->add_option("VECTORS", o->vectors, "file of loss vectors (JSON)")->check(some_name());
  std::vector<std::string> const backends = {"reference", "cpu", "thrust", "cuda"};
  losses->add_option("--backend", o->backend, "what is tested: reference, cpu, thrust or cuda, as far as built")
      ->check(CLI::IsMember(backends))
      ->capture_default_str();
  losses->add_option("--against", o->against, "what is trusted, where there is no file")
      ->check(CLI::IsMember(backends))
      ->excludes(vectors)
      ->capture_default_str();
  losses->add_option("--precision", o->precision, "of the logits: float or double")
      ->check(CLI::IsMember({"float", "double"}))
      ->capture_default_str();
  losses->add_option("--json", o->json, "write the differences of every case there")->check(some_name());
  losses->add_option("--rows", o->random.rows, "rows of a random batch")
      ->excludes(vectors)
      ->check(whole_number(0, 1 << 24))
      ->capture_default_str();
  losses->add_option("--classes", o->random.classes, "foreground classes of a random batch")
      ->excludes(vectors)
      ->check(whole_number(1, 1 << 20))
      ->capture_default_str();
  losses->add_option("--seed", o->random.seed, "seed of the random batches")
      ->check(seed_number())
      ->excludes(vectors)
      ->capture_default_str();
  add_threads(*losses, o->threads);
  losses->callback([o, &status] { status = run_losses(*o); });
  add_validate_model(*command, status);
}

}  // namespace trainer
