// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/reference.hpp>
#include <acsl/io/file.hpp>
#include <acsl/losses/box_loss_factory.hpp>
#include <acsl/losses/loss_factory.hpp>
#include <acsl/training/configuration_file.hpp>
#include <cstdio>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <support/numbers.hpp>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::string text_of(fs::path const& name) {
  auto const bytes = acsl::read_file(fs::path(ACSL_TEST_SOURCE) / name);
  return {bytes.begin(), bytes.end()};
}

/// What stands between ```language and ``` on a page, in order.
std::vector<std::string> blocks(std::string const& page, std::string const& language) {
  std::vector<std::string> result;
  std::string const open = "```" + language + "\n";
  for (auto at = page.find(open); at != std::string::npos; at = page.find(open, at)) {
    at += open.size();
    result.push_back(page.substr(at, page.find("```", at) - at));
  }
  return result;
}

/// 60 classes: one with a single image, one between the two thresholds of the tail, the rest on a power law.
acsl::class_statistics long_tail() {
  acsl::class_statistics result;
  for (std::int64_t c = 0; c < 60; ++c) {
    std::int64_t const images = c == 59 ? 1 : c == 58 ? 14 : 20 + 6000 / ((c + 1) * (c + 1));
    result.image_count.push_back(images);
    result.instance_count.push_back(3 * images);
    result.frequency.push_back(acsl::frequency_of(images));
  }
  result.images = 10000;
  return result;
}

/// Values and gradients of two steps, which is when most parameters show.
std::vector<double> two_steps(acsl::loss_choice const& choice) {
  auto loss = acsl::make_classification_loss(choice, long_tail());
  auto const logits = test::noise<double>({240, loss.columns(60)}, 3, 2);
  std::vector<std::int32_t> labels;
  for (std::int32_t i = 0; i < 240; ++i) labels.push_back(i % 2 == 0 ? 0 : 2 + 2 * (i / 2 % 30));  // half of them
  acsl::tensor<double> gradient(logits.extents());
  acsl::reference exec;
  std::vector<double> result;
  for (std::uint64_t step = 0; step < 2; ++step) {
    result.push_back(
        loss.evaluate(exec, logits.view(), {labels.data(), {240}}, gradient.view(), acsl::random_key{step}).value);
    result.insert(result.end(), gradient.view().begin(), gradient.view().end());
  }
  return result;
}

/// Values and slopes of boxes that meet, that are apart and that are points, twice, so that every parameter shows.
std::vector<double> of_some_boxes(acsl::box_loss_choice const& choice) {
  double const pairs[3][8] = {
      {10, 12, 40, 52, 12, 10, 43, 50}, {5, 80, 25, 95, 40, 82, 66, 99}, {7, 7, 7, 7, 7, 7, 7, 7}};
  std::vector<double> result;
  auto loss = acsl::make_box_loss(choice);
  loss.visit([&]<class Loss>(Loss& one) {
    for (int step = 0; step < 2; ++step)
      for (auto const& pair : pairs) {
        std::vector<double> differences, slopes(4);
        for (int j = 0; j < 4; ++j) differences.push_back((pair[j] - pair[j + 4]) / 20);
        if constexpr (acsl::corner_loss<Loss>) {
          auto const term = one(pair, pair + 4);
          result.push_back(term.value);
          result.insert(result.end(), term.gradient, term.gradient + 4);
        } else if constexpr (acsl::coordinate_loss<Loss>) {
          for (double const d : differences) result.insert(result.end(), {one(d).value, one(d).slope});
        } else {
          result.push_back(one.evaluate(std::span<double const>(differences), std::span<double>(slopes)).value);
          result.insert(result.end(), slopes.begin(), slopes.end());
        }
      }
  });
  return result;
}

/// What a method says that it has when it is asked for something that it lacks.
template <class Make>
std::string listed_by(Make&& make) {
  std::string const mark = "; it has ";
  try {
    static_cast<void>(make());
  } catch (acsl::error const& problem) {
    std::string const text = problem.what();
    if (auto const at = text.find(mark); at != std::string::npos) return text.substr(at + mark.size());
  }
  return "";
}

std::string listed(acsl::loss_choice const& choice) {
  return listed_by([&] { return acsl::make_classification_loss(choice, long_tail()); });
}
std::string listed(acsl::box_loss_choice const& choice) {
  return listed_by([&] { return acsl::make_box_loss(choice); });
}

/// "a, b" as {"a", "b"}; "none" as nothing.
std::set<std::string> names_in(std::string list) {
  std::set<std::string> result;
  if (list == "none") return result;
  for (list += ", "; !list.empty(); list.erase(0, list.find(", ") + 2)) result.insert(list.substr(0, list.find(',')));
  return result;
}

/// The page that docs/losses.md links for a name; empty where it links none.
std::string page_of(std::string const& index, std::string const& name) {
  std::string const link = "[`" + name + "`](";
  auto const at = index.find(link);
  return at == std::string::npos ? "" : index.substr(at + link.size(), index.find(')', at) - at - link.size());
}

