// SPDX-License-Identifier: Apache-2.0
// A salary survey: each company has a list of salaries in a CSV file, and together they learn how many there are, their
// sum, mean, median and deciles, and nothing else about each other's lists.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "decile_chart.hpp"
#include "number_files.hpp"
#include "numbers.hpp"
#include "output_file.hpp"
#include "parley/engine/simulate.hpp"
#include "progress.hpp"
#include "protocols.hpp"
#include "statistics_table.hpp"

namespace {

using namespace examples;
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

/// All companies' lists. Every problem is printed; std::runtime_error where there was any.
std::vector<Company> read_companies(const std::vector<std::filesystem::path>& files, const Settings& settings,
                                    Progress& progress) {
  std::vector<Company> companies;
  std::size_t problems = 0, bad_files = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::size_t before = problems;
    auto salaries = read_number_file(
        files[i], settings.column, settings.maximum, greatest_sum / files.size(), progress, problems, [&](double part) {
          progress.update("reading " + files[i].string(),
                          (static_cast<double>(i) + part) / static_cast<double>(files.size()));
        });
    bad_files += problems > before ? 1 : 0;
    companies.push_back({files[i].stem().string(), std::move(salaries)});
  }
  if (problems > 0)
    throw std::runtime_error("nothing was computed: " + std::to_string(problems) +
                             (problems == 1 ? " problem in " : " problems in ") + std::to_string(bad_files) + " of " +
                             std::to_string(files.size()) + " files");
  return companies;
}

// ---- the computation ----

/// What a company learns, and what that cost it.
struct Result {
  std::optional<Statistics> statistics;
  parley::Cost cost;
};

/// All companies in this process; the result of each. Their randomness is drawn from the seed where there is one.
std::vector<Result> simulate_survey(const std::vector<Company>& companies, const Settings& settings,
                                    std::optional<std::uint64_t> seed, Progress& progress) {
  return parley::simulate(companies.size(), [&](parley::Network& network) {
    const std::size_t self = network.self();
    std::uint64_t expected_rounds = 0;
    ObservedNetwork observed(network, [&](std::uint64_t round) {
      // rounds pass together everywhere: one company's are enough to show
      if (self == 0 && expected_rounds > 0)
        progress.update("computing", static_cast<double>(round) / static_cast<double>(expected_rounds));
    });
    const Setting setting{observed,
                          {seed, "company " + std::to_string(self)},
                          [&](std::string_view, std::uint64_t rounds) { expected_rounds = rounds; }};
    Result result;
    result.statistics = survey(setting, companies[self].salaries, settings.maximum, settings.least_entries);
    result.cost = observed.cost();
    return result;
  });
}

// ---- what is shown ----

void print_table(const std::vector<Company>& companies, const std::vector<Result>& results, const Settings& settings) {
  const Result& result = results.front();
  std::cout << "Survey among " << companies.size() << " companies, column " << in_quotes(settings.column) << '\n';
  for (std::size_t i = 0; i < companies.size(); ++i) std::cout << (i % 6 == 0 ? "\n  " : ", ") << companies[i].name;
  std::cout << "\n\n";
  print_statistics(std::cout, *result.statistics, settings.unit);
  std::uint64_t most_sent = 0;
  for (const Result& one : results) most_sent = std::max(most_sent, one.cost.bytes_sent);
  std::cout << "\nIn " << grouped(result.cost.rounds) << " rounds no company sent more than " << grouped(most_sent)
            << " bytes, and none learnt more than the numbers above.\n";
}

std::string picture_of(std::size_t companies, const Statistics& result, const Settings& settings) {
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
    const auto results = simulate_survey(companies, settings,
                                         reproducible->empty() ? std::nullopt : std::optional(settings.seed), progress);
    progress.clear();
    const auto& statistics = results.front().statistics;
    if (!statistics)
      throw std::runtime_error("nothing was opened: all companies together have fewer than " +
                               grouped(settings.least_entries) + " entries");
    if (!reproducible->empty() && !print_picture) std::cout << reproducible_warning;
    if (!print_picture) print_table(companies, results, settings);
    if (print_picture) std::cout << picture_of(companies.size(), *statistics, settings);
    if (picture_file) {
      picture_file->write(picture_of(companies.size(), *statistics, settings));
      std::cout << "The picture is in " << settings.svg << ".\n";
    }
  });
}
