// SPDX-License-Identifier: Apache-2.0
// A network of parties that are threads of one process: for simulation, tests and measurement. Nothing is encrypted,
// and nothing keeps one party from reading the memory of another.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/net/network.hpp"

namespace parley {

struct LocalNetworkOptions {
  /// How long one round may wait for the others, what they compute before they send included. Positive.
  std::chrono::milliseconds deadline{60'000};
};

/// One party's end of an in-process network. Messages are moved from party to party, never copied, and queue up where
/// one party runs ahead of another, without bound. To destroy an endpoint is to leave: while an exception is on its
/// way, the others read that the program threw, else that it ended.
class LocalNetwork final : public Network {
 public:
  /// The ends of a network of `parties` parties, party p's at [p]; each may go to a thread of its own.
  /// Error(invalid_argument) without a party, or without time.
  [[nodiscard]] static std::vector<std::unique_ptr<LocalNetwork>> create(std::size_t parties,
                                                                         const LocalNetworkOptions& options = {}) {
    if (parties == 0) throw Error(ErrorCode::invalid_argument, "a network needs at least one party");
    if (options.deadline <= std::chrono::milliseconds::zero()) {
      throw Error(ErrorCode::invalid_argument, "the deadline of a round is not positive");
    }
    const auto hub = std::make_shared<Hub>(parties, options.deadline);
    std::vector<std::unique_ptr<LocalNetwork>> ends;
    ends.reserve(parties);
    for (std::size_t p = 0; p < parties; ++p) ends.emplace_back(new LocalNetwork(p, hub));
    return ends;
  }

  ~LocalNetwork() override {
    if (left_) return;
    if (std::uncaught_exceptions() > uncaught_exceptions_) {
      leave("its program threw an exception");
    } else {
      leave(std::nullopt);
    }
  }

  [[nodiscard]] std::size_t parties_in_process() const noexcept override { return parties(); }

 private:
  using Clock = std::chrono::steady_clock;

  struct Message {
    std::uint64_t round;
    Bytes payload;
  };

  struct Inbox {
    explicit Inbox(std::size_t parties) : from(parties), awaited(parties) {}

    std::mutex mutex;
    std::condition_variable wake;
    std::vector<std::list<Message>> from;  // by sender
    std::vector<std::size_t> awaited;      // by sender: the size of the message that the owner waits for, 0 for none
    std::size_t missing = 0;               // how many it waits for
    bool interrupted = false;              // there is no point in waiting for the rest
    bool closed = false;                   // the owner has left
    std::uint64_t round = 0;               // of the owner's latest wait
    std::atomic<bool> ready = false;       // missing == 0 || interrupted, to be watched without the lock
  };

  struct Departure {
    std::size_t order = 0;              // one who leaves because another has left comes after it
    std::uint64_t rounds = 0;           // how many it took part in
    std::optional<std::string> reason;  // why it gave up; nothing where its program ended
  };

  struct Hub {
    Hub(std::size_t parties, std::chrono::milliseconds time) : deadline(time), left(parties), departures(parties) {
      for (std::size_t p = 0; p < parties; ++p) inboxes.push_back(std::make_unique<Inbox>(parties));
    }

    const std::chrono::milliseconds deadline;
    std::vector<std::unique_ptr<Inbox>> inboxes;
    std::vector<std::atomic<const Departure*>> left;  // nullptr for who is there; else points into `departures`
    std::vector<Departure> departures;
    std::atomic<std::size_t> departure_count = 0;
  };

  LocalNetwork(std::size_t self, std::shared_ptr<Hub> hub)
      : Network(self, hub->inboxes.size()),
        hub_(std::move(hub)),
        inbox_(*hub_->inboxes[self]),
        uncaught_exceptions_(std::uncaught_exceptions()) {}

  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    // Each party begins with its successor, so that not all of them reach for the same inbox at once.
    for (std::size_t k = 1; k < parties(); ++k) {
      const std::size_t receiver = (self() + k) % parties();
      if (!outgoing[receiver].empty()) post(receiver, round, std::move(outgoing[receiver]));
    }
    std::unique_lock lock(inbox_.mutex);
    check_arrivals(round, expected_sizes);  // nobody is waited for if this throws already
    await(lock, round, expected_sizes);
    check_arrivals(round, expected_sizes);
    if (const auto absent = first_absent(expected_sizes)) {
      lock.unlock();  // describing the other party takes its lock
      throw late(round, *absent);
    }
    for (std::size_t p = 0; p < parties(); ++p) {
      if (expected_sizes[p] == 0) continue;
      outgoing[p] = std::move(inbox_.from[p].front().payload);
      inbox_.from[p].pop_front();
    }
    return outgoing;
  }

  void do_give_up(std::string_view reason) noexcept override { leave(reason); }

  void leave(std::optional<std::string_view> reason) noexcept {
    left_ = true;
    Departure& departure = hub_->departures[self()];
    departure.order = hub_->departure_count.fetch_add(1);
    departure.rounds = cost().rounds;
    try {
      if (reason) departure.reason.emplace(*reason);
    } catch (const std::bad_alloc&) {
      departure.reason.emplace("no memory");  // short enough to need none
    }
    hub_->left[self()].store(&departure, std::memory_order_release);
    for (const auto& inbox : hub_->inboxes) {
      const std::lock_guard lock(inbox->mutex);
      if (inbox.get() == &inbox_) {
        inbox_.closed = true;
        for (auto& queue : inbox_.from) queue.clear();
      } else if (inbox->awaited[self()] > 0) {
        inbox->interrupted = true;
        inbox->ready.store(true, std::memory_order_release);
        inbox->wake.notify_one();
      }
    }
  }