TEST_CASE("docs/losses.md leads from every name to a page that has all its parameters, with their defaults") {
  auto const index = text_of("docs/losses.md");
  for (auto const& maker : acsl::detail::loss_makers) {
    std::string const name(maker.name);
    CAPTURE(name);
    auto const page = page_of(index, name);
    REQUIRE_FALSE(page.empty());
    acsl::configuration config;
    config.loss.name.clear();
    for (auto const& block : blocks(text_of("docs/" + page), "toml"))
      if (block.find("name = \"" + name + "\"") != std::string::npos)
        CHECK_NOTHROW(acsl::apply_configuration(block, page, config));
    auto const& said = config.loss;
    CHECK(said.name == name);
    CHECK(said.threshold == acsl::configuration{}.loss.threshold);
    CHECK(said.background_fractions == acsl::configuration{}.loss.background_fractions);
    std::set<std::string> names;
    for (auto const& one : said.parameters) names.insert(one.substr(0, one.find('=')));
    CHECK(names == names_in(listed(acsl::loss_choice{.name = name, .mode = said.mode, .parameters = {"?=0"}})));
    if (auto const modes = listed(acsl::loss_choice{.name = name, .mode = "?"}); !modes.empty()) {
      CHECK(said.mode == modes.substr(0, modes.find(',')));
      CHECK(index.find("](" + page + ") (" + modes + ")") != std::string::npos);
    }
    CHECK(two_steps({.name = name, .mode = said.mode, .parameters = said.parameters}) == two_steps({.name = name}));
  }
}

TEST_CASE("docs/losses.md leads from every loss of boxes to a page that has its parameters, with their defaults") {
  auto const index = text_of("docs/losses.md");
  for (auto const& maker : acsl::detail::box_loss_makers) {
    std::string const name(maker.name);
    CAPTURE(name);
    auto const page = page_of(index, name);
    REQUIRE_FALSE(page.empty());
    acsl::configuration config;
    config.box_head.regression_loss.clear();
    for (auto const& block : blocks(text_of("docs/" + page), "toml"))
      if (block.find("regression_loss = \"" + name + "\"") != std::string::npos)
        CHECK_NOTHROW(acsl::apply_configuration(block, page, config));
    auto const& said = config.box_head;
    CHECK(said.regression_loss == name);
    CHECK(said.smooth_l1_beta == acsl::configuration{}.box_head.smooth_l1_beta);
    std::set<std::string> names;
    for (auto const& one : said.regression_parameters) names.insert(one.substr(0, one.find('=')));
    CHECK(names ==
          names_in(listed(acsl::box_loss_choice{.name = name, .mode = said.regression_mode, .parameters = {"?=0"}})));
    if (auto const modes = listed(acsl::box_loss_choice{.name = name, .mode = "?"}); !modes.empty()) {
      CHECK(said.regression_mode == modes.substr(0, modes.find(',')));
      CHECK(index.find("](" + page + ") (" + modes + ")") != std::string::npos);
    }
    CHECK(of_some_boxes({.name = name, .mode = said.regression_mode, .parameters = said.regression_parameters}) ==
          of_some_boxes({.name = name}));
  }
}

TEST_CASE("every loss has a page whose program compiles") {
  std::string program;
  auto const add = [&](fs::path const& header) {
    std::string const name = header.stem().string();
    auto const found = blocks(text_of("docs/losses/" + name + ".md"), "cpp");
    REQUIRE_MESSAGE(found.size() == 1, name);
    CHECK(found[0].find("#include <acsl/losses/" + name + ".hpp>\n") != std::string::npos);
    program += "#define main page_" + name + "\n#line 1 \"docs/losses/" + name + ".md\"\n" + found[0] + "#undef main\n";
  };
  int losses = 0;
  std::string const all = text_of("include/acsl/losses/any_classification_loss.hpp"),
                    include = "#include <acsl/losses/";
  for (auto at = all.find(include); at != std::string::npos; at = all.find(include, at + 1), ++losses)
    add(all.substr(at + include.size(), all.find('>', at) - at - include.size()));
  CHECK(losses >= 21);
  for (auto const* other : {"class_weights", "smooth_l1", "balanced_l1", "harmonised_l1", "overlap"}) add(other);

  // -w: main may end without a return, page_… may not
  std::FILE* const compiler = popen(ACSL_TEST_COMPILER " -std=c++20 -fsyntax-only -w -x c++ -I" ACSL_TEST_SOURCE
                                                       "/include -I/usr/include/eigen3 -",
                                    "w");
  REQUIRE(compiler != nullptr);
  CHECK(std::fwrite(program.data(), 1, program.size(), compiler) == program.size());
  CHECK(pclose(compiler) == 0);
}

TEST_CASE("the excerpts in docs/add-a-loss.md are what stands in the files") {
  auto const excerpts = blocks(text_of("docs/add-a-loss.md"), "cpp");
  CHECK(excerpts.size() >= 3);
  for (auto const& excerpt : excerpts) {
    auto const line_end = excerpt.find('\n');
    REQUIRE(excerpt.starts_with("// "));
    CAPTURE(excerpt);
    CHECK(text_of(excerpt.substr(3, line_end - 3)).find(excerpt.substr(line_end + 1)) != std::string::npos);
  }
}

}  // namespace
