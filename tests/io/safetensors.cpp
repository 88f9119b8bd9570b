// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/safetensors.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <support/file_size_limit.hpp>
#include <support/temporary_folder.hpp>

namespace {

using acsl::index_t;
namespace fs = std::filesystem;

acsl::tensor<float> ramp(acsl::shape extents) {
  acsl::tensor<float> values(extents);
  for (index_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i - 3) / 4;
  return values;
}

/// Bit for bit: zeros have signs.
bool same(acsl::tensor<float> const& a, acsl::tensor<float> const& b) {
  return a.extents() == b.extents() && (a.empty() || std::memcmp(a.data(), b.data(), a.bytes()) == 0);
}

/// A file with any header and so many bytes behind it.
std::string file_with(std::string const& header, std::size_t room) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += static_cast<char>(header.size() >> (8 * i));
  return text + header + std::string(room, 'x');
}

/// What reading such a file throws.
std::string refusal(std::string const& bytes) {
  test::temporary_folder const folder;
  test::write_text(folder / "a.safetensors", bytes);
  try {
    (void)acsl::safetensors_file::read(folder / "a.safetensors");
  } catch (acsl::file_error const& problem) {
    std::string const text = problem.what(), name = (folder / "a.safetensors").string();
    CHECK_MESSAGE(text.starts_with(name + ":"), text);
    return text.substr(name.size() + 1);
  }
  return "read without complaint";
}
std::string refusal(std::string const& header, std::size_t room) { return refusal(file_with(header, room)); }

std::string tensor_header(std::string const& shape, std::string const& offsets, std::string const& type = "F32") {
  return R"({"a": {"dtype": ")" + type + R"(", "shape": )" + shape + R"(, "data_offsets": )" + offsets + "}}";
}

TEST_CASE("arrays and texts come back bit for bit: ordinary, scalar, empty and special values") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  auto const matrix = ramp({3, 5}), scalar = ramp({}), empty = ramp({2, 0, 4}), six = ramp({1, 2, 1, 3, 1, 2});
  auto special = ramp({4});
  special[0] = std::numeric_limits<float>::quiet_NaN();
  special[1] = -std::numeric_limits<float>::infinity();
  special[2] = -0.0F;
  special[3] = std::numeric_limits<float>::denorm_min();
  acsl::safetensors_file out;
  out.metadata = {{"empty", ""}, {"text", "line 1\nline 2 \"quoted\" ü \x01"}};
  out.add("z.last.in.order", matrix.view());
  out.add("scalar", scalar.view());
  out.add("", empty.view());
  out.add("größe", six.view());
  out.add("special", special.view());
  out.write(path);

  auto const in = acsl::safetensors_file::read(path);
  CHECK(in.metadata == out.metadata);
  CHECK(in.tensors().size() == 5);
  CHECK(same(in.tensors().at("z.last.in.order"), matrix));
  CHECK(same(in.tensors().at("scalar"), scalar));
  CHECK(same(in.tensors().at(""), empty));
  CHECK(same(in.tensors().at("größe"), six));
  CHECK(same(in.tensors().at("special"), special));
  CHECK(folder.files() == 1);
}

TEST_CASE("a file without arrays is a file") {
  test::temporary_folder const folder;
  acsl::safetensors_file{}.write(folder / "a.safetensors");
  auto const in = acsl::safetensors_file::read(folder / "a.safetensors");
  CHECK(in.metadata.empty());
  CHECK(in.tensors().empty());
}

TEST_CASE("a file that the Python package wrote reads equal") {
  auto const in = acsl::safetensors_file::read(fs::path(ACSL_TEST_SOURCE) / "tests/golden/io/python.safetensors");
  CHECK(in.metadata == std::map<std::string, std::string>{{"format", "np"}, {"note", "line 1\nline 2, \"quoted\", ü"}});
  CHECK(in.tensors().size() == 6);
  CHECK(same(in.tensors().at("backbone.conv1.weight"), ramp({4, 3, 2, 2})));
  CHECK(same(in.tensors().at("bias"), ramp({5})));
  CHECK(same(in.tensors().at("empty"), ramp({0, 7})));
  CHECK(same(in.tensors().at("größe"), ramp({1})));
  auto scalar = ramp({});
  scalar[0] = 2.5F;
  CHECK(same(in.tensors().at("scalar"), scalar));
  auto special = ramp({6});
  using limits = std::numeric_limits<float>;
  float const values[] = {limits::infinity(), -limits::infinity(), -0.0F,
                          limits::min(),      limits::max(),       limits::denorm_min()};
  std::copy_n(values, 6, special.data());
  CHECK(same(in.tensors().at("special"), special));
}

