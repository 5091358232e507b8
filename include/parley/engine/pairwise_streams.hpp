// SPDX-License-Identifier: Apache-2.0
// Randomness that exactly two parties share: seeds agreed once, streams expanded from them ever after without
// communication [CDI05].
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/core/thread_pool.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/round.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// The type of the streams that a random source's seeds expand to: RandomStream, unless the source names its own (tests
/// that enumerate all random choices do).
template <class Random>
struct StreamOf {
  using type = RandomStream;
};
template <class Random>
  requires requires { typename Random::Stream; }
struct StreamOf<Random> {
  using type = typename Random::Stream;
};

/// This party's streams with every other party. Two parties' streams stay equal as long as both draw the same lengths
/// in the same order, which all protocols do: lengths are public.
template <class Stream>
class PairwiseStreams {
 public:
  /// Agrees on the seeds: in each pair the party with the lower number draws one and sends it. The same message carries
  /// the sender's ciphers and `parameters` (a line of at most 127 characters), so that parties that run different
  /// programs notice at once.
  /// Cost: one round; in each pair 160 bytes in one direction and 128 in the other.
  /// Errors: Error(configuration_mismatch) naming a party whose parameters differ.
  template <class Random>
  PairwiseStreams(Network& network, Random& random, std::string parameters, ThreadPool* pool = nullptr)
      : self_(network.self()), pool_(pool) {
    const std::size_t n = network.parties();
    parameters.resize(parameters_size, ' ');  // of one length, so that different texts arrive to be compared
    const Cipher mine = preferred_cipher();
    Buffer<Seed> seeds(n);
    Round round(network);
    for (std::size_t party = 0; party < n; ++party) {
      if (party == self_) continue;
      const std::size_t common = 1 + parameters.size();
      ByteWriter writer(round.send(party, common + (self_ < party ? sizeof(Seed) : 0)));
      writer.u8(static_cast<std::uint8_t>(mine));
      writer.bytes(std::as_bytes(std::span(parameters)));
      if (self_ < party) {
        seeds[party] = draw_seed(random);
        writer.bytes(seeds[party]);
      }
      round.expect(party, common + (party < self_ ? sizeof(Seed) : 0));
    }
    round.exchange();

    bool everyone_has_aes = mine == Cipher::aes128_ctr;
    for (std::size_t party = 0; party < n; ++party) {
      if (party == self_) continue;
      everyone_has_aes &= round.receive(party, 1)[0] == static_cast<std::byte>(Cipher::aes128_ctr);
      const auto theirs = round.receive(party, parameters.size());
      if (!std::ranges::equal(theirs, std::as_bytes(std::span(parameters)))) {
        std::string text(theirs.size(), '?');
        std::ranges::transform(theirs, text.begin(), [](std::byte byte) {
          const auto character = std::to_integer<unsigned char>(byte);
          return character >= 0x20 && character < 0x7F ? static_cast<char>(character) : '?';
        });
        throw Error(ErrorCode::configuration_mismatch, party,
                    "party " + std::to_string(party) + " runs \"" + trimmed(text) + "\", this party runs \"" +
                        trimmed(parameters) + "\"");
      }
      if (party < self_) std::ranges::copy(round.receive(party, sizeof(Seed)), seeds[party].begin());
    }

    // All ciphers are public and every party compares them all, so that the choice is common.
    cipher_ = everyone_has_aes ? Cipher::aes128_ctr : Cipher::chacha20;
    dealt_to_.resize(n);
    dealt_by_.resize(n);
    common_.resize(n);
    for (std::size_t party = 0; party < n; ++party) {
      if (party == self_) continue;
      Stream stream(seeds[party], cipher_);
      dealt_to_[party].emplace(stream.child(self_ < party ? "dealt upwards" : "dealt downwards"));
      dealt_by_[party].emplace(stream.child(self_ < party ? "dealt downwards" : "dealt upwards"));
      common_[party].emplace(stream.child("common"));
      wipe(seeds[party]);
    }
  }

  /// Works on a batch of `count` entries in blocks of `block`, several at a time where there is a pool: calls work(first,
  /// length, drawn) for each, where drawn[k] points to the block's stream in place of *sources[k], which gives its seed.
  /// A batch of one block draws from the sources themselves, as do streams that enumerate random choices, in one block.
  /// So what is drawn depends on the lengths, and not on threads: whoever draws the same elsewhere uses the same `count`
  /// and `block`.
  template <class Work>
  void in_blocks(std::span<Stream* const> sources, std::size_t count, std::size_t block, const Work& work) {
    if constexpr (std::same_as<Stream, RandomStream>) {
      if (count > block) {
        std::vector<Stream> parents;
        for (Stream* source : sources) {
          Seed seed = draw_seed(*source);
          parents.emplace_back(seed, cipher_);
          wipe(seed);
        }
        const auto run_block = [&](std::size_t number) {
          std::array<char, 8> label;
          store_little_endian<std::uint64_t>(std::as_writable_bytes(std::span(label)), number);
          std::vector<Stream> streams;
          std::vector<Stream*> drawn;
          streams.reserve(parents.size());
          for (const Stream& parent : parents)
            drawn.push_back(&streams.emplace_back(parent.child(std::string_view(label.data(), label.size()))));
          work(number * block, std::min(block, count - number * block), std::span<Stream* const>(drawn));
        };
        const std::size_t blocks = (count - 1) / block + 1;
        if (pool_ != nullptr)
          pool_->run(blocks, run_block);
        else
          for (std::size_t number = 0; number < blocks; ++number) run_block(number);
        return;
      }
    }
    work(std::size_t{0}, count, sources);
  }

  /// The cipher that all parties' machines have.
  Cipher cipher() const noexcept { return cipher_; }
  /// What `party` receives from this party as the dealer.
  Stream& dealt_to(std::size_t party) { return *dealt_to_[party]; }
  /// What this party receives from `party` as the dealer.
  Stream& dealt_by(std::size_t party) { return *dealt_by_[party]; }
  /// What both draw for purposes of their own.
  Stream& common(std::size_t party) { return *common_[party]; }

 private:
  static constexpr std::size_t parameters_size = 127;
  static std::string trimmed(const std::string& text) { return text.substr(0, text.find_last_not_of(' ') + 1); }

  std::size_t self_;
  ThreadPool* pool_;
  Cipher cipher_ = Cipher::chacha20;
  std::vector<std::optional<Stream>> dealt_to_, dealt_by_, common_;
};

}  // namespace parley::detail
