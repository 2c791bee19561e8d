# Debian packages; README and docs/architecture.md say what each is for.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(pqxx REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(pq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(httplib REQUIRED IMPORTED_TARGET cpp-httplib)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(SQLiteCpp REQUIRED)

# The target's name differs between Debian 12 (yaml-cpp) and 13 (yaml-cpp::yaml-cpp).
find_package(yaml-cpp REQUIRED)
add_library(yaml INTERFACE)
target_link_libraries(yaml INTERFACE $<IF:$<TARGET_EXISTS:yaml-cpp::yaml-cpp>,yaml-cpp::yaml-cpp,yaml-cpp>)

# libpg_query and mustache ship neither CMake nor pkg-config files.
find_library(PG_QUERY_LIBRARY pg_query REQUIRED)
find_library(PROTOBUF_C_LIBRARY protobuf-c REQUIRED)
find_path(PG_QUERY_INCLUDE pg_query.h REQUIRED)
add_library(pg_query INTERFACE)
target_link_libraries(pg_query INTERFACE ${PG_QUERY_LIBRARY} ${PROTOBUF_C_LIBRARY})
target_include_directories(pg_query SYSTEM INTERFACE ${PG_QUERY_INCLUDE} ${PG_QUERY_INCLUDE}/pg_query)
find_path(MUSTACHE_INCLUDE kainjow/mustache.hpp REQUIRED)
add_library(mustache INTERFACE)
target_include_directories(mustache SYSTEM INTERFACE ${MUSTACHE_INCLUDE})
