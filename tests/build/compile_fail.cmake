# SPDX-License-Identifier: Apache-2.0
# Tests that a program does not compile, and that the compiler's output tells the remedy. Run as
#   cmake -D COMPILER=<c++ compiler> -D SOURCE=<file> -D INCLUDE=<directory> -P compile_fail.cmake
# The file has to compile as it stands, and to fail with PARLEY_WRONG defined; for each line `// must not compile: <text>` in it, the
# compiler's output has to contain the text then.
cmake_minimum_required(VERSION 3.25)

foreach(argument IN ITEMS COMPILER SOURCE INCLUDE)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "${argument} is missing")
  endif()
endforeach()

set(marker "// must not compile: ")
file(STRINGS "${SOURCE}" lines REGEX "^${marker}")
if(NOT lines)
  message(FATAL_ERROR "${SOURCE} has no line `${marker}<text>`")
endif()

set(compile env LC_ALL=C "${COMPILER}" -std=c++20 -fsyntax-only -pthread "-I${INCLUDE}")
execute_process(COMMAND ${compile} "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE output)
if(NOT status STREQUAL "0")
  message(FATAL_ERROR "does not compile even without PARLEY_WRONG, so that its failure would prove nothing:\n${output}")
endif()

execute_process(COMMAND ${compile} -DPARLEY_WRONG "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE output)
if(status STREQUAL "0")
  message(FATAL_ERROR "compiles with PARLEY_WRONG")
endif()
foreach(line IN LISTS lines)
  string(REPLACE "${marker}" "" text "${line}")
  string(FIND "${output}" "${text}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "the compiler's output does not contain `${text}`:\n${output}")
  endif()
endforeach()
