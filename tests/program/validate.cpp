// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/json.hpp>
#include <fstream>
#include <sstream>
#include <support/process.hpp>
#include <support/temporary_folder.hpp>

namespace {

std::string const vectors = ACSL_TEST_SOURCE "/tests/golden/losses/loss-vectors.json";

test::ended validate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {ACSL_PROGRAM, "validate", "losses"});
  return test::run(std::move(arguments));
}
bool has(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("acsl validate losses finds every vector within its tolerance, in both precisions") {
  test::temporary_folder const folder;
  for (std::string const precision : {"float", "double"})
    for (std::string const backend : {"cpu", "reference"}) {
      auto const json = (folder.path() / (backend + precision + ".json")).string();
      auto const ran = validate({vectors, "--backend", backend, "--precision", precision, "--json", json});
      CHECK_MESSAGE(ran.status == 0, ran.output);
      CHECK(has(ran.output, "91 cases, 0 beyond what is accepted"));
      CHECK(!has(ran.output, "were not checked"));
      CHECK(has(ran.output, "in double on the host"));
      auto const written = acsl::read_json(json);
      CHECK(written.at("failed").integer() == 0);
      CHECK(written.at("cases").size() == 91);
      CHECK(written.at("cases").at(std::size_t{0}).at("value").at("within").truthy());
      CHECK(written.at("cases").at(std::size_t{90}).at("note").text() == "in float");
      CHECK(written.at("not_checked").size() == 0);
      int intermediates = 0, unchecked = 0;
      for (std::size_t i = 0; i < 91; ++i) {
        auto const one = written.at("cases").at(i);
        intermediates += one.at("intermediates").truthy();
        unchecked += one.at("note").text().starts_with("not checked: ");
      }
      CHECK(intermediates == 27);
      CHECK(unchecked == 4);
      CHECK(has(ran.output, "not checked: weight_per_class, state_after.pos_neg\n"));
    }
}

TEST_CASE("acsl validate losses compares backends on awkward batches, and repeats itself") {
  auto const once = validate({"--rows", "40", "--classes", "7", "--seed", "3"});
  CHECK_MESSAGE(once.status == 0, once.output);
  CHECK(has(once.output, "seesaw, NaN in a logit"));
  CHECK(has(once.output, "adaptive_class_suppression, no rows"));
  CHECK(validate({"--rows", "40", "--classes", "7", "--seed", "3"}).output == once.output);
}

TEST_CASE("acsl validate losses ends with 1 for a wrong number, and names what it cannot read") {
  test::temporary_folder const folder;
  std::ifstream file(vectors);
  std::stringstream text;
  text << file.rdbuf();
  std::string changed = text.str();
  auto const at = changed.find("\"loss\":2.16815878");
  REQUIRE(at != std::string::npos);
  changed.replace(at, 11, "\"loss\":2.17");
  auto const path = (folder.path() / "changed.json").string();
  std::ofstream(path) << changed;
  auto const ran = validate({path});
  CHECK(ran.status == 1);
  CHECK(has(ran.output, "91 cases, 1 beyond what is accepted"));

  for (char const* nothing : {"[]", "[{\"id\": \"x\"}]"}) {
    std::ofstream(path) << "{\"format\": 1, \"vectors\": " << nothing << "}";
    CHECK(validate({path}).status == 1);
    CHECK(has(validate({path}).errors, "changed.json: holds no case to check"));
  }
  std::ofstream(path) << text.str().insert(text.str().rfind(']'), ", {\"id\": \"new\", \"loss\": \"not yet\"}");
  CHECK(has(validate({path}).output, "1 entries are of other kinds and were not checked: new"));
  CHECK(has(validate({path, "--json", path}).errors, "changed.json: is to be written, but is also read"));

  std::ofstream(path) << "{\"vectors\": [{\"id\": \"x\", \"loss\": \"hinge\"";
  CHECK(validate({path}).status == 1);
  CHECK(has(validate({path}).errors, "changed.json:1:"));
  CHECK(validate({"--backend", "gpu"}).status == 2);
}

#ifndef ACSL_WITH_CUDA
TEST_CASE("acsl validate losses without its CUDA part says so in one line, and how to get it") {
  std::string const line =
      "acsl: error: this program was built without the backend \"cuda\"; configure with -DACSL_ENABLE_CUDA=ON (needs "
      "nvcc)\n";
  for (auto const& arguments : std::vector<std::vector<std::string>>{{vectors, "--backend", "cuda"},
                                                                     {"--backend", "cuda", "--rows", "4"},
                                                                     {"--against", "cuda", "--rows", "4"}}) {
    auto const ran = validate(arguments);
    CHECK(ran.status == 1);
    CHECK(ran.output == "");
    CHECK(ran.errors == line);
  }
}
#endif

}  // namespace
