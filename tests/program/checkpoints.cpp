// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/pth_writer.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <nlohmann/json.hpp>
#include <support/program.hpp>
#include <support/pth_files.hpp>

namespace {

namespace fs = std::filesystem;

test::ended acsl(std::vector<std::string> arguments, fs::path const& folder) {
  arguments.insert(arguments.begin(), ACSL_PROGRAM);
  return test::run(std::move(arguments), {.folder = folder});
}
bool has(std::string const& text, std::string const& words) { return text.find(words) != std::string::npos; }
std::string golden(std::string const& name) { return std::string(ACSL_TEST_SOURCE "/tests/golden/io/") + name; }

TEST_CASE("a run's checkpoint means the same as .pth: for testing, for going on, for starting anew") {
  test::tiny_data_set const set;
  auto const runs = set.folder / "runs";
  REQUIRE(test::train(set, {"--work-dir", "a"}).status == 0);
  auto const convert = [&](std::string const& in, std::string const& out) {
    auto const ran = acsl({"convert", in, out}, runs);
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  };
  convert("a/latest.safetensors", "a.pth");
  convert("a.pth", "again.safetensors");
  convert("a/epoch_1.safetensors", "first.pth");
  auto const before = acsl::read_checkpoint(runs / "a/latest.safetensors"),
             after = acsl::read_checkpoint(runs / "again.safetensors");
  REQUIRE(after.arrays.size() == before.arrays.size());
  auto const in_order = [](acsl::checkpoint_content const& file) {
    std::map<std::string, std::vector<std::uint8_t>> result;
    for (auto const& [name, values] : file.arrays) result[name] = values.bytes;
    return result;
  };
  CHECK(in_order(after) == in_order(before));
  CHECK(after.meta == before.meta);

  fs::copy_file(runs / "a.pth", runs / "misnamed.safetensors");  // what a file is, its content says
  for (char const* file : {"a/latest.safetensors", "a.pth", "misnamed.safetensors"}) {
    auto const ran =
        acsl({"test", "../tiny.toml", file, "--json-out", std::string("found.") + file[0] + ".json"}, runs);
    REQUIRE_MESSAGE(ran.status == 0, ran.errors);
    if (file[0] == 'm') CHECK(test::read_text(runs / "found.m.json") == test::read_text(runs / "found.a.json"));
  }
  auto const gone_on = test::train(set, {"--work-dir", "b", "--resume-from", "first.pth"});
  REQUIRE_MESSAGE(gone_on.status == 0, gone_on.errors);
  CHECK(test::read_text(runs / "b/epoch_3.safetensors") == test::read_text(runs / "a/epoch_3.safetensors"));
  auto const started =
      test::train(set, {"--work-dir", "c", "--load-from", "a.pth", "--set", "training.max_iterations=1"});
  REQUIRE_MESSAGE(started.status == 0, started.errors);
  CHECK(has(started.output, "arrays from a.pth\n"));
  CHECK_FALSE(has(started.output, "not loaded"));
}

TEST_CASE("a checkpoint of other classes starts a run where it fits, and ImageNet weights start the backbone") {
  test::tiny_data_set const set;
  auto const runs = set.folder / "runs";
  REQUIRE(test::train(set, {"--work-dir", "a", "--set", "training.max_iterations=1"}).status == 0);
  auto content = acsl::read_checkpoint(runs / "a/latest.safetensors");
  acsl::checkpoint_content imagenet;
  acsl::stored_array const count = {acsl::element_type::int64, {}, std::vector<std::uint8_t>(8, 1)};
  acsl::checkpoint_content coco;  // as the original's are: a parallel wrapper's names, 81 classes
  for (auto& [name, values] : content.arrays) {
    if (name.starts_with("optimizer.")) continue;
    if (name.starts_with("backbone.")) imagenet.arrays.push_back({name.substr(9), values});
    if (name == "bbox_head.fc_cls.bias") values = {values.type, {81}, std::vector<std::uint8_t>(81 * 4)};
    coco.arrays.push_back({"module." + name, values});
  }
  imagenet.arrays.push_back({"fc.weight", {acsl::element_type::float32, {2, 2}, std::vector<std::uint8_t>(16)}});
  imagenet.arrays.push_back({"bn1.num_batches_tracked", count});
  coco.arrays.push_back({"module.mask_head.bias", {acsl::element_type::float32, {1}, std::vector<std::uint8_t>(4)}});
  coco.arrays.push_back({"module.backbone.bn1.num_batches_tracked", count});
  acsl::write_pth(runs / "coco.pth", coco);
  acsl::write_pth(runs / "imagenet.pth", imagenet);

  auto const short_run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--work-dir", "b", "--set", "training.max_iterations=1"});
    return test::train(set, std::move(arguments));
  };
  auto const ran = short_run({"--load-from", "coco.pth", "--pretrained", "imagenet.pth"});
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(has(ran.output, "loaded " + std::to_string(imagenet.arrays.size() - 2) + " arrays from imagenet.pth\n" +
                            "  not loaded, starts anew: fc.weight\nloaded "));
  CHECK(has(ran.output,
            "arrays from coco.pth\n"
            "  not loaded, another shape: bbox_head.fc_cls.bias: [81] in the file, [4] in the model\n"
            "  unknown to the model: mask_head.bias\n"));
  CHECK_FALSE(has(ran.output, "num_batches_tracked"));
  CHECK(has(test::read_text(runs / "b/config.toml"), "pretrained = \"imagenet.pth\""));

