# SPDX-License-Identifier: Apache-2.0
# Defines the target Toml::Toml where toml++ is there, with what parley::net needs, since nothing uses it without that, and nobody has defined it yet.
# Used by the build of parley and by its installed package.
if(NOT TARGET Toml::Toml)
  include(${CMAKE_CURRENT_LIST_DIR}/parley-find-asio.cmake)
  find_path(PARLEY_TOML_INCLUDE_DIR toml++/toml.h DOC "The directory with toml++/toml.h")
  mark_as_advanced(PARLEY_TOML_INCLUDE_DIR)
  if(PARLEY_TOML_INCLUDE_DIR AND TARGET Asio::SSL)
    add_library(Toml::Toml INTERFACE IMPORTED GLOBAL)
    target_include_directories(Toml::Toml SYSTEM INTERFACE ${PARLEY_TOML_INCLUDE_DIR})
    target_link_libraries(Toml::Toml INTERFACE Asio::SSL)
  endif()
endif()
