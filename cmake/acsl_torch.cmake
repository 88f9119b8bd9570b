# acsl_torch: LibTorch as Debian packages it (libtorch-dev), for examples and benchmarks that call it; no target where it
# is missing. Its own CMake package asks for much more than its headers and libraries.
find_path(ACSL_TORCH_INCLUDE torch/torch.h PATH_SUFFIXES torch/csrc/api/include)
find_library(ACSL_TORCH_LIBRARY torch)
find_library(ACSL_TORCH_CPU_LIBRARY torch_cpu)
find_library(ACSL_C10_LIBRARY c10)
if(NOT TARGET acsl_torch AND ACSL_TORCH_INCLUDE AND ACSL_TORCH_LIBRARY AND ACSL_TORCH_CPU_LIBRARY AND ACSL_C10_LIBRARY)
  add_library(acsl_torch INTERFACE)
  target_include_directories(acsl_torch SYSTEM INTERFACE ${ACSL_TORCH_INCLUDE})
  target_link_libraries(acsl_torch INTERFACE ${ACSL_TORCH_LIBRARY} ${ACSL_TORCH_CPU_LIBRARY} ${ACSL_C10_LIBRARY})
endif()
