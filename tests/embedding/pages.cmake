# Every block of code of README.md and the guide (docs/guide) is compiled, and each page is run.
find_program(CONCLAVE_PYTHON3 python3)
if(NOT CONCLAVE_PYTHON3)
  message(STATUS "The pages' code is not compiled: python3 was not found")
  return()
endif()

set(pages_script "${CMAKE_CURRENT_SOURCE_DIR}/pages.py")
add_test(NAME pages_complete COMMAND "${CONCLAVE_PYTHON3}" "${pages_script}" --check)

if(NOT TARGET conclave_boringssl OR NOT TARGET conclave_sqlite)
  return()
endif()
find_package(Threads REQUIRED)
file(GLOB pages CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/docs/guide/*.md")
list(FILTER pages EXCLUDE REGEX "/README\\.md$")
foreach(page "${PROJECT_SOURCE_DIR}/README.md" ${pages})
  get_filename_component(name "${page}" NAME_WE)
  string(TOLOWER "page_${name}" name)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}.cc")
  add_custom_command(OUTPUT "${source}"
                     COMMAND "${CONCLAVE_PYTHON3}" "${pages_script}" "${page}" "${source}"
                     DEPENDS "${page}" "${pages_script}")
  add_executable(${name} "${source}")
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/docs")
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wpedantic -Wshadow)
  if(CONCLAVE_WARNINGS_AS_ERRORS)
    target_compile_options(${name} PRIVATE -Werror)
  endif()
  target_link_libraries(${name} PRIVATE
                        conclave::conclave conclave::boringssl conclave::sqlite Threads::Threads)
  add_test(NAME ${name} COMMAND ${name})
endforeach()
