// SPDX-License-Identifier: Apache-2.0
// Parties as processes that MPI starts, or as several threads of each of these: for one owner who spreads simulated
// parties over the machines of a cluster. It is simulation: nothing is encrypted, and whoever starts the processes sees
// what all of them see. [MPI: A Message-Passing Interface Standard, version 3.1]
#pragma once

#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <list>
#include <memory>
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

namespace parley::mpi {

/// MPI for as long as this lives: made once in a process, and destroyed after all networks.
class Environment {
 public:
  /// Error(invalid_state) where MPI cannot be used by several threads at once, or was begun before.
  Environment() {
    int begun = 0, provided = 0;
    MPI_Initialized(&begun);
    if (begun != 0) throw Error(ErrorCode::invalid_state, "MPI was begun before");
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided);
    if (provided < MPI_THREAD_MULTIPLE) {
      MPI_Finalize();
      throw Error(ErrorCode::invalid_state, "this MPI cannot be used by several threads at once");
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() { MPI_Finalize(); }
};

struct Options {
  /// How many of the parties are threads of each process; the same in all processes.
  std::size_t parties_per_process = 1;
  /// How long one round may take, what the others compute before they send included.
  std::chrono::milliseconds round_deadline{60'000};
  /// How long leaving may take, so that the others learn of it.
  std::chrono::milliseconds closing_deadline{2'000};
};

namespace detail {

/// A communicator of our own, so that no message of others, or of a network before, is among ours.
class Communicator {
 public:
  explicit Communicator(MPI_Comm original) {
    MPI_Comm_dup(original, &handle_);
    MPI_Comm_rank(handle_, &rank_);
    MPI_Comm_size(handle_, &size_);
  }
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;
  ~Communicator() { MPI_Comm_free(&handle_); }

  [[nodiscard]] MPI_Comm handle() const noexcept { return handle_; }
  [[nodiscard]] std::size_t rank() const noexcept { return static_cast<std::size_t>(rank_); }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(size_); }

 private:
  MPI_Comm handle_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 0;
};

}  // namespace detail

/// One party's end. Of one thread at a time; messages move while exchange() runs.
class MpiNetwork final : public Network {
 public:
  /// The ends of the parties in this process, which are rank * parties_per_process and those that follow. To be called by
  /// all processes of the communicator together; what else is sent there does not matter. MPI lasts longer than the ends.
  /// Error(invalid_argument) where there are too many parties or a deadline is not positive.
  [[nodiscard]] static std::vector<std::unique_ptr<MpiNetwork>> make(MPI_Comm communicator,
                                                                     const Options& options = {}) {
    const auto own = std::make_shared<const detail::Communicator>(communicator);
    const std::size_t here = options.parties_per_process, n = own->size() * here;
    // Each pair has a tag, and 32767 is what every MPI has.
    constexpr std::size_t most_parties = 181;  // 181^2 <= 32767
    if (here == 0 || n > most_parties) {
      throw Error(ErrorCode::invalid_argument, std::to_string(n) + " parties: there are from 1 to " +
                                                   std::to_string(most_parties) + " of them over MPI");
    }
    for (const auto deadline : {options.round_deadline, options.closing_deadline}) {
      if (deadline <= std::chrono::milliseconds::zero())
        throw Error(ErrorCode::invalid_argument, "a deadline is not positive");
    }
    std::vector<std::unique_ptr<MpiNetwork>> ends;
    for (std::size_t i = 0; i < here; ++i) {
      ends.push_back(std::unique_ptr<MpiNetwork>(new MpiNetwork(own, own->rank() * here + i, n, options)));
    }
    return ends;
  }

  ~MpiNetwork() override {
    if (!left_) leave(Kind::ended, {});
  }

 private:
  using Clock = std::chrono::steady_clock;
  enum class Kind : std::uint64_t { message = 1, gave_up = 2, ended = 3 };
  using Header = std::array<std::uint64_t, 3>;  // kind, round, size of the body that follows

  /// A body goes in pieces whose sizes are ints.
  static constexpr std::size_t piece = std::size_t{1} << 30U;
  static constexpr std::size_t longest_words = 504;

