// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <acsl/evaluation/result_reader.hpp>
#include <acsl/io/read_image.hpp>
#include <acsl/io/text.hpp>
#include <acsl/training/configuration_file.hpp>
#include <cstdio>

int main(int count, char** names) {
  for (int i = 1; i < count; ++i) std::printf("%ld pixels wide\n", static_cast<long>(acsl::read_image(names[i]).width));
  std::printf("%s", acsl::to_toml({}).c_str());
}
