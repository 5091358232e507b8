// SPDX-License-Identifier: Apache-2.0
// A salary survey: each company has a list of salaries in a CSV file, and together they learn how many there are, their
// sum, mean, median and deciles, and nothing else about each other's lists.
#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <numeric>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "command_line.hpp"
#include "csv.hpp"
#include "decile_chart.hpp"
#include "numbers.hpp"
#include "output_file.hpp"
#include "parley/parley.hpp"
#include "progress.hpp"

namespace {

using namespace examples;
using F = parley::Mersenne61;

/// Counts and sums are compared and opened as field elements: they stay below this.
constexpr std::uint64_t greatest_sum = (std::uint64_t{1} << 59) - 1;

struct Settings {
  std::vector<std::string> paths;
  std::string column = "salary";
  std::string unit = "EUR a year";
  std::uint64_t maximum = 10'000'000;
  std::uint64_t least_entries = 10;
  std::string svg;
  bool progress = false;
  std::uint64_t seed = 0;
};

struct Company {
  std::string name;
  std::vector<std::uint64_t> salaries;
};

// ---- the files ----

/// The files among `paths`, and those with the ending .csv in the directories among them.
std::vector<std::filesystem::path> files_of(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (const fs::path path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(path))
      if (entry.path().extension() == ".csv") found.push_back(entry.path());
    if (found.empty()) throw std::runtime_error(path.string() + " holds no file with the ending .csv");
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  std::set<fs::path> seen;
  for (const fs::path& file : files)
    if (!seen.insert(fs::weakly_canonical(file)).second) throw std::runtime_error(file.string() + " is there twice");
  if (files.size() < 3)
    throw std::runtime_error(
        "at least three companies are needed: two would learn each other's sum from the sum of both");
  return files;
}

std::string read_text(const std::filesystem::path& path) {
  const auto fail = [&] {
    throw std::runtime_error(path.string() +
                             " could not be read: " + std::error_code(errno, std::generic_category()).message());
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) fail();
  std::string text;
  std::vector<char> buffer(std::size_t{1} << 20);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())) || file.gcount() > 0)
    text.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
  if (file.bad()) fail();
  return text;
}

/// All companies' lists. Every problem is printed; std::runtime_error where there was any.
std::vector<Company> read_companies(const std::vector<std::filesystem::path>& files, const Settings& settings,
                                    Progress& progress) {
  constexpr std::size_t most_messages = 10;  // of one file
  std::vector<Company> companies;
  std::size_t problems = 0, bad_files = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string name = files[i].string();
    const std::string text = read_text(files[i]);
    NumberColumn column = read_number_column(text, settings.column, settings.maximum, [&](std::size_t position) {
      const double of_file = static_cast<double>(position) / static_cast<double>(text.size());
      progress.update("reading " + name, (static_cast<double>(i) + of_file) / static_cast<double>(files.size()));
    });
    std::uint64_t room = greatest_sum / files.size();
    for (const std::uint64_t salary : column.numbers) {
      if (salary > room) {
        column.problems.push_back({1, "the sum of the entries is too large"});
        break;
      }
      room -= salary;
    }
    progress.clear();
    for (std::size_t k = 0; k < std::min(most_messages, column.problems.size()); ++k)
      std::cerr << name << ':' << column.problems[k].line << ": " << column.problems[k].message << '\n';
    if (column.problems.size() > most_messages)
      std::cerr << name << ": and " << column.problems.size() - most_messages << " more\n";
    problems += column.problems.size();
    bad_files += column.problems.empty() ? 0 : 1;
    companies.push_back({files[i].stem().string(), std::move(column.numbers)});
  }
  if (problems > 0)
    throw std::runtime_error("nothing was computed: " + std::to_string(problems) +
                             (problems == 1 ? " problem in " : " problems in ") + std::to_string(bad_files) + " of " +
                             std::to_string(files.size()) + " files");
  return companies;
}

