// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <acsl/training/progress.hpp>
#include <memory>
#include <support/temporary_folder.hpp>

namespace {

/// A file of this process, or the other end of a terminal of so many columns.
class output {
 public:
  explicit output(unsigned short columns = 0) {
    if (columns == 0) {
      file_.reset(std::fopen((folder_ / "out").c_str(), "wb"));
      return;
    }
    reader_ = posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(reader_ >= 0);
    REQUIRE(grantpt(reader_) == 0);
    REQUIRE(unlockpt(reader_) == 0);
    file_.reset(std::fopen(ptsname(reader_), "wb"));
    REQUIRE(file_);
    winsize size{};
    size.ws_col = columns;
    REQUIRE(ioctl(fileno(file_.get()), TIOCSWINSZ, &size) == 0);
  }
  output(output const&) = delete;
  output& operator=(output const&) = delete;
  ~output() {
    if (reader_ >= 0) close(reader_);
  }
  [[nodiscard]] std::FILE* file() { return file_.get(); }
  /// What was written so far.
  std::string text() {
    std::fflush(file_.get());
    if (reader_ < 0) return test::read_text(folder_ / "out");
    char bytes[4096];
    ssize_t const count = read(reader_, bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  }

 private:
  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  test::temporary_folder folder_;
  int reader_ = -1;
  std::unique_ptr<std::FILE, closer> file_;
};

acsl::log_line some_line() {
  acsl::log_line line;
  line.epoch = 2;
  line.iteration = 30;
  line.iterations_per_epoch = 400;
  line.lr = 0.0025;
  line.seconds = 0.5;
  line.data_seconds = 0.125;
  line.eta_seconds = 3725;
  line.memory_mib = 512;
  line.losses = {{"loss_cls", 1.5}, {"acc", 75, false}};
  return line;
}

TEST_CASE("times read like a clock") {
  CHECK(acsl::clock_text(0) == "0:00");
  CHECK(acsl::clock_text(59.4) == "0:59");
  CHECK(acsl::clock_text(59.6) == "1:00");
  CHECK(acsl::clock_text(245) == "4:05");
  CHECK(acsl::clock_text(3599.9) == "1:00:00");
  CHECK(acsl::clock_text(3723) == "1:02:03");
  CHECK(acsl::clock_text(360000) == "100:00:00");
  for (double const none : {-1.0, 1e9, double{NAN}, double{INFINITY}}) CHECK(acsl::clock_text(none) == "?");
}

TEST_CASE("the peak of memory is that of this process") {
  auto const peak = acsl::peak_memory_mib();
  CHECK(peak >= 1);
  CHECK(peak < 100000);
}

TEST_CASE("where there is no terminal every line is plain and stays") {
  output out;
  acsl::progress display(out.file());
  CHECK_FALSE(display.on_terminal());
  display.show(some_line());
  std::string const expected =
      "epoch 2 [30/400]  eta 1:02:05  lr 0.0025  time 0.500  data 0.125  memory 512 MiB  loss_cls 1.5000  acc 75.0000  "
      "loss 1.5000\n";
  CHECK(out.text() == expected);
  display.show(std::string("again"));
  display.finish();
  CHECK(out.text() == expected + "again\n");
}

TEST_CASE("small learning rates are shown with their digits") {
  output out;
  acsl::progress display(out.file());
  auto line = some_line();
  line.lr = 1.25e-7;
  display.show(line);
  CHECK(out.text().find("lr 1.25e-07 ") != std::string::npos);
}

TEST_CASE("on a terminal one line is rewritten, cut to the width, and ended once") {
  output out(20);
  {
    acsl::progress display(out.file());
    REQUIRE(display.on_terminal());
    display.show(std::string("short"));
    CHECK(out.text() == "\r\033[Kshort");
    display.show(std::string("a line of more than twenty"));
    CHECK(out.text() == "\r\033[Ka line of more than");  // 19 columns: the last one would wrap
    display.finish();
    CHECK(out.text() == "\r\n");  // the terminal adds the carriage return
    display.show(std::string("next"));
    CHECK(out.text() == "\r\033[Knext");
  }
  CHECK(out.text() == "\r\n");
}

TEST_CASE("counted work is shown at its end, with the time left") {
  output out;
  acsl::progress display(out.file());
  for (acsl::index_t done = 1; done <= 5; ++done) display.count("detecting", done, 5);
  CHECK(out.text() == "detecting [5/5]  eta 0:00\n");
  display.count("drawing", 1, 1);  // fewer are done: other work
  CHECK(out.text() == "detecting [5/5]  eta 0:00\ndrawing [1/1]  eta ?\n");
}

}  // namespace
