# SPDX-License-Identifier: Apache-2.0
# Defines the target Asio::SSL where Asio (without Boost) and OpenSSL are there and nobody has defined it yet. Used by the build of parley and by its
# installed package.
if(NOT TARGET Asio::SSL)
  find_path(PARLEY_ASIO_INCLUDE_DIR asio/ip/tcp.hpp DOC "The directory with asio.hpp")
  mark_as_advanced(PARLEY_ASIO_INCLUDE_DIR)
  find_package(OpenSSL 3.0 QUIET GLOBAL)
  if(PARLEY_ASIO_INCLUDE_DIR AND TARGET OpenSSL::SSL)
    add_library(Asio::SSL INTERFACE IMPORTED GLOBAL)
    target_include_directories(Asio::SSL SYSTEM INTERFACE ${PARLEY_ASIO_INCLUDE_DIR})
    target_link_libraries(Asio::SSL INTERFACE OpenSSL::SSL)
  endif()
endif()