  struct Sending {
    std::size_t receiver;
    Header header;
    Bytes body;
    std::vector<MPI_Request> requests;
  };

  struct Departure {
    Kind kind;
    std::uint64_t rounds;
    std::string reason;
    std::optional<std::size_t> blamed;
  };

  struct Peer {
    std::size_t expected = 0;  // the size of the message that is waited for, 0 for none
    std::optional<Departure> departure;
    // What is being received: a header, or a body.
    Header header{};
    bool has_header = false;
    Bytes body;
    std::vector<MPI_Request> requests;
  };

  MpiNetwork(std::shared_ptr<const detail::Communicator> communicator, std::size_t self, std::size_t parties,
             const Options& options)
      : Network(self, parties), communicator_(std::move(communicator)), options_(options), peers_(parties) {}

  [[nodiscard]] int rank_of(std::size_t party) const { return static_cast<int>(party / options_.parties_per_process); }
  [[nodiscard]] int tag_of(std::size_t from, std::size_t to) const { return static_cast<int>(from * parties() + to); }

  template <class Byte, class Act>
  static void in_pieces(std::span<Byte> bytes, const Act& act) {
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      act(bytes.data() + at, static_cast<int>(std::min(piece, bytes.size() - at)));
    }
  }

  void send(std::size_t receiver, Kind kind, std::uint64_t round, Bytes body) {
    Sending& sending = sending_.emplace_back(
        Sending{receiver, {static_cast<std::uint64_t>(kind), round, body.size()}, std::move(body), {}});
    const int rank = rank_of(receiver), tag = tag_of(self(), receiver);
    MPI_Isend(sending.header.data(), sizeof(Header), MPI_BYTE, rank, tag, communicator_->handle(),
              &sending.requests.emplace_back());
    in_pieces(std::span(sending.body), [&](std::byte* data, int size) {
      MPI_Isend(data, size, MPI_BYTE, rank, tag, communicator_->handle(), &sending.requests.emplace_back());
    });
  }

  static bool are_complete(std::vector<MPI_Request>& requests) {
    int complete = 0;
    MPI_Testall(static_cast<int>(requests.size()), requests.data(), &complete, MPI_STATUSES_IGNORE);
    return complete != 0;
  }

  /// Goes on with sending. What is for a party that has left, and is not taken any more, stays where it is until the
  /// program ends: MPI has no way to take it back.
  void progress_sending() {
    sending_.remove_if([&](Sending& sending) { return are_complete(sending.requests); });
    for (auto each = sending_.begin(); each != sending_.end();) {
      const auto next = std::next(each);
      if (peers_[each->receiver].departure) abandon(each);
      each = next;
    }
  }
  void abandon(std::list<Sending>::iterator sending) {
    auto* const forgotten = new std::list<Sending>();
    forgotten->splice(forgotten->end(), sending_, sending);
  }

  std::vector<Bytes> do_exchange(std::uint64_t round, std::vector<Bytes> outgoing,
                                 std::span<const std::size_t> expected_sizes) override {
    const auto end = Clock::now() + options_.round_deadline;
    for (std::size_t k = 1; k < parties(); ++k) {
      const std::size_t p = (self() + k) % parties();
      if (!outgoing[p].empty()) send(p, Kind::message, round, std::move(outgoing[p]));
      outgoing[p] = Bytes();
      peers_[p].expected = expected_sizes[p];
    }
    auto patience = Clock::time_point::max();  // with the word of the party that others blame
    for (unsigned idle = 0;; ++idle) {
      progress_sending();
      bool waiting = !sending_.empty();
      for (std::size_t p = 0; p < parties(); ++p) {
        if (p == self()) continue;
        while (is_awaited(p) && receive(p, round, outgoing[p])) idle = 0;
        waiting = waiting || peers_[p].expected > 0;
      }
      // Whether a receiver that does not take its message has left.
      for (const Sending& each : sending_) {
        Peer& peer = peers_[each.receiver];
        if (idle > 1000 && peer.expected == 0 && !peer.departure) look_for_departure(each.receiver);
      }
      if (!waiting) return outgoing;
      const auto now = Clock::now();
      if (const auto culprit = first_to_leave(now >= patience)) throw left(round, *culprit);
      if (now >= end) throw late(round);
      if (patience == Clock::time_point::max() && somebody_left()) patience = now + longest_patience;
      if (idle < 100) {
        std::this_thread::yield();
      } else {
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      }
    }
  }

