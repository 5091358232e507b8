// SPDX-License-Identifier: Apache-2.0
// Numbers of many clients for a few servers: each server collects its parts on its disk, and when the collection ends they
// compute statistics of them, which clients can ask for. Clients hand in and leave.
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "collected.hpp"
#include "command_line.hpp"
#include "number_files.hpp"
#include "numbers.hpp"
#include "parley/peers/peers_file.hpp"
#include "parley/tls/remote_network.hpp"
#include "parley/tls/submission_client.hpp"
#include "parley/tls/submission_server.hpp"
#include "party_options.hpp"
#include "private_process.hpp"
#include "progress.hpp"
#include "run_report.hpp"
#include "statistics_table.hpp"

namespace {

using namespace examples;
using parley::Bytes;
namespace tls = parley::tls;

constexpr const char* description =
    "Collects numbers of many clients, shared among a few servers, who compute statistics of them and learn nothing\n"
    "else. At each server, which can be stopped and started again at any time with the same line:\n"
    "\n"
    "  parley-collect serve --peers servers.toml --self alder --key alder.pem --store alder.parts --enough 100\n"
    "\n"
    "and at each client, which needs a key of its own from parley-keygen and can leave as soon as that has ended:\n"
    "\n"
    "  parley-collect submit --peers servers.toml --key mine.pem --input mine.csv\n"
    "  parley-collect result --peers servers.toml --key mine.pem\n"
    "\n"
    "servers.toml is a peers file of the servers in which each has a line `clients`, where clients reach it\n"
    "(parley-keygen --clients). The programs: sum, the number and the sum of all entries; joint-statistics, these and "
    "the\n"
    "deciles.";

constexpr const char* notes =
    "The collection ends when every server has come to its --enough clients, or to the time of --until. A server that\n"
    "never comes to so many, as some clients have left half-way, keeps the others waiting: --until as well is an end "
    "for\n"
    "all. Only entries count that all servers have, and only if they are of --minimum-clients clients at least. What\n"
    "clients and servers have to be told alike can stand in the peers file: program and session at its beginning,\n"
    "column, unit, maximum, minimum-clients, entries-per-client, most-entries under [parameters].\n"
    "\n"
    "A client that submits once more replaces its first entry by the first, and so on; what is left over of an "
    "earlier\n"
    "file that was longer stays. Without --admit anybody can be any number of clients.\n"
    "\n"
    "Privacy holds against any minority of servers that pool what they see, together with any clients. The file of "
    "--store\n"
    "has this server's parts: whoever has those of a majority of the servers has the entries.\n"
    "\n"
    "Exit status: 0 done, 1 refused or failed here, 2 wrong usage, 3 nothing was opened because there were too few\n"
    "clients, 4 who was dialed is not there, or is about something else, 5 another server failed.";

constexpr std::array<std::string_view, 6> collection_parameters = {
    "column", "unit", "maximum", "minimum-clients", "entries-per-client", "most-entries"};

struct CollectOptions {
  std::string peers, key, program, session;
  std::string column = "value", unit;
  std::uint64_t maximum = 10'000'000, minimum_clients = 10, entries_per_client = 1, most_entries = 1'000'000;
  double timeout = 60;
  // Of servers.
  std::string self, store, admit, until;
  std::uint64_t enough = 0;
  double linger = -1;
  bool now = false, report = false;
  // Of clients.
  std::string input;
  bool json = false;
};

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

parley::peers::PeersFile load_servers(CollectOptions& options, CLI::App& app) {
  parley::peers::PeersFile peers = parley::peers::load(options.peers);
  take_parameters(peers, app, collection_parameters);
  if (options.program.empty()) options.program = peers.program;
  if (options.session.empty()) options.session = peers.session;
  if (options.program != "sum" && options.program != "joint-statistics")
    throw std::runtime_error(options.program.empty()
                                 ? "neither --program nor " + options.peers + " says what to compute"
                                 : options.peers + " says that the program is " + in_quotes(options.program) +
                                       "; there are sum and joint-statistics");
  if (peers.parties.size() < 3)
    throw std::runtime_error("at least three servers are needed: of two each would be more than a minority");
  for (const auto& party : peers.parties) {
    if (party.clients.empty())
      throw std::runtime_error(peers.place(party.line) + party.name +
                               " has no line `clients`, which says where clients reach it");
  }
  if (options.maximum > greatest_sum / options.most_entries)
    throw std::runtime_error("--most-entries entries of --maximum could add up to more than can be computed with");
  return peers;
}

/// What clients and servers agree on before anything is handed in.
tls::Collection collection_of(const CollectOptions& options, const parley::peers::PeersFile& peers) {
  tls::Collection collection;
  constexpr const char* version = " of clients 1";  // to be raised with what is exchanged or revealed
  collection.session = {options.program + version,
                        options.session,
                        {{"field", name_of_field},
                         {"engine", name_of_engine},
                         {"privacy threshold", std::to_string((peers.parties.size() - 1) / 2)},
                         {"maximum", std::to_string(options.maximum)}}};
  for (const auto& party : peers.parties) collection.servers.push_back({party.clients, party.key});
  collection.part_size = size_of_part;
  collection.minimum_clients = options.minimum_clients;
  collection.items_per_client = options.entries_per_client;
  collection.most_submissions = options.most_entries;
  return collection;
}

void print(const Collected& collected, const CollectOptions& options) {
  const Statistics& statistics = collected.statistics;
  if (options.json) {
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    std::cout << "{\"program\": " << json_string(options.program) << ", \"session\": " << json_string(options.session)
              << ", \"clients\": " << collected.clients << ", \"entries\": " << statistics.entries
              << ", \"sum\": " << statistics.sum << ", \"deciles\": " << json_array(statistics.deciles, number)
              << ", \"no_sharing\": " << collected.no_sharing << ", \"too_large\": " << collected.too_large << "}\n";
  } else {
    std::cout << "  clients   " << right_aligned(grouped(collected.clients), 24) << '\n';
    if (statistics.deciles.empty()) {
      std::cout << "  entries   " << right_aligned(grouped(statistics.entries), 24) << "\n  sum       "
                << right_aligned(grouped(statistics.sum), 24) << (options.unit.empty() ? "" : "  " + options.unit)
                << '\n';
    } else {
      print_statistics(std::cout, statistics, options.unit);
    }
    if (collected.no_sharing + collected.too_large > 0)
      std::cout << "  (" << grouped(collected.no_sharing) << " left out that were no sharings, and "
                << grouped(collected.too_large) << " that were too large)\n";
  }
  std::cout.flush();
}

/// Prints whom an error is about, and returns the exit status.
int blame(const parley::Error& error, const parley::peers::PeersFile& peers, int status) {
  std::cerr << "parley-collect: " << error.what() << '\n';
  if (error.party() && *error.party() < peers.parties.size())
    std::cerr << "parley-collect: (server " << *error.party() << " is " << peers.parties[*error.party()].name << ")\n";
  return error.party() ? status : int{failed};
}

// --- Servers ---

volatile std::sig_atomic_t told_to_stop = 0;

/// The first signal lets what was begun come to an end, the second ends the process.
void stop_on_signals() {
  const auto stop = [](int signal) {
    told_to_stop = 1;
    static_cast<void>(std::signal(signal, SIG_DFL));
  };
  for (const int signal : {SIGINT, SIGTERM}) static_cast<void>(std::signal(signal, stop));
}

/// "2026-05-31 18:00", of UTC.
std::chrono::system_clock::time_point time_of(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, end = 0;
  const int fields =
      std::sscanf(text.c_str(), "%4d-%2d-%2d%*1[ T]%2d:%2d%n", &year, &month, &day, &hour, &minute, &end);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  const std::string rest = fields == 5 ? text.substr(static_cast<std::size_t>(end)) : "?";
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || !(rest.empty() || rest == "Z"))
    throw std::runtime_error("--until " + in_quotes(text) + " is no time such as \"2026-05-31 18:00\", of UTC");
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute);
}

