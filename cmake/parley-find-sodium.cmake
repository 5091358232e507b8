# SPDX-License-Identifier: Apache-2.0
# Defines the target Sodium::Sodium where libsodium is there and nobody has defined it yet. Used by the build of parley and by its installed package.
if(NOT TARGET Sodium::Sodium)
  find_path(PARLEY_SODIUM_INCLUDE_DIR sodium.h DOC "The directory with sodium.h")
  find_library(PARLEY_SODIUM_LIBRARY sodium DOC "The libsodium library")
  mark_as_advanced(PARLEY_SODIUM_INCLUDE_DIR PARLEY_SODIUM_LIBRARY)
  if(PARLEY_SODIUM_INCLUDE_DIR AND PARLEY_SODIUM_LIBRARY)
    add_library(Sodium::Sodium UNKNOWN IMPORTED GLOBAL)
    set_target_properties(Sodium::Sodium PROPERTIES
      IMPORTED_LOCATION "${PARLEY_SODIUM_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${PARLEY_SODIUM_INCLUDE_DIR}")
  endif()
endif()