TEST_CASE("the bytes on the disk are those of the specification") {
  test::temporary_folder const folder;
  acsl::tensor<float> one(acsl::shape{1});
  one[0] = 1;
  acsl::safetensors_file out;
  out.add("a", one.view());
  out.write(folder / "a.safetensors");
  std::string const header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  )";  // to a multiple of 8
  REQUIRE(header.size() == 56);
  CHECK(test::read_text(folder / "a.safetensors") ==
        std::string("\x38\0\0\0\0\0\0\0", 8) + header + std::string("\0\0\x80\x3f", 4));
}

TEST_CASE("a file that is cut short is refused wherever the cut is") {
  test::temporary_folder const folder;
  auto const first = ramp({2}), second = ramp({3});
  acsl::safetensors_file out;
  out.metadata = {{"key", "value"}};
  out.add("first", first.view());
  out.add("second", second.view());
  out.write(folder / "a.safetensors");
  auto const whole = test::read_text(folder / "a.safetensors");
  std::size_t const arrays = whole.size() - 20;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    auto const reason = refusal(whole.substr(0, length));
    if (length < 8) CHECK(reason == " too short for a safetensors file: " + std::to_string(length) + " bytes");
    else if (length < arrays) CHECK(reason.find("cut short: the header claims") != std::string::npos);
    else CHECK(reason.find(": the file is cut short or damaged") != std::string::npos);
  }
  CHECK(refusal(whole.substr(0, whole.size() - 1)) ==
        "tensor second: ends at byte 20 of 19: the file is cut short or damaged");
}

