# acsl_fuzzer(<format> <mutations> <corpus...>): test.fuzz.<format>, which is tests/fuzz/<format>.cpp over the files of its
# corpus and a fixed number of mutations of each, with any compiler. With ACSL_BUILD_FUZZERS (preset fuzz) also
# fuzz.<format>, the same entry point driven by libFuzzer:
#   build/fuzz/tests/fuzz.pth -max_total_time=600 -max_len=8192 corpus tests/golden/io
if(ACSL_BUILD_FUZZERS AND NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
  message(FATAL_ERROR "ACSL_BUILD_FUZZERS: libFuzzer comes with clang; this compiler is ${CMAKE_CXX_COMPILER}")
endif()
add_custom_target(fuzzers)  # all of those that libFuzzer drives
add_library(fuzz_mutations OBJECT fuzz/mutations.cpp)
target_link_libraries(fuzz_mutations PRIVATE acsl_own)

function(acsl_fuzzer format mutations)
  set(targets test.fuzz.${format})
  list(TRANSFORM ARGN PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/golden/)
  file(GLOB corpus CONFIGURE_DEPENDS ${ARGN})
  add_executable(test.fuzz.${format} fuzz/${format}.cpp $<TARGET_OBJECTS:fuzz_mutations>)
  set_target_properties(test.fuzz.${format} PROPERTIES ACSL_CHECKS_POINTERS ON)
  add_test(NAME test.fuzz.${format} COMMAND test.fuzz.${format} ${mutations} ${corpus})
  if(ACSL_BUILD_FUZZERS)
    add_executable(fuzz.${format} fuzz/${format}.cpp)
    target_compile_options(fuzz.${format} PRIVATE -g1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all)
    target_link_options(fuzz.${format} PRIVATE -fsanitize=fuzzer,address,undefined)
    add_dependencies(fuzzers fuzz.${format})
    list(APPEND targets fuzz.${format})
  endif()
  foreach(target IN LISTS targets)
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${target} PRIVATE acsl_formats)
  endforeach()
endfunction()

acsl_fuzzer(pth 10000 io/*.pth)
acsl_fuzzer(safetensors 10000 io/*.safetensors)
acsl_fuzzer(annotations_json 2000 fuzz/annotations_json/*)
acsl_fuzzer(results_json 2000 fuzz/results_json/*)
acsl_fuzzer(masks 10000 fuzz/masks/*)
acsl_fuzzer(result_pickle 10000 evaluation/*.pkl)
