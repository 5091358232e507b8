// SPDX-License-Identifier: Apache-2.0
// Comma-separated values as in RFC 4180, with a message and a line for everything that is wrong: records, and a column
// of whole numbers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "numbers.hpp"

namespace examples {

/// A text that is not comma-separated values from `line` (counted from 1) on.
class CsvError : public std::runtime_error {
 public:
  CsvError(std::size_t line, const std::string& message) : std::runtime_error(message), line_(line) {}
  [[nodiscard]] std::size_t line() const noexcept { return line_; }

 private:
  std::size_t line_;
};

struct CsvRecord {
  std::size_t line = 0;  ///< where it begins
  std::vector<std::string> fields;
};

/// Reads records one after another. Lines end with LF or CRLF; a field in quotation marks may contain commas, line ends
/// and doubled quotation marks; a UTF-8 byte order mark is skipped.
class CsvReader {
 public:
  /// `text` outlives the reader. CsvError for a text in UTF-16.
  explicit CsvReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff"))
      throw CsvError(1, "the file is in UTF-16: save it as UTF-8");
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3);
    text_ = text_.substr(0, text_.find_last_not_of("\r\n") + 1);
  }

  /// The next record into `record`, or false at the end. Empty lines at the end of the text are no records; others are
  /// records of one empty field. After a CsvError nothing more can be read.
  bool next(CsvRecord& record) {
    if (at_ == text_.size()) return false;
    record.line = line_;
    record.fields.clear();
    do record.fields.push_back(peek() == '"' ? quoted_field() : plain_field());
    while (skip(","));
    if (at_ < text_.size() && !skip("\n") && !skip("\r\n"))
      throw CsvError(line_, "there is text between a closing quotation mark and the next comma");
    ++line_;
    return true;
  }

  /// How many bytes of the text have been read.
  [[nodiscard]] std::size_t position() const noexcept { return at_; }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool skip(std::string_view expected) {
    if (!text_.substr(at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }

  std::string plain_field() {
    const std::size_t end = std::min(text_.find_first_of(",\"\r\n", at_), text_.size());
    if (end < text_.size() && text_[end] == '"')
      throw CsvError(line_, "there is a quotation mark within a field that does not begin with one");
    if (end < text_.size() && text_[end] == '\r' && !text_.substr(end).starts_with("\r\n"))
      throw CsvError(line_, "there is a carriage return without a line feed");
    std::string field(text_.substr(at_, end - at_));
    if (field.find('\0') != std::string::npos) throw CsvError(line_, "there is a zero byte: the file is no text");
    at_ = end;
    return field;
  }

  std::string quoted_field() {
    const std::size_t first_line = line_;
    std::string field;
    ++at_;
    for (;;) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) throw CsvError(first_line, "a quotation mark is opened and never closed");
      const std::string_view part = text_.substr(at_, end - at_);
      line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
      field += part;
      at_ = end + 1;
      if (!skip("\"")) return field;
      field += '"';
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// What is wrong, and where.
struct CsvProblem {
  std::size_t line;
  std::string message;
};

/// The numbers of a column, or everything that keeps them from being used.
struct NumberColumn {
  std::vector<std::uint64_t> numbers;
  std::vector<CsvProblem> problems;  ///< `numbers` is of use only where there are none
};

/// The column with the name `name` of a text that begins with a line of names; each of its entries is a whole number of
/// at most `maximum`. `progress(position)` is called now and then with how many bytes have been read.
template <class OnProgress>
NumberColumn read_number_column(std::string_view text, const std::string& name, std::uint64_t maximum,
                                const OnProgress& progress) {
  NumberColumn column;
  std::size_t line = 1;
  try {
    CsvReader reader(text);
    CsvRecord header;
    if (!reader.next(header)) throw CsvError(1, "the file is empty");
    std::size_t wanted = header.fields.size();
    std::string names;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
      const std::string field(detail::trimmed(header.fields[i]));
      names += (i == 0 ? "" : ", ") + in_quotes(field);
      if (field != name) continue;
      if (wanted < header.fields.size()) throw CsvError(1, "there are two columns " + in_quotes(name));
      wanted = i;
    }
    if (wanted == header.fields.size()) {
      const bool other_separator =
          header.fields.size() == 1 && header.fields[0].find_first_of(";\t") != std::string::npos;
      throw CsvError(1, other_separator ? "the names of the columns are not separated by commas"
                                        : "there is no column " + in_quotes(name) + ", only " + names);
    }

    CsvRecord record;
    while (reader.next(record)) {
      line = record.line;
      if (record.fields.size() != header.fields.size()) {
        const std::string found =
            std::to_string(record.fields.size()) + (record.fields.size() == 1 ? " field" : " fields");
        const bool blank = record.fields.size() == 1 && detail::trimmed(record.fields[0]).empty();
        column.problems.push_back(
            {line, blank ? "the line is empty" : found + " instead of " + std::to_string(header.fields.size())});
        continue;
      }
      const ParsedNumber entry = parse_whole_number(record.fields[wanted], maximum);
      if (entry.number)
        column.numbers.push_back(*entry.number);
      else
        column.problems.push_back({line, "the entry " + entry.problem});
      if ((column.numbers.size() & 0xFFF) == 0) progress(reader.position());
    }
    if (column.numbers.empty() && column.problems.empty())
      column.problems.push_back({line, "no entry follows the names of the columns"});
  } catch (const CsvError& error) {
    column.problems.push_back({error.line(), error.what()});
  }
  return column;
}

}  // namespace examples
