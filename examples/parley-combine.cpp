// SPDX-License-Identifier: Apache-2.0
// Restores a secret from its shares, or finds out whether they are right.
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "command_line.hpp"
#include "parley/core/error.hpp"
#include "passphrase.hpp"
#include "private_process.hpp"
#include "progress.hpp"
#include "secret_files.hpp"
#include "share_formats.hpp"

namespace {

using namespace examples;

constexpr const char* description =
    "Restores a secret from shares that parley-split made, or another program.\n"
    "\n"
    "  parley-combine -o key.pem key.pem.1.share key.pem.4.share key.pem.5.share\n"
    "  parley-combine bank.*.share | less                 writes to the standard output\n"
    "  parley-combine --verify key.pem.*.share            only finds out whether the shares are right";

constexpr const char* notes =
    "Shares of the format parley, and of hex, base32 and words: give as many as are needed, or more. Never is another\n"
    "secret restored than was split. A share that is damaged, cut off or given twice is left out, with the reason, as "
    "long\n"
    "as enough others are given; one of another set is refused. Of shares that were falsified, those beyond the "
    "needed\n"
    "ones serve to find which: they are named, and the others restore the secret, as long as for each wrong one there "
    "is\n"
    "one more than needed.\n"
    "\n"
    "The formats of others are checked as far as they allow: with too few or wrong shares gfshare and ssss give a "
    "wrong\n"
    "secret unnoticed, and so does slip39 with a wrong passphrase. slip39 takes exactly as many mnemonics as are "
    "needed.\n"
    "\n"
    "The secret appears at its place when it is complete and known to be right, readable by you alone. For the "
    "standard\n"
    "output all shares are read twice, first to find out whether they are right. Shares are never changed.";

constexpr int done_with_wrong_shares = 3;
constexpr const char* status_help =
    "Exit status: 0 done, 1 refused or failed, 2 wrong usage,\n"
    "3 done although shares are wrong or left out (they are named).";

struct Settings {
  std::vector<std::string> shares;
  std::string output{standard_stream};
  std::string format;
  std::size_t needed = 0;
  PassphraseOptions passphrase;
  bool verify = false, force = false, progress = false;
};

Restored combine_all(const Settings& settings, const Format& format, std::string_view passphrase) {
  const bool to_standard_output = settings.output == standard_stream && !settings.verify;
  const bool from_standard_input = std::ranges::count(settings.shares, standard_stream) > 0;
  if (to_standard_output && from_standard_input)
    throw std::runtime_error("a share from the standard input is read once: say by --output where the secret goes");

  Progress progress(Progress::suitable_output(settings.progress));
  Pieces pieces(progress, settings.verify || to_standard_output ? "verifying" : "combining", settings.shares.front());
  Combination combination{settings.shares, settings.needed, {}, [&] { pieces.count(); }, passphrase};
  if (settings.verify) return format.combine(combination);
  if (to_standard_output) {
    Restored restored = format.combine(combination);
    pieces.restart("combining");
    combination.secret = write_to_standard_output;
    format.combine(combination);
    return restored;
  }
  OutputFiles file({settings.output}, settings.force);
  combination.secret = file.sinks().front();
  Restored restored = format.combine(combination);
  file.finish();
  return restored;
}

// Without the shares that cannot be used, where there are enough others.
Restored combine(Settings settings, const Format& format) {
  const Passphrase secret_text = settings.passphrase.get(settings.shares, false);
  const std::string_view passphrase = as_text(secret_text.expose());
  try {
    return combine_all(settings, format, passphrase);
  } catch (const parley::Error&) {
    if (!format.usable || std::ranges::count(settings.shares, standard_stream) > 0) throw;
    parley::UsableShares usable;
    try {
      usable = format.usable(settings.shares);
    } catch (const parley::Error&) {
      // Those that are left are too few, or of several sets: what is said of all is said.
    }
    if (usable.left_out.empty()) throw;
    std::vector<std::string> kept, left_out;
    for (const std::size_t i : usable.kept) kept.push_back(settings.shares[i]);
    for (const auto& share : usable.left_out) left_out.push_back(share.reason);
    settings.shares = std::move(kept);
    Restored restored = combine_all(settings, format, passphrase);
    restored.left_out = std::move(left_out);
    return restored;
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_secrets_in_process();
  CLI::App app(description, "parley-combine");
  Settings settings;
  const auto formats = share_formats();
  app.add_option("shares", settings.shares, "The files with the shares, in any order; one may be -, the standard input")
      ->required()
      ->type_name("SHARE...");
  app.add_option("-o,--output", settings.output, "The file for the secret, - for the standard output")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("-f,--format", settings.format,
                 "See below; by default what the names of the shares end with, else parley")
      ->type_name("FORMAT");
  app.add_option("-k,--needed", settings.needed,
                 "How many shares it takes, for the formats gfshare and ssss, whose\n"
                 "shares do not say it; without it, all that are given")
      ->check(CLI::Range(1, 255))
      ->type_name("K");
  settings.passphrase.add_to(app);
  app.add_flag("--verify", settings.verify, "Only find out whether the shares are right, and write no secret");
  app.add_flag("--force", settings.force, "Replace the file that is there");
  app.add_flag("--progress", settings.progress, "Tell of long work where the error output is no terminal, too");
  app.footer(help_of_formats() + "\n" + notes + "\n\n" + status_help);

  bool some_wrong = false;
  const int status = run(app, argc, argv, [&] {
    const bool is_guessed = settings.format.empty();
    if (is_guessed) settings.format = format_of(formats, settings.shares);
    const Format& format = find_format(formats, settings.format);
    if (settings.passphrase.given() && !format.has_passphrase)
      throw std::runtime_error("secrets of the format " + settings.format + " have no passphrase; slip39 has one");
    if (std::ranges::count(settings.shares, standard_stream) > 1)
      throw std::runtime_error("only one share can come from the standard input");
    const Restored restored = [&] {
      try {
        return combine(settings, format);
      } catch (const parley::Error& error) {
        const std::string what = error.what();
        if (!is_guessed || what.find("it is no share of parley") == std::string::npos) throw;
        throw std::runtime_error(what + ". For shares of another program, say of which by --format");
      }
    }();
    for (const std::string& name : restored.wrong) {
      some_wrong = true;
      std::cerr << "parley-combine: " << name << " is wrong; the others gave the secret\n";
    }
    for (const std::string& reason : restored.left_out) {
      some_wrong = true;
      std::cerr << "parley-combine: left out: " << reason << '\n';
    }
    if (settings.verify && !some_wrong)
      std::cout << (format.has_check ? "The shares are right.\n"
                                     : "Nothing is wrong as far as this format can tell.\n");
  });
  return status == done && some_wrong ? done_with_wrong_shares : status;
}
