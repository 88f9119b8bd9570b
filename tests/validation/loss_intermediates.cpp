// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/validation/loss_check.hpp>
#include <acsl/validation/loss_vector_file.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <support/temporary_folder.hpp>

namespace {

using json = nlohmann::json;

json read_file(char const* name) {
  return json::parse(test::read_text(ACSL_TEST_SOURCE "/tests/golden/losses/" + std::string(name)));
}
/// The entry of an id, in a file of its own with what its file shares.
json alone(std::string const& id) {
  for (char const* name : {"loss-vectors.json", "loss-vectors-large.json"}) {
    auto file = read_file(name);
    for (auto const& one : file["vectors"])
      if (one["id"] == id) {
        file["vectors"] = {one};
        return file;
      }
  }
  throw std::runtime_error("there is no entry " + id);
}
acsl::loss_check check(json const& file) {
  acsl::reference exec;
  auto vectors = acsl::read_loss_vectors(acsl::parse_json(file.dump(), "v.json"));
  return acsl::check_loss_vector<double>(exec, std::move(vectors.at(0)));
}

/// Numbers inside a value.
std::size_t numbers_in(json const& value) {
  if (!value.is_structured()) return 1;
  std::size_t result = 0;
  for (auto const& part : value) result += numbers_in(part);
  return result;
}

TEST_CASE("every number that a vector of a loss expects is compared, or the note names it") {
  std::map<std::string, std::string> const notes = {
      {"federated.sigmoid", "not checked: sampling_weight"},
      {"efl.later_step", "not checked: weight_per_class, state_after.pos_neg"},
      {"efl.first_step", "not checked: weight_per_class, state_after.pos_neg"},
      {"gol.clamp_region", "not checked: grad_reference_framework, loss_reference_framework"},
  };
  std::set<std::string> const unchecked = {"sampling_weight", "weight_per_class", "grad_reference_framework",
                                           "loss_reference_framework"};
  acsl::reference exec;
  std::size_t noted = 0;
  for (char const* name : {"loss-vectors.json", "loss-vectors-large.json"}) {
    auto const file = read_file(name);
    std::map<std::string, json> expected;
    for (auto const& one : file["vectors"]) expected[one["id"]] = one["expected"];
    for (auto& one : acsl::read_loss_vectors(acsl::parse_json(file.dump(), "v.json"))) {
      auto const& of = expected.at(one.id);
      auto const found = acsl::check_loss_vector<double>(exec, std::move(one));
      CAPTURE(found.id);
      CAPTURE(found.problem);
      CHECK(found.passed());
      auto const note = notes.find(found.id);
      CHECK(found.note == (note == notes.end() ? "" : note->second));
      noted += note != notes.end();
      std::size_t wanted = 0, others = 0;  // numbers that must have been compared; those in columns of their own
      for (auto const& [key, value] : of.items()) {
        if (unchecked.count(key)) continue;
        wanted += numbers_in(value);
        if (key == "state_after" && found.id.starts_with("efl.")) wanted -= numbers_in(value["pos_neg"]);
      }
      // scores have a column for background where the vector may lack it
      if (of.contains("scores")) others = found.scores.compared - numbers_in(of["scores"]);
      CHECK(found.compared() == wanted + others);
    }
  }
  CHECK(noted == notes.size());
}

TEST_CASE("what is expected under a name that nobody knows is named, not passed over") {
  auto file = alone("softmax_ce.bg_first");
  file["vectors"][0]["expected"]["entropy"] = {1, 2, 3};
  file["vectors"][0]["expected"]["margins"] = {0.5};  // of another loss
  auto const found = check(file);
  CHECK(found.passed());
  CHECK(found.note == "not checked: entropy, margins");
  file = alone("ghmc.momentum");
  file["vectors"][0]["expected"]["state_after"]["velocity"] = {0};
  CHECK(check(file).note == "not checked: state_after.velocity");
}

TEST_CASE("a wrong weight, table, histogram or part of a value is noticed, and nothing else with it") {
  for (auto const& [id, place] : std::map<std::string, std::set<std::string>>{
           {"eql.sigmoid", {"/weight/0/0"}},
           {"droploss.code", {"/weight/1/4"}},
           {"droploss.paper", {"/weight/2/1"}},
           {"ghmc.momentum", {"/weight/1/2", "/histogram/3"}},
           {"ghmc.invalid_row", {"/weight/1/0", "/histogram/0"}},
           {"eqlv2.later_step", {"/pos_weight/3", "/neg_weight/0", "/state_after/pos_neg/2"}},
           {"bags.reweighted_bins", {"/bin_loss/0", "/bin_loss/1", "/bin_loss/2"}},
           {"bags.groups_then_background_encoding", {"/bin_loss/0", "/bin_loss/2"}},
           {"seesaw.p0.8_q2", {"/loss_classes", "/loss_objectness"}},
           {"ldam", {"/margins/4"}},
           {"ldam.drw", {"/class_weight/3"}},
           {"ecm", {"/class_weight/4", "/shift/0"}},
           {"efl.later_step", {"/gamma_per_class/1"}},
           {"acsl.official.natural_fractions", {"/mask/1/2"}},
           {"acsl.official.ignored_row", {"/mask/2/0"}},
           {"acsl.paper", {"/mask/0/0"}},
           {"large.acsl.official", {"/mask_sum", "/grad_l1"}},
           {"large.ghmc", {"/histogram/9"}},
           {"large.bags", {"/bin_loss/4"}},
       })
    for (auto const& one : place) {
      CAPTURE(id);
      CAPTURE(one);
      auto file = alone(id);
      auto& number = file["vectors"][0]["expected"].at(json::json_pointer(one));
      number = number.get<double>() + 1e-6;
      auto const found = check(file);
      CHECK_FALSE(found.passed());
      CHECK_FALSE(found.intermediates.within);
      CHECK(found.intermediates.absolute == doctest::Approx(1e-6).epsilon(1e-3));
      CHECK((found.value.within && found.gradient.within && found.rows.within && found.scores.within &&
             found.state.within));
      CHECK(found.problem == "");
    }
}

TEST_CASE("a list of intermediate numbers has the wanted length") {
  auto file = alone("bags.original_encoding");
  file["vectors"][0]["expected"]["bin_loss"].erase(0);
  CHECK_FALSE(check(file).passed());
}

}  // namespace