// ---- the computation ----

/// What every company learns.
struct Result {
  std::uint64_t entries = 0;
  std::uint64_t sum = 0;
  std::vector<std::uint64_t> deciles;  ///< of 10 %, 20 %, ..., 90 %
  parley::Cost cost;
};

/// One company's part in the protocol; nothing where there are fewer than settings.least_entries salaries in all.
/// `expected_rounds` is told how many rounds there will be as soon as that can be said.
template <class Random>
std::optional<Result> survey(parley::Network& network, const std::vector<std::uint64_t>& salaries,
                             const Settings& settings, Random random, std::uint64_t& expected_rounds) {
  auto engine = parley::shamir_passive<F>(network, {}, std::move(random));

  const auto start = engine.cost();
  const std::vector<F> mine = {F{salaries.size()},
                               F{std::accumulate(salaries.begin(), salaries.end(), std::uint64_t{0})}};
  const auto all = input_all(engine, mine);
  auto totals = all.slice(0, 2);
  for (std::size_t company = 1; company < engine.parties(); ++company) totals += all.slice(2 * company, 2);
  const auto too_few = open(engine, less_than(engine, totals[0], F{settings.least_entries}));
  if (too_few.front() != 0) return std::nullopt;
  const auto opened = open(engine, totals);

  // joint_quantiles() takes one step more than there are bits, each of an input, a comparison and an opening: what has
  // just been done, but for the last opening.
  const auto bits = static_cast<std::size_t>(std::bit_width(settings.maximum));
  const std::uint64_t so_far = engine.cost().rounds, step = so_far - start.rounds - 1;
  expected_rounds = so_far + (bits + 1) * step;
  Result result;
  result.deciles = joint_quantiles(engine, salaries, 10, {.bits = bits});
  result.entries = opened[0].to_integer();
  result.sum = opened[1].to_integer();
  result.cost = engine.cost();
  return result;
}

/// All companies in this process; the result of each.
template <class RandomOf>
std::vector<std::optional<Result>> simulate_survey(const std::vector<Company>& companies, const Settings& settings,
                                                   Progress& progress, const RandomOf& random_of) {
  return parley::simulate(companies.size(), [&](parley::Network& network) {
    const std::size_t self = network.self();
    std::uint64_t expected_rounds = 0;
    ObservedNetwork observed(network, [&](std::uint64_t round) {
      // rounds pass together everywhere: one company's are enough to show
      if (self == 0 && expected_rounds > 0)
        progress.update("computing", static_cast<double>(round) / static_cast<double>(expected_rounds));
    });
    return survey(observed, companies[self].salaries, settings, random_of(self), expected_rounds);
  });
}

// ---- what is shown ----

void print_table(const std::vector<Company>& companies, const std::vector<std::optional<Result>>& results,
                 const Settings& settings) {
  const Result& result = *results.front();
  std::cout << "Survey among " << companies.size() << " companies, column " << in_quotes(settings.column) << '\n';
  for (std::size_t i = 0; i < companies.size(); ++i) std::cout << (i % 6 == 0 ? "\n  " : ", ") << companies[i].name;
  const auto row = [](const std::string& label, const std::string& value, const std::string& note) {
    std::cout << "  " << left_aligned(label, 10) << right_aligned(value, 24) << (note.empty() ? "" : "  " + note)
              << '\n';
  };
  std::cout << "\n\n";
  row("entries", grouped(result.entries), "");
  row("sum", grouped(result.sum), settings.unit);
  row("mean", quotient(result.sum, result.entries), settings.unit);
  row("median", grouped(result.deciles[4]), settings.unit);
  std::cout << '\n';
  row("of all", "are at most", "");
  for (std::size_t i = 0; i < result.deciles.size(); ++i)
    row("   " + std::to_string(10 * (i + 1)) + " %", grouped(result.deciles[i]), i == 4 ? "median" : "");
  std::uint64_t most_sent = 0;
  for (const auto& one : results) most_sent = std::max(most_sent, one->cost.bytes_sent);
  std::cout << "\nIn " << grouped(result.cost.rounds) << " rounds no company sent more than " << grouped(most_sent)
            << " bytes, and none learnt more than the numbers above.\n";
}

