// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/safetensors.hpp>
#include <cmath>
#include <support/process.hpp>
#include <support/program.hpp>
#include <support/tiny_data_set.hpp>

namespace {

namespace fs = std::filesystem;
using test::train;

/// What `acsl train` says when it fails: exit status 1, one message, nothing half-written. Work dir: runs/a.
std::string failure(test::tiny_data_set const& set, std::vector<std::string> arguments = {},
                    test::process_options const& options = {}) {
  arguments.insert(arguments.begin(), {"--work-dir", "a"});
  auto const ran = train(set, arguments, options);
  CHECK(ran.status == 1);
  CHECK(ran.errors.starts_with("acsl: error: "));
  if (fs::exists(set.folder / "runs/a"))
    for (auto const& entry : fs::directory_iterator(set.folder / "runs/a")) {
      auto const name = entry.path().filename().string();
      CHECK_MESSAGE(name.find(".part-") == std::string::npos, name);
      if (name.ends_with(".safetensors")) (void)acsl::safetensors_file::read(entry.path());  // whole
    }
  return ran.errors;
}
bool has(std::string const& text, std::string const& part) {
  bool const found = text.find(part) != std::string::npos;
  if (!found) MESSAGE("\"" << part << "\" is not in: " << text);
  return found;
}

TEST_CASE("a photograph that cannot be used is named, and what was learned before it is kept") {
  test::tiny_data_set set;
  auto const third = set.folder / "images/3.jpg";
  SUBCASE("missing") {
    fs::remove(third);
    CHECK(has(failure(set), "3.jpg: cannot open: No such file or directory"));
  }
  SUBCASE("cut short") {
    fs::resize_file(third, fs::file_size(third) / 2);
    CHECK(has(failure(set), "3.jpg: bad JPEG: Premature end"));
  }
  SUBCASE("empty") {
    fs::resize_file(third, 0);
    CHECK(has(failure(set), "3.jpg: "));
  }
  SUBCASE("of another size than the JSON says") {
    set.annotations["images"][2]["width"] = 65;
    set.save();
    CHECK(has(failure(set), "3.jpg: the image has 64 x 64 pixels, but ../train.json says 65 x 64 (image 3)"));
  }
  SUBCASE("cut short, without loading ahead") {
    fs::resize_file(third, fs::file_size(third) / 2);
    CHECK(has(failure(set, {"--set", "data.workers=0"}), "3.jpg: bad JPEG: Premature end"));
  }
}

TEST_CASE("missing photographs are told before the run, those of the validation too") {
  test::tiny_data_set set;
  auto other = set.annotations;
  for (auto& image : other["images"]) image["file_name"] = "none_" + image["file_name"].get<std::string>();
  test::write_text(set.folder / "val.json", other.dump());
  set.configure("val_annotations = \"train.json\"\nval_images = \"images\"",
                "val_annotations = \"val.json\"\nval_images = \"absent\"");
  CHECK(has(failure(set, {"--validate"}),
            "../absent/none_1.jpg: cannot open: No such file or directory (6 of 6 photographs of ../val.json are "
            "missing)"));
  CHECK_FALSE(fs::exists(set.folder / "runs/a"));
  CHECK(train(set, {"--work-dir", "a"}).status == 0);
  fs::remove(set.folder / "images/2.jpg");
  CHECK(has(failure(set), "2.jpg: cannot open: No such file or directory (1 of 6 photographs"));
}

TEST_CASE("a photograph that cannot be read during a run costs no iteration that was done") {
  test::tiny_data_set const set;
  fs::resize_file(set.folder / "images/6.jpg", 0);
  for (int seed = 0; seed < 20; ++seed) {
    fs::remove_all(set.folder / "runs/a");
    CHECK(
        has(failure(set, {"--set", "data.batch_size=1", "--seed", std::to_string(seed)}), "6.jpg: the file is empty"));
    if (!fs::exists(set.folder / "runs/a/latest.safetensors")) continue;  // it came first
    CHECK(acsl::safetensors_file::read(set.folder / "runs/a/latest.safetensors").metadata.at("step") != "0");
    return;
  }
  FAIL("the damaged photograph came first for twenty seeds");
}

TEST_CASE("grey and CMYK photographs train") {
  test::tiny_data_set const set;
  auto const write = [&](char const* name, test::bytes const& jpeg) {
    acsl::write_file_atomically(set.folder / ("images/" + std::string(name)), std::span<std::uint8_t const>(jpeg));
  };
  write("3.jpg", test::one_colour_jpeg(JCS_GRAYSCALE, {90}, false, 64));
  write("4.jpg", test::one_colour_jpeg(JCS_CMYK, {200, 30, 90, 10}, true, 64));
  write("5.jpg", test::one_colour_jpeg(JCS_YCCK, {200, 30, 90, 10}, true, 64));
  auto const ran = train(set, {"--work-dir", "a"});
  CHECK(ran.status == 0);
  CHECK(ran.errors.empty());
}

TEST_CASE("an annotation file that is wrong is told with the place in it") {
  test::tiny_data_set set;
  auto& annotations = set.annotations["annotations"];
  SUBCASE("cut in the middle") {
    auto const text = set.annotations.dump();
    test::write_text(set.folder / "train.json", text.substr(0, text.size() / 2));
    CHECK(has(failure(set), "../train.json:1:"));
    CHECK(has(failure(set), "the file ends in the middle of a value: is it cut short?"));
  }
  SUBCASE("missing") {
    fs::remove(set.folder / "train.json");
    CHECK(has(failure(set), "../train.json: cannot open: No such file or directory"));
  }
  SUBCASE("two annotations of one id") {
    annotations[2]["id"] = 1;
    set.save();
    CHECK(has(failure(set), "../train.json:annotations[2]: has the id 1, as has annotations[0]"));
  }
  SUBCASE("two images of one id") {
    set.annotations["images"][3]["id"] = 1;
    set.save();
    CHECK(has(failure(set), "../train.json:images[3]: has the id 1, as has images[0]"));
  }
  SUBCASE("two categories of one id") {
    set.annotations["categories"][1]["id"] = 1;
    set.save();
    CHECK(has(failure(set), "../train.json:categories[1]: has the id 1, as has categories[0]"));
  }
  SUBCASE("a box outside its image") {
    annotations[1]["bbox"] = {500, 10, 20, 20};
    set.save();
    CHECK(has(failure(set), "../train.json:annotations[1].bbox: the box ["));
    CHECK(has(failure(set), "lies outside its image"));
  }
  SUBCASE("a negative width") {
    annotations[1]["bbox"] = {10, 10, -5, 20};
    set.save();
    CHECK(has(failure(set), "../train.json:annotations[1].bbox: the width and height of a box are not negative"));
  }
  SUBCASE("a box beyond any picture") {
    annotations[1]["bbox"] = {-1e30, -1e30, 1e31, 1e31};
    set.save();
    CHECK(has(failure(set), "../train.json:annotations[1].bbox[0]: a box does not reach beyond 1e7 pixels"));
  }
  SUBCASE("a negative area") {
    annotations[1]["area"] = -3;
    set.save();
    CHECK(has(failure(set), "../train.json:annotations[1].area: an area is not negative"));
  }
  SUBCASE("absence of a category that does not exist") {
    set.annotations["images"][1]["neg_category_ids"] = {1, 99};
    set.save();
    CHECK(has(failure(set), "../train.json:images[1].neg_category_ids[1]: no element of categories has the id 99"));
  }
  SUBCASE("a name that no file can have") {
    set.annotations["images"][1]["file_name"] = std::string("a\0b.jpg", 7);
    set.save();
    CHECK(has(failure(set), "../train.json:images[1]: no file can have a name with the character 0"));
  }
  SUBCASE("a name that would act on the terminal") {
    set.annotations["images"][1]["file_name"] = "\x1b[31mred.jpg";
    set.save();
    CHECK(has(failure(set), "\\x1b[31mred.jpg: cannot open"));
  }
  SUBCASE("a wrong type") {
    annotations[1]["bbox"] = "everywhere";
    set.save();
    CHECK(has(failure(set), "../train.json:annotations[1].bbox: expected an array, found a string"));
  }
  SUBCASE("no object at all") {
    annotations.clear();
    set.save();
    CHECK(has(failure(set), "../train.json: no image is left to train on"));
  }
  CHECK_FALSE(fs::exists(set.folder / "runs/a/config.toml"));
  CHECK_FALSE(fs::exists(set.folder / "runs/a/latest.safetensors"));
}

TEST_CASE("a category without frequency stops what needs groups of categories, and nothing else") {
  test::tiny_data_set set;
  set.annotations["categories"][2].erase("frequency");
  set.save();
  std::string const reason =
      "../train.json: category 'blue' (id 3) has no frequency ('r', 'c' or 'f'), which groups of categories need";
  CHECK(has(failure(set, {"--set", "loss.name=adaptive_class_suppression"}), reason));
  CHECK(has(failure(set, {"--validate"}), "../train.json:categories[2]: the key \"frequency\" is missing"));
  for (char const* loss : {"softmax_cross_entropy", "sigmoid_cross_entropy"}) {
    auto const ran = train(set, {"--work-dir", loss, "--set", std::string("loss.name=") + loss});
    CHECK_MESSAGE(ran.status == 0, ran.errors);
  }
}

TEST_CASE("a validation split of other categories is refused before the run") {
  test::tiny_data_set set;
  auto other = set.annotations;
  other["categories"][1]["name"] = "yellow";
  test::write_text(set.folder / "val.json", other.dump());
  CHECK(has(failure(set, {"--validate", "--set", "data.val_annotations=val.json"}),
            "../val.json: has other classes than ../train.json: "));
  CHECK_FALSE(fs::exists(set.folder / "runs/a"));
}

TEST_CASE("a configuration that is wrong is told with the place in it") {
  test::tiny_data_set set;
  SUBCASE("an unknown key") {
    set.configure("epochs = 3", "epoch = 3");
    CHECK(has(failure(set), "../tiny.toml:32:1: unknown key \"training.epoch\"; did you mean \"training.epochs\"?"));
  }
  SUBCASE("a wrong type") {
    set.configure("epochs = 3", "epochs = \"three\"");
    CHECK(has(failure(set), "../tiny.toml:32:10: training.epochs is a whole number, found string"));
  }
  SUBCASE("a syntax error") {
    set.configure("epochs = 3", "epochs == 3");
    CHECK(has(failure(set), "../tiny.toml:32:"));
  }
  SUBCASE("values that make no sense, all of them") {
    set.configure("epochs = 3", "epochs = 0");
    auto const text = failure(set, {"--set", "data.batch_size=-1", "--set", "model.norm_groups=3"});
    CHECK(has(text, "../tiny.toml:32:10: training.epochs = 0: at least 1 is wanted"));
    CHECK(has(text, "--set data.batch_size=-1: data.batch_size = -1: a whole number from 1 to 4096 is wanted"));
    CHECK(has(text, "--set model.norm_groups=3: model.norm_groups = 3: does not divide the 8 channels of a layer"));
  }
  SUBCASE("a pattern that names nothing") {
    CHECK(has(failure(set, {"--set", "training.train_only=[\"head.*\"]"}),
              "no trainable parameter has a name that fits \"head.*\""));
  }
  SUBCASE("missing") {
    fs::remove(set.folder / "tiny.toml");
    CHECK(has(failure(set), "../tiny.toml: cannot open: No such file or directory"));
  }
  CHECK_FALSE(fs::exists(set.folder / "runs/a/config.toml"));
}

TEST_CASE("every setting of a list of nonsense is refused before any work") {
  test::tiny_data_set const set;
  for (char const* setting : {"data.batch_size=0",
                              "training.epochs=0",
                              "training.log_every=0",
                              "training.checkpoint_epochs=0",
                              "training.lr=-1",
                              "training.momentum=1",
                              "model.depth=19",
                              "training.selectp=3",
                              "training.autoscale_lr=auto",
                              "model.norm=instance",
                              "loss.name=hinge",
                              "test.activation=tanh",
                              "test.correction=calibration",
                              "box_head.classifier=cosine",
                              "data.root=",
                              "box_head.stds=[0.1]",
                              "box_head.stage_weights=[]",
                              "data.mean=[0]",
                              "proposals.anchor_strides=[4]",
                              "data.long_side=[]",
                              "training.seed=-1",
                              "data.workers=-1",
                              "model.width=9000000000000000000"}) {
    auto const text = failure(set, {"--set", setting});
    std::string const key = std::string(setting).substr(0, std::string(setting).find('='));
    CHECK(has(text, key + " = "));
  }
  CHECK_FALSE(fs::exists(set.folder / "runs/a"));
}

TEST_CASE("a checkpoint that cannot be used is named, and the run before it is left as it is") {
  test::tiny_data_set set;
  REQUIRE(train(set, {"--work-dir", "a"}).status == 0);
  auto const good = set.folder / "runs/a/epoch_1.safetensors";
  auto const config = test::read_text(set.folder / "runs/a/config.toml");
  auto const bad = set.folder / "runs/bad.safetensors";
  SUBCASE("cut short") {
    fs::copy_file(good, bad);
    fs::resize_file(bad, fs::file_size(bad) - 1000);
    CHECK(has(failure(set, {"--resume-from", "bad.safetensors"}), "bad.safetensors:tensor optimizer."));
    CHECK(has(failure(set, {"--load-from", "bad.safetensors"}), "the file is cut short or damaged"));
  }
  SUBCASE("no checkpoint") {
    test::write_text(bad, "something else, of any length, that is no checkpoint");
    CHECK(has(failure(set, {"--resume-from", "bad.safetensors"}), "no safetensors file, or cut short"));
  }
  SUBCASE("missing") {
    CHECK(has(failure(set, {"--resume-from", "bad.safetensors"}), "bad.safetensors: cannot open: No such file"));
    CHECK(has(failure(set, {"--load-from", "bad.safetensors"}), "bad.safetensors: cannot open: No such file"));
  }
  SUBCASE("of another model") {
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors", "--set", "box_head.channels=32"}),
              "a/epoch_1.safetensors: does not fit the model: "));
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors", "--set", "box_head.channels=32"}),
              "first bbox_head.fc_cls.weight: [4, 16] in the file, [4, 32] in the model"));
  }
  SUBCASE("of a run with another seed") {
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors", "--seed", "4"}),
              "a/epoch_1.safetensors: is of a run with seed 0, the configuration says 4"));
  }
  SUBCASE("of a run with another batch size") {
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors", "--set", "data.batch_size=1"}),
              "cannot go on from epoch 2, iteration 0 after 3 iterations: that epoch has 6 after 6"));
  }
  SUBCASE("of a finished run with another batch size") {
    CHECK(has(failure(set, {"--resume-from", "a/latest.safetensors", "--set", "data.batch_size=1"}),
              "cannot go on from epoch 4, iteration 0 after 9 iterations: that epoch has 0 after 18"));
  }
  SUBCASE("of another version") {
    auto file = acsl::safetensors_file::read(good);
    acsl::safetensors_file other;
    other.metadata = file.metadata;
    other.metadata["format"] = "acsl-checkpoint-9";
    for (auto& [name, values] : file.tensors()) other.add(name, values.view());
    other.write(bad);
    for (char const* option : {"--resume-from", "--load-from"})
      CHECK(has(failure(set, {option, "bad.safetensors"}),
                "bad.safetensors: has the format acsl-checkpoint-9; this program reads acsl-checkpoint-1"));
  }
  SUBCASE("with a number that is not finite") {
    auto file = acsl::safetensors_file::read(good);
    acsl::safetensors_file other;
    other.metadata = file.metadata;
    for (auto& [name, values] : file.tensors()) {
      if (name == "bbox_head.fc_cls.bias") values[1] = NAN;
      other.add(name, values.view());
    }
    other.write(bad);
    for (char const* option : {"--resume-from", "--load-from"})
      CHECK(has(failure(set, {option, "bad.safetensors"}),
                "bad.safetensors:tensor bbox_head.fc_cls.bias: holds a number that is not finite"));
  }
  SUBCASE("of a run with the same classes in another order") {
    std::swap(set.annotations["categories"][0], set.annotations["categories"][1]);
    set.save();
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors"}),
              "a/epoch_1.safetensors: has other classes than ../train.json: the same in another order"));
  }
  SUBCASE("of a run with other classes") {
    set.annotations["categories"][0]["name"] = "yellow";
    set.save();
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors"}),
              "a/epoch_1.safetensors: has other classes than ../train.json: "));
  }
  SUBCASE("of a run that trained other parameters") {
    CHECK(has(failure(set, {"--resume-from", "a/epoch_1.safetensors", "--set",
                            "training.train_only=[\"bbox_head.fc_cls.*\"]"}),
              "which this run does not train"));
  }
  if (!test::read_text(set.folder / "runs/a/config.toml").empty())
    CHECK(fs::read_symlink(set.folder / "runs/a/latest.safetensors") == "epoch_3.safetensors");
  CHECK(test::read_text(set.folder / "runs/a/config.toml").find("training") == config.find("training"));
}

