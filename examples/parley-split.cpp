// SPDX-License-Identifier: Apache-2.0
// Splits a secret file into shares, any K of which restore it, or makes a new set of shares of an old one.
#include <cstddef>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "passphrase.hpp"
#include "private_process.hpp"
#include "progress.hpp"
#include "secret_files.hpp"
#include "share_formats.hpp"

namespace {

using namespace examples;

constexpr const char* description =
    "Splits a secret into N shares. Any K of them restore it; K - 1 tell nothing about it but its length, to nobody,\n"
    "whatever his computing power. The privacy threshold is K - 1, the reconstruction threshold K.\n"
    "\n"
    "  parley-split -k 3 -n 5 key.pem                     writes key.pem.1.share, ..., key.pem.5.share\n"
    "  pass show bank | parley-split -k 2 -n 3 -o bank -  reads the standard input\n"
    "  parley-split --refresh -o new old.1.share old.4.share old.5.share\n"
    "                                                     makes a new set of the shares of an old one\n"
    "\n"
    "Give each share to another person or place, and destroy the secret. parley-combine restores it.";

constexpr const char* notes =
    "Shares of the format parley say of which set they are, which number they have and how many are needed, and carry\n"
    "a tag of the secret: parley-combine never restores another secret than was split, though holders of K - 1 shares\n"
    "falsify theirs. The formats of others have no such protection.\n"
    "\n"
    "A passphrase: SLIP-39 encrypts the secret under it before it is split. Nothing tells a right passphrase from a "
    "wrong\n"
    "one: with another one another secret comes out.\n"
    "\n"
    "--refresh: the secret is never written; it passes through memory, 64 KiB at a time. The old shares still restore\n"
    "the secret until fewer than K of them are left, so destroy them. Shares of both sets cannot be mixed. K and N "
    "are\n"
    "those of the old set unless they are given; rtss and slip39 do not say what N was. A SLIP-39 secret stays under "
    "its\n"
    "passphrase, for which nobody is asked. Not for gfshare and ssss: their shares have no check, and one wrong share\n"
    "would be made, unnoticed, into a new set of another secret.\n"
    "\n"
    "A secret is only ever read from a file or from the standard input, and never printed. Shares appear when all are\n"
    "complete, readable by you alone; a failure leaves none behind.";

struct Settings {
  std::vector<std::string> inputs;
  std::string output;
  std::string format;
  std::size_t needed = 0, shares = 0;
  PassphraseOptions passphrase;
  bool refresh = false, force = false, progress = false;
};

std::vector<std::string> paths_of(const Settings& settings, const Format& format) {
  if (settings.shares > parley::most_shares)
    throw std::runtime_error("-n " + std::to_string(settings.shares) + ": there are at most " +
                             std::to_string(parley::most_shares) + " shares");
  std::vector<std::string> paths;
  for (std::size_t number = 1; number <= settings.shares; ++number)
    paths.push_back(format.path(settings.output, number));
  return paths;
}

parley::ShamirParameters parameters_of(const Settings& settings) {
  if (settings.needed < 2 || settings.needed > settings.shares)
    throw std::runtime_error("-k " + std::to_string(settings.needed) + " -n " + std::to_string(settings.shares) +
                             ": K is from 2, for one share must not be the secret, to N");
  return {settings.shares, settings.needed - 1};
}

void print_done(const Settings& settings, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) std::cout << path << '\n';
  std::cout << "Any " << settings.needed << " of these " << settings.shares << " restore the secret.\n";
}

void split(const Settings& settings, const Format& format) {
  const auto parameters = parameters_of(settings);
  const Passphrase passphrase = settings.passphrase.get(settings.inputs, true);
  InputFile secret(settings.inputs.front());
  const std::vector<std::string> paths = paths_of(settings, format);
  OutputFiles files(paths, settings.force);
  parley::SystemRandom random;
  {
    Progress progress(Progress::suitable_output(settings.progress));
    format.split(secret,
                 {parameters, files.sinks(), [&] { secret.show(progress, "splitting"); }, as_text(passphrase.expose())},
                 random);
  }
  files.finish();
  print_done(settings, paths);
}

