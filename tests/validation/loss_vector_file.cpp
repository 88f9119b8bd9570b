// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/core/random_key.hpp>
#include <acsl/validation/entry_check.hpp>
#include <acsl/validation/loss_check.hpp>
#include <acsl/validation/loss_vector_file.hpp>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <support/temporary_folder.hpp>
#include <utility>

namespace {

using json = nlohmann::json;

json golden() { return json::parse(test::read_text(ACSL_TEST_SOURCE "/tests/golden/losses/loss-vectors.json")); }
json golden_large() {
  return json::parse(test::read_text(ACSL_TEST_SOURCE "/tests/golden/losses/loss-vectors-large.json"));
}
json entry(std::string const& id) {
  auto const file = golden();
  for (auto const& one : file["vectors"])
    if (one["id"] == id) return one;
  throw std::runtime_error("there is no entry " + id);
}
std::vector<acsl::loss_vector> read(json const& file, std::vector<acsl::json_value>* others = nullptr) {
  return acsl::read_loss_vectors(acsl::parse_json(file.dump(), "v.json"), others);
}
/// Checks what a file holds, every kind of entry. @return cases, and how many of them did not pass
template <class T>
std::pair<int, int> check_all(json const& file) {
  acsl::reference exec;
  std::pair<int, int> result{0, 0};
  auto const count = [&](acsl::loss_check const& check) {
    ++result.first;
    result.second += !check.passed();
  };
  std::vector<acsl::json_value> others;
  for (auto& vector : read(file, &others)) count(acsl::check_loss_vector<T>(exec, std::move(vector)));
  for (auto const& entry : others)
    if (auto const check = acsl::check_entry<T>(exec, entry)) count(*check);
  return result;
}
/// What is said about a file with this one entry: by the reader, or by the check.
std::string problem_of(json const& one) {
  acsl::reference exec;
  try {
    std::string problems;
    std::vector<acsl::json_value> others;
    for (auto& vector : read({{"format", 1}, {"vectors", {one}}}, &others))
      problems += acsl::check_loss_vector<double>(exec, std::move(vector)).problem;
    for (auto const& entry : others)
      if (auto const check = acsl::check_entry<double>(exec, entry)) problems += check->problem;
    return problems;
  } catch (acsl::error const& problem) {
    return problem.what();
  }
}

/// Every value inside a document.
void collect(json& value, std::vector<json*>& places) {
  places.push_back(&value);
  if (value.is_structured())
    for (auto& part : value) collect(part, places);
}
/// Spoils a value, in the n-th of some ways.
void spoil(json& value, std::uint64_t way) {
  json const others[] = {json::array(),  0,      -7,   1'000'000, 4'294'967'299, 1e30, "x", nullptr,
                         json::object(), -1e308, 0.5,  {1},       {-7},          {{}}, {},  INT64_MIN,
                         INT64_MAX,      true,   {1e9}};
  std::size_t const count = std::size(others);
  if (way < count) value = others[way];
  else if (value.is_array() && !value.empty() && way == count) value.erase(value.size() - 1);
  else if (value.is_array() && !value.empty()) value.push_back(value.back());
  else if (value.is_object() && !value.empty()) value.erase(value.begin().key());
  else value = others[way % count];
}

TEST_CASE("a spoiled entry of a file of vectors is refused or found beyond; nothing else happens") {
  char const* const wanted = std::getenv("ACSL_MUTATIONS");
  std::uint64_t const rounds = wanted ? std::strtoull(wanted, nullptr, 10) : 4000;
  acsl::random_key const key = acsl::random_key{5};
  auto const small = golden(), large = golden_large();
  std::size_t refused = 0, wrong = 0;
  for (std::uint64_t n = 0; n < rounds; ++n) {
    auto const& file = n % 100 == 0 ? large : small;
    json one = file["vectors"][key.with(1).below(n, file["vectors"].size())];
    std::vector<json*> places;
    collect(one, places);
    spoil(*places[key.with(2).below(n, places.size())], key.with(3).below(n, 21));
    json spoiled = {{"format", 1}, {"vectors", {one}}};
    if (file.contains("source")) spoiled["source"] = file["source"];
    CAPTURE(n);
    try {
      wrong += check_all<float>(spoiled).second;
    } catch (acsl::error const&) {
      ++refused;
    }
  }
  CHECK(refused > rounds / 10);
  CHECK(wrong > rounds / 10);
}

TEST_CASE("a spoiled entry without labels is refused or found beyond, of every kind") {
  auto const file = golden();
  acsl::random_key const key = acsl::random_key{6};
  for (auto const& original : file["vectors"]) {
    if (original.contains("labels")) continue;
    CAPTURE(original["id"]);
    int noticed = 0;
    for (std::uint64_t n = 0; n < 200; ++n) {
      json one = original;
      std::vector<json*> places;
      collect(one, places);
      spoil(*places[key.with(2).below(n, places.size())], key.with(3).below(n, 21));
      try {
        noticed += check_all<float>({{"format", 1}, {"vectors", {one}}}).second;
      } catch (acsl::error const&) {
        ++noticed;
      }
    }
    CHECK(noticed > 100);
  }
}

TEST_CASE("what is wrong in a file of vectors is told with its place") {
  auto one = entry("acsl.official.natural_fractions");
  auto const says = [&](std::string const& part) {
    auto const problem = problem_of(one);
    CHECK_MESSAGE(problem.find(part) != std::string::npos, problem);
  };
  SUBCASE("a class that does not exist") {
    one["extra"]["frequency_groups"]["rare"] = {1'000'000};
    says("v.json:vectors[0].extra.frequency_groups.rare[0]: expected a whole number from 1 to 4, found 1000000");
  }
  SUBCASE("a label that does not fit 32 bits") {
    one["labels"][0] = 4'294'967'299;
    says("v.json:vectors[0].labels[0]: expected a whole number from 1 to 4, found 4294967299");
  }
  SUBCASE("no counts") {
    one = entry("eql.sigmoid");
    one["extra"]["image_count"] = json::array();
    says("v.json:vectors[0].extra.image_count: expected 5 numbers, found 0");
  }
  SUBCASE("no probabilities") {
    one = entry("droploss.paper");
    one["extra"]["keep_probability"] = json::array();
    says("v.json:vectors[0].extra.keep_probability: expected 5 numbers, found 0");
  }
  SUBCASE("a row without scores") {
    one = entry("softmax_ce.bg_first");
    one["expected"]["scores"][0] = json::array();
    says("v.json:vectors[0].expected.scores[0]: one score per class");
  }
  SUBCASE("groups without a column") {
    one = entry("bags.original_encoding");
    one["extra"]["bin_slices"] = json::array();
    says("v.json:vectors[0].extra.bin_slices: at least one group");
  }
  SUBCASE("a position beyond its group") {
    one = entry("bags.original_encoding");
    one["extra"]["label_to_bin_label"][1][2] = 5;
    says("v.json:vectors[0]: bags.original_encoding: the position of a label lies in its group");
  }
  SUBCASE("a state that is too short") {
    one = entry("eqlv2.later_step");
    one["extra"]["state_before"]["neg_grad"] = {1};
    says("v.json:vectors[0].extra.state_before.neg_grad: expected 4 numbers, found 1");
  }
  SUBCASE("labels without logits") {
    one.erase("logits");
    says("v.json:vectors[0]: the key \"logits\" is missing");
  }
  SUBCASE("nothing expected") {
    one["expected"] = json::object();
    says("v.json:vectors[0].expected: the key \"loss\" is missing");
  }
  SUBCASE("no weights expected") {
    one = entry("class_balanced.weights");
    one["expected"] = json::object();
    says("v.json:vectors[0].expected: holds nothing to compare");
  }
  SUBCASE("a key without its number") {
    one = entry("tau_norm");
    one["expected"]["tau="] = one["expected"]["tau=0.5"];
    says("v.json:vectors[0].expected: expected keys like \"tau=0.5\", found \"tau=\"");
  }
  SUBCASE("counts beyond what can be added") {
    one = entry("reweight.tables");
    one["extra"]["counts"][3] = INT64_MAX;
    says("v.json:vectors[0].extra.counts[3]: expected a whole number from 0 to 2147483647");
  }
  SUBCASE("a rule for weights that is not known") {
    one = entry("reweight.tables");
    one["expected"]["median"] = {1};
    says("v.json:vectors[0].expected.median: there are no weights by this rule");
  }
  SUBCASE("an image with a class that does not exist") {
    one = entry("rfs.t0.5");
    one["extra"]["image_classes"][3][2] = 4;
    says("v.json:vectors[0].extra.image_classes[3][2]: expected a whole number from 0 to 3, found 4");
  }
  SUBCASE("more copies than can be counted") {
    one = entry("rfs.t0.5_no_sqrt");
    one["hyperparameters"]["threshold"] = 1e30;
    says("a repeat factor lies in [1, 1e6)");
  }
  SUBCASE("a permutation that leads beyond its images") {
    one = entry("class_aware_sampling");
    one["extra"]["member_permutations"]["1"][0][0] = 3;
    says("v.json:vectors[0].extra.member_permutations.1[0][0]: expected a whole number from 0 to 2, found 3");
  }
  SUBCASE("a round without a permutation") {
    one = entry("class_aware_sampling");
    one["extra"]["class_permutations"].erase(1);
    says("v.json:vectors[0].extra.class_permutations: has no permutation of round 1");
  }
  SUBCASE("no epochs") {
    one = entry("class_sampling_probabilities");
    one["extra"]["epochs"] = 0;
    says("v.json:vectors[0].extra.epochs: expected a whole number from 1 to 2147483647, found 0");
  }
  SUBCASE("features of another length") {
    one = entry("lws.scale_logits");
    one["extra"]["features"][1].erase(2);
    says("v.json:vectors[0].extra.features[1]: expected 3 numbers, found 2");
  }
  SUBCASE("a label beyond the classes") {
    one = entry("ncm");
    one["extra"]["labels"][5] = 3;
    says("v.json:vectors[0].extra.labels[5]: expected a whole number from 0 to 2, found 3");
  }
  SUBCASE("a head at temperature 0") {
    one = entry("normed_linear");
    one["hyperparameters"]["temperature"] = 0;
    says("a temperature is positive");
  }
}

TEST_CASE("entries without labels are named, and another format is refused") {
  std::vector<acsl::json_value> skipped;
  auto file = golden();
  CHECK(read(file, &skipped).size() == 61);
  CHECK(skipped.size() == 30);
  CHECK(skipped.front().at("id").text() == "class_balanced.weights");
  file["format"] = 99;
  CHECK_THROWS_WITH_AS((void)read(file), "v.json:format: is 99; this program reads format 1", acsl::file_error);
}

TEST_CASE("every entry of the golden file is checked, and a wrong number of each kind is noticed") {
  CHECK(check_all<double>(golden()) == std::pair{91, 0});
  CHECK(check_all<float>(golden()) == std::pair{91, 0});
  auto const wrong = [](std::string const& id, auto change) {
    auto one = entry(id);
    change(one);
    return check_all<double>({{"format", 1}, {"vectors", {one}}}) == std::pair{1, 1};
  };
  CHECK(wrong("reg.giou", [](json& one) { one["expected"]["loss"] = 0.78; }));
  CHECK(wrong("reg.ghmr", [](json& one) { one["expected"]["grad"][1][2] = 0.03; }));
  CHECK(wrong("reg.l1", [](json& one) { one["pred"][0][0] = 0.26; }));
  CHECK(wrong("posthoc.norcal", [](json& one) { one["hyperparameters"]["gamma"] = 0.5; }));
  CHECK(wrong("posthoc.pc_softmax", [](json& one) { one["expected"]["adjusted_logits"][2][4] = 0; }));
  CHECK(wrong("class_balanced.weights", [](json& one) { one["expected"]["beta=0.99"][2] = 0.0692; }));
  CHECK(wrong("reweight.tables", [](json& one) { one["extra"]["clip"][1] = 3; }));
  CHECK(wrong("rfs.t0.5", [](json& one) { one["expected"]["stochastic_repeat"][2] = 2; }));
  CHECK(wrong("rfs.t0.5_no_sqrt", [](json& one) { one["mode"] = "sqrt"; }));
  CHECK(wrong("irfs.t0.5_geometric", [](json& one) { one["id"] = "rfs.t0.5_geometric"; }));
  CHECK(wrong("class_aware_sampling", [](json& one) { one["expected"]["first_eight_images"][7] = 7; }));
  CHECK(wrong("class_sampling_probabilities", [](json& one) { one["extra"]["epoch"] = 4; }));
  CHECK(wrong("tau_norm", [](json& one) { one["expected"]["tau=0.7"][1][0] = 0.6116; }));
  CHECK(wrong("lws.scale_logits", [](json& one) { one["mode"] = "scale_weights"; }));
  CHECK(wrong("lws.scale_weights", [](json& one) { one["expected"]["grad_scale"][0] = 3.3008; }));
  CHECK(wrong("ncm", [](json& one) { one["extra"]["feature_mean"][0] = 0.7501; }));
  CHECK(wrong("ncm", [](json& one) { one["expected"]["l2n"]["scores"][1][2] = -0.6289; }));
  CHECK(wrong("normed_linear", [](json& one) { one["expected"]["grad_bias"][3] = 0.401; }));
  CHECK(wrong("softmax_ce.bg_last", [](json& one) { one["expected"]["row_loss"][1] = 1.8; }));
}

TEST_CASE("divisors and modes that an entry names are used or refused, never passed over") {
  auto one = entry("acsl.official.forced_subsets");
  one["normalizer"] = {{"kind", "given"}, {"value", 2 * one["normalizer"]["value"].get<double>()}};
  one["expected"]["loss"] = one["expected"]["loss"].get<double>() / 2;
  for (auto& row : one["expected"]["grad"])
    for (auto& g : row) g = g.get<double>() / 2;
  CHECK(check_all<double>({{"format", 1}, {"vectors", {one}}}) == std::pair{1, 0});

  one["mode"] = "papr";
  CHECK(problem_of(one) == "v.json:vectors[0].mode: this loss has the modes official, paper");
  auto plain = entry("sigmoid_bce.no_bg_column");
  plain["normalizer"]["kind"] = "positive";
  CHECK(problem_of(plain) == "v.json:vectors[0].normalizer.kind: there is no divisor \"positive\" for this loss");
  plain["normalizer"]["kind"] = "rows";
  std::vector<double> const weights = {1, 2, 0, 4, 0.5};
  plain["extra"]["class_weight"] = weights;
  plain["expected"] = {{"loss", 0}, {"grad", plain["expected"]["grad"]}};
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 5; ++j) {
      auto& g = plain["expected"]["grad"][i][j];
      g = weights[j] * g.get<double>();
      double const z = plain["logits"][i][j], t = plain["labels"][i] == static_cast<int>(j);
      sum += weights[j] * (std::log1p(std::exp(z)) - z * t) / 3;
    }
  plain["expected"]["loss"] = sum;
  CHECK(check_all<double>({{"format", 1}, {"vectors", {plain}}}) == std::pair{1, 0});
  auto ragged = entry("sigmoid_bce.no_bg_column");
  ragged["logits"][0].erase(0);
  CHECK(problem_of(ragged) == "v.json:vectors[0]: 14 logits are no matrix of 3 rows and 5 columns");
}

TEST_CASE("counts of an entry are its own, with or without a number of images") {
  auto one = entry("ecm");
  std::vector<double> counts = {1, 2, 3, 4, 5};  // as many classes as the entries have that mean counts of the page
  one["extra"]["image_count"] = counts;
  one["layout"]["num_classes"] = one["layout"]["bg_label"] = 5;
  one["layout"]["columns"] = 6;
  one["labels"] = {0, 4, 5};
  one["logits"] = json(3, json(6, 0.0));
  double const background = one["hyperparameters"]["fg_bg_ratio"].get<double>() * 15;
  counts.push_back(background);
  auto shift = json::array();
  for (double const n : counts) shift.push_back(-0.25 * std::log((15 + background - n) / n));
  one["expected"] = {{"loss", 0}, {"grad", json(3, json(6, 0.0))}, {"shift", shift}};
  acsl::reference exec;
  auto vectors = read({{"format", 1}, {"vectors", {one}}});
  auto const check = acsl::check_loss_vector<double>(exec, std::move(vectors.at(0)));
  CHECK(check.intermediates.compared == 6);
  CHECK(check.intermediates.within);
}

}  // namespace
