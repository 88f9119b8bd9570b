// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/read_image.hpp>
#include <nlohmann/json.hpp>
#include <support/process.hpp>
#include <support/program.hpp>
#include <support/trained_set.hpp>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct detecting_set : test::trained_set {
  [[nodiscard]] test::ended detect(std::vector<std::string> arguments,
                                   std::string const& checkpoint = "a/latest.safetensors") const {
    arguments.insert(arguments.begin(), {"test", "../tiny.toml", checkpoint});
    return acsl(std::move(arguments));
  }
};

TEST_CASE("acsl test writes, judges and draws what it finds, and acsl eval agrees with it") {
  detecting_set const tiny;
  auto const ran =
      tiny.detect({"--out", "found.pkl", "--json-out", "found.json", "--eval", "bbox", "--show", "pictures"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);

  auto const results = json::parse(test::read_text(tiny.runs() / "found.json"));
  REQUIRE(results.size() > 0);
  CHECK(results[0].contains("bbox"));
  CHECK(test::read_text(tiny.runs() / "found.pkl").substr(0, 2) == "\x80\x02");
  for (int i = 1; i <= 6; ++i) {
    auto const picture = acsl::read_image(tiny.runs() / "pictures" / (std::to_string(i) + ".jpg"));
    CHECK(std::max(picture.width, picture.height) >= 512);
  }
  auto const first = ran.output.find("| Type |");
  auto const table = ran.output.substr(first, ran.output.rfind("% |") - first);
  CHECK(table.find("|  (AP)  | 0.50:0.95 |    all | 300 |          all |") != std::string::npos);

  auto const judged = tiny.acsl({"eval", "../train.json", "found.json", "--json", "figures.json"});
  REQUIRE_MESSAGE(judged.status == 0, judged.errors);
  CHECK_MESSAGE(judged.output.find(table) != std::string::npos, ran.output << "\n" << judged.output);
  auto const figures = json::parse(test::read_text(tiny.runs() / "figures.json"));
  CHECK(figures["summary"].contains("APr"));
  CHECK(figures["protocol"] == "lvis-300");

  auto const again = tiny.acsl({"eval", "../train.json", "found.json", "--compare", "figures.json", "--curves",
                                "curves.json", "--per-category", "classes.csv"});
  REQUIRE_MESSAGE(again.status == 0, again.errors);
  CHECK(again.output.find("lvis-300,AP,AP50") != std::string::npos);
  CHECK(again.output.find("lvis-300, bbox: here, in figures.json, difference") != std::string::npos);
  CHECK(json::parse(test::read_text(tiny.runs() / "curves.json"))["recall_thresholds"].size() == 101);
  CHECK(test::read_text(tiny.runs() / "classes.csv").find(",lvis-300\n") != std::string::npos);
  std::pair<char const*, char const*> const outputs[] = {
      {"--json", "figures.json"}, {"--curves", "curves.json"}, {"--per-category", "classes.csv"}};
  auto const files = std::distance(fs::directory_iterator(tiny.runs()), {});
  for (auto const& [option, file] : outputs) {  // no room: what was there stays
    auto const before = test::read_text(tiny.runs() / file);
    auto const full = test::run({ACSL_PROGRAM, "eval", "../train.json", "found.json", option, file},
                                {.folder = tiny.runs(), .largest_file = 50});
    CHECK(full.status == 1);
    CHECK_MESSAGE(full.errors.find(std::string(file) + ": cannot write") != std::string::npos, full.errors);
    CHECK(test::read_text(tiny.runs() / file) == before);
  }
  CHECK(std::distance(fs::directory_iterator(tiny.runs()), {}) == files);
  test::write_text(tiny.runs() / "huge.json", "[");
  fs::resize_file(tiny.runs() / "huge.json", std::uintmax_t{100} << 30);  // takes no room on the disk
  auto const huge =
      test::run({"/bin/sh", "-c", "ulimit -v 4000000; exec \"$0\" eval ../train.json huge.json", ACSL_PROGRAM},
                {.folder = tiny.runs()});
  CHECK(huge.status == 1);
  CHECK_MESSAGE(huge.errors.find("huge.json: is larger than the memory that there is") != std::string::npos,
                huge.errors);
  fs::remove(tiny.runs() / "huge.json");
  auto const fixed =
      tiny.acsl({"eval", "../train.json", "found.json", "--protocol", "lvis-fixed", "--compare", "figures.json"});
  CHECK(fixed.status == 1);
  CHECK_MESSAGE(fixed.errors.find("figures.json:protocol: is \"lvis-300\", and this evaluation's is \"lvis-fixed\"") !=
                    std::string::npos,
                fixed.errors);
  auto const masks = tiny.acsl({"eval", "../train.json", "found.json", "--type", "segm"});
  CHECK(masks.status == 1);  // the set has boxes only
  CHECK_MESSAGE(
      masks.errors.find("train.json:annotations[0]: the key \"segmentation\" is missing") != std::string::npos,
      masks.errors);
  auto const recall = tiny.acsl({"eval", "../train.json", "found.json", "--type", "proposal", "--json", "recall.json"});
  CHECK(recall.output.find("AR@100\t= ") != std::string::npos);
  auto const covered = json::parse(test::read_text(tiny.runs() / "recall.json"));
  CHECK(covered["protocol"] == "proposal_fast");
  CHECK(covered["average_recall"]["100,300,1000"][0] == covered["summary"]["AR@100"]);
  auto const pickled = tiny.acsl({"eval", "../train.json", "found.pkl"});
  CHECK_MESSAGE(pickled.output.find(table) != std::string::npos, pickled.errors << pickled.output);

  auto const coco = tiny.acsl({"eval", "../train.json", "found.json", "--protocol", "coco-100", "--json", "coco.json",
                               "--per-category", "coco.csv", "--curves", "curves.json", "--class-agnostic"});
  REQUIRE_MESSAGE(coco.status == 0, coco.errors);
  CHECK(coco.output.find("\nAll categories as one (coco-100):\n") != std::string::npos);
  auto const twelve = json::parse(test::read_text(tiny.runs() / "coco.json"));
  CHECK(twelve["protocol"] == "coco-100");
  CHECK(twelve["summary"].contains("AR@10"));
  CHECK(twelve["class_agnostic_summary"].size() == 12);
  CHECK(test::read_text(tiny.runs() / "coco.csv").find(",coco-100\n") != std::string::npos);
  CHECK(json::parse(test::read_text(tiny.runs() / "curves.json"))["protocol"] == "coco-100");
  auto const other = tiny.acsl({"eval", "../train.json", "found.json", "--compare", "coco.json"});
  CHECK(other.status == 1);
  CHECK(other.errors.find("is \"coco-100\", and this evaluation's is \"lvis-300\"") != std::string::npos);
}

TEST_CASE("detections do not depend on the number of threads") {
  detecting_set const tiny;
  for (char const* threads : {"1", "2"})
    REQUIRE(tiny.detect({"--threads", threads, "--json-out", std::string(threads) + ".json"}).status == 0);
  CHECK(test::read_text(tiny.runs() / "1.json") == test::read_text(tiny.runs() / "2.json"));
}

TEST_CASE("acsl test says what is wrong with its arguments and files") {
  detecting_set tiny;
  auto const fails = [&](int status, test::ended const& ran, std::string const& words) {
    CHECK(ran.status == status);
    CHECK_MESSAGE(ran.errors.find(words) != std::string::npos, ran.errors);
  };
  fails(2, tiny.detect({}), "at least one of --out, --json-out, --json_out, --eval and --show");
  fails(2, tiny.detect({"--out", "found.txt"}), ".pkl");
  fails(1, tiny.detect({"--eval", "bbox"}, "b/latest.safetensors"), "b/latest.safetensors: cannot open");
  fails(1, tiny.detect({"--eval", "bbox", "--set", "box_head.channels=24"}),
        "a/latest.safetensors: was trained with another configuration (config.toml beside it holds the right one):\n"
        "  box_head.channels: 16 before, 24 now");
  fails(1, tiny.detect({"--eval", "bbox", "--set", "loss.name=sigmoid_cross_entropy"}), "loss.name: ");
  fails(1, tiny.detect({"--show", "../images"}), "../images: holds the photographs");
  auto const early = [&](std::vector<std::string> arguments, std::string const& words) {
    auto const ran = tiny.detect(std::move(arguments));
    fails(1, ran, words);
    CHECK(ran.output.find("detecting") == std::string::npos);
  };
  early({"--json-out", "nowhere/found.json"}, "nowhere/found.json: cannot create");
  early({"--out", "nowhere/found.pkl"}, "nowhere/found.pkl: cannot create");
  early({"--show", "../tiny.toml"}, "../tiny.toml: cannot be made");
  auto const whole = tiny.set.annotations;
  tiny.set.annotations["categories"][1].erase("frequency");
  tiny.set.save();
  early({"--eval", "bbox"}, "frequency");
  tiny.set.annotations = whole;
  tiny.set.save();
  CHECK(tiny.detect({"--json-out", "/dev/null"}).status == 0);
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(tiny.detect({"--json-out", "/dev/stdout"}).output.find("\"image_id\"") != std::string::npos);
  CHECK(test::run({"/bin/sh", "-c", ACSL_PROGRAM " --help > /dev/full"}, {}).status == 1);

  fs::resize_file(tiny.runs() / "a/epoch_3.safetensors", 5000);
  fails(1, tiny.detect({"--eval", "bbox"}), "a/latest.safetensors: no safetensors file, or cut short");
}

TEST_CASE("no output replaces what is read, or another output") {
  detecting_set const tiny;
  fs::create_symlink("../train.json", tiny.runs() / "link.json");
  auto const truth = test::read_text(tiny.set.folder / "train.json");
  auto const refused = [&](test::ended const& ran, std::string const& words) {
    CHECK(ran.status == 1);
    CHECK_MESSAGE(ran.errors.find(words) != std::string::npos, ran.errors);
  };
  for (char const* own :
       {"a/latest.safetensors", "a/epoch_3.safetensors", "../tiny.toml", "link.json", "../images/1.jpg"})
    refused(tiny.detect({"--json-out", own}), std::string(own) + ": is to be written, but is also read");
  refused(tiny.detect({"--json-out", "same.pkl", "--out", "same.pkl"}), "same.pkl: is to hold two outputs");
  REQUIRE(tiny.detect({"--json-out", "o.json"}).status == 0);
  refused(tiny.acsl({"eval", "../train.json", "o.json", "--json", "link.json"}), "link.json: is to be written");
  refused(tiny.acsl({"eval", "../train.json", "o.json", "--json", "o.json"}), "o.json: is to be written");
  refused(tiny.acsl({"eval", "../train.json", "o.json", "--per-class", "../train.json"}), "train.json: is to be");
  refused(tiny.acsl({"eval", "../train.json", "o.json", "--per-class", "x", "--json", "./x"}), "two outputs");
  CHECK(test::read_text(tiny.set.folder / "train.json") == truth);
}

TEST_CASE("acsl test and acsl eval ask the same of the annotations") {
  detecting_set tiny;
  REQUIRE(tiny.detect({"--json-out", "o.json"}).status == 0);
  tiny.set.annotations["images"][2].erase("neg_category_ids");
  tiny.set.save();
  std::string const reason = "train.json:images[2]: the key \"neg_category_ids\" is missing";
  for (auto const& ran : {tiny.detect({"--eval", "bbox"}), tiny.acsl({"eval", "../train.json", "o.json"}),
                          test::train(tiny.set, {"--work-dir", "b", "--validate"})}) {
    CHECK(ran.status == 1);
    CHECK_MESSAGE(ran.errors.find(reason) != std::string::npos, ran.errors);
  }
  CHECK(tiny.detect({"--json-out", "o.json"}).status == 0);  // judges nothing
}

TEST_CASE("acsl demo in a folder of another seed asks for another folder") {
  test::temporary_folder const folder;
  auto const demo = [&](std::string const& seed) {
    return test::run({ACSL_PROGRAM, "demo", "--out", "demo", "--seed", seed, "--set", "training.max_iterations=1"},
                     {.folder = folder.path()});
  };
  fs::create_directories(folder / "demo/data");
  test::write_text(folder / "demo/data/about.txt", "something else");
  auto const ran = demo("2");
  CHECK(ran.status == 1);
  CHECK_MESSAGE(ran.errors.find("name another folder with --out\n") != std::string::npos, ran.errors);
}

TEST_CASE("acsl synth makes a set whole again") {
  test::temporary_folder const folder;
  auto const synth = [&] {
    return test::run({ACSL_PROGRAM, "synth", "--out", "s", "--train", "3", "--val", "2", "--seed", "3"},
                     {.folder = folder.path()});
  };
  REQUIRE(synth().status == 0);
  auto const image = test::read_text(folder / "s/train/000002.jpg"), labels = test::read_text(folder / "s/val.json");
  CHECK(synth().output.find("s already holds the") != std::string::npos);
  fs::remove(folder / "s/train/000002.jpg");
  test::write_text(folder / "s/val.json", labels + " ");
  test::write_text(folder / "s/val/000001.jpg.part-abcdef", "half");
  test::write_text(folder / "s/mine.txt", "kept");
  auto const again = synth();
  CHECK(again.status == 0);
  CHECK(again.output.find("s holds a part of the") != std::string::npos);
  CHECK(test::read_text(folder / "s/train/000002.jpg") == image);
  CHECK(test::read_text(folder / "s/val.json") == labels);
  CHECK_FALSE(fs::exists(folder / "s/val/000001.jpg.part-abcdef"));
  CHECK(test::read_text(folder / "s/mine.txt") == "kept");
}

TEST_CASE("acsl test stands on the classes as the run counted them, not as the test set has them") {
  detecting_set tiny;
  std::vector<std::string> const groups = {"--set", "loss.name=balanced_group_softmax"};
  auto const with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), groups.begin(), groups.end());
    return arguments;
  };
  REQUIRE(test::train(tiny.set, with({"--work-dir", "groups"})).status == 0);
  auto const found = [&](std::string const& out) {
    auto const ran = tiny.detect(with({"--json-out", out}), "groups/latest.safetensors");
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    return test::read_text(tiny.runs() / out);
  };
  auto const before = found("before.json");
  // Twelve more boxes of a class move it to another group for whoever counts again.
  for (int i = 0; i < 12; ++i) {
    auto more = tiny.set.annotations["annotations"][0];
    more["id"] = 1000 + i;
    tiny.set.annotations["annotations"].push_back(more);
  }
  tiny.set.save();
  CHECK(found("after.json") == before);
}