  auto const named = short_run({"--set", "model.pretrained=torchvision://resnet50"});
  CHECK(named.status == 1);
  CHECK(has(named.errors,
            "model.pretrained: torchvision://resnet50 is the name of published weights; their file is given "
            "by --pretrained FILE"));
  auto const both = short_run({"--set", "model.pretrained=torchvision://resnet50", "--load-from", "coco.pth"});
  CHECK(both.status == 0);
  CHECK(has(both.output, "; the backbone starts with what load_from has\n"));
}

TEST_CASE("acsl inspect lists names, types, shapes and statistics, and what the file says about itself") {
  test::temporary_folder const folder;
  auto const ran = acsl({"inspect", golden("legacy.pth"), "--json", "all.json"}, folder.path());
  REQUIRE_MESSAGE(ran.status == 0, ran.errors);
  CHECK(has(ran.output,
            "backbone.conv1.weight             float32   [4,3,2,2]        -0.75          11       5.125      3.46"));
  CHECK(has(ran.output, "8.5071e+37  1.4735e+38  2 infinite\n"));
  CHECK(has(ran.output, "empty                             float32   [0,7]                -           -"));
  CHECK(has(ran.output, "\n18 arrays, 206 numbers, 787 bytes\n"));
  CHECK(has(ran.output, "\nepoch: 12\n"));
  CHECK(has(ran.output, "not shown: optimizer\n"));
  auto const all = nlohmann::json::parse(test::read_text(folder / "all.json"));
  CHECK(all["arrays"].size() == 18);
  CHECK(all["arrays"][2]["std"].get<double>() == doctest::Approx(3.463349775386059));
  CHECK(all["arrays"][6]["min"].is_null());
  CHECK(all["meta"]["CLASSES"][1] == "größe");
  CHECK(all["total"]["bytes"] == 787);

  auto const some = acsl({"inspect", golden("zip.pth"), "--filter", "*types.*"}, folder.path());
  CHECK(has(some.output, "\n8 arrays, 31 numbers, 83 bytes\n"));
  auto const none = acsl({"inspect", golden("zip.pth"), "--filter", "*fc_cls*"}, folder.path());
  CHECK(none.status == 1);
  CHECK(has(none.errors, "zip.pth: no array has a name that fits \"*fc_cls*\""));
}

TEST_CASE("files that ask for more than numbers, or for too much, are refused and nothing is written or run") {
  test::temporary_folder const folder;
  auto const evil = "cos\nsystem\n" + test::pickled_text("touch " + (folder / "ran").string()) + "\x85R";
  test::write_text(folder / "evil.pth", test::legacy_file(test::pickled_dict("state_dict", evil)));
  for (auto const& arguments :
       std::vector<std::vector<std::string>>{{"inspect", "evil.pth"}, {"convert", "evil.pth", "out.safetensors"}}) {
    auto const ran = acsl(arguments, folder.path());
    CHECK(ran.status == 1);
    CHECK(ran.output.empty());
    CHECK_MESSAGE(has(ran.errors, "acsl: error: evil.pth:byte "), ran.errors);
    CHECK(has(ran.errors, ": asks for os.system, which is no part of a checkpoint's numbers: refused"));
  }
  CHECK_FALSE(fs::exists(folder / "ran"));
  CHECK_FALSE(fs::exists(folder / "out.safetensors"));
  acsl::checkpoint_content large;
  large.arrays.push_back({"a", {acsl::element_type::uint8, {2 << 20}, std::vector<std::uint8_t>(2 << 20)}});
  acsl::write_pth(folder / "large.pth", large);
  CHECK(has(acsl({"inspect", "large.pth", "--memory-limit", "1"}, folder.path()).errors, "than the limit of 1 MiB"));
  CHECK(acsl({"inspect", "large.pth", "--memory-limit", "8"}, folder.path()).status == 0);
  CHECK(has(acsl({"convert", "large.pth", "large.pth"}, folder.path()).errors, "is to be written, but is also read"));
  CHECK(has(acsl({"convert", "none.pth", "a.pth"}, folder.path()).errors, "none.pth: cannot open"));
  CHECK(has(acsl({"convert", "large.pth", "nowhere/a.pth"}, folder.path()).errors, "nowhere/a.pth: cannot create"));
  auto const name = acsl({"convert", "large.pth", "a.bin"}, folder.path());
  CHECK(name.status == 2);
  CHECK(has(name.errors, "ends in .pth, .pt or .safetensors: \"a.bin\""));
}

}  // namespace
