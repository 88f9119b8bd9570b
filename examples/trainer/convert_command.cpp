// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <acsl/io/expect_outputs.hpp>
#include <acsl/io/pth_writer.hpp>
#include <acsl/io/read_checkpoint.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "commands.hpp"
#include "memory_limit.hpp"
#include "option_checks.hpp"
#include "printable.hpp"

namespace trainer {
namespace {

struct convert_request {
  std::string in, out;
  std::uint64_t memory_mib = usual_memory_mib;
};

bool is_pytorch_name(std::string const& name) { return name.ends_with(".pth") || name.ends_with(".pt"); }

void run_convert(convert_request const& request) {
  acsl::expect_outputs({request.out}, {request.in});
  auto const content = acsl::read_checkpoint(request.in, request.memory_mib << 20);
  if (is_pytorch_name(request.out)) acsl::write_pth(request.out, content);
  else acsl::write_safetensors(request.out, content);
  std::printf("%zu arrays and %zu values about them: %s\n", content.arrays.size(), content.meta.size(),
              request.out.c_str());
  for (auto const& name : content.left_out) std::printf("  left out: %s\n", printable(name).c_str());
}

}  // namespace

void add_convert(CLI::App& app, int& status) {
  auto o = std::make_shared<convert_request>();
  auto* command = app.add_subcommand(
      "convert",
      "Convert a checkpoint between PyTorch's .pth and safetensors, every number bit for bit.\n\n"
      "  acsl convert epoch_12.pth epoch_12.safetensors      checkpoints of PyTorch, also of its old versions\n"
      "  acsl convert runs/a/latest.safetensors a.pth        for torch.load\n\n"
      "What IN is, its content says; what OUT becomes, its name: .pth or .pt (the zip layout of PyTorch 1.6 and "
      "later), "
      "or\n"
      ".safetensors. Kept are the arrays of the state dict with their names, order and types, and what the file says\n"
      "about them (`meta`); momentum of `acsl train` becomes `momentum_buffers`. PyTorch's optimizer state is left "
      "out.\n"
      "Nothing in a .pth is ever run; one that asks for more than numbers is refused.");
  command->add_option("IN", o->in, "checkpoint to read")->required()->check(some_name());
  command->add_option("OUT", o->out, "checkpoint to write: *.pth, *.pt or *.safetensors")
      ->required()
      ->check([](std::string const& name) {
        return is_pytorch_name(name) || name.ends_with(".safetensors")
                   ? std::string()
                   : "ends in .pth, .pt or .safetensors: \"" + name + "\"";
      });
  add_memory_limit(*command, o->memory_mib);
  command->callback([o, &status] {
    run_convert(*o);
    status = 0;
  });
}

}  // namespace trainer
