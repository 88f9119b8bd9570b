// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <acsl/io/atomic_file.hpp>
#include <algorithm>
#include <stdexcept>
#include <support/file_size_limit.hpp>
#include <support/temporary_folder.hpp>
#include <thread>

namespace {

namespace fs = std::filesystem;

TEST_CASE("a file is written under its name, with ordinary rights, and replaces the old one") {
  test::temporary_folder const folder;
  auto const path = folder / "a.txt";
  acsl::write_file_atomically(path, "first");
  acsl::write_file_atomically(path, [](acsl::atomic_file& file) {
    file.write("sec");
    file.write("ond");
  });
  CHECK(test::read_text(path) == "second");
  CHECK(folder.files() == 1);
  struct stat status = {};
  REQUIRE(stat(path.c_str(), &status) == 0);
  mode_t const mask = umask(0);
  umask(mask);
  CHECK((status.st_mode & 0777) == (0666 & ~mask));
}

TEST_CASE("a file of a bare name goes into the current folder") {
  test::temporary_folder const folder;
  auto const before = fs::current_path();
  fs::current_path(folder.path());
  acsl::write_file_atomically("bare.txt", "x");
  fs::current_path(before);
  CHECK(test::read_text(folder / "bare.txt") == "x");
}

TEST_CASE("when the disk is full the old file stays as it was and nothing is left behind") {
  test::temporary_folder const folder;
  auto const path = folder / "checkpoint.bin";
  acsl::write_file_atomically(path, "precious");
  {
    test::file_size_limit const limit(4096);
    CHECK_THROWS_WITH_AS(acsl::write_file_atomically(path, std::string(100000, 'x')),
                         doctest::Contains("checkpoint.bin: cannot write the file: "), acsl::file_error);
  }
  CHECK(test::read_text(path) == "precious");
  CHECK(folder.files() == 1);
}

TEST_CASE("a program that is killed while it writes leaves the old file whole, and what it wrote under another name") {
  test::temporary_folder const folder;
  auto const path = folder / "checkpoint.bin";
  acsl::write_file_atomically(path, "precious");
  CHECK(test::killed_beyond(4096, [&] { acsl::write_file_atomically(path, std::string(100000, 'x')); }) == SIGXFSZ);
  CHECK(test::read_text(path) == "precious");
  CHECK(folder.files() == 2);
  acsl::remove_partial_files(folder.path(), {".bin"});
  CHECK(folder.files() == 1);
}

TEST_CASE("an exception while the contents are made leaves the old file and nothing else") {
  test::temporary_folder const folder;
  auto const path = folder / "a.txt";
  acsl::write_file_atomically(path, "old");
  CHECK_THROWS_AS(acsl::write_file_atomically(path,
                                              [](acsl::atomic_file& file) {
                                                file.write("half");
                                                throw std::runtime_error("no more");
                                              }),
                  std::runtime_error);
  CHECK(test::read_text(path) == "old");
  CHECK(folder.files() == 1);
}

TEST_CASE("a folder that is missing or may not be written is named") {
  test::temporary_folder const folder;
  CHECK_THROWS_WITH_AS(acsl::write_file_atomically(folder / "none/a.txt", "x"),
                       doctest::Contains("none/a.txt: cannot create the file: No such file or directory"),
                       acsl::file_error);
  acsl::write_file_atomically(folder / "plain", "x");
  CHECK_THROWS_WITH_AS(acsl::write_file_atomically(folder / "plain/a.txt", "x"), doctest::Contains("Not a directory"),
                       acsl::file_error);
  if (geteuid() != 0) {  // root may write everywhere
    fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec);
    CHECK_THROWS_WITH_AS(acsl::write_file_atomically(folder / "a.txt", "x"), doctest::Contains("Permission denied"),
                         acsl::file_error);
    fs::permissions(folder.path(), fs::perms::owner_all);
  }
}

TEST_CASE("a name that is taken by a folder is refused") {
  test::temporary_folder const folder;
  fs::create_directory(folder / "taken");
  CHECK_THROWS_WITH_AS(acsl::write_file_atomically(folder / "taken", "x"),
                       doctest::Contains("taken: cannot create the file: Is a directory"), acsl::file_error);
  CHECK(folder.files() == 1);
}

TEST_CASE("a replaced file keeps its rights") {
  test::temporary_folder const folder;
  auto const path = folder / "private.txt";
  acsl::write_file_atomically(path, "old");
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  acsl::write_file_atomically(path, "new");
  CHECK(test::read_text(path) == "new");
  CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a symbolic link stays a link, and the file behind it is written") {
  test::temporary_folder const folder;
  fs::create_directory(folder / "there");
  fs::create_symlink("there/second", folder / "first");
  fs::create_symlink("file.txt", folder / "there/second");
  for (char const* text : {"made", "replaced"}) {
    acsl::write_file_atomically(folder / "first", text);
    CHECK(test::read_text(folder / "there/file.txt") == text);
  }
  CHECK(fs::is_symlink(folder / "first"));
  CHECK(fs::is_symlink(folder / "there/second"));
  fs::create_symlink("loop", folder / "loop");
  CHECK_THROWS_WITH_AS(acsl::write_file_atomically(folder / "loop", "x"), doctest::Contains("loop: cannot "),
                       acsl::file_error);
}

TEST_CASE("a device and a FIFO take the bytes and stay what they are") {
  test::temporary_folder const folder;
  acsl::write_file_atomically("/dev/null", "gone");
  CHECK(fs::is_character_file("/dev/null"));
  CHECK_THROWS_WITH_AS(acsl::write_file_atomically("/dev/full", "x"),
                       doctest::Contains("/dev/full: cannot write the file: No space left"), acsl::file_error);
  auto const fifo = folder / "fifo";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  std::string read;
  std::thread reader([&] { read = test::read_text(fifo); });
  acsl::write_file_atomically(fifo, "through");
  reader.join();
  CHECK(read == "through");
  CHECK(fs::is_fifo(fifo));
}

TEST_CASE("the name of an open descriptor stands for it") {
  test::temporary_folder const folder;
  int const descriptor = open((folder / "open.txt").c_str(), O_WRONLY | O_CREAT, 0600);
  REQUIRE(write(descriptor, "first ", 6) == 6);
  acsl::write_file_atomically("/dev/fd/" + std::to_string(descriptor), "second");
  close(descriptor);
  CHECK(test::read_text(folder / "open.txt") == "first second");
  CHECK(acsl::detail::inherited_descriptor("/dev/stdout") == 1);
  CHECK(acsl::detail::inherited_descriptor("/dev/fd/x") == -1);
}

TEST_CASE("whether a file can be written is known before, and nothing is left or lost by asking") {
  test::temporary_folder const folder;
  acsl::expect_writable(folder / "later.txt");
  CHECK(folder.files() == 0);
  acsl::write_file_atomically(folder / "a.txt", "old");
  acsl::expect_writable(folder / "a.txt");
  CHECK(test::read_text(folder / "a.txt") == "old");
  acsl::expect_writable("/dev/null");
  CHECK_THROWS_WITH_AS(acsl::expect_writable(folder / "none/a.txt"), doctest::Contains("No such file or directory"),
                       acsl::file_error);
}

TEST_CASE("nothing is written after commit") {
  test::temporary_folder const folder;
  acsl::atomic_file file(folder / "a.txt");
  file.commit();
  CHECK_THROWS_WITH_AS(file.write("x"), doctest::Contains("after commit"), acsl::error);
  CHECK_THROWS_WITH_AS(file.commit(), doctest::Contains("committed once"), acsl::error);
}

}  // namespace
