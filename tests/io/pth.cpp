// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/pth.hpp>
#include <acsl/io/pth_writer.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <support/process.hpp>
#include <support/pth_files.hpp>

namespace {

using acsl::element_type;
using acsl::index_t;
namespace fs = std::filesystem;

fs::path golden(std::string const& name) { return fs::path(ACSL_TEST_SOURCE) / "tests/golden/io" / name; }

std::vector<double> numbers(acsl::stored_array const& array) {
  std::vector<double> result;
  acsl::for_each_element(array, [&](auto x) { result.push_back(static_cast<double>(x)); });
  return result;
}
/// Element i is (i - 3) / 4, as in scripts/golden/make_pth_golden.py.
double ramp(index_t i) { return static_cast<double>(i - 3) / 4; }
std::vector<double> ramps(std::vector<index_t> const& places) {
  std::vector<double> result;
  for (auto const i : places) result.push_back(ramp(i));
  return result;
}
std::vector<double> ramp_to(index_t count) {
  std::vector<double> result;
  for (index_t i = 0; i < count; ++i) result.push_back(ramp(i));
  return result;
}
acsl::stored_array const& at(acsl::checkpoint_content const& file, std::string const& name) {
  for (auto const& array : file.arrays)
    if (array.name == name) return array.values;
  throw acsl::error("no array " + name);
}
bool same(acsl::checkpoint_content const& a, acsl::checkpoint_content const& b) {
  return a.meta == b.meta && std::equal(a.arrays.begin(), a.arrays.end(), b.arrays.begin(), b.arrays.end(),
                                        [](auto const& x, auto const& y) {
                                          return x.name == y.name && x.values.type == y.values.type &&
                                                 x.values.extents == y.values.extents &&
                                                 x.values.bytes == y.values.bytes;
                                        });
}

TEST_CASE("a checkpoint of PyTorch reads the same from both layouts, and from pickles of another protocol") {
  auto const file = acsl::read_pth(golden("legacy.pth"));
  CHECK(same(file, acsl::read_pth(golden("zip.pth"))));
  CHECK(same(file, acsl::read_pth(golden("protocol4.pth"))));
  CHECK(same(file, acsl::read_checkpoint(golden("zip.pth"))));
  CHECK(file.left_out == std::vector<std::string>{"optimizer"});

  REQUIRE(file.arrays.size() == 18);
  CHECK(file.arrays[0].name == "backbone.conv1.weight");  // in the order of the state dict
  CHECK(file.arrays[17].name == "special");
  CHECK(at(file, "backbone.conv1.weight").extents == acsl::shape{4, 3, 2, 2});
  CHECK(numbers(at(file, "backbone.conv1.weight")) == ramp_to(48));
  CHECK(at(file, "backbone.bn1.num_batches_tracked").type == element_type::int64);
  CHECK(at(file, "backbone.bn1.num_batches_tracked").extents == acsl::shape{});
  CHECK(numbers(at(file, "backbone.bn1.num_batches_tracked")) == std::vector<double>{1099511627777.0});
  CHECK(numbers(at(file, "scalar")) == std::vector<double>{2.5});
  CHECK(numbers(at(file, "parameter")) == ramp_to(2));
  CHECK(at(file, "empty").extents == acsl::shape{0, 7});
  CHECK(at(file, "empty").bytes.empty());
}

TEST_CASE("tensors that view one storage come out row-major: a part, transposed, expanded") {
  auto const file = acsl::read_pth(golden("zip.pth"));
  CHECK(numbers(at(file, "table")) == ramp_to(48));
  CHECK(at(file, "table.part").extents == acsl::shape{3, 3});
  CHECK(numbers(at(file, "table.part")) == ramps({10, 12, 14, 18, 20, 22, 26, 28, 30}));
  std::vector<index_t> transposed;
  for (index_t column = 0; column < 8; ++column)
    for (index_t row = 0; row < 6; ++row) transposed.push_back(8 * row + column);
  CHECK(at(file, "table.transposed").extents == acsl::shape{8, 6});
  CHECK(numbers(at(file, "table.transposed")) == ramps(transposed));
  CHECK(at(file, "expanded").extents == acsl::shape{4, 3});
  CHECK(numbers(at(file, "expanded")) == ramps({0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2}));
}

TEST_CASE("every element type has its numbers") {
  auto const file = acsl::read_pth(golden("legacy.pth"));
  for (auto const& type : acsl::element_types) {
    CAPTURE(type.name);
    if (type.type == element_type::float32 || type.type == element_type::int64) continue;  // above
    auto const& values = at(file, std::string("types.") + type.name);
    CHECK(values.type == type.type);
    if (type.type == element_type::boolean) CHECK(numbers(values) == std::vector<double>{1, 0, 1});
    else CHECK(numbers(values) == std::vector<double>{0, type.type == element_type::uint8 ? 1.0 : -1.0, 2, 100});
  }
  using limits = std::numeric_limits<float>;
  float const special[] = {limits::infinity(), -limits::infinity(), -0.0F,
                           limits::min(),      limits::max(),       limits::denorm_min()};
  auto const floats = acsl::as_floats(at(file, "special"));
  REQUIRE(floats.size() == 6);
  CHECK(std::memcmp(floats.data(), special, sizeof special) == 0);
}

TEST_CASE("halves are exact, subnormal and infinite ones as well") {
  CHECK(acsl::detail::from_half(0x3C00) == 1);
  CHECK(acsl::detail::from_half(0xC500) == -5);
  CHECK(acsl::detail::from_half(0x0001) == std::ldexp(1.0F, -24));
  CHECK(acsl::detail::from_half(0x83FF) == -1023 * std::ldexp(1.0F, -24));
  CHECK(acsl::detail::from_half(0x0400) == std::ldexp(1.0F, -14));
  CHECK(acsl::detail::from_half(0x7BFF) == 65504);
  CHECK(std::signbit(acsl::detail::from_half(0x8000)));
  CHECK(acsl::detail::from_half(0xFC00) == -std::numeric_limits<float>::infinity());
  CHECK(std::isnan(acsl::detail::from_half(0x7E00)));
}

TEST_CASE("what a checkpoint says about its numbers is kept with its types") {
  auto const meta = acsl::read_pth(golden("zip.pth")).meta;
  CHECK(meta.dump() ==
        R"({"mmdet_version":"1.0rc0","config":"model = dict(\n    type='FasterRCNN')\n","CLASSES":["person","größe"],)"
        R"("epoch":12,"iter":60000,"lr":0.5,"counts":[0,1,2],"ratio":0.25,"nothing":null,"yes":true})");
  auto numpy2 = test::read_text(golden("legacy.pth"));  // NumPy 2 calls the module of its functions numpy._core
  for (std::size_t at; (at = numpy2.find("numpy.core")) != std::string::npos;) numpy2.replace(at, 10, "numpy._core");
  CHECK(test::read_pth(numpy2).meta == meta);
}

TEST_CASE("a state dict is found at the top, under state_dict and under model, and one tensor is a file as well") {
  std::vector<std::string> names;
  for (auto const& array : acsl::read_pth(golden("module.pth")).arrays) names.push_back(array.name);
  CHECK(names == std::vector<std::string>{"weight", "bias", "running_mean", "running_var", "num_batches_tracked"});

  std::string const two("\0\0\x80\x3f\0\0\0\x40", 8);  // 1, 2
  auto const tensor =
      test::pickled_tensor(test::pickled_storage("0", 2), "K" + std::string(1, '\0') + "K\2\x85K\1\x85");
  for (char const* key : {"state_dict", "model"}) {
    auto const file = test::read_pth(
        test::legacy_file(test::pickled_dict(key, test::pickled_dict("a.weight", tensor)), {{"0", two}}));
    REQUIRE(file.arrays.size() == 1);
    CHECK(file.arrays[0].name == "a.weight");
    CHECK(numbers(file.arrays[0].values) == std::vector<double>{1, 2});
  }
  auto const alone = test::read_pth(test::zip_file({{"x/y/data.pkl", "\x80\2" + tensor + "."}, {"x/y/data/0", two}}));
  CHECK(alone.arrays.at(0).name == "tensor");
  auto const twice =
      test::read_pth(test::legacy_file("}(" + test::pickled_text("a") + tensor + test::pickled_text("n") + "K\7" +
                                           test::pickled_text("a") + tensor + "u",
                                       {{"0", two}}));
  CHECK(twice.arrays.size() == 1);  // as a dictionary of Python has it
  CHECK(twice.meta.at("n") == 7);
}

TEST_CASE("files of Python 2 and of before 2017: strings, pairs, views of storages, parameters") {
  std::string const four("\0\0\0\0\0\0\x80\x3f\0\0\0\x40\0\0\x40\x40", 16);  // 0, 1, 2, 3
  auto const view = "(" + test::pickled_text("v") + "K\1K\3t";
  auto const tensor = "ctorch._utils\n_rebuild_tensor\n(" + test::pickled_storage("0", 4, "FloatStorage", view) +
                      "K\1" + "K\2\x85K\1\x85tR";
  auto const parameter = "ctorch.nn.parameter\nParameter\n" + tensor + "\x88\x86R}" + "b";
  auto const file =
      test::read_pth(test::legacy_file("ccollections\nOrderedDict\n](](U\1a" + parameter + "ee\x85R", {{"0", four}}));
  REQUIRE(file.arrays.size() == 1);
  CHECK(file.arrays[0].name == "a");
  CHECK(numbers(file.arrays[0].values) == std::vector<double>{2, 3});
}

TEST_CASE("what was written reads back bit for bit, momentum and metadata as well") {
  test::temporary_folder const folder;
  auto file = acsl::read_pth(golden("legacy.pth"));
  file.meta["large"] = std::int64_t{1} << 40;
  file.meta["nested"] = {{"list", {1, -2.5, "three", nullptr, false}}, {"empty", nlohmann::ordered_json::object()}};
  file.arrays.push_back({"optimizer.table", file.arrays[2].values});
  acsl::write_pth(folder / "a.pth", file);
  auto const again = acsl::read_pth(folder / "a.pth");
  CHECK(same(again, file));
  CHECK(again.left_out.empty());
  acsl::write_safetensors(folder / "a.safetensors", file);
  auto const other = acsl::read_checkpoint(folder / "a.safetensors");
  CHECK(other.meta.at("CLASSES") == file.meta["CLASSES"]);
  CHECK(other.meta.at("large") == file.meta["large"]);
  acsl::write_pth(folder / "b.pth", other);
  auto back = acsl::read_pth(folder / "b.pth");
  CHECK(nlohmann::json(back.meta) == nlohmann::json(file.meta));  // in another order
  back.meta = file.meta;
  CHECK(same(back, file));

  acsl::checkpoint_content empty;
  acsl::write_pth(folder / "c.pth", empty);
  CHECK(same(acsl::read_pth(folder / "c.pth"), empty));
  empty.arrays.push_back({"\xFF", {}});
  CHECK_THROWS_WITH_AS(acsl::write_pth(folder / "d.pth", empty), doctest::Contains("is not UTF-8"), acsl::file_error);
  CHECK_FALSE(fs::exists(folder / "d.pth"));
}

TEST_CASE("wide numbers lie at multiples of their size in a safetensors file, whatever stands before them") {
  test::temporary_folder const folder;
  acsl::write_safetensors(folder / "a.safetensors", acsl::read_pth(golden("zip.pth")));
  acsl::byte_source const source(folder / "a.safetensors");
  acsl::memory_budget budget;
  for (auto const& place : acsl::detail::read_safetensors_header(source, budget).arrays)
    CHECK_MESSAGE(place.first % acsl::names_of(place.type).bytes == 0, place.name);
}

TEST_CASE("PyTorch opens what was written, and finds the same numbers") {
  for (std::string const python : {"/usr/bin/python3", "python3"}) {
    auto const usable = test::run({"/usr/bin/env", python, "-c", "import torch"});
    if (usable.status != 0) continue;
    test::temporary_folder const folder;
    acsl::write_pth(folder / "a.pth", acsl::read_pth(golden("zip.pth")));
    auto const ran = test::run(
        {"/usr/bin/env", python, ACSL_TEST_SOURCE "/scripts/golden/make_pth_golden.py", (folder / "a.pth").string()});
    CHECK_MESSAGE(ran.status == 0, ran.errors);
    CHECK(ran.output == "the same\n");
    return;
  }
  MESSAGE("skipped: no Python with PyTorch");
}

TEST_CASE(
    "a tar file, a text and a safetensors file whose header is as long as a pickle's first bytes are told apart") {
  test::temporary_folder const folder;
  std::string tar(1024, '\0');
  test::write_text(folder / "a", tar.replace(257, 5, "ustar"));
  CHECK_THROWS_WITH_AS((void)acsl::read_checkpoint(folder / "a"), doctest::Contains("is a tar file"), acsl::file_error);
  test::write_text(folder / "b", "a text, and no checkpoint at all");
  CHECK_THROWS_WITH_AS((void)acsl::read_checkpoint(folder / "b"), doctest::Contains("no safetensors file"),
                       acsl::file_error);
  acsl::checkpoint_content content;
  content.meta["text"] = std::string(0x280 - 28, 'x');
  acsl::write_safetensors(folder / "c", content);
  REQUIRE(test::read_text(folder / "c").substr(0, 2) == "\x80\2");
  CHECK(same(acsl::read_checkpoint(folder / "c"), content));
}

TEST_CASE("weights for a model are float32, and the prefix of a parallel wrapper is taken off") {
  test::temporary_folder const folder;
  auto file = acsl::read_pth(golden("zip.pth"));
  for (auto& array : file.arrays) array.name.insert(0, "module.");
  acsl::write_pth(folder / "a.pth", file);
  auto const weights = acsl::read_weights(folder / "a.pth");
  CHECK(weights.tensors().size() == 18);
  CHECK(weights.tensors().at("types.bfloat16")[1] == -1);
  CHECK(weights.metadata.at("mmdet_version") == "1.0rc0");
}

}  // namespace
