# SPDX-License-Identifier: Apache-2.0
# Runs an example and compares what it prints with what it should. Run as
#   cmake -D PROGRAM=<executable> -D EXPECTED=<directory>/<case>.txt -D SCRATCH=<directory> -P run_example.cmake
# Beside <case>.txt there may be <case>.args, the arguments in the manner of a shell, and <case>.status, the exit status where it is not 0; with
# the latter, what the program prints on its error output has to follow in <case>.txt. The program runs in the scratch directory, in which
# `data` is examples/data, so that a path in the output is the same everywhere and what the program writes is in nobody's way.
cmake_minimum_required(VERSION 3.25)

foreach(argument IN ITEMS PROGRAM EXPECTED SCRATCH)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "${argument} is missing")
  endif()
endforeach()

cmake_path(REMOVE_EXTENSION EXPECTED LAST_ONLY OUTPUT_VARIABLE case)
set(arguments "")
if(EXISTS ${case}.args)
  file(READ ${case}.args text)
  separate_arguments(arguments UNIX_COMMAND "${text}")
endif()
set(expected_status 0)
if(EXISTS ${case}.status)
  file(STRINGS ${case}.status expected_status)
endif()

file(REMOVE_RECURSE ${SCRATCH})
file(MAKE_DIRECTORY ${SCRATCH})
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/data)
  file(CREATE_LINK ${CMAKE_CURRENT_LIST_DIR}/data ${SCRATCH}/data SYMBOLIC)
endif()

execute_process(COMMAND ${PROGRAM} ${arguments} WORKING_DIRECTORY ${SCRATCH}
  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
if(NOT status STREQUAL expected_status)
  message(FATAL_ERROR "ended with status ${status} instead of ${expected_status}:\n${output}${errors}")
endif()
if(NOT expected_status EQUAL 0)
  string(APPEND output "${errors}")
endif()

file(READ ${EXPECTED} expected)
if(NOT output STREQUAL expected)
  file(WRITE ${SCRATCH}/output.txt "${output}")
  execute_process(COMMAND diff -u ${EXPECTED} ${SCRATCH}/output.txt OUTPUT_VARIABLE difference)
  message(FATAL_ERROR "prints something else than ${EXPECTED}:\n${difference}")
endif()