std::set<std::string> read_admitted(const std::string& path) {
  std::istringstream lines(read_text(path));
  std::set<std::string> admitted;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    line = line.substr(0, line.find('#'));
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '='; });
    if (line.starts_with("key")) line.erase(0, 3);  // as parley-keygen prints it
    if (line.empty()) continue;
    try {
      admitted.insert(tls::Fingerprint::parse(line).text());
    } catch (const parley::Error& error) {
      throw std::runtime_error(path + ':' + std::to_string(number) + ": " + error.what());
    }
  }
  return admitted;
}

/// Looks for the other servers in a thread of its own, while clients are served.
class Meeting {
 public:
  Meeting(const tls::Options& options, tls::Listener listener)
      : thread_([this, options, listener = std::move(listener)]() mutable {
          try {
            network_ = tls::RemoteNetwork::connect(options, std::move(listener));
          } catch (...) {
            thrown_ = std::current_exception();
          }
          over_ = true;
        }) {}
  ~Meeting() {
    if (thread_.joinable()) thread_.join();
  }
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

  [[nodiscard]] bool is_over() const { return over_; }
  /// When it is over: the network, or what was thrown.
  [[nodiscard]] std::unique_ptr<tls::RemoteNetwork> network() {
    thread_.join();
    if (thrown_) std::rethrow_exception(thrown_);
    return std::move(network_);
  }

