# SPDX-License-Identifier: Apache-2.0
# Defines the target GMP::GMP where GMP is there and nobody has defined it yet. Used by the build of parley and by its installed package.
if(NOT TARGET GMP::GMP)
  find_path(PARLEY_GMP_INCLUDE_DIR gmp.h DOC "The directory with gmp.h")
  find_library(PARLEY_GMP_LIBRARY gmp DOC "The GMP library")
  mark_as_advanced(PARLEY_GMP_INCLUDE_DIR PARLEY_GMP_LIBRARY)
  if(PARLEY_GMP_INCLUDE_DIR AND PARLEY_GMP_LIBRARY)
    add_library(GMP::GMP UNKNOWN IMPORTED GLOBAL)
    set_target_properties(GMP::GMP PROPERTIES
      IMPORTED_LOCATION "${PARLEY_GMP_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${PARLEY_GMP_INCLUDE_DIR}")
  endif()
endif()
