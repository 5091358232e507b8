// SPDX-License-Identifier: Apache-2.0
// Random choices lane by lane: a batch runs one protocol, and each of its lanes runs it on random choices of its own,
// so that one run of a long batch is a run on every possible tape.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/bytes.hpp"
#include "parley/core/keystream.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/bit_planes.hpp"
#include "parley/field/concepts.hpp"

namespace parley::test {

/// One random choice among 0, ..., size - 1: draw number `draw` of a stream. Whichever parties draw it get the same.
struct Choice {
  std::string stream;
  std::size_t draw;
  auto operator<=>(const Choice&) const = default;
};

/// A column has an entry for each lane.
using Column = std::vector<std::uint8_t>;

/// The random choices of all parties and all lanes of a batch. Lane l of the batch has the secret l % secrets and the
/// tape l / secrets.
class Tapes {
 public:
  /// Called with a stream's name and a draw's number: whether this choice is the same in all tapes.
  using Fixed = std::function<bool(const std::string& stream, std::size_t draw)>;

  explicit Tapes(std::size_t parties, std::size_t secrets, Fixed fixed = {})
      : secrets_(secrets), fixed_(std::move(fixed)), drawn_(parties) {}
  Tapes(const Tapes&) = delete;
  Tapes& operator=(const Tapes&) = delete;

  std::size_t secrets() const { return secrets_; }
  std::size_t lanes() const { return secrets_ * tapes_; }

  /// From now on there is one tape for each combination of the choices that were made up to now, and no other choice
  /// may be made.
  void enumerate() {
    tapes_ = 1;
    for (auto& [choice, digit] : digits_) {
      if (digit.size == 1) continue;
      digit.stride = tapes_;
      tapes_ *= digit.size;
      if (tapes_ * secrets_ > most_lanes)
        throw std::logic_error("the random choices have more than " + std::to_string(most_lanes) + " combinations");
    }
    kind_ = Kind::enumerated;
    for (auto& columns : drawn_) columns.clear();
  }
  /// From now on there is one tape for each of the choices that were made up to now, in which it is 1 and all others
  /// are 0, and after these there are `others` in which all are 0: what a linear protocol does with them, it does with
  /// any. Returns how many choices there are.
  std::size_t take_units(std::size_t others) {
    std::size_t choices = 0;
    for (auto& [choice, digit] : digits_) digit.stride = choices++;
    tapes_ = choices + others;
    kind_ = Kind::units;
    for (auto& columns : drawn_) columns.clear();
    return choices;
  }
  /// From now on there are `tapes` tapes of independent choices, a function of `seed`.
  void sample(std::size_t tapes, std::uint64_t seed) {
    tapes_ = tapes;
    seed_ = seed;
    kind_ = Kind::sampled;
    for (auto& columns : drawn_) columns.clear();
  }

  /// What the thread that calls this draws is seen by `party`.
  void run_as(std::size_t party) {
    const std::lock_guard lock(mutex_);
    party_of_[std::this_thread::get_id()] = party;
  }
  /// What `party` drew, a column for each draw.
  const std::vector<Column>& drawn(std::size_t party) const { return drawn_[party]; }

  /// The entries of all lanes, each below `size`, for one draw by this thread.
  Column draw(const Choice& choice, std::size_t size) {
    const std::lock_guard lock(mutex_);
    const bool is_fixed = fixed_ && fixed_(choice.stream, choice.draw);
    Column column(lanes());
    if (is_fixed) {
      std::ranges::fill(column, static_cast<std::uint8_t>(generator(choice) % size));
    } else if (kind_ == Kind::sampled) {
      TestRandom random(generator(choice));
      for (std::size_t tape = 0; tape < tapes_; ++tape)
        std::fill_n(column.begin() + static_cast<std::ptrdiff_t>(tape * secrets_), secrets_,
                    static_cast<std::uint8_t>(uniform_below(random, size)));
    } else {
      if (kind_ != Kind::measured && !digits_.contains(choice))
        throw std::logic_error("which random choices are made depends on their outcome: " + choice.stream);
      const Digit& digit = digits_.try_emplace(choice, Digit{1, size}).first->second;
      if (digit.size != size) throw std::logic_error("two parties draw differently from " + choice.stream);
      if (kind_ == Kind::enumerated)
        for (std::size_t tape = 0; tape < tapes_; ++tape)
          std::fill_n(column.begin() + static_cast<std::ptrdiff_t>(tape * secrets_), secrets_,
                      static_cast<std::uint8_t>(tape / digit.stride % size));
      if (kind_ == Kind::units)
        std::fill_n(column.begin() + static_cast<std::ptrdiff_t>(digit.stride * secrets_), secrets_, std::uint8_t{1});
    }
    drawn_[party_of_.at(std::this_thread::get_id())].push_back(column);
    return column;
  }