 private:
  std::atomic<bool> over_ = false;
  std::exception_ptr thrown_;
  std::unique_ptr<tls::RemoteNetwork> network_;
  std::thread thread_;
};

class Serving {
 public:
  Serving(CollectOptions& options, const parley::peers::PeersFile& peers)
      : options_(options),
        peers_(peers),
        self_(peers.find(options.self)),
        key_(tls::PrivateKey::load(options.key)),
        collection_(collection_of(options, peers)),
        network_options_(peers.options(self_, key_)),
        store_(options.store, collection_, self_),
        server_(server_options(), tls::Listener(peers.parties[self_].clients_listen), store_) {
    network_options_.session = tls::session_of(collection_);
    network_options_.connect_deadline = attempt;
    network_options_.round_deadline = milliseconds(options.timeout);
    if (!options.until.empty()) until_ = time_of(options.until);
    load_result();
  }

  int run() {
    const std::string& name = peers_.parties[self_].name;
    std::cerr << name << ", server " << self_ << " of " << peers_.parties.size() << ", has " << grouped(store_.size())
              << " entries of " << grouped(store_.clients()) << " clients, and takes "
              << (store_.is_closed() ? "no more" : "more on " + peers_.parties[self_].clients_listen) << '\n';
    if (result_) print(*result_, options_);
    if (!store_.is_closed()) server_.run([this] { return told_to_stop == 0 && !is_time(); });
    while (told_to_stop == 0 && !settled_) {
      try {
        if (!compute()) {
          std::cerr << "parley-collect: nothing was opened: there are complete entries of fewer than "
                    << grouped(options_.minimum_clients) << " clients\n";
          return nothing_opened;
        }
      } catch (const parley::Error& error) {
        // Another server that is not there yet, or stops meanwhile, is started again: all is on the disks.
        const bool passes = error.party() && (error.code() == parley::ErrorCode::deadline_exceeded ||
                                              error.code() == parley::ErrorCode::peer_failed);
        const bool mismatch = error.code() == parley::ErrorCode::configuration_mismatch;
        if (!passes) return blame(error, peers_, mismatch ? not_met : others_failed);
        if (std::exchange(last_word_, error.what()) != error.what()) blame(error, peers_, others_failed);
        pause();
      }
    }
    const auto end = std::chrono::steady_clock::now() + milliseconds(std::max(options_.linger, 0.0));
    server_.run([&] { return told_to_stop == 0 && (options_.linger < 0 || std::chrono::steady_clock::now() < end); });
    return done;
  }

 private:
  static constexpr std::chrono::milliseconds attempt{5'000};

  [[nodiscard]] tls::SubmissionServerOptions server_options() const {
    tls::SubmissionServerOptions made{collection_, self_, &key_};
    made.is_well_formed = is_part;
    if (options_.admit.empty()) return made;
    made.admits = [admitted = read_admitted(options_.admit)](const tls::Fingerprint& key) {
      return admitted.contains(key.text());
    };
    return made;
  }

  [[nodiscard]] bool is_time() const {
    return options_.now || (options_.enough > 0 && store_.clients() >= options_.enough) ||
           (until_ && std::chrono::system_clock::now() >= *until_);
  }

  void pause() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    server_.run([&] { return told_to_stop == 0 && std::chrono::steady_clock::now() < end; });
  }

