// SPDX-License-Identifier: Apache-2.0
// The examples' reading and writing of numbers.
#include "../../examples/numbers.hpp"

#include <cstdint>
#include <string>

#include "catch.hpp"

using namespace examples;

namespace {

std::string problem_of(const std::string& text) {
  const ParsedNumber parsed = parse_whole_number(text, 1000);
  CHECK(parsed.number.has_value() == parsed.problem.empty());
  return parsed.problem;
}

}  // namespace

TEST_CASE("whole numbers up to the maximum are read, with blanks around them") {
  CHECK(parse_whole_number("0", 1000).number == 0u);
  CHECK(parse_whole_number(" 1000\t", 1000).number == 1000u);
  CHECK(parse_whole_number("007", 1000).number == 7u);
  CHECK(parse_whole_number("18446744073709551615", ~std::uint64_t{0}).number == ~std::uint64_t{0});
}

TEST_CASE("what is no whole number up to the maximum is refused with the reason") {
  CHECK(problem_of("") == "is empty");
  CHECK(problem_of(" \t") == "is empty");
  CHECK(problem_of("1001") == "\"1001\" is above the greatest permitted, 1,000");
  CHECK(problem_of("18446744073709551616") == "\"18446744073709551616\" is above the greatest permitted, 1,000");
  CHECK(problem_of("-3") == "\"-3\" is negative");
  CHECK(problem_of("2.5") == "\"2.5\" is not a whole number");
  CHECK(problem_of("12345,678") == "\"12345,678\" is not a whole number");
  CHECK(problem_of("2,50") == "\"2,50\" is not a whole number");
  for (const char* text : {"-", "+3", "3 4", "3e2", "0x10", "three", "1,,234", "1.", ".5", "1,234.50"})
    CHECK(problem_of(text) == in_quotes(text) + " is not a number");
}

TEST_CASE("thousands separators are named and refused") {
  for (const char* text : {"12,345,678", "12.345.678", "12 345 678", "12'345'678", "12\u00a0345\u00a0678",
                           "12\u202f345\u202f678", "12\u2019345\u2019678"})
    CHECK(problem_of(text) == in_quotes(text) + " has a thousands separator: write 12345678");
  CHECK(problem_of("1,234.567") == "\"1,234.567\" is not a number");  // two kinds of separators
}

TEST_CASE("what is quoted in a message is short and printable") {
  CHECK(in_quotes("a\nb\x7f") == "\"a\\x0ab\\x7f\"");
  const std::string x39(39, 'x'), x40 = x39 + 'x';
  CHECK(in_quotes(x40) == '"' + x40 + '"');
  CHECK(in_quotes(x40 + 'x') == '"' + x40 + "...\"");
  CHECK(in_quotes(x39 + "\u00e9") == '"' + x39 + "...\"");  // not half of a character
}

TEST_CASE("numbers are printed in groups, quotients with two decimals rounded half up") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(1234567) == "1,234,567");
  CHECK(quotient(10, 4) == "2.50");
  CHECK(quotient(2, 3) == "0.67");
  CHECK(quotient(1, 16) == "0.06");
  CHECK(quotient(1, 8) == "0.13");
  CHECK(quotient(1999, 1000) == "2.00");
  CHECK(quotient(123456789, 100) == "1,234,567.89");
  CHECK(quotient(1003, 100) == "10.03");
}

TEST_CASE("named numbers are read in order, each name once") {
  const auto read = parse_named_numbers({"Ann=3", "Ben=4"}, 10);
  REQUIRE(read.size() == 2);
  CHECK(read[1].name == "Ben");
  CHECK(read[1].number == 4);
  CHECK(enumerated(read) == "Ann and Ben");
  CHECK(enumerated(parse_named_numbers({"A=1", "B=2", "C=3"}, 10)) == "A, B and C");
  CHECK_THROWS_WITH(parse_named_numbers({"Ann"}, 10), "\"Ann\" is not of the form NAME=NUMBER");
  CHECK_THROWS_WITH(parse_named_numbers({"=3"}, 10), "\"=3\" is not of the form NAME=NUMBER");
  CHECK_THROWS_WITH(parse_named_numbers({"Ann=11"}, 10),
                    "the number of \"Ann\": \"11\" is above the greatest permitted, 10");
  CHECK_THROWS_WITH(parse_named_numbers({"Ann=1", "Ann=2"}, 10), "\"Ann\" is there twice");
}

TEST_CASE("texts are aligned by their characters, not their bytes") {
  CHECK(left_aligned("\u00e9", 3) == "\u00e9  ");
  CHECK(right_aligned("\u00e9t\u00e9", 4) == " \u00e9t\u00e9");
  CHECK(right_aligned("long", 2) == "long");
  CHECK(longest_name(parse_named_numbers({"A=1", "\u00c9mile=2"}, 10), 2) == 5);
}