std::string picture_of(std::size_t companies, const Result& result, const Settings& settings) {
  DecileChart chart;
  chart.title = "Survey among " + std::to_string(companies) + " companies";
  chart.subtitle = grouped(result.entries) + " entries, computed while each company kept its list to itself";
  chart.axis = settings.column + " that so many do not exceed, " + settings.unit;
  std::copy_n(result.deciles.begin(), chart.deciles.size(), chart.deciles.begin());
  chart.mean = static_cast<double>(result.sum) / static_cast<double>(result.entries);
  chart.mean_label = quotient(result.sum, result.entries);
  return draw(chart);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Several companies learn how many salaries they pay, their sum, mean, median and deciles, and nothing else "
      "about\n"
      "each other's lists. All companies are simulated in this process, each with its own file and its own thread.\n"
      "\n"
      "A file is CSV in UTF-8: a line with the names of the columns, then one line for each person. Entries are whole\n"
      "numbers without thousands separators. Each entry that cannot be used is reported with its file and its line, "
      "and\n"
      "nothing is computed.",
      "salary_survey");
  Settings settings;
  app.add_option("paths", settings.paths,
                 "One file for each company (at least three), or directories of files that end in .csv")
      ->required()
      ->type_name("FILE");
  app.add_option("--column", settings.column, "The name of the column with the numbers")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--unit", settings.unit, "What the numbers are, for the table and the picture")
      ->type_name("TEXT")
      ->capture_default_str();
  app.add_option("--maximum", settings.maximum,
                 "The greatest number that is no mistake; public. The rounds grow with its number of bits")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}))
      ->type_name("NUMBER")
      ->capture_default_str();
  app.add_option("--least-entries", settings.least_entries,
                 "Open nothing where all companies together have fewer entries: the deciles of few numbers are\n"
                 "the numbers themselves")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000'000}))
      ->type_name("NUMBER")
      ->capture_default_str();
  app.add_option("--svg", settings.svg,
                 "Also draw the deciles, median and mean into this file; - prints the picture instead of the table")
      ->type_name("FILE");
  app.add_flag("--progress", settings.progress, "Say how far it is, also where the error output is no terminal");
  const auto* reproducible = add_reproducible(app, settings.seed);
  app.footer(std::string("Example: salary_survey --svg survey.svg examples/data/survey\n\n") + exit_status_help);

  return run(app, argc, argv, [&] {
    Progress progress(Progress::suitable_output(settings.progress));
    const bool print_picture = settings.svg == "-";
    std::optional<OutputFile> picture_file;
    if (!settings.svg.empty() && !print_picture) picture_file.emplace(settings.svg);
    const std::vector<Company> companies = read_companies(files_of(settings.paths), settings, progress);
    const auto results =
        reproducible->empty()
            ? simulate_survey(companies, settings, progress, [](std::size_t) { return parley::SystemRandom(); })
            : simulate_survey(companies, settings, progress, [&](std::size_t company) {
                return parley::TestRandom(settings.seed).child("company " + std::to_string(company));
              });
    progress.clear();
    if (!results.front())
      throw std::runtime_error("nothing was opened: all companies together have fewer than " +
                               grouped(settings.least_entries) + " entries");
    if (!reproducible->empty() && !print_picture) std::cout << reproducible_warning;
    if (!print_picture) print_table(companies, results, settings);
    if (print_picture) std::cout << picture_of(companies.size(), *results.front(), settings);
    if (picture_file) {
      picture_file->write(picture_of(companies.size(), *results.front(), settings));
      std::cout << "The picture is in " << settings.svg << ".\n";
    }
  });
}
