// SPDX-License-Identifier: Apache-2.0
// Splits a secret file into shares, any K of which restore it, or makes a new set of shares of an old one.
#include <cstddef>
#include <iostream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "parley/core/random.hpp"
#include "parley/sharing/byte_sharing.hpp"
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
    "--refresh: the secret is never written; it passes through memory, 64 KiB at a time. The old shares still restore\n"
    "the secret until fewer than K of them are left, so destroy them. Shares of both sets cannot be mixed. K and N "
    "are\n"
    "those of the old set unless they are given.\n"
    "\n"
    "A secret is only ever read from a file or from the standard input, and never printed. Shares appear when all are\n"
    "complete, readable by you alone; a failure leaves none behind.";

struct Settings {
  std::vector<std::string> inputs;
  std::string output;
  std::string format = "parley";
  std::size_t needed = 0, shares = 0;
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
  InputFile secret(settings.inputs.front());
  const std::vector<std::string> paths = paths_of(settings, format);
  OutputFiles files(paths, settings.force);
  parley::SystemRandom random;
  {
    Progress progress(Progress::suitable_output(settings.progress));
    format.split(secret, parameters, random, files.sinks(), [&] { secret.show(progress, "splitting"); });
  }
  files.finish();
  print_done(settings, paths);
}

void refresh(Settings settings, const Format& format) {
  std::vector<InputFile> inputs;
  inputs.reserve(settings.inputs.size());
  std::vector<parley::ShareReader> readers;
  for (const std::string& path : settings.inputs) {
    InputFile& file = inputs.emplace_back(path);
    readers.emplace_back(path, [&file](std::span<std::byte> out) { return file.read(out); });
  }
  parley::require_one_set(readers, parley::ShareContent::bytes);
  const auto old = readers.front().header().parameters;
  if (settings.shares == 0) settings.shares = old.parties;
  if (settings.needed == 0) settings.needed = old.privacy_threshold + 1;
  const auto parameters = parameters_of(settings);
  const std::vector<std::string> paths = paths_of(settings, format);
  OutputFiles files(paths, settings.force);
  parley::SystemRandom random;
  {
    Progress progress(Progress::suitable_output(settings.progress));
    parley::ByteSplitter splitter(parameters, random, files.sinks());
    const auto found = parley::combine_bytes(readers, [&](std::span<const std::byte> piece) {
      splitter.update(piece);
      inputs.front().show(progress, "refreshing");
    });
    splitter.finish();
    for (const std::size_t i : found.wrong)
      std::cerr << "parley-split: " << settings.inputs[i] << " is wrong; the others gave the secret\n";
  }
  files.finish();
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
  app.add_option("-k,--needed", settings.needed, "How many shares restore the secret, at least 2")->type_name("K");
  app.add_option("-n,--shares", settings.shares, "How many shares to make, up to 255")->type_name("N");
  app.add_option("-o,--output", settings.output,
                 "What the names of the shares begin with: PREFIX.1.share and so on.\n"
                 "Needed for the standard input and --refresh; else it is the name of FILE")
      ->type_name("PREFIX");
  app.add_option("-f,--format", settings.format, "See below")->type_name("FORMAT")->capture_default_str();
  app.add_flag("--refresh", settings.refresh, "Make a new set of shares from at least as many old ones as restore");
  app.add_flag("--force", settings.force, "Replace files that are there");
  app.add_flag("--progress", settings.progress, "Tell of long work where the error output is no terminal, too");
  app.footer(help_of_formats() + "\n" + notes + "\n\n" + exit_status_help);

  return run(app, argc, argv, [&] {
    const auto format = formats.find(settings.format);
    if (format == formats.end()) throw std::runtime_error("there is no format " + settings.format + ", see --help");
    if (settings.refresh) {
      if (settings.format != "parley") throw std::runtime_error("--refresh is for shares of the format parley");
      if (settings.output.empty()) throw std::runtime_error("--refresh needs --output, a place for the new shares");
      return refresh(settings, format->second);
    }
    if (settings.inputs.size() != 1) throw std::runtime_error("one file is split at a time (with --refresh, shares)");
    if (settings.needed == 0 || settings.shares == 0)
      throw std::runtime_error("-k, how many shares restore the secret, and -n, how many there are, are needed");
    if (settings.output.empty()) {
      if (settings.inputs.front() == standard_stream)
        throw std::runtime_error("for a secret from the standard input, --output says what the shares are called");
      settings.output = settings.inputs.front();
    }
    split(settings, format->second);
  });
}
