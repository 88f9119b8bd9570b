# acsl_formats: libraries behind the headers that read and write files (io/, data/, evaluation/, training/).
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(tomlplusplus REQUIRED)
find_path(ACSL_STB_INCLUDE stb/stb_easy_font.h REQUIRED)  # Debian: libstb-dev
add_library(acsl_formats INTERFACE)
target_link_libraries(acsl_formats INTERFACE acsl_own fmt::fmt nlohmann_json::nlohmann_json JPEG::JPEG PNG::PNG
                                             tomlplusplus::tomlplusplus)
target_include_directories(acsl_formats SYSTEM INTERFACE ${ACSL_STB_INCLUDE})
