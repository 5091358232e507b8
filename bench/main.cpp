// SPDX-License-Identifier: Apache-2.0
// parley-bench: runs the benchmarks, each several times and interleaved, so that what disturbs the machine disturbs all
// of them, and ends with the tables of ratios and of targets. Takes the options of Google Benchmark, --svg=FILE for the
// picture of the ratios, which is written where something was compared, and --growth-svg=FILE for that of how the time
// of an item changes with the length of its batch, which is written where that was measured.
#include <benchmark/benchmark.h>

#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../examples/output_file.hpp"
#include "growth.hpp"
#include "parley/core/cpu.hpp"
#include "report.hpp"

namespace {

std::string processor() {
  std::ifstream description("/proc/cpuinfo");
  for (std::string line; std::getline(description, line);)
    if (const std::size_t colon = line.find(": "); line.starts_with("model name") && colon != std::string::npos)
      return line.substr(colon + 2);
  return "an unnamed processor";
}

std::string compiler() {
#if defined(__clang__)
  return "clang++ " __clang_version__;
#elif defined(__GNUC__)
  return "g++ " __VERSION__;
#else
  return "an unnamed compiler";
#endif
}

/// Prints as usual, and keeps the rates of every run.
class CollectingReporter : public benchmark::ConsoleReporter {
 public:
  CollectingReporter() : ConsoleReporter(OO_None) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> shown;
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration) {
        const auto rate = run.counters.find("items_per_second");
        const auto clock = run.counters.find("clock");
        // Programs of several parties have parameters, and nobody to compare with.
        const std::string name = run.run_name.args.empty()
                                     ? run.run_name.function_name
                                     : run.run_name.function_name + "/" + run.run_name.args + "/parley";
        if (rate != run.counters.end())
          rates_.add(name, rate->second, clock == run.counters.end() ? 0 : clock->second.value);
      }
      // Of several runs, their median and how they scatter say all.
      const bool several = run.run_type == Run::RT_Iteration && run.repetitions > 1;
      const bool aggregate = run.run_type == Run::RT_Aggregate;
      if (!several && (!aggregate || run.aggregate_name == "median" || run.aggregate_name == "cv"))
        shown.push_back(run);
    }
    ConsoleReporter::ReportRuns(shown);
  }

  [[nodiscard]] const parley_bench::Rates& rates() const { return rates_; }

 private:
  parley_bench::Rates rates_;
};

/// A picture that is written where an option names its file.
class OptionalPicture {
 public:
  /// `option` is such as "--svg=".
  explicit OptionalPicture(std::string_view option) : option_(option) {}

  bool takes(std::string_view argument) {
    if (!argument.starts_with(option_)) return false;
    path_ = argument.substr(option_.size());
    file_.emplace(path_);
    return true;
  }
  void write(const std::string& picture, std::string_view what) {
    if (!file_) return;
    file_->write(picture);
    std::cout << '\n' << what << ": " << path_ << '\n';
  }

 private:
  std::string_view option_;
  std::string path_;
  std::optional<examples::OutputFile> file_;
};

int run(std::vector<std::string> arguments) {
  // What the caller asks for comes later and overrides.
  arguments.insert(arguments.begin() + 1, {"--benchmark_repetitions=5", "--benchmark_min_time=0.02",
                                           "--benchmark_enable_random_interleaving=true"});
  OptionalPicture ratios("--svg="), growth("--growth-svg=");
  std::vector<char*> remaining;
  for (std::string& argument : arguments)
    if (!ratios.takes(argument) && !growth.takes(argument)) remaining.push_back(argument.data());
  auto count = static_cast<int>(remaining.size());
  remaining.push_back(nullptr);
  benchmark::Initialize(&count, remaining.data());
  if (benchmark::ReportUnrecognizedArguments(count, remaining.data())) return 2;

  const std::string machine = processor() + ", " + std::string(to_string(parley::backend())) + ", " + compiler();
  benchmark::AddCustomContext("machine", machine);
  CollectingReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::Shutdown();

  const auto comparisons = parley_bench::comparisons(reporter.rates());
  const std::string targets = parley_bench::table_of_targets(reporter.rates(), parley_bench::targets());
  if (!comparisons.empty() || !targets.empty()) std::cout << "\n== On " << machine << ", medians ==\n";
  if (!comparisons.empty()) std::cout << "\n" << parley_bench::table_of_ratios(comparisons);
  if (!targets.empty()) std::cout << "\n" << targets;
  if (!comparisons.empty())
    ratios.write(parley_bench::picture_of_ratios(comparisons, machine), "The ratios as a picture");
  const parley_bench::Growth lengths = parley_bench::growth(reporter.rates());
  if (!lengths.empty())
    growth.write(parley_bench::picture_of_growth(lengths, machine), "The time of an item by the length of its batch");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "parley-bench: " << error.what() << '\n';
    return 1;
  }
}
