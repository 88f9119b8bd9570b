# Projects outside the tree that use acsl in each of the three ways: find_package, add_subdirectory, pkg-config.
set(prefix ${CMAKE_CURRENT_BINARY_DIR}/consumer/prefix)
add_test(NAME consumer.install COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${prefix})
add_test(NAME consumer.clean COMMAND ${CMAKE_COMMAND} -E rm -rf ${CMAKE_CURRENT_BINARY_DIR}/consumer)
set_tests_properties(consumer.clean PROPERTIES FIXTURES_SETUP clean)
set_tests_properties(consumer.install PROPERTIES FIXTURES_SETUP installed FIXTURES_REQUIRED clean)

foreach(way IN ITEMS find_package add_subdirectory pkg_config)
  add_test(NAME consumer.${way} COMMAND ${CMAKE_CTEST_COMMAND}
    --build-and-test ${CMAKE_CURRENT_SOURCE_DIR}/consumer/${way} ${CMAKE_CURRENT_BINARY_DIR}/consumer/${way}
    --build-generator ${CMAKE_GENERATOR}
    --build-options -DCMAKE_PREFIX_PATH=${prefix} -DACSL_PREFIX=${prefix}/${CMAKE_INSTALL_LIBDIR}/pkgconfig
                    -DACSL_SOURCE=${PROJECT_SOURCE_DIR} -DCMAKE_BUILD_TYPE=Release
    --test-command consumer)
  set_tests_properties(consumer.${way} PROPERTIES FIXTURES_REQUIRED installed
    PASS_REGULAR_EXPRESSION "loss 2\\.4980")
endforeach()