TEST_CASE("weights of another head are loaded where they fit, and what does not fit is told") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "a"}).status == 0);
  auto const ran =
      train(set, {"--work-dir", "b", "--load-from", "a/latest.safetensors", "--set", "box_head.channels=32"});
  REQUIRE(ran.status == 0);
  CHECK(
      has(ran.output, "not loaded, another shape: bbox_head.fc_cls.weight: [4, 16] in the file, [4, 32] in the model"));
}

TEST_CASE("a full disk ends the run, and the checkpoint before stays") {
  test::tiny_data_set const set;
  REQUIRE(train(set, {"--work-dir", "a", "--set", "training.max_iterations=3"}).status == 0);
  auto const before = test::read_text(set.folder / "runs/a/latest.safetensors");
  CHECK(has(failure(set, {"--resume-from", "a/latest.safetensors"}, {.largest_file = 100000}),
            "a/epoch_2.safetensors: cannot write the file: File too large"));
  CHECK(test::read_text(set.folder / "runs/a/latest.safetensors") == before);
  CHECK(fs::read_symlink(set.folder / "runs/a/latest.safetensors") == "epoch_1.safetensors");
  CHECK(train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors"}).status == 0);  // when there is room
}

TEST_CASE("a file that may not grow is told, also where nobody asked the system to say so") {
  test::tiny_data_set const set;
  auto const ran =
      test::run({"/bin/sh", "-c", "ulimit -f 60; exec \"$0\" train ../tiny.toml --work-dir a", ACSL_PROGRAM},
                {.folder = (fs::create_directories(set.folder / "runs"), set.folder / "runs")});
  CHECK(ran.status == 1);
  CHECK(has(ran.errors, "cannot write the file: File too large"));
}

TEST_CASE("an array that memory has no room for is told with its size") {
  test::tiny_data_set const set;
  auto const ran = test::run(
      {"/bin/sh", "-c", "ulimit -v 4000000; exec \"$0\" train ../tiny.toml --work-dir a --set model.width=65536",
       ACSL_PROGRAM},
      {.folder = (fs::create_directories(set.folder / "runs"), set.folder / "runs")});
  CHECK(ran.status == 1);
  CHECK(has(ran.errors, "acsl: error: out of memory: an array of [65536, 65536, 3, 3] takes 147456 MiB"));
}

TEST_CASE("what the filter leaves out, and a validation that never comes, is said at the start") {
  test::tiny_data_set set;
  set.annotations["annotations"][0]["bbox"][2] = 0;
  auto lonely = set.annotations["images"][0];
  lonely["id"] = 77;
  set.annotations["images"].push_back(lonely);
  set.save();
  auto const ran = train(set, {"--work-dir", "a", "--validate", "--set", "training.max_iterations=2"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(has(ran.output, "left out: 1 images without annotations\n"));
  CHECK(has(ran.output, "left out: 1 annotations without area, or with a side below 1 pixel\n"));
  CHECK(has(ran.output, "--validate has no effect: the run ends before epoch 1 does"));
  CHECK(train(set, {"--work-dir", "b", "--validate"}).output.find("has no effect") == std::string::npos);
}

TEST_CASE("a category may have any name") {
  test::tiny_data_set set;
  set.annotations["categories"][1]["name"] = "two\nlines";
  set.save();
  REQUIRE(train(set, {"--work-dir", "a", "--set", "training.max_iterations=3"}).status == 0);
  CHECK(train(set, {"--work-dir", "a", "--resume-from", "a/latest.safetensors"}).status == 0);
}

TEST_CASE("a work dir that cannot be made or written is named before the run") {
  test::tiny_data_set const set;
  test::write_text(set.folder / "plain", "x");
  auto const below = train(set, {"--work-dir", "../plain/a"});
  CHECK(below.status == 1);
  CHECK(has(below.errors, "acsl: error: ../plain/a: cannot be made: Not a directory"));
  auto const file = train(set, {"--work-dir", "../plain"});
  CHECK(file.status == 1);
  CHECK(has(file.errors, "../plain: cannot be made: "));
  if (geteuid() == 0) return;  // root may write everywhere
  fs::create_directory(set.folder / "closed");
  fs::permissions(set.folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  auto const closed = train(set, {"--work-dir", "../closed"});
  CHECK(closed.status == 1);
  CHECK(has(closed.errors, "../closed/log.jsonl: cannot write the log: Permission denied"));
}

TEST_CASE("two runs in one work dir are refused") {
  test::tiny_data_set set;
  set.configure("epochs = 3", "epochs = 1000");
  auto first = test::start_train(set, {"--work-dir", "a"});
  for (int i = 0; i < 6000 && first->output().find("epoch 1") == std::string::npos; ++i) usleep(2000);
  auto const second = train(set, {"--work-dir", "a"});  // not `failure`: the first may be in the middle of a checkpoint
  CHECK(second.status == 1);
  CHECK(has(second.errors, "a/log.jsonl: another run is writing it: every run needs a folder of its own"));
  first->send(SIGINT);
  CHECK(first->wait().status == 130);
}

TEST_CASE("a loss that leaves the finite numbers stops the run with its name, its step and its photographs") {
  test::tiny_data_set const set;
  auto const text = failure(set, {"--set", "training.lr=1e30", "--set", "training.warmup=0"});
  CHECK(has(text, "acsl: error: training stopped: "));
  CHECK(has(text, " in epoch 1, iteration 2; images: ../images/"));
  CHECK((text.find(" is NaN") != std::string::npos || text.find(" is infinite") != std::string::npos));
  CHECK(acsl::safetensors_file::read(set.folder / "runs/a/latest.safetensors").metadata.at("step") == "0");
}

}  // namespace
