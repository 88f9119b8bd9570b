# Install, export and version files, and a pkg-config file, for the header-only target acsl::acsl.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/acsl)
install(TARGETS acsl EXPORT acsl_targets)
install(EXPORT acsl_targets NAMESPACE acsl:: DESTINATION ${cmake_dir})
install(DIRECTORY include/acsl DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
configure_package_config_file(cmake/acsl-config.cmake.in ${PROJECT_BINARY_DIR}/acsl-config.cmake
                              INSTALL_DESTINATION ${cmake_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/acsl-config-version.cmake COMPATIBILITY SameMinorVersion
                                 ARCH_INDEPENDENT)
install(FILES ${PROJECT_BINARY_DIR}/acsl-config.cmake ${PROJECT_BINARY_DIR}/acsl-config-version.cmake
              cmake/acsl_formats.cmake
        DESTINATION ${cmake_dir})
# The .pc file finds the headers from where it lies, so that a moved or staged installation works.
file(RELATIVE_PATH prefix_from_pc /any/${CMAKE_INSTALL_LIBDIR}/pkgconfig /any)
configure_file(cmake/acsl.pc.in ${PROJECT_BINARY_DIR}/acsl.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/acsl.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
