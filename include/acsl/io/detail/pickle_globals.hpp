// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/io/element_type.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace acsl::detail {

/// What a pickle may ask for. Nothing of it is Python's: each is a few lines of pickle_calls.hpp or pickle_tensor.hpp
/// that make a `pickle_value`.
enum class pickle_global : std::uint8_t {
  ordered_dict,
  dict,
  list,
  set,
  tuple,
  bytes,
  encode,  // collections, builtins, _codecs
  rebuild_tensor,
  rebuild_parameter,
  parameter,
  storage_type,
  opaque,  // torch; opaque: devices and element types
  numpy_scalar,
  numpy_reconstruct,
  numpy_dtype,
  numpy_ndarray
};

struct allowed_global {
  pickle_global what;
  element_type type = element_type::float32;  ///< of a storage_type
};

/// The functions and classes that checkpoints of PyTorch and files of NumPy arrays consist of. A name that is not
/// among them is refused: no file can make the reader do anything else.
/// @source detector-spec 16.4
constexpr std::optional<allowed_global> find_allowed(std::string_view module, std::string_view name) {
  struct entry {
    std::string_view module, name;
    pickle_global what;
  };
  constexpr entry allowed[] = {
      {"collections", "OrderedDict", pickle_global::ordered_dict},
      {"torch._utils", "_rebuild_tensor_v2", pickle_global::rebuild_tensor},
      {"torch._utils", "_rebuild_tensor", pickle_global::rebuild_tensor},
      {"torch._utils", "_rebuild_parameter", pickle_global::rebuild_parameter},
      {"torch.nn.parameter", "Parameter", pickle_global::parameter},
      {"torch", "Size", pickle_global::tuple},
      {"torch", "device", pickle_global::opaque},
      {"numpy.core.multiarray", "scalar", pickle_global::numpy_scalar},
      {"numpy._core.multiarray", "scalar", pickle_global::numpy_scalar},
      {"numpy.core.multiarray", "_reconstruct", pickle_global::numpy_reconstruct},
      {"numpy._core.multiarray", "_reconstruct", pickle_global::numpy_reconstruct},
      {"numpy", "dtype", pickle_global::numpy_dtype},
      {"numpy", "ndarray", pickle_global::numpy_ndarray},
      {"_codecs", "encode", pickle_global::encode},
      {"builtins", "bytes", pickle_global::bytes},
      {"builtins", "set", pickle_global::set},
      {"builtins", "list", pickle_global::list},
      {"builtins", "dict", pickle_global::dict},
      {"builtins", "tuple", pickle_global::tuple},
  };
  if (module == "__builtin__") module = "builtins";  // of Python 2
  for (auto const& one : allowed)
    if (one.module == module && one.name == name) return allowed_global{one.what};
  if (module == "torch" || module == "torch.cuda")
    for (auto const& type : element_types)
      if (name == type.storage) return allowed_global{pickle_global::storage_type, type.type};
  if (module == "torch")
    for (auto const& type : element_types)
      if (name == type.name) return allowed_global{pickle_global::opaque, type.type};
  return {};
}

}  // namespace acsl::detail