TEST_CASE("a header size that lies is refused, also when adding to it would overflow") {
  std::string const body = "{}";
  for (std::uint64_t const size : {std::uint64_t{3}, std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(size >> (8 * i));
    CHECK(refusal(bytes + body).find("the header claims " + std::to_string(size) + " bytes, 2 are left") !=
          std::string::npos);
  }
}

TEST_CASE("a header that is no JSON object is refused") {
  for (char const* header :
       {"", " ", "[]", "3", "\"a\"", "{", "{}}", "{\"a\": }", "{\"a\" 1}", "\xFF", "{\"\xFF\": 1}"})
    CHECK_MESSAGE(refusal(header, 0) == "header: is not a JSON object", header);
}

TEST_CASE("an array that lies about its shape or its place is refused") {
  auto const starts = [](std::string const& text, std::string const& with) { return text.starts_with(with); };
  CHECK(refusal(tensor_header("[2]", "[0, 4]"), 4) == "tensor a: its shape is larger than its place in the file");
  CHECK(refusal(tensor_header("[1]", "[0, 8]"), 8) == "tensor a: its shape is smaller than its place in the file");
  CHECK(refusal(tensor_header("[0]", "[0, 4]"), 4) == "tensor a: its shape is smaller than its place in the file");
  CHECK(refusal(tensor_header("[]", "[0, 8]"), 8) == "tensor a: its shape is smaller than its place in the file");
  CHECK(refusal(tensor_header("[1]", "[0, 2]"), 2) == "tensor a: its shape is larger than its place in the file");
  CHECK(starts(refusal(tensor_header("[1]", "[4, 8]"), 4), "tensor a: ends at byte 8 of 4"));
  CHECK(starts(refusal(tensor_header("[1]", "[4, 0]"), 4), "tensor a: ends before it begins"));
  CHECK(
      starts(refusal(tensor_header("[1]", "[0, 18446744073709551615]"), 4), "tensor a: ends at byte 184467440737095"));
  // 2^32 * 2^32 elements: the product, and the product with 4 bytes, must not wrap around to something that fits
  for (char const* shape : {"[4294967296, 4294967296]", "[4611686018427387904]", "[4611686018427387905]",
                            "[18446744073709551615]", "[9223372036854775808, 2]", "[2, 2, 9223372036854775809]"})
    CHECK_MESSAGE(
        refusal(tensor_header(shape, "[0, 4]"), 4) == "tensor a: its shape is larger than its place in the file",
        shape);
  CHECK(refusal(tensor_header("[4294967296, 4294967296, 0]", "[0, 0]"), 0) ==
        "tensor a: its shape is larger than its place in the file");
  for (char const* shape : {"[-1]", "[1.0]", "[\"1\"]", "[null]", "[[1]]", "[true]"})
    CHECK_MESSAGE(
        refusal(tensor_header(shape, "[0, 4]"), 4) == "tensor a: its shape holds something other than whole numbers",
        shape);
  for (char const* shape : {"1", "{}", "null", "[1, 1, 1, 1, 1, 1, 1]"})
    CHECK(refusal(tensor_header(shape, "[0, 4]"), 4) == "tensor a: its shape is no list of at most 6 numbers");
  for (char const* place : {"[0]", "[0, 4, 8]", "4", "{}", "[0, -4]", "[0, 4.0]", "[null, 4]"})
    CHECK_MESSAGE(refusal(tensor_header("[1]", place), 4) == "tensor a: its data_offsets are not two whole numbers",
                  place);
}

TEST_CASE("an empty array may have extents that are larger than the file") {
  test::temporary_folder const folder;
  test::write_text(folder / "a.safetensors", file_with(tensor_header("[1000, 0, 30000]", "[0, 0]"), 0));
  CHECK(acsl::safetensors_file::read(folder / "a.safetensors").tensors().at("a").extents() ==
        acsl::shape{1000, 0, 30000});
}

TEST_CASE("an entry that lacks something or has another type of numbers is refused") {
  CHECK(refusal(R"({"a": 3})", 0) == "tensor a: lacks dtype, shape or data_offsets");
  CHECK(refusal(R"({"a": {"dtype": "F32", "shape": [1]}})", 4) == "tensor a: lacks dtype, shape or data_offsets");
  for (char const* type : {"F8_E4M3", "U64", "f32", ""})
    CHECK(refusal(tensor_header("[1]", "[0, 4]", type), 4) ==
          std::string("tensor a: has the type \"") + type +
              "\"; supported are F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL");
  CHECK(refusal(R"({"a": {"dtype": 32, "shape": [1], "data_offsets": [0, 4]}})", 4).find("has the type 32") == 10);
  CHECK(refusal(R"({"__metadata__": {"k": 3}})", 0) == "__metadata__: \"k\" is no text");
  for (char const* entry : {"3", "[\"a\"]", "null", "\"text\""})
    CHECK(refusal(std::string(R"({"__metadata__": )") + entry + "}", 0) == "__metadata__: is no map of texts");
}

TEST_CASE("brackets a million deep are refused in a header, and are a text in its metadata") {
  std::string const deep(1000000, '['), shut(1000000, ']');
  CHECK(refusal(R"({"a": {"dtype": )" + deep + shut + R"(, "shape": [], "data_offsets": [0, 0]}})", 0) ==
        "header: is nested more than 1024 deep");
  auto const text = "{\"a\": " + deep + shut + "}";
  CHECK(acsl::detail::metadata_from({{acsl::detail::other_metadata, text}})[acsl::detail::other_metadata] == text);
}

TEST_CASE("arrays of other types are converted to float32, and their places are checked by their size") {
  test::temporary_folder const folder;
  std::string file = file_with(R"({"n": {"dtype": "I64", "shape": [], "data_offsets": [0, 8]},)"
                               R"( "h": {"dtype": "F16", "shape": [2], "data_offsets": [8, 12]}})",
                               0);
  file += std::string("\x2A\0\0\0\0\0\0\0\x00\x3C\x00\xC5", 12);
  test::write_text(folder / "a.safetensors", file);
  auto const in = acsl::safetensors_file::read(folder / "a.safetensors");
  CHECK(in.tensors().at("n")[0] == 42);
  CHECK(in.tensors().at("h")[0] == 1);
  CHECK(in.tensors().at("h")[1] == -5);
  auto const content = acsl::read_safetensors(folder / "a.safetensors");
  CHECK(content.arrays[0].name == "n");  // in the header's order
  CHECK(content.arrays[0].values.type == acsl::element_type::int64);
  CHECK(refusal(tensor_header("[1]", "[0, 4]", "F64"), 4) ==
        "tensor a: its shape is larger than its place in the file");
  CHECK(refusal(tensor_header("[1]", "[0, 4]", "BOOL"), 4) ==
        "tensor a: its shape is smaller than its place in the file");
  acsl::byte_source const source(folder / "a.safetensors");
  CHECK_THROWS_WITH_AS((void)acsl::read_safetensors(source, 100), doctest::Contains("more memory than the limit"),
                       acsl::file_error);
}

TEST_CASE("two entries of one name are refused") {
  std::string const entry = R"("a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]})";
  CHECK(refusal("{" + entry + ", " + entry + "}", 4) == "header: holds \"a\" twice");
  CHECK(refusal(R"({"__metadata__": {"k": "1", "k": "2"}})", 0) == "header: holds \"k\" twice");
  CHECK(refusal(R"({"__metadata__": {"a": "1"}, )" + entry + "}", 5) ==
        " 1 bytes behind the last tensor belong to none");  // but one name in two places is fine
}