  [[nodiscard]] bool is_awaited(std::size_t p) const { return peers_[p].expected > 0 && !peers_[p].departure; }

  /// The header of the next frame of party p, where it has come. Error(malformed_message) where it is none.
  [[nodiscard]] bool receive_header(std::size_t p) {
    Peer& peer = peers_[p];
    if (peer.has_header) return true;
    int there = 0;
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    MPI_Improbe(rank_of(p), tag_of(p, self()), communicator_->handle(), &there, &message, &status);
    if (there == 0) return false;
    int size = 0;
    MPI_Get_count(&status, MPI_BYTE, &size);
    if (size != static_cast<int>(sizeof(Header))) {
      throw Error(ErrorCode::malformed_message, p, name(p) + " sent what is no header of a message");
    }
    MPI_Mrecv(peer.header.data(), size, MPI_BYTE, &message, MPI_STATUS_IGNORE);
    peer.has_header = true;
    return true;
  }

  /// Begins to receive the body that belongs to the header, of a size that was checked.
  void begin_body(std::size_t p) {
    Peer& peer = peers_[p];
    peer.body.resize(static_cast<std::size_t>(peer.header[2]));
    in_pieces(std::span(peer.body), [&](std::byte* data, int size) {
      MPI_Irecv(data, size, MPI_BYTE, rank_of(p), tag_of(p, self()), communicator_->handle(),
                &peer.requests.emplace_back());
    });
  }

  /// Whether something of party p has come: of its message, which is awaited, or its last words.
  bool receive(std::size_t p, std::uint64_t round, Bytes& message) {
    Peer& peer = peers_[p];
    if (!receive_header(p)) return false;
    const auto [kind, of_round, size] = peer.header;
    if (kind != static_cast<std::uint64_t>(Kind::message)) return receive_departure(p);
    if (peer.requests.empty()) {
      if (of_round != round) throw wrong_round(round, p, of_round);
      if (size != peer.expected) throw wrong_size(round, p, peer.expected, static_cast<std::size_t>(size));
      begin_body(p);
    }
    if (!are_complete(peer.requests)) return false;
    peer.requests.clear();
    peer.has_header = false;
    message = std::move(peer.body);
    peer.expected = 0;
    return true;
  }

  bool receive_departure(std::size_t p) {
    Peer& peer = peers_[p];
    const auto [kind, rounds, size] = peer.header;
    const bool ended = kind == static_cast<std::uint64_t>(Kind::ended);
    if (!ended && kind != static_cast<std::uint64_t>(Kind::gave_up)) {
      throw Error(ErrorCode::malformed_message, p, name(p) + " sent a frame of a kind that does not exist");
    }
    if (ended ? size != 0 : size < 4 || size > longest_words) {
      throw Error(ErrorCode::malformed_message, p, name(p) + " left with " + std::to_string(size) + " bytes of words");
    }
    if (peer.requests.empty()) begin_body(p);
    if (!are_complete(peer.requests)) return false;
    peer.requests.clear();
    Departure departure{ended ? Kind::ended : Kind::gave_up, rounds, {}, {}};
    if (!ended) {
      ByteReader reader(peer.body, p);
      if (const std::uint32_t blamed = reader.u32(); blamed > 0) departure.blamed = blamed - 1;
      for (const std::byte byte : reader.take(reader.remaining())) departure.reason += static_cast<char>(byte);
    }
    peer.departure = std::move(departure);
    return true;
  }

  /// Of a party of whom no message is awaited. A message of a later round stays where it is.
  void look_for_departure(std::size_t p) {
    if (receive_header(p) && peers_[p].header[0] != static_cast<std::uint64_t>(Kind::message)) receive_departure(p);
  }

