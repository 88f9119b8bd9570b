// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/io/pth.hpp>
#include <support/pth_files.hpp>

namespace {

using test::legacy_file, test::pickled_dict, test::pickled_number, test::pickled_storage, test::pickled_tensor,
    test::pickled_text, test::pth_refusal, test::zip_file;
namespace fs = std::filesystem;

std::string golden(std::string const& name) {
  return test::read_text(fs::path(ACSL_TEST_SOURCE) / "tests/golden/io" / name);
}
bool has(std::string const& text, std::string const& words) { return text.find(words) != std::string::npos; }
std::string const zero("K\0", 2);
std::string const one_number("\0\0\x80\x3f", 4);

/// An object in both layouts: both must be refused with these words.
void refused(std::string const& object, std::string const& words) {
  for (auto const& file : {legacy_file(object), zip_file({{"archive/data.pkl", "\x80\2" + object + "."}})}) {
    auto const reason = pth_refusal(file);
    CHECK_MESSAGE(has(reason, words), reason);
    CHECK_MESSAGE(reason.starts_with("byte "), reason);
  }
}

TEST_CASE("a pickle that asks for anything but numbers is refused by name, and nothing of it runs") {
  test::temporary_folder const folder;
  auto const witness = (folder / "ran").string();
  auto const touch = pickled_text("touch " + witness);
  auto const call = [](std::string const& module, std::string const& name, std::string const& argument) {
    return "c" + module + "\n" + name + "\n" + argument + "\x85R";
  };
  refused(call("os", "system", touch), "asks for os.system");
  refused(call("posix", "system", touch), "asks for posix.system");
  refused(call("builtins", "eval", pickled_text("__import__('os').system('touch " + witness + "')")),
          "asks for builtins.eval");
  refused(call("__builtin__", "eval", pickled_text("1")), "asks for __builtin__.eval");
  refused(call("builtins", "getattr", touch), "asks for builtins.getattr");
  refused(call("subprocess", "Popen", touch), "asks for subprocess.Popen");
  refused(call("torch", "load", touch), "asks for torch.load");
  refused(call("torch.storage", "_load_from_bytes", touch), "asks for torch.storage._load_from_bytes");
  // nested in what is allowed: as an argument of a tensor, as a key, as a state
  refused(pickled_dict("state_dict", pickled_dict("a", "ctorch._utils\n_rebuild_parameter\n" +
                                                           call("os", "system", touch) + "\x85R")),
          "asks for os.system");
  refused("}" + call("os", "system", touch) + "Ns", "asks for os.system");
  refused("ccollections\nOrderedDict\n)R" + call("os", "system", touch) + "b", "asks for os.system");
  refused(pickled_text("os") + pickled_text("system") + "\x93" + touch + "\x85R", "asks for os.system");
  refused("(" + touch + "ios\nsystem\n", "asks for os.system");
  refused("cos\nsystem\n" + touch + "\x85\x81", "asks for os.system");
  CHECK_FALSE(fs::exists(witness));
}

TEST_CASE("the place of what is refused is the byte where it begins") {
  CHECK(
      pth_refusal(legacy_file("}cos\nsystem\n")) ==
      "byte 48: asks for os.system, which is no part of a checkpoint's numbers: refused; nothing of the file was run");
  auto const zip = zip_file({{"archive/data.pkl", "\x80\2}cos\nsystem\n."}});
  CHECK(pth_refusal(zip).starts_with("byte " + std::to_string(zip.find("cos\nsystem")) + ": asks for os.system"));
}

TEST_CASE("opcodes that checkpoints do not have, and stacks that are not deep enough, are refused") {
  refused("I1\n", "holds the opcode INT, which checkpoints do not have");
  refused("Psomething\n", "holds the opcode PERSID");
  refused("\x82\1", "holds the opcode EXT1");
  refused("\xFF", "holds the opcode 255");
  for (std::string const object : {"0", "1", "2", "\x85", "N\x86", "NN\x87", "t", "e", "Na", "Nb", "R", "NR", "q\1"})
    refused(object, "on the stack");
  refused("h\5", "recalls something that was not put into the memo");
  refused("N(a", "finds no value on the stack");
  refused("NNa", "adds items to something that does not take them");
  refused("](Nu", "a key without a value");
  refused("}(NNu(NNtu", "finds no mark on the stack");
  refused("NN", "ends with more or less than one value");
  refused("(", "finds no value on the stack");
  refused("NN\x86Q", "names a storage in another form");
  refused("X\xff\xff\xff\xff", "asks for 4294967295 bytes, ");
  refused("c" + std::string(1001, 'a'), "a name of more than 1000 bytes");
  refused("\x80\6", "a protocol above 5");
}

TEST_CASE("functions of NumPy and PyTorch with other arguments than theirs are refused") {
  refused("ctorch._utils\n_rebuild_tensor_v2\n)R", "a tensor is not made of storage, offset, size and stride");
  refused("ctorch._utils\n_rebuild_parameter\nN\x85R", "makes a parameter of something other than a tensor");
  refused("ctorch\nFloatStorage\n)R", "calls a class that is only named");
  refused("N)R", "calls something that is no function");
  refused("ccollections\nOrderedDict\nNR", "with something that is no tuple");
  refused("ccollections\nOrderedDict\n](Neb", "gives a state to something that has none");
}

TEST_CASE("numbers of a tensor that lie outside its storage are refused") {
  auto const tensor = [&](std::string const& numbers, std::uint32_t elements = 1) {
    return pickled_dict("a", pickled_tensor(pickled_storage("0", elements), numbers));
  };
  refused(tensor(zero + "K\2\x85K\1\x85"), "a tensor ends behind its storage");
  refused(tensor("K\1K\1\x85K\1\x85"), "a tensor ends behind its storage");
  refused(tensor("K\2))"), "a tensor begins outside its storage");
  refused(tensor(pickled_number(0xFFFFFFFF) + "))"), "a tensor begins outside its storage");
  refused(tensor(zero + pickled_number(0xFFFFFFFF) + "\x85K\1\x85"), "no whole number from 0 on");
  refused(tensor(zero + "K\1\x85" + pickled_number(0x80000000) + "\x85"), "no whole number from 0 on");
  refused(tensor(zero + "K\1\x85)"), "another number of strides than of extents");
  refused(tensor(zero + "(K\1K\1K\1K\1K\1K\1K\1t(K\1K\1K\1K\1K\1K\1K\1t"), "more than 6 axes");
  std::string const large("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", 10);
  refused(tensor(zero + large + "\x85K\1\x85"), "more elements than can be counted");
  refused(tensor(zero + large + large + zero + "\x87" + zero + zero + zero + "\x87"),
          "more elements than can be counted");
  refused(tensor(zero + "K\2\x85" + large + "\x85"), "a tensor ends behind its storage");
  refused(tensor(large + "K\1\x85K\1\x85"), "a tensor begins outside its storage");
}

TEST_CASE("a file may not ask for more memory than the limit, whatever its tensors say") {
  std::string const many = pickled_number(0x7FFFFFFF);
  auto const bomb = [&](std::string const& extents, std::string const& strides) {
    return legacy_file(pickled_dict("a", pickled_tensor(pickled_storage("0", 1), zero + extents + strides)),
                       {{"0", one_number}});
  };
  auto const reason = pth_refusal(bomb(many + "K\4\x86", zero + zero + "\x86"));
  CHECK_MESSAGE(has(reason, "its content needs more memory than the limit of 8192 MiB"), reason);
  CHECK(has(pth_refusal(bomb(pickled_number(1 << 20) + "\x85", zero + "\x85"), 1 << 20), "the limit of 1 MiB"));
  CHECK(pth_refusal(bomb(pickled_number(1 << 10) + "\x85", zero + "\x85"), 1 << 20) == "read without complaint");
  // a list that is doubled again and again, and a text of it
  std::string doubled = "](Ne";
  for (int i = 0; i < 40; ++i) doubled += "q\0010](h\1h\1e";
  CHECK(pth_refusal(legacy_file(pickled_dict("meta", pickled_dict("a", doubled))), 1 << 24).find("the limit") !=
        std::string::npos);
  std::string copied = "](" + std::string(1000, 'N') + "eq\1";
  for (int i = 0; i < 2000; ++i) copied += "c__builtin__\nlist\nh\1\x85R0";
  CHECK(has(pth_refusal(legacy_file(copied), 1 << 22), "the limit of 4 MiB"));
}

TEST_CASE("a list that holds itself ends, with a reason") {
  CHECK(has(pth_refusal(legacy_file(pickled_dict("meta", pickled_dict("a", "]q\1h\1a")))), "nested more than 64 deep"));
  CHECK(has(pth_refusal(legacy_file("]q\1h\1a")), "holds no state_dict"));
}

TEST_CASE("a file without a state dict is told apart") {
  CHECK(has(pth_refusal(legacy_file("K\1")), "holds no state_dict: neither a dictionary nor a tensor"));
  CHECK(has(pth_refusal(legacy_file("}")), "holds no state_dict: no tensor at its top"));
  CHECK(has(pth_refusal(legacy_file(pickled_dict("state_dict", pickled_dict("a.weight", "K\1")))),
            "its state_dict has a value that is no tensor: a.weight"));
  CHECK(has(pth_refusal(legacy_file(pickled_dict("state_dict", "}NNs"))), "a key that is no text"));
  CHECK(has(pth_refusal("\x80\2]......."), "is a pickle, but not one that torch.save wrote"));
  CHECK(has(pth_refusal("no such thing"), "is no file of PyTorch"));
  CHECK(has(pth_refusal(zip_file({{"a/b", "c"}})), "a zip file without <name>/data.pkl"));
  CHECK(
      has(pth_refusal(zip_file({{"a/data.pkl", "N."}, {"b/data.pkl", "N."}})), "holds both a/data.pkl and b/data.pkl"));
  CHECK(has(pth_refusal(zip_file({{"a/data.pkl", "\x80\2}."}, {"a/byteorder", "big"}})), "not little-endian"));
}

TEST_CASE("a file that is cut short is refused wherever the cut is") {
  for (char const* name : {"legacy.pth", "zip.pth", "protocol4.pth"}) {
    auto const whole = golden(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      auto const reason = pth_refusal(whole.substr(0, length));
      bool const told = has(reason, "cut short") || has(reason, "is no file of PyTorch") || has(reason, "are left");
      CHECK_MESSAGE(told, name << " " << length << ": " << reason);
    }
    CHECK(pth_refusal(whole) == "read without complaint");
  }
  auto const whole = golden("legacy.pth");
  CHECK(pth_refusal(whole + "x") == " 1 bytes behind the last storage belong to none");
}

TEST_CASE("storages of a legacy file that are not those of the tensors are refused") {
  auto const object = pickled_dict("a", pickled_tensor(pickled_storage("0", 1), zero + "))"));
  CHECK(pth_refusal(legacy_file(object, {{"0", one_number}})) == "read without complaint");
  CHECK(has(pth_refusal(legacy_file(object)), "lacks the storage 0"));
  CHECK(has(pth_refusal(legacy_file(object, {{"1", one_number}})),
            "lists the storage \"1\", which no tensor is part of"));
  CHECK(has(pth_refusal(legacy_file(object, {{"0", one_number}, {"0", one_number}})), "lists the storage 0 twice"));
  CHECK(has(pth_refusal(legacy_file(object, {{"0", one_number + one_number}})), "another number of elements"));
  auto const twice = "}(" + pickled_text("a") + pickled_tensor(pickled_storage("0", 1), zero + "))") +
                     pickled_text("b") + pickled_tensor(pickled_storage("0", 1, "IntStorage"), zero + "))") + "u";
  refused(twice, "or twice in two ways");
}

TEST_CASE("a damaged zip file is refused: a changed byte, another method, a wrong directory") {
  auto const whole = golden("zip.pth");
  auto const entry = [&](std::string const& name) {  // its record in the directory
    return whole.rfind(name) - 46;
  };
  auto const changed = [&](std::size_t at, std::string const& bytes) {
    auto file = whole;
    file.replace(at, bytes.size(), bytes);
    return pth_refusal(file);
  };
  auto const first = entry("zip/data/0");
  auto const start =
      static_cast<unsigned char>(whole[first + 42]) + 256U * static_cast<unsigned char>(whole[first + 43]);
  CHECK(has(changed(start + 30 + 10 + 60, "!"), "damaged: its checksum is another"));
  CHECK(has(changed(whole.find("OrderedDict"), "O"), "read without complaint"));
  CHECK(has(changed(whole.find("OrderedDict"), "o"), "the entry zip/data.pkl is damaged: its checksum is another"));
  CHECK(has(changed(first + 10, "\x08"), "the entry zip/data/0 is compressed (method 8): entries must be stored"));
  CHECK(has(changed(first + 8, "\x01"), "the entry zip/data/0 is encrypted"));
  CHECK(has(changed(first + 42, "\x01"), "the entry zip/data/0 is not where the directory says"));
  CHECK(has(changed(first, "X"), "its directory is damaged"));
  CHECK(has(changed(entry("zip/data/9") + 46 + 9, "8"), "holds the entry zip/data/8 twice"));
  CHECK(has(changed(first + 20, "\x05\0\0\0\x05"), "read without complaint") == false);
}

/// The same file with all numbers of its directory in zip64 fields.
std::string as_zip64(std::string const& zip) {
  auto const number = [&](std::size_t at, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(zip[at + static_cast<std::size_t>(i)])} << 8 * i;
    return value;
  };
  auto const field = [](std::uint64_t value, int count) {
    std::string result;
    for (int i = 0; i < count; ++i) result += static_cast<char>(value >> 8 * i);
    return result;
  };
  std::size_t const end = zip.size() - 22;
  std::uint64_t const first = number(end + 16, 4), count = number(end + 10, 2);
  std::string directory, none(4, '\xFF');
  for (std::size_t at = first, i = 0; i < count; ++i) {
    std::size_t const name = number(at + 28, 2), extra = number(at + 30, 2);
    directory += zip.substr(at, 20) + none + none + zip.substr(at + 28, 2) + field(28, 2) + zip.substr(at + 32, 10) +
                 none + zip.substr(at + 46, name) + field(1, 2) + field(24, 2) + field(number(at + 24, 4), 8) +
                 field(number(at + 20, 4), 8) + field(number(at + 42, 4), 8);
    at += 46 + name + extra;
  }
  std::string const record = "PK\6\6" + field(44, 8) + field(45, 2) + field(45, 2) + field(0, 8) + field(count, 8) +
                             field(count, 8) + field(directory.size(), 8) + field(first, 8);
  return zip.substr(0, first) + directory + record + "PK\6\7" + field(0, 4) + field(first + directory.size(), 8) +
         field(1, 4) + "PK\5\6" + std::string(4, '\0') + none + none + none + std::string(2, '\0');
}

TEST_CASE("numbers of a zip file that 32 bits do not hold are read from where it has them") {
  auto const zip = zip_file(
      {{"a/data.pkl", "\x80\2" + pickled_dict("b", pickled_tensor(pickled_storage("0", 1), zero + "))")) + "."},
       {"a/data/0", one_number}});
  auto const file = test::read_pth(as_zip64(zip));
  REQUIRE(file.arrays.size() == 1);
  CHECK(acsl::as_floats(file.arrays[0].values)[0] == 1);
  auto cut = as_zip64(zip);
  cut[cut.find("PK\6\6")] = 'X';
  CHECK(has(pth_refusal(cut), "its zip64 record is not where it should be"));
}

}  // namespace
