// SPDX-License-Identifier: Apache-2.0
// The examples' CSV reader: what it reads, and the line and the reason for what it refuses.
#include "../../examples/csv.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace examples;

namespace {

using Fields = std::vector<std::vector<std::string>>;

Fields read(std::string_view text) {
  Fields records;
  CsvReader reader(text);
  for (CsvRecord record; reader.next(record);) records.push_back(record.fields);
  return records;
}

/// "line: message" of the error, or what was read instead of one.
std::string error_of(std::string_view text) {
  try {
    return "read " + std::to_string(read(text).size()) + " records";
  } catch (const CsvError& error) {
    return std::to_string(error.line()) + ": " + error.what();
  }
}

NumberColumn column_of(std::string_view text) {
  return read_number_column(text, "salary", 100'000, [](std::size_t) {});
}

std::vector<std::string> problems_of(std::string_view text) {
  std::vector<std::string> problems;
  for (const CsvProblem& problem : column_of(text).problems)
    problems.push_back(std::to_string(problem.line) + ": " + problem.message);
  return problems;
}

using Problems = std::vector<std::string>;
using Numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("records end with LF, CRLF or the text, and a byte order mark is skipped") {
  const Fields expected = {{"a", "b"}, {"1", ""}, {"", "2"}};
  CHECK(read("a,b\n1,\n,2\n") == expected);
  CHECK(read("a,b\r\n1,\r\n,2") == expected);
  CHECK(read("\xef\xbb\xbf"
             "a,b\n1,\r\n,2\n\n\r\n") == expected);
  CHECK(read("") == Fields{});
  CHECK(read("\n\r\n") == Fields{});
  CHECK(read("\xef\xbb\xbf") == Fields{});
  CHECK(read("a\n\nb") == Fields{{"a"}, {""}, {"b"}});
  CHECK(read(",") == Fields{{"", ""}});
}

TEST_CASE("a field in quotation marks may hold commas, line ends and quotation marks") {
  CHECK(read("\"a,b\",\"c\nd\",\"e\"\"f\",\"\"\n1") == Fields{{"a,b", "c\nd", "e\"f", ""}, {"1"}});
  CHECK(read("\"\"\"\"") == Fields{{"\""}});
}

TEST_CASE("lines are counted through line ends within quotation marks") {
  CsvReader reader("\"a\nb\"\nc\n\"d\n\ne\"\nf");
  CsvRecord record;
  std::vector<std::size_t> lines;
  while (reader.next(record)) lines.push_back(record.line);
  CHECK(lines == std::vector<std::size_t>{1, 3, 4, 7});
  CHECK(reader.position() == 16);
}

TEST_CASE("what is no CSV is refused with its line") {
  CHECK(error_of("a\nb\"c\n") == "2: there is a quotation mark within a field that does not begin with one");
  CHECK(error_of("a\n\"b\" \n") == "2: there is text between a closing quotation mark and the next comma");
  CHECK(error_of("a\n\"b\n\nc") == "2: a quotation mark is opened and never closed");
  CHECK(error_of("a\nb\rc\n") == "2: there is a carriage return without a line feed");
  CHECK(error_of(std::string_view("a\nb\0c\n", 6)) == "2: there is a zero byte: the file is no text");
  CHECK(error_of("\xff\xfe"
                 "a") == "1: the file is in UTF-16: save it as UTF-8");
  CHECK(error_of("\xfe\xff"
                 "a") == "1: the file is in UTF-16: save it as UTF-8");
}

TEST_CASE("a column is found by its name, wherever it is") {
  CHECK(column_of("salary\n1\n2").numbers == Numbers{1, 2});
  CHECK(column_of("name, salary ,x\r\nAnn,\" 10 \",y\r\n\"Ben, jr\",20,").numbers == Numbers{10, 20});
  CHECK(problems_of("name,salary\nAnn,10") == Problems{});
  CHECK(problems_of("name,Salary\nAnn,10") == Problems{"1: there is no column \"salary\", only \"name\", \"Salary\""});
  CHECK(problems_of("salary,salary\n1,2") == Problems{"1: there are two columns \"salary\""});
  CHECK(problems_of("name;salary\nAnn;10") == Problems{"1: the names of the columns are not separated by commas"});
  CHECK(problems_of("name\tsalary\nAnn\t10") == Problems{"1: the names of the columns are not separated by commas"});
}

TEST_CASE("a column without entries is a problem") {
  CHECK(problems_of("") == Problems{"1: the file is empty"});
  CHECK(problems_of("salary\n\n") == Problems{"1: no entry follows the names of the columns"});
}

TEST_CASE("every entry that cannot be used is reported with its line") {
  CHECK(problems_of(
            "name,salary\nAnn,10\nBen\nCleo,\nDora,-5\nEmil,1,2\n\nFinn,x\n\"Gus\nta\",\"1,000\"\nHal,100001\n") ==
        Problems{"3: 1 field instead of 2", "4: the entry is empty", "5: the entry \"-5\" is negative",
                 "6: 3 fields instead of 2", "7: the line is empty", "8: the entry \"x\" is not a number",
                 "9: the entry \"1,000\" has a thousands separator: write 1000",
                 "11: the entry \"100001\" is above the greatest permitted, 100,000"});
  CHECK(problems_of("salary\n1\n\n2\n") == Problems{"3: the entry is empty"});
  // what comes before the place where the text stops being CSV is reported too
  CHECK(problems_of("salary\n-1\n\"2\n") ==
        Problems{"2: the entry \"-1\" is negative", "3: a quotation mark is opened and never closed"});
}

TEST_CASE("the progress of a long text is told in bytes") {
  std::string text = "salary\n";
  for (int i = 0; i < 10'000; ++i) text += "12345\n";
  std::vector<std::size_t> positions;
  const NumberColumn column =
      read_number_column(text, "salary", 100'000, [&](std::size_t position) { positions.push_back(position); });
  CHECK(column.numbers == Numbers(10'000, 12345));
  CHECK(positions == std::vector<std::size_t>{7 + 6 * 4096, 7 + 6 * 8192});
}
