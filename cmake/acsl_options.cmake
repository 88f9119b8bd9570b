# acsl_own: what our own tests, examples and benchmarks compile with. Users of acsl::acsl get none of it.
set(ACSL_SANITIZE "" CACHE STRING "Sanitizers for our own targets, for example address,undefined or thread.")

add_library(acsl_own INTERFACE)
target_link_libraries(acsl_own INTERFACE acsl::acsl)
target_compile_options(acsl_own INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wshadow;-Wno-psabi;-Wno-restrict>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${ACSL_WARNINGS_AS_ERRORS}>>:-Werror>)
if(ACSL_NATIVE)  # of nvcc's host code as well, which shares inline functions with what the other compiler makes
  # Compilers prefer half of AVX-512's registers, for processors that clock down; the sweeps of the losses lose by it.
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag(-mprefer-vector-width=512 ACSL_TAKES_VECTOR_WIDTH)
  target_compile_options(acsl_own INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-march=native>
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${ACSL_TAKES_VECTOR_WIDTH}>>:-mprefer-vector-width=512>
                                            $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-march=native>)
endif()
# CMake 3.25.1 does not know nvcc's flag for C++20.
target_compile_options(acsl_own INTERFACE $<$<COMPILE_LANGUAGE:CUDA>:-std=c++20;--extended-lambda;-Xcompiler=-Wall,-Wextra>
  $<$<AND:$<COMPILE_LANGUAGE:CUDA>,$<BOOL:${ACSL_WARNINGS_AS_ERRORS}>>:-Werror=all-warnings>)
# No fused multiply-add: overlaps are compared with thresholds exactly. The packed kernels of the CPU backend ask for
# fused products by name.
target_compile_options(acsl_own INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-ffp-contract=off>
                                          $<$<COMPILE_LANGUAGE:CUDA>:-Xcompiler=-ffp-contract=off>)
if(ACSL_SANITIZE)  # instrumented variants make g++ 12 warn of uninitialised members that nobody reads
  target_compile_options(acsl_own INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${ACSL_SANITIZE};-fno-omit-frame-pointer;-Wno-maybe-uninitialized>)
  # Null pointers are the address sanitizer's to report. These checks take half of the time to compile; the programs that
  # turn bytes of files into numbers ask for them: ACSL_CHECKS_POINTERS.
  if(ACSL_SANITIZE MATCHES undefined)
    target_compile_options(acsl_own INTERFACE
      $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<BOOL:$<TARGET_PROPERTY:ACSL_CHECKS_POINTERS>>>>:-fno-sanitize=null,vptr,alignment>)
  endif()
  target_link_options(acsl_own INTERFACE -fsanitize=${ACSL_SANITIZE})
endif()

# The Thrust headers (CCCL 3): of the CUDA Toolkit, or of the Python wheel nvidia-cuda-cccl. Empty when there are none.
find_path(ACSL_CCCL_INCLUDE thrust/version.h
  HINTS ${CMAKE_CUDA_COMPILER_ROOT_DIR} $ENV{CUDA_HOME} /usr/local/cuda
  PATH_SUFFIXES include/cccl include NO_CMAKE_SYSTEM_PATH)