TEST_CASE("acsl test refuses a checkpoint that was trained on other classes") {
  detecting_set tiny;
  tiny.set.annotations["categories"][1]["name"] = "violet";
  tiny.set.save();
  auto const ran = tiny.detect({"--eval", "bbox"});
  CHECK(ran.status == 1);
  CHECK(ran.errors.find("\"green\" in the place of \"violet\"") != std::string::npos);
}

TEST_CASE(
    "acsl demo makes data, trains both stages and writes their figures, and has nothing left to do when called again") {
  test::temporary_folder const folder;
  auto const demo = [&] {
    return test::run({ACSL_PROGRAM, "demo", "--out", "demo", "--set", "training.max_iterations=2", "--set",
                      "test.max_detections=20"},
                     {.folder = folder.path()});
  };
  auto const ran = demo();
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  auto const results = json::parse(test::read_text(folder / "demo/results.json"));
  for (char const* stage : {"baseline", "acsl"})
    for (char const* figure : {"AP", "AP50", "APr", "APc", "APf"}) CHECK(results[stage][figure].is_number());
  CHECK(ran.output.find("baseline  |") != std::string::npos);
  CHECK(fs::exists(folder / "demo/acsl/pictures/000001.jpg"));

  auto const again = demo();
  CHECK(again.status == 0);
  auto const same = json::parse(test::read_text(folder / "demo/results.json"));
  CHECK(same["acsl"] == results["acsl"]);
}

}  // namespace
