# acsl::formats: acsl::acsl and the libraries behind the headers that read and write files (io/, data/, evaluation/,
# training/, validation/). Our own programs use it, and so does find_package(acsl COMPONENTS formats).
# Debian: libjpeg-dev libpng-dev nlohmann-json3-dev libsimdjson-dev libtomlplusplus-dev libstb-dev libxxhash-dev
foreach(package IN ITEMS JPEG PNG nlohmann_json simdjson tomlplusplus)
  if(COMMAND find_dependency)  # inside the installed package: an absent library makes the component absent
    find_dependency(${package})
  else()
    find_package(${package} REQUIRED)
  endif()
endforeach()
find_path(ACSL_STB_INCLUDE stb/stb_easy_font.h REQUIRED)
find_path(ACSL_XXHASH_INCLUDE xxhash.h REQUIRED)
find_library(ACSL_XXHASH_LIBRARY xxhash REQUIRED)
add_library(acsl::formats INTERFACE IMPORTED GLOBAL)
target_link_libraries(acsl::formats INTERFACE acsl::acsl JPEG::JPEG PNG::PNG nlohmann_json::nlohmann_json
                                              simdjson::simdjson tomlplusplus::tomlplusplus
                                              ${ACSL_XXHASH_LIBRARY})
target_include_directories(acsl::formats SYSTEM INTERFACE ${ACSL_STB_INCLUDE} ${ACSL_XXHASH_INCLUDE})
