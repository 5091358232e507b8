# SPDX-License-Identifier: Apache-2.0
# Defines the target MPI::MPI_CXX where an MPI is there and nobody has defined it yet. Used by the build of parley and by its installed package.
if(NOT TARGET MPI::MPI_CXX)
  set(MPI_CXX_SKIP_MPICXX ON)
  find_package(MPI QUIET COMPONENTS CXX)
  if(TARGET MPI::MPI_CXX)
    set_target_properties(MPI::MPI_CXX PROPERTIES IMPORTED_GLOBAL TRUE)
  endif()
endif()