  void post(std::size_t receiver, std::uint64_t round, Bytes payload) {
    const std::size_t size = payload.size();
    std::list<Message> message;  // made here, linked in under the lock
    message.push_back({round, std::move(payload)});
    Inbox& inbox = *hub_->inboxes[receiver];
    {
      const std::lock_guard lock(inbox.mutex);
      if (inbox.closed) return;
      inbox.from[self()].splice(inbox.from[self()].end(), message);
      const std::size_t expected_size = std::exchange(inbox.awaited[self()], 0);
      if (expected_size == 0) return;
      --inbox.missing;
      if (round != inbox.round || size != expected_size) inbox.interrupted = true;
      if (inbox.missing > 0 && !inbox.interrupted) return;
      inbox.ready.store(true, std::memory_order_release);
    }
    inbox.wake.notify_one();
  }

  /// Returns when all that is expected is there, when somebody who is awaited has left or has sent something else, or
  /// when the time is over. The lock of inbox_ is held before and after.
  void await(std::unique_lock<std::mutex>& lock, std::uint64_t round, std::span<const std::size_t> expected_sizes) {
    inbox_.round = round;
    inbox_.missing = 0;
    inbox_.interrupted = false;
    inbox_.ready.store(false, std::memory_order_relaxed);
    for (std::size_t p = 0; p < parties(); ++p) {
      inbox_.awaited[p] = inbox_.from[p].empty() ? expected_sizes[p] : 0;
      if (inbox_.awaited[p] == 0) continue;
      ++inbox_.missing;
      // Who leaves sets `left` first and looks at `awaited`, under the lock, afterwards: one of the two sees the other.
      if (hub_->left[p].load(std::memory_order_acquire) != nullptr) inbox_.interrupted = true;
    }
    const auto is_ready = [this] { return inbox_.missing == 0 || inbox_.interrupted; };
    if (is_ready()) return;
    const auto end = end_of_round();
    lock.unlock();
    let_others_run();
    lock.lock();
    inbox_.wake.wait_until(lock, end, is_ready);
  }

  /// Refuses what was expected in another round, with another size, or not at all.
  void check_arrivals(std::uint64_t round, std::span<const std::size_t> expected_sizes) const {
    for (std::size_t p = 0; p < parties(); ++p) {
      if (inbox_.from[p].empty()) continue;
      const Message& first = inbox_.from[p].front();
      if (first.round < round || (first.round > round && expected_sizes[p] > 0)) {
        throw wrong_round(round, p, first.round);
      }
      if (first.round == round && first.payload.size() != expected_sizes[p]) {
        throw wrong_size(round, p, expected_sizes[p], first.payload.size());
      }
    }
  }

  /// Of those whose message is missing: the one who left first, as the others may have left because of that one, or the
  /// first by number if none has.
  [[nodiscard]] std::optional<std::size_t> first_absent(std::span<const std::size_t> expected_sizes) const {
    std::optional<std::size_t> absent;
    const Departure* earliest = nullptr;
    for (std::size_t p = 0; p < parties(); ++p) {
      if (expected_sizes[p] == 0 || !inbox_.from[p].empty()) continue;
      const Departure* departure = hub_->left[p].load(std::memory_order_acquire);
      const bool earlier = departure != nullptr && (earliest == nullptr || departure->order < earliest->order);
      if (!absent || earlier) absent = p;
      if (earlier) earliest = departure;
    }
    return absent;
  }

  /// The error of a party whose message has not come.
  [[nodiscard]] Error late(std::uint64_t round, std::size_t party) const {
    const std::string name = "party " + std::to_string(party);
    const std::string waiting =
        "party " + std::to_string(self()) + " waits for " + name + " in round " + std::to_string(round);
    if (const Departure* departure = hub_->left[party].load(std::memory_order_acquire)) {
      return Error(ErrorCode::peer_failed, party,
                   departure->reason
                       ? name + " gave up: " + *departure->reason
                       : name + " ended its program after round " + std::to_string(departure->rounds) + ", " + waiting);
    }
    std::string text = waiting + " and got nothing for " + std::to_string(hub_->deadline.count()) + " ms; " + name;
    Inbox& inbox = *hub_->inboxes[party];
    const std::lock_guard lock(inbox.mutex);
    text += inbox.round == 0 ? " has entered no round yet" : " has entered round " + std::to_string(inbox.round);
    const auto blocking = std::find_if(inbox.awaited.begin(), inbox.awaited.end(), [](auto size) { return size > 0; });
    if (blocking != inbox.awaited.end()) {
      text += " and waits for party " + std::to_string(blocking - inbox.awaited.begin());
    }
    return Error(ErrorCode::deadline_exceeded, party, text);
  }

  [[nodiscard]] Clock::time_point end_of_round() const {
    const auto now = Clock::now();
    const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::time_point::max() - now);
    return hub_->deadline < longest ? now + hub_->deadline : Clock::time_point::max();
  }

  /// A thread that offers its core to the others for some tens of microseconds finds its messages there, while being put
  /// to sleep and woken takes as long. On a machine that is busy with other things the offer is taken up by those, for a
  /// thousand times longer: then the next rounds go without it.
  void let_others_run() {
    if (rounds_without_offers_ > 0) {
      --rounds_without_offers_;
      return;
    }
    auto before = Clock::now();
    for (int offers = 100; offers > 0 && !inbox_.ready.load(std::memory_order_acquire); --offers) {
      std::this_thread::yield();
      const auto after = Clock::now();
      if (after - before > std::chrono::microseconds(100)) {
        rounds_without_offers_ = 1000;
        return;
      }
      before = after;
    }
  }

  std::shared_ptr<Hub> hub_;
  Inbox& inbox_;
  int uncaught_exceptions_;
  int rounds_without_offers_ = 0;
  bool left_ = false;
};

}  // namespace parley
