# program.<name>: tests of the program acsl, from tests/program/<name>.cpp. They start it and look at what it prints and leaves.
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/program/*.cpp)
foreach(source IN LISTS sources)
  cmake_path(GET source STEM name)
  acsl_test_program(program.${name} ${source})
  target_link_libraries(program.${name} PRIVATE acsl_formats)
  target_compile_definitions(program.${name} PRIVATE ACSL_PROGRAM="$<TARGET_FILE:acsl_program>")
  add_dependencies(program.${name} acsl_program)
endforeach()
