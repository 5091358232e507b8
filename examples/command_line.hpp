// SPDX-License-Identifier: Apache-2.0
// The frame of every example's main(): reads the arguments, runs, and turns what went wrong into a sentence and an exit
// status.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace examples {

/// The exit statuses of all examples.
enum ExitStatus : int { done = 0, failed = 1, wrong_usage = 2 };

inline constexpr const char* exit_status_help = "Exit status: 0 done, 1 refused or failed, 2 wrong usage.";

/// Parses the arguments with `app` and calls `body()`, which may return the exit status. What it throws is printed on the
/// error output.
template <class Body>
int run(CLI::App& app, int argc, char** argv, const Body& body) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done : wrong_usage;
  }
  try {
    int status = done;
    if constexpr (std::is_void_v<decltype(body())>) {
      body();
    } else {
      status = body();
    }
    std::cout.flush();
    if (!std::cout) throw std::runtime_error("the output could not be written");
    return status;
  } catch (const std::exception& error) {
    std::cerr << app.get_name() << ": " << error.what() << '\n';
    return failed;
  }
}

/// Adds --reproducible SEED, for tests and demonstrations. Returns the option, which counts as true where it was given.
inline CLI::Option* add_reproducible(CLI::App& app, std::uint64_t& seed) {
  return app
      .add_option("--reproducible", seed,
                  "Draw all randomness from this number, so that the run can be repeated.\n"
                  "For demonstrations only: whoever guesses the number knows every secret")
      ->type_name("SEED");
}

inline constexpr const char* reproducible_warning =
    "(--reproducible: all randomness is drawn from a number on the command line. For demonstrations only.)\n\n";

}  // namespace examples
