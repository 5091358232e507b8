# SPDX-License-Identifier: Apache-2.0
# Builds and runs a consumer of parley in a scratch directory. Run as
#   cmake -D KIND=<directory of consumers/, or include_path> -D PARLEY_SOURCE=<source tree> -D PARLEY_BINARY=<configured build tree>
#         -D PARLEY_VERSION=<version> -D SCRATCH=<directory> -D COMPILER=<c++ compiler> -D GENERATOR=<generator> -P consume.cmake
cmake_minimum_required(VERSION 3.25)

foreach(argument IN ITEMS KIND PARLEY_SOURCE PARLEY_BINARY PARLEY_VERSION SCRATCH COMPILER GENERATOR)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "${argument} is missing")
  endif()
endforeach()

set(consumers ${CMAKE_CURRENT_LIST_DIR}/consumers)
set(program ${SCRATCH}/build/consumer)
file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH}/build)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

if(KIND STREQUAL "include_path")
  run(${COMPILER} -std=c++20 -pthread -I${PARLEY_SOURCE}/include ${consumers}/main.cpp ${consumers}/second.cpp -o ${program})
else()
  set(settings -D PARLEY_SOURCE=${PARLEY_SOURCE} -D PARLEY_VERSION=${PARLEY_VERSION})
  if(KIND MATCHES "^(find_package|pkg_config|(gmp|sodium|group|net|peers|mpi)(_pkg_config)?)$")
    # Installed in one place and used in another, because packages are moved.
    run(${CMAKE_COMMAND} --install ${PARLEY_BINARY} --prefix ${SCRATCH}/staging)
    file(RENAME ${SCRATCH}/staging ${SCRATCH}/prefix)
    list(APPEND settings -D CMAKE_PREFIX_PATH=${SCRATCH}/prefix)
  endif()
  run(${CMAKE_COMMAND} -S ${consumers}/${KIND} -B ${SCRATCH}/build -G ${GENERATOR} -D CMAKE_CXX_COMPILER=${COMPILER} ${settings})
  run(${CMAKE_COMMAND} --build ${SCRATCH}/build --parallel 1)
  file(GLOB_RECURSE tests_of_parley ${SCRATCH}/build/*parley-tests* ${SCRATCH}/build/*parley-example*)
  if(tests_of_parley)
    message(FATAL_ERROR "a project that uses parley builds its tests or examples: ${tests_of_parley}")
  endif()
endif()
run(${program})
