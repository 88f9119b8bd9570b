# program.<name>: tests of the program acsl, from tests/program/<name>.cpp. They start it and look at what it prints and leaves.
# program/<name>.cu: those that ask for a GPU, where the program has its CUDA part; they have the label cuda as well.
# test.recipes: what configurations become, from tests/recipes/*.cpp, with the program's parts that make detectors.
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/recipes/*.cpp)
acsl_test_program(test.recipes ${sources})
target_link_libraries(test.recipes PRIVATE acsl_recipes)

file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/program/*.cpp)
if(ACSL_ENABLE_CUDA)
  file(GLOB cuda_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/program/*.cu)
  list(APPEND sources ${cuda_sources})
endif()
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  acsl_test_program(program.${name} ${source})
  target_link_libraries(program.${name} PRIVATE acsl_formats)
  target_compile_definitions(program.${name} PRIVATE ACSL_PROGRAM="$<TARGET_FILE:acsl_program>"
                                                     $<$<BOOL:${ACSL_CCCL_INCLUDE}>:ACSL_WITH_THRUST>
                                                     $<$<BOOL:${ACSL_ENABLE_CUDA}>:ACSL_WITH_CUDA>)
  add_dependencies(program.${name} acsl_program)
  if(source MATCHES "\\.cu$")
    set_tests_properties(program.${name} PROPERTIES LABELS cuda)
  endif()
endforeach()