TEST_CASE("overlaps, holes and bytes behind the last array are refused") {
  auto const two = [](std::string const& first, std::string const& second) {
    return R"({"a": {"dtype": "F32", "shape": [2], "data_offsets": )" + first +
           R"(}, "b": {"dtype": "F32", "shape": [1], "data_offsets": )" + second + "}}";
  };
  CHECK(refusal(two("[0, 8]", "[4, 8]"), 8) == "tensor b: overlaps another one");
  CHECK(refusal(two("[4, 12]", "[0, 4]"), 13) == " 1 bytes behind the last tensor belong to none");
  CHECK(refusal(two("[0, 8]", "[9, 13]"), 13) == "tensor b: 1 bytes before it belong to none");
  CHECK(refusal("{}", 1) == " 1 bytes behind the last tensor belong to none");
}

TEST_CASE("what could not be read back is not written") {
  test::temporary_folder const folder;
  auto const values = ramp({1});
  acsl::safetensors_file out;
  out.add("a", values.view());
  CHECK_THROWS_WITH_AS(out.add("a", values.view()), doctest::Contains("names of their own"), acsl::error);
  CHECK_THROWS_WITH_AS(out.add("__metadata__", values.view()), doctest::Contains("names of their own"), acsl::error);
  out.metadata["path"] = "\xFF\xFE";
  CHECK_THROWS_WITH_AS(out.write(folder / "a.safetensors"), doctest::Contains("is not UTF-8"), acsl::file_error);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("a full disk leaves the old file and nothing else") {
  test::temporary_folder const folder;
  auto const path = folder / "a.safetensors";
  auto const small = ramp({1}), large = ramp({100000});
  acsl::safetensors_file first, second;
  first.add("a", small.view());
  second.add("a", large.view());
  first.write(path);
  auto const before = test::read_text(path);
  {
    test::file_size_limit const limit(4096);
    CHECK_THROWS_WITH_AS(second.write(path), doctest::Contains("a.safetensors: cannot write the file: File too large"),
                         acsl::file_error);
  }
  CHECK(test::read_text(path) == before);
  CHECK(folder.files() == 1);
}

TEST_CASE("a missing file and a folder are named") {
  test::temporary_folder const folder;
  CHECK_THROWS_WITH_AS((void)acsl::safetensors_file::read(folder / "none.safetensors"),
                       doctest::Contains("none.safetensors: cannot open: No such file"), acsl::file_error);
  CHECK_THROWS_AS((void)acsl::safetensors_file::read(folder.path()), acsl::file_error);
}

}  // namespace