void refresh(Settings settings, const Format& format) {
  std::vector<std::string> paths;
  std::optional<OutputFiles> files;
  parley::SystemRandom random;
  Restored restored;
  {
    Progress progress(Progress::suitable_output(settings.progress));
    Pieces pieces(progress, "refreshing", settings.inputs.front());
    const auto destination = [&](std::size_t old_needed, std::size_t old_shares) -> Destination {
      if (settings.shares == 0) settings.shares = old_shares;
      if (settings.shares == 0) throw std::runtime_error("-n is needed: these shares do not say how many there were");
      if (settings.needed == 0) settings.needed = old_needed;
      const auto parameters = parameters_of(settings);
      paths = paths_of(settings, format);
      files.emplace(paths, settings.force);
      return {parameters, files->sinks()};
    };
    restored = format.renew({settings.inputs, destination, [&] { pieces.count(); }}, random);
  }
  for (const std::string& name : restored.wrong)
    std::cerr << "parley-split: " << name << " is wrong; the others gave the secret\n";
  files->finish();
  print_done(settings, paths);
}

}  // namespace

int main(int argc, char** argv) {
  keep_secrets_in_process();
  CLI::App app(description, "parley-split");
  Settings settings;
  const auto formats = share_formats();
  app.add_option("input", settings.inputs,
                 "The file with the secret, or - for the standard input; with --refresh, shares")
      ->required()
      ->type_name("FILE");
  app.add_option("-k,--needed", settings.needed, "How many shares restore the secret, at least 2")
      ->check(CLI::Range(1, 255))
      ->type_name("K");
  app.add_option("-n,--shares", settings.shares, "How many shares to make, up to 255")
      ->check(CLI::Range(1, 255))
      ->type_name("N");
  app.add_option("-o,--output", settings.output,
                 "What the names of the shares begin with: PREFIX.1.share and so on.\n"
                 "Needed for the standard input and --refresh; else it is the name of FILE")
      ->type_name("PREFIX");
  app.add_option("-f,--format", settings.format,
                 "See below; by default parley, with --refresh what the names of the shares end with")
      ->type_name("FORMAT");
  settings.passphrase.add_to(app);
  app.add_flag("--refresh", settings.refresh, "Make a new set of shares from at least as many old ones as restore");
  app.add_flag("--force", settings.force, "Replace files that are there");
  app.add_flag("--progress", settings.progress, "Tell of long work where the error output is no terminal, too");
  app.footer(help_of_formats() + "\n" + notes + "\n\n" + exit_status_help);

  return run(app, argc, argv, [&] {
    if (settings.format.empty()) settings.format = settings.refresh ? format_of(formats, settings.inputs) : "parley";
    const Format& format = find_format(formats, settings.format);
    if (settings.passphrase.given() && !format.has_passphrase)
      throw std::runtime_error("secrets of the format " + settings.format + " have no passphrase; slip39 has one");
    if (settings.refresh) {
      if (!format.renew)
        throw std::runtime_error("shares of the format " + settings.format +
                                 " have no check: a wrong one would be made, unnoticed, into new shares of another "
                                 "secret. Combine and split them instead of --refresh");
      if (settings.passphrase.given())
        throw std::runtime_error("--refresh leaves the secret under its passphrase, and needs none");
      if (settings.output.empty()) throw std::runtime_error("--refresh needs --output, a place for the new shares");
      return refresh(settings, format);
    }
    if (settings.inputs.size() != 1) throw std::runtime_error("one file is split at a time (with --refresh, shares)");
    if (settings.needed == 0 || settings.shares == 0)
      throw std::runtime_error("-k, how many shares restore the secret, and -n, how many there are, are needed");
    if (settings.output.empty()) {
      if (settings.inputs.front() == standard_stream)
        throw std::runtime_error("for a secret from the standard input, --output says what the shares are called");
      settings.output = settings.inputs.front();
    }
    split(settings, format);
  });
}
