# The target conclave_sqlite: SqliteStorage, on SQLite and, for sealing, libsodium.
include(ConclaveDependencies)

conclave_find_sodium()
conclave_find_sqlite()
foreach(library sodium sqlite3)
  if(NOT TARGET conclave_deps::${library})
    message(FATAL_ERROR "lib${library} was not found (Debian: lib${library}-dev)")
  endif()
endforeach()
set(CONCLAVE_SQLITE_DEPENDENCIES conclave_deps::sqlite3 conclave_deps::sodium)

set(sources ${CONCLAVE_SQLITE} ${CONCLAVE_CAPI_SQLITE})
list(TRANSFORM sources PREPEND "${PROJECT_SOURCE_DIR}/")
add_library(conclave_sqlite_storage OBJECT ${sources})
target_link_libraries(conclave_sqlite_storage PRIVATE
                      conclave_library_options ${CONCLAVE_SQLITE_DEPENDENCIES})

add_library(conclave_sqlite $<TARGET_OBJECTS:conclave_sqlite_storage>)
add_library(conclave::sqlite ALIAS conclave_sqlite)
set_target_properties(conclave_sqlite PROPERTIES EXPORT_NAME sqlite LINKER_LANGUAGE CXX)
conclave_shared_library(conclave_sqlite)
target_link_libraries(conclave_sqlite PUBLIC conclave PRIVATE ${CONCLAVE_SQLITE_DEPENDENCIES})
