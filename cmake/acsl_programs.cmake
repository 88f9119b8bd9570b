# acsl_formats: what those of our own tests and programs compile with that read and write files.
find_package(fmt REQUIRED)
include(acsl_formats)
add_library(acsl_formats INTERFACE)
target_link_libraries(acsl_formats INTERFACE acsl_own acsl::formats fmt::fmt)