  /// Of the disk: whether all servers have the result, and the result.
  void load_result() {
    const auto bytes = store_.result_for_everybody();
    if (!bytes) return;
    settled_ = bytes->at(0) != std::byte{0};
    result_ = decode_collected(std::span(*bytes).subspan(1));
  }
  void store_result(bool settled) {
    Bytes bytes = encode(*result_);
    bytes.insert(bytes.begin(), std::byte{settled});
    store_.set_result_for_everybody(bytes);
    store_.commit();
    settled_ = settled;
  }

  /// Meets the others and computes; false where nothing is opened. A server that has the result takes part once more
  /// until it knows that all have it: one of them may have been stopped before it was on its disk.
  bool compute() {
    RunReport report;
    report.begin("find the others", {});
    std::unique_ptr<tls::RemoteNetwork> network;
    {
      Meeting meeting(network_options_, peers_.listener(self_));
      server_.run([&] { return told_to_stop == 0 && !meeting.is_over(); });
      if (told_to_stop != 0) return true;
      network = meeting.network();
    }
    const Setting setting{
        *network, {}, [&](std::string_view name, std::uint64_t) { report.begin(name, network->cost()); }};
    const bool deciles = options_.program == "joint-statistics";
    const auto found = compute_collected(setting, store_, collection_, options_.maximum, deciles);
    if (!found) return false;
    const bool is_new = !result_;
    result_ = found;
    if (is_new) store_result(false);
    if (is_new) print(*result_, options_);
    report.begin("make sure that all have it", network->cost());
    const std::size_t n = network->parties();
    std::vector<Bytes> words(n, Bytes(1));
    std::vector<std::size_t> sizes(n, 1);
    words[self_].clear();
    sizes[self_] = 0;
    static_cast<void>(network->exchange(std::move(words), sizes));
    store_result(true);
    report.end(network->cost());
    network.reset();
    if (options_.report) report.print(std::cerr);
    return true;
  }

  CollectOptions& options_;
  const parley::peers::PeersFile& peers_;
  std::size_t self_;
  tls::PrivateKey key_;
  tls::Collection collection_;
  tls::Options network_options_;
  tls::SubmissionStore store_;
  tls::SubmissionServer server_;
  std::optional<std::chrono::system_clock::time_point> until_;
  std::optional<Collected> result_;
  bool settled_ = false;  // all servers have it
  std::string last_word_;
};

int serve(CollectOptions& options, CLI::App& app) {
  const auto peers = load_servers(options, app);
  if (!options.now && options.enough == 0 && options.until.empty())
    throw std::runtime_error("when does the collection end? One of --enough, --until and --now says so");
  stop_on_signals();
  return Serving(options, peers).run();
}

// --- Clients ---

int submit(CollectOptions& options, CLI::App& app) {
  const auto peers = load_servers(options, app);
  Progress progress(Progress::suitable_output(false));
  std::size_t problems = 0;
  const auto entries =
      read_number_file(options.input, options.column, options.maximum, greatest_sum, progress, problems, [](double) {});
  if (problems > 0) throw std::runtime_error("nothing was submitted");
  if (entries.empty() || entries.size() > options.entries_per_client)
    throw std::runtime_error(options.input + " has " + std::to_string(entries.size()) +
                             " entries, and each client may have from 1 to " +
                             std::to_string(options.entries_per_client));
  const auto key = tls::PrivateKey::load(options.key);
  // What is shared later has the higher revision, at whatever time the clock is: it is this client's own.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto revision = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  const auto submissions = share_entries(entries, peers.parties.size(), static_cast<std::uint64_t>(revision));
  try {
    tls::SubmissionClient(collection_of(options, peers), key, milliseconds(options.timeout)).submit(submissions);
  } catch (const parley::Error& error) {
    return blame(error, peers, not_met);
  }
  std::cout << "All " << peers.parties.size() << " servers have stored "
            << (entries.size() == 1 ? "the entry" : "the " + grouped(entries.size()) + " entries") << ".\n";
  return done;
}