  [[nodiscard]] bool has_left(std::size_t p) const { return peers_[p].expected > 0 && peers_[p].departure; }
  [[nodiscard]] bool somebody_left() const {
    for (std::size_t p = 0; p < parties(); ++p) {
      if (has_left(p)) return true;
    }
    return false;
  }

  /// Of those who are waited for in vain: one who left for reasons of its own. Where all left because of others, the word
  /// of those is waited for as long as they are expected to speak, until patience ends.
  [[nodiscard]] std::optional<std::size_t> first_to_leave(bool out_of_patience) const {
    std::optional<std::size_t> last_resort;
    bool hopeful = false;
    for (std::size_t p = 0; p < parties(); ++p) {
      if (!has_left(p)) continue;
      const auto blamed = peers_[p].departure->blamed;
      if (!blamed || *blamed >= parties() || *blamed == p) return p;
      if (!last_resort) last_resort = p;
      hopeful = hopeful || is_awaited(*blamed);
    }
    return hopeful && !out_of_patience ? std::nullopt : last_resort;
  }

  [[nodiscard]] Error left(std::uint64_t round, std::size_t p) const {
    const Departure& departure = *peers_[p].departure;
    if (departure.kind == Kind::gave_up) {
      return Error(ErrorCode::peer_failed, p, name(p) + " gave up: " + departure.reason);
    }
    return Error(
        ErrorCode::peer_failed, p,
        name(p) + " ended its program after round " + std::to_string(departure.rounds) + ", " + waiting_for(p, round));
  }

  [[nodiscard]] Error late(std::uint64_t round) const {
    const std::string time = " for " + std::to_string(options_.round_deadline.count()) + " ms";
    for (std::size_t p = 0; p < parties(); ++p) {
      if (is_awaited(p))
        return Error(ErrorCode::deadline_exceeded, p, waiting_for(p, round) + " and got nothing" + time);
    }
    const std::size_t p = sending_.front().receiver;
    return Error(ErrorCode::deadline_exceeded, p,
                 in_round(round) + name(p) + " has not taken the message of " + name(self()) + time);
  }

  [[nodiscard]] static std::string name(std::size_t party) { return "party " + std::to_string(party); }
  [[nodiscard]] std::string waiting_for(std::size_t party, std::uint64_t round) const {
    return name(self()) + " waits for " + name(party) + " in round " + std::to_string(round);
  }

  void do_give_up(std::string_view reason) noexcept override {
    try {
      const auto blamed = failure() != nullptr ? failure()->party() : std::nullopt;
      reason = reason.substr(0, longest_words - 4);
      Bytes words(4 + reason.size());
      ByteWriter writer(words);
      writer.u32(blamed ? static_cast<std::uint32_t>(*blamed) + 1 : 0);
      writer.bytes(std::as_bytes(std::span(reason)));
      leave(Kind::gave_up, words);
    } catch (...) {
      left_ = true;  // no memory: the others wait until their deadline
    }
  }

  /// Tells the others, and goes on until they have taken what was sent to them.
  void leave(Kind kind, const Bytes& words) noexcept {
    left_ = true;
    try {
      for (std::size_t p = 0; p < parties(); ++p) {
        for (MPI_Request& request : peers_[p].requests) {
          if (request == MPI_REQUEST_NULL) continue;
          MPI_Cancel(&request);
          MPI_Wait(&request, MPI_STATUS_IGNORE);
        }
        if (p != self() && !peers_[p].departure) send(p, kind, cost().rounds, words);
      }
      const auto end = Clock::now() + options_.closing_deadline;
      for (progress_sending(); !sending_.empty() && Clock::now() < end; progress_sending()) {
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      }
      while (!sending_.empty()) abandon(sending_.begin());
    } catch (...) {
      // No memory: the others wait until their deadline.
    }
  }

  /// Of a party that is blamed by others, to say what it has to say itself.
  static constexpr std::chrono::milliseconds longest_patience{500};

  std::shared_ptr<const detail::Communicator> communicator_;
  Options options_;
  std::vector<Peer> peers_;
  std::list<Sending> sending_;
  bool left_ = false;
};

}  // namespace parley::mpi
