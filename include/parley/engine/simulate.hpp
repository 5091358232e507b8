// SPDX-License-Identifier: Apache-2.0
// The same program at every party, all parties in this process: what turns a protocol into an ordinary function call.
#pragma once

#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/net/local_network.hpp"
#include "parley/net/network.hpp"

namespace parley {

struct SimulationOptions {
  /// How long one round may wait for the other parties, what they compute before they send included. Positive.
  std::chrono::milliseconds deadline{60'000};
};

namespace detail {

/// How the program of one party ended.
template <class Value>
struct SimulatedEnd {
  std::optional<Value> value;
  std::exception_ptr thrown;
  std::optional<Error> network_failure;
  std::size_t order = 0;  // among all parties

  /// It failed, and not because another party had left.
  [[nodiscard]] bool is_cause() const noexcept {
    return network_failure ? network_failure->code() != ErrorCode::peer_failed : thrown != nullptr;
  }
};

/// Tells the other parties what `thrown` says.
inline void give_up(Network& network, const std::exception_ptr& thrown) noexcept {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    network.give_up(error.what());
  } catch (...) {
    network.give_up("its program threw something that is no std::exception");
  }
}

/// Throws what simulate() throws for a program that threw `thrown` at `party`.
[[noreturn]] inline void throw_failure(std::size_t party, const std::exception_ptr& thrown) {
  const std::string who = "party " + std::to_string(party) + " failed: ";
  try {
    std::rethrow_exception(thrown);
  } catch (const Error& error) {
    std::throw_with_nested(Error(error.code(), party, who + error.what()));
  } catch (const std::exception& error) {
    std::throw_with_nested(Error(ErrorCode::peer_failed, party, who + error.what()));
  } catch (...) {
    std::throw_with_nested(
        Error(ErrorCode::peer_failed, party, who + "its program threw something that is no std::exception"));
  }
}

/// Throws unless every program returned. The cause is the earliest failure that is not the consequence of another;
/// where all are (they waited for one whose program had ended in good order), the earliest of all.
template <class Value>
void throw_if_failed(const std::vector<SimulatedEnd<Value>>& ends) {
  const SimulatedEnd<Value>* cause = nullptr;
  bool failed = false;
  for (const auto& end : ends) {
    failed = failed || end.thrown;
    if (!end.thrown && !end.is_cause()) continue;
    const bool better = cause == nullptr || end.is_cause() > cause->is_cause() ||
                        (end.is_cause() == cause->is_cause() && end.order < cause->order);
    if (better) cause = &end;
  }
  if (!failed) return;
  const auto party = static_cast<std::size_t>(cause - ends.data());
  if (cause->thrown) throw_failure(party, cause->thrown);
  throw Error(ErrorCode::peer_failed, party,
              "party " + std::to_string(party) + " failed: " + cause->network_failure->what());
}

/// simulate(), with threads made by `start_thread`.
template <class Program, class StartThread>
auto simulate_in(StartThread start_thread, std::size_t parties, const Program& program,
                 const SimulationOptions& options) {
  static_assert(
      std::invocable<const Program&, Network&>,
      "a program is called as program(Network&), by all parties' threads at once: a lambda without `mutable`");
  using Result = std::remove_cvref_t<std::invoke_result_t<const Program&, Network&>>;
  using Value = std::conditional_t<std::is_void_v<Result>, std::monostate, Result>;

  auto networks = LocalNetwork::create(parties, {.deadline = options.deadline});
  std::vector<SimulatedEnd<Value>> ends(parties);
  std::atomic<std::size_t> ended = 0;
  std::latch all_started(1);
  bool cancelled = false;
  const auto run_party = [&](std::size_t party) noexcept {
    all_started.wait();
    if (cancelled) return;
    Network& network = *networks[party];
    SimulatedEnd<Value>& end = ends[party];
    try {
      if constexpr (std::is_void_v<Result>) {
        std::invoke(program, network);
        end.value.emplace();
      } else {
        end.value.emplace(std::invoke(program, network));
      }
      end.order = ended.fetch_add(1);
    } catch (...) {
      end.thrown = std::current_exception();
      end.order = ended.fetch_add(1);  // before the others are told, so that they come after it
      give_up(network, end.thrown);
    }
    if (network.failure() != nullptr) end.network_failure = *network.failure();
    networks[party].reset();  // whoever still waits for this party learns that it has ended
  };

  std::vector<std::thread> threads;
  threads.reserve(parties);
  std::optional<Error> not_started;
  try {
    for (std::size_t p = 0; p < parties; ++p) threads.push_back(start_thread([&run_party, p] { run_party(p); }));
  } catch (const std::exception& error) {
    cancelled = true;
    not_started.emplace(
        ErrorCode::invalid_state, threads.size(),
        "the thread of party " + std::to_string(threads.size()) + " could not be started: " + error.what());
  }
  all_started.count_down();
  for (std::thread& thread : threads) thread.join();
  if (not_started) throw Error(*not_started);
  throw_if_failed(ends);

  if constexpr (!std::is_void_v<Result>) {
    std::vector<Result> results;
    results.reserve(parties);
    for (auto& end : ends) results.push_back(std::move(*end.value));
    return results;
  }
}

}  // namespace detail

/// Runs `program(Network&)` at each of `parties` parties (at least 1), one thread each, connected by a LocalNetwork,
/// and returns what it returned, in the order of the parties: a std::vector<R>, where R has to be movable, or nothing
/// where the program returns nothing. All threads call the one `program` object; what it refers to is shared among
/// them.
///
/// Where the program throws at some party, the others end as soon as they next wait for that party, and simulate()
/// throws an Error once all have ended: code() is that of the Error that was thrown, peer_failed for any other
/// exception; party() is the party where it was thrown, the first one whose failure is not a mere consequence of
/// another's; what() says both; and the exception itself is nested in it (std::rethrow_if_nested), with the party that
/// it blames. A party that gives up without throwing counts as having failed, where another party throws because of it.
/// A program that neither returns nor exchanges is waited for. Error(invalid_argument) without a party or without time;
/// Error(invalid_state) where a thread cannot be started, in which case no program is.
template <class Program>
auto simulate(std::size_t parties, const Program& program, const SimulationOptions& options = {}) {
  const auto start_thread = [](auto body) { return std::thread(std::move(body)); };
  return detail::simulate_in(start_thread, parties, program, options);
}

}  // namespace parley