int ask(CollectOptions& options, CLI::App& app) {
  const auto peers = load_servers(options, app);
  const auto key = tls::PrivateKey::load(options.key);
  std::vector<Bytes> results;
  try {
    results = tls::SubmissionClient(collection_of(options, peers), key, milliseconds(options.timeout)).results();
  } catch (const parley::Error& error) {
    return blame(error, peers, not_met);
  }
  std::vector<Bytes> encoded;
  for (const Bytes& result : results) encoded.emplace_back(result.begin() + (result.empty() ? 0 : 1), result.end());
  for (std::size_t j = 1; j < encoded.size(); ++j) {
    if (encoded[j] != encoded[0])
      throw std::runtime_error(peers.parties[j].name + " says something else than " + peers.parties[0].name);
  }
  print(decode_collected(encoded[0]), options);
  return done;
}

void add_common_options(CLI::App& app, CollectOptions& options) {
  app.add_option("--peers", options.peers, "The peers file of the servers")->required()->type_name("FILE");
  app.add_option("--key", options.key, "The file of the own key, from parley-keygen")->required()->type_name("FILE");
  app.add_option("--program", options.program, "What to compute, unless the peers file says so")
      ->check(CLI::IsMember({"sum", "joint-statistics"}).description(""))
      ->type_name("PROGRAM");
  app.add_option("--session", options.session, "Which collection it is, unless the peers file says so")
      ->type_name("TEXT");
  app.add_option("--timeout", options.timeout,
                 "How long to wait for the servers, or for one of their rounds, in seconds")
      ->check(CLI::Range(0.001, 1e6).description(""))
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--column", options.column, "The name of the column with the entries")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--unit", options.unit, "What the entries are, for the output")->type_name("TEXT");
  const auto number = [&](const char* option, std::uint64_t& value, const char* text, std::uint64_t least) {
    app.add_option(option, value, text)
        ->check(CLI::Range(least, greatest_number).description(""))
        ->type_name("NUMBER")
        ->capture_default_str();
  };
  number("--maximum", options.maximum, "The greatest entry that is no mistake", 1);
  number("--minimum-clients", options.minimum_clients, "Open nothing where fewer clients have complete entries", 2);
  number("--entries-per-client", options.entries_per_client, "How many entries a client may have", 1);
  number("--most-entries", options.most_entries, "How many entries are taken in all", 1);
  app.add_flag("--json", options.json, "Print the result as JSON");
}

}  // namespace

int main(int argc, char** argv) {
  keep_secrets_in_process();
  CLI::App app(description, "parley-collect");
  app.footer(notes);
  app.require_subcommand(1);
  CollectOptions options;
  CLI::App* const serving = app.add_subcommand("serve", "Collect the parts of one server, and compute with the others");
  add_common_options(*serving, options);
  serving->add_option("--self", options.self, "Which of the servers this is: name, or number from 0")
      ->required()
      ->type_name("SERVER");
  serving->add_option("--store", options.store, "The file with all that this server has, made where it is not there")
      ->required()
      ->type_name("FILE");
  serving->add_option("--admit", options.admit, "A file with the keys of the clients who may submit, one in a line")
      ->type_name("FILE");
  serving->add_option("--enough", options.enough, "End the collection when so many clients have submitted")
      ->check(CLI::Range(std::uint64_t{1}, greatest_number).description(""))
      ->type_name("NUMBER");
  serving->add_option("--until", options.until, "End it at this time of UTC, such as \"2026-05-31 18:00\"")
      ->type_name("TIME");
  serving->add_flag("--now", options.now, "End it at once");
  serving
      ->add_option("--linger", options.linger, "End so long after the result, instead of handing it out until stopped")
      ->check(CLI::Range(0.0, 1e9).description(""))
      ->type_name("SECONDS");
  serving->add_flag("--report", options.report, "Print rounds, bytes and time of each phase on the error output");
  CLI::App* const submitting = app.add_subcommand("submit", "Hand in the entries of one client");
  add_common_options(*submitting, options);
  submitting->add_option("--input", options.input, "The file with the entries, CSV in UTF-8, as for parley-party")
      ->required()
      ->type_name("FILE");
  CLI::App* const asking =
      app.add_subcommand("result", "Ask for the result, and wait for it; for clients that have submitted");
  add_common_options(*asking, options);
  return run(app, argc, argv, [&] {
    if (serving->parsed()) return serve(options, *serving);
    return submitting->parsed() ? submit(options, *submitting) : ask(options, *asking);
  });
}
