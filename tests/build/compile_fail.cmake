# SPDX-License-Identifier: Apache-2.0
# Tests that programs do not compile, and that the compiler's output tells the remedy. Run as
#   cmake -D COMPILER=<c++ compiler> -D SOURCE=<file> -D INCLUDE=<directory> -P compile_fail.cmake
# The file has lines `// must not compile: <text>`. It has to compile as it stands, and to fail with PARLEY_WRONG=k for the k-th of these lines;
# then the compiler's output has to contain the text or, where the text has the form `<part> ... <part>`, its parts in this order.
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
  message(FATAL_ERROR "does not compile as it stands, so that its failure would prove nothing:\n${output}")
endif()

set(number 0)
foreach(line IN LISTS lines)
  math(EXPR number "${number} + 1")
  string(REPLACE "${marker}" "" text "${line}")
  execute_process(COMMAND ${compile} -DPARLEY_WRONG=${number} "${SOURCE}" RESULT_VARIABLE status ERROR_VARIABLE output)
  if(status STREQUAL "0")
    message(FATAL_ERROR "compiles with PARLEY_WRONG=${number}, instead of telling `${text}`")
  endif()
  set(rest "${output}")
  string(REPLACE " ... " ";" parts "${text}")
  foreach(part IN LISTS parts)
    string(FIND "${rest}" "${part}" found)
    if(found EQUAL -1)
      message(FATAL_ERROR "with PARLEY_WRONG=${number}, the compiler's output does not contain `${text}`:\n${output}")
    endif()
    string(SUBSTRING "${rest}" ${found} -1 rest)
  endforeach()
endforeach()