  /// A number that belongs to this choice.
  std::uint64_t generator(const Choice& choice) const {
    TestRandom random = TestRandom(seed_).child(choice.stream).child(std::to_string(choice.draw));
    std::array<std::byte, 8> bytes;
    random.fill(bytes);
    return load_little_endian<std::uint64_t>(bytes);
  }

 private:
  static constexpr std::size_t most_lanes = 4'000'000;

  enum class Kind { measured, enumerated, units, sampled };
  struct Digit {
    std::size_t stride, size;
  };

  std::size_t secrets_, tapes_ = 1;
  std::uint64_t seed_ = 0;
  Kind kind_ = Kind::measured;
  Fixed fixed_;
  std::mutex mutex_;
  std::map<Choice, Digit> digits_;
  std::map<std::thread::id, std::size_t> party_of_;
  std::vector<std::vector<Column>> drawn_;
};

/// A stream of choices from Tapes. An element of a vector that is k times as long as there are lanes belongs to the
/// lane of its position modulo the number of lanes, as in a batch of batches.
class LaneStream {
 public:
  LaneStream(Tapes& tapes, std::string name) : tapes_(&tapes), name_(std::move(name)) {}
  /// The stream that a LaneTape's seed stands for.
  LaneStream(const Seed& seed, Cipher) {
    std::uint32_t party, number;
    std::memcpy(&tapes_, seed.data(), sizeof tapes_);
    std::memcpy(&party, seed.data() + 8, sizeof party);
    std::memcpy(&number, seed.data() + 12, sizeof number);
    name_ = std::to_string(party) + "." + std::to_string(number);
  }

  LaneStream child(std::string_view label) const { return {*tapes_, name_ + "/" + std::string(label)}; }
  const std::string& name() const { return name_; }

  template <Field F>
  void fill_uniform(std::span<F> out) {
    static_assert(F::encoded_size == 1, "lanes are for fields of at most 256 elements");
    std::size_t order = 1;
    while (F::order_exceeds(order)) ++order;
    in_lanes(out.size(), order, [&](std::size_t position, std::uint8_t digit) { out[position] = element<F>(digit); });
  }
  void fill_bits(BitPlanes& planes) {
    for (std::size_t plane = 0; plane < planes.width(); ++plane) {
      const auto words = planes.component(plane, 0);
      std::ranges::fill(words, 0);
      in_lanes(planes.size(), 2, [&](std::size_t position, std::uint8_t digit) {
        words[position / 64] |= std::uint64_t{digit} << (position % 64);
      });
    }
  }
  /// Bytes have no lanes: these are the same in all tapes, and no part of a view.
  void fill(std::span<std::byte> out) { TestRandom(tapes_->generator({name_, draws_++})).fill(out); }

 protected:
  Tapes& tapes() const { return *tapes_; }

 private:
  template <Field F>
  static F element(std::uint8_t digit) {
    if constexpr (BinaryField<F>)
      return F::from_value(digit);
    else
      return F(digit);
  }
  template <class Put>
  void in_lanes(std::size_t count, std::size_t size, Put put) {
    const std::size_t lanes = tapes_->lanes();
    if (count % lanes != 0)
      throw std::logic_error(std::to_string(count) + " random choices for " + std::to_string(lanes) + " lanes");
    for (std::size_t first = 0; first < count; first += lanes) {
      const Column column = tapes_->draw({name_, draws_++}, size);
      for (std::size_t lane = 0; lane < lanes; ++lane) put(first + lane, column[lane]);
    }
  }

  Tapes* tapes_ = nullptr;
  std::string name_;
  std::size_t draws_ = 0;
};

/// A party's own randomness, made in the party's thread: a random source for an engine. A seed drawn from it is the
/// name of a stream of the same Tapes, that of the number-th seed that the party drew: "party.number".
class LaneTape : public LaneStream {
 public:
  using Stream = LaneStream;

  LaneTape(Tapes& tapes, std::size_t party)
      : LaneStream(tapes, "own " + std::to_string(party)), party_(static_cast<std::uint32_t>(party)) {
    tapes.run_as(party);
  }

  void fill(std::span<std::byte> out) {
    if (out.size() != sizeof(Seed)) return LaneStream::fill(out);
    std::ranges::fill(out, std::byte{});
    Tapes* const tapes = &this->tapes();
    std::memcpy(out.data(), &tapes, sizeof tapes);
    std::memcpy(out.data() + 8, &party_, sizeof party_);
    std::memcpy(out.data() + 12, &seeds_, sizeof seeds_);
    ++seeds_;
  }
  LaneTape child(std::string_view) const { throw std::logic_error("a lane tape has no children"); }

 private:
  std::uint32_t party_, seeds_ = 0;
};

static_assert(RandomSource<LaneTape> && RandomSource<LaneStream>);

}  // namespace parley::test
