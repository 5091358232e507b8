# SPDX-License-Identifier: Apache-2.0
# Runs a program under valgrind's memcheck. Run as
#   cmake -D VALGRIND=<valgrind> -D COMMAND=<program>[;<argument>]... -D REPORTS=<text, or nothing> -P under_memcheck.cmake
# Without a text, memcheck has to report nothing and the program to succeed. With one, memcheck has to report exactly one thing, beginning with
# that text, and the program to succeed otherwise: that is the proof that a report fails a program.
cmake_minimum_required(VERSION 3.25)

foreach(argument IN ITEMS VALGRIND COMMAND REPORTS)
  if(NOT DEFINED ${argument})
    message(FATAL_ERROR "${argument} is missing")
  endif()
endforeach()

set(status_of_reports 99) # the programs themselves end with 0 or 1
execute_process(
  COMMAND ${VALGRIND} --tool=memcheck --leak-check=no --error-exitcode=${status_of_reports} ${COMMAND}
  RESULT_VARIABLE status ERROR_VARIABLE output OUTPUT_VARIABLE output)

if(REPORTS STREQUAL "")
  set(expected_status 0)
  set(expected_summary "ERROR SUMMARY: 0 errors from 0 contexts")
else()
  set(expected_status ${status_of_reports})
  set(expected_summary "ERROR SUMMARY: 1 errors from 1 contexts")
  string(FIND "${output}" "== ${REPORTS}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "memcheck did not report `${REPORTS}`:\n${output}")
  endif()
endif()
string(FIND "${output}" "${expected_summary}" found)
if(NOT status STREQUAL expected_status OR found EQUAL -1)
  message(FATAL_ERROR "ended with ${status} instead of ${expected_status}, or without `${expected_summary}`:\n${output}")
endif()
