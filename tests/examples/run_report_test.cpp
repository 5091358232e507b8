// SPDX-License-Identifier: Apache-2.0
// The examples' report of a run, on a clock that the test sets, and its JSON.
#include "../../examples/run_report.hpp"

#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace examples;

TEST_CASE("each phase has what was spent in it") {
  std::chrono::steady_clock::time_point now{};
  RunReport report([&] { return now; });
  report.begin("find the others", {});
  now += std::chrono::milliseconds(1500);
  report.begin("add up", {0, 0, 0, 0});
  now += std::chrono::microseconds(2499);
  report.end({2, 4, 1600, 32});
  report.end({3, 5, 7000, 64});  // has ended before
  std::ostringstream out;
  report.print(out);
  CHECK(out.str() ==
        "                         rounds      bytes sent  bytes received         seconds\n"
        "find the others               0               0               0           1.500\n"
        "add up                        2           1,600              32           0.002\n"
        "in all                        2           1,600              32           1.502\n");
  CHECK(
      report.json() ==
      "[{\"phase\": \"find the others\", \"rounds\": 0, \"bytes_sent\": 0, \"bytes_received\": 0, \"seconds\": 1.500}, "
      "{\"phase\": \"add up\", \"rounds\": 2, \"bytes_sent\": 1600, \"bytes_received\": 32, \"seconds\": 0.002}]");
}

TEST_CASE("texts are strings of JSON") {
  CHECK(json_string("M\xc3\xbcller \"&\\ Co\"\n\x1f") == "\"M\xc3\xbcller \\\"&\\\\ Co\\\"\\u000a\\u001f\"");
  CHECK(json_array(std::vector<int>{}, [](int) { return std::string(); }) == "[]");
  CHECK(json_array(std::vector<int>{1, 2}, [](int x) { return std::to_string(x); }) == "[1, 2]");
}
