# test.fuzz.<format>: tests/fuzz/<format>.cpp over the golden files and a fixed number of mutations of each, with any
# compiler. With ACSL_BUILD_FUZZERS (preset fuzz) also fuzz.<format>, the same entry point driven by libFuzzer:
#   build/fuzz/tests/fuzz.pth -max_total_time=600 -max_len=8192 corpus tests/golden/io
if(ACSL_BUILD_FUZZERS AND NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
  message(FATAL_ERROR "ACSL_BUILD_FUZZERS: libFuzzer comes with clang; this compiler is ${CMAKE_CXX_COMPILER}")
endif()
foreach(format IN ITEMS pth safetensors)
  file(GLOB corpus CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/golden/io/*.${format})
  add_executable(test.fuzz.${format} fuzz/${format}.cpp fuzz/mutations.cpp)
  target_link_libraries(test.fuzz.${format} PRIVATE acsl_formats)
  set_target_properties(test.fuzz.${format} PROPERTIES ACSL_CHECKS_POINTERS ON)
  add_test(NAME test.fuzz.${format} COMMAND test.fuzz.${format} 10000 ${corpus})
  if(ACSL_BUILD_FUZZERS)
    add_executable(fuzz.${format} fuzz/${format}.cpp)
    target_link_libraries(fuzz.${format} PRIVATE acsl_formats)
    target_compile_options(fuzz.${format} PRIVATE -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
    target_link_options(fuzz.${format} PRIVATE -fsanitize=fuzzer,address,undefined)
  endif()
endforeach()
