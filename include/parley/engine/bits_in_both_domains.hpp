// SPDX-License-Identifier: Apache-2.0
// Bits that a party has dealt over the arithmetic and over the binary domain of more than three parties, and whether
// they are the same in both.
// [RW19] Rotaru, Wood: MArBled circuits: mixing arithmetic and Boolean circuits with active security, INDOCRYPT 2019.
// [AORSW19] Aly, Orsini, Rotaru, Smart, Wood: Zaphod: efficiently combining LSSS and garbled circuits in SCALE, WAHC 2019.
// [EGKRS20] Escudero, Ghosh, Keller, Rachuri, Scholl: Improved primitives for MPC over mixed arithmetic-binary circuits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/core/bit_transpose.hpp"
#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/engine/binary_domain.hpp"
#include "parley/engine/cheating_probability.hpp"
#include "parley/engine/pairwise_streams.hpp"
#include "parley/engine/product_verification.hpp"
#include "parley/engine/public_coins.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_domain.hpp"
#include "parley/engine/shared_bits.hpp"
#include "parley/engine/verified_opening.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/vector.hpp"
#include "parley/field/wide_binary.hpp"
#include "parley/net/link.hpp"
#include "parley/net/network.hpp"

namespace parley::detail {

/// A sum of field elements, reduced now and then.
template <Field F>
class ChosenSum {
 public:
  static constexpr bool is_lazy = [] {
    if constexpr (PrimeField<F>)
      return F::modulus_bits <= 61;
    else
      return false;
  }();
  /// Of elements below 2^61 that are integers, seven and a reduced one add up to less than 2^64.
  using Term = std::conditional_t<is_lazy, std::uint64_t, F>;
  static constexpr std::size_t most_terms = 7;

  static Term term(const F& value) {
    if constexpr (is_lazy)
      return value.to_integer();
    else
      return value;
  }
  void add(const Term& term) { sum_ += term; }
  /// Has to be called after every `most_terms` at the latest.
  void reduce() {
    if constexpr (is_lazy) sum_ = F(sum_).to_integer();
  }
  F reduced() const { return F(sum_); }

 private:
  Term sum_{};
};

/// Adds to sums[c] the values of which bit i of chosen[c] is set, up to 64: by tables of the sums of four neighbours,
/// whose places are public.
template <Field F>
void add_chosen_values(std::span<ChosenSum<F>> sums, const BitMatrix& chosen, std::span<const F> values) {
  constexpr std::size_t together = 4, groups = 64 / together, sets = std::size_t{1} << together;
  std::array<std::array<typename ChosenSum<F>::Term, sets>, groups> tables;
  for (std::size_t group = 0; group < groups; ++group) {
    std::array<F, sets> table{};
    for (std::size_t k = 0; k < together; ++k) {
      const std::size_t i = group * together + k, half = std::size_t{1} << k;
      const F next = i < values.size() ? values[i] : F{};
      for (std::size_t low = 0; low < half; ++low) table[half + low] = table[low] + next;
    }
    for (std::size_t set = 0; set < sets; ++set) tables[group][set] = ChosenSum<F>::term(table[set]);
  }
  for (std::size_t c = 0; c < sums.size(); ++c) {
    std::uint64_t sets_of_groups = chosen[c];
    ChosenSum<F> sum = sums[c];
    for (std::size_t group = 0; group < groups; ++group, sets_of_groups >>= together) {
      sum.add(tables[group][sets_of_groups % sets]);
      if (group % ChosenSum<F>::most_terms == ChosenSum<F>::most_terms - 1) sum.reduce();
    }
    sum.reduce();
    sums[c] = sum;
  }
}

/// What is dealt over GF256 beside a bit over F.
enum class DealtByte {
  bit,   ///< the bit
  mask,  ///< a byte whose lowest bit is the bit, the others being uniform: so that it hides what is no bit, too
};

/// Deals bits of each of parties 0 to t over F and over GF256, and verifies them.
///
/// A dealer's bits b_i over F are verified to be bits by ProductVerification. Over GF256 it has dealt b'_i. For public
/// coins e_i, tossed afterwards, which are 0 or 1, the parties have shares of S = mu + sum of e_i b_i over F and of P =
/// mu' + sum of e_i b'_i over GF256, where mu, mu' are one more pair that the dealer has dealt. As an integer S has at
/// most as many bits as `most` + 1; the dealer knows it, and deals those above the lowest one over F. What is left of S is
/// verified to be a bit as well, and so is the lowest one, as fewer bits than a modulus has make a representation unique.
/// It and P are opened, and have to be equal, of masks in the lowest bit. mu and mu' make them uniform, so nothing is
/// revealed about a dealer's bits. If b'_i is not what it should be, at most half of the choices of e make them equal,
/// whatever mu and mu' are: all of `combinations` choices do with a probability of 2^-combinations. Where n > 2t + 1 and
/// the honest parties' shares of a b'_i lie on no polynomial of degree t, those of P do so for at most half of the
/// choices, too. [AORSW19] opens sums of this kind with statistical masks; sharing the dealer's knowledge of them takes
/// less, and hides them perfectly.
///
/// The coins: bit c of gamma beta^(i + 1) in GF(2^64), for coins beta and gamma. The sum of beta^(i + 1) over those i for
/// which a fixed linear form of the errors is 1 is 0 for at most `most` of the beta; otherwise its product with gamma is
/// uniform.
///
/// Security: t < n/2 parties may deviate. A dealer whose bits differ is named: all that decides are its own dealings. It
/// is not noticed with a probability of at most 2^-security_bits, counted in error().
template <Field F, class Random>
class BitsInBothDomains {
 public:
  using Stream = typename StreamOf<Random>::type;

  BitsInBothDomains(Network& network, PairwiseStreams<Stream>& streams, ShamirDomain<F, Stream>& arithmetic,
                    ProductVerification<F, Stream>& products, Random& random, std::size_t privacy_threshold,
                    unsigned security_bits, const Link& link)
      : network_(network),
        streams_(streams),
        arithmetic_(arithmetic),
        products_(products),
        random_(random),
        bytes_(network, streams, privacy_threshold, link),
        of_coins_(network, streams, privacy_threshold, link),
        opening_(network, privacy_threshold),
        opening_of_bytes_(network, privacy_threshold),
        opening_of_coins_(network, privacy_threshold),
        coins_(of_coins_, opening_of_coins_),
        dealers_(privacy_threshold + 1),
        error_(security_bits),
        records_{Record{std::vector<Dealt>(dealers_), {}}, Record{std::vector<Dealt>(dealers_), {}}} {}

  /// What a dealer deals over F and over GF256.
  struct Own {
    Buffer<GF256> bits, bytes;
  };
  /// Uniform bits, or masks.
  Own drawn(DealtByte kind, std::size_t count) {
    PublicBits drawn(kind == DealtByte::bit ? 1 : 8, count);
    fill_bits(random_, drawn.planes());
    Own own{bits_as_elements<GF256>(drawn.planes()), {}};  // plane by plane, the lowest first
    own.bytes.resize(count);
    for (std::size_t bit = 0; bit < drawn.width(); ++bit)
      vector::multiply_add<GF256>(own.bytes, std::span<const GF256>(own.bits).subspan(bit * count, count),
                                  GF256(std::uint64_t{1} << bit));
    own.bits.resize(count);
    return own;
  }

  /// This party's shares of the same bits over both.
  struct Dealt {
    Buffer<F> values;
    Buffer<GF256> bytes;
  };

  /// What each of parties 0 to t deals: `count` bits; `own` are those of this party, where it is one of them.
  /// Cost: one round; n - 1 - t elements and as many bytes sent per bit by each dealer.
  std::vector<Dealt> deal(DealtByte kind, std::size_t count, const Own& own) {
    std::vector<Dealt> dealt = deal_unrecorded(count, own);
    Record& record = records_[kind == DealtByte::mask ? 1 : 0];
    for (std::size_t dealer = 0; dealer < dealers_; ++dealer) {
      append<F>(record.dealt[dealer].values, dealt[dealer].values);
      append<GF256>(record.dealt[dealer].bytes, dealt[dealer].bytes);
    }
    if (deals()) append<GF256>(record.own, own.bits);
    return dealt;
  }

  bool deals() const { return network_.self() < dealers_; }
  /// Elements of eight bytes that the record takes, beside that of the products.
  std::size_t size() const {
    std::size_t bits = 0;
    for (const Record& record : records_) bits += dealers_ * record.dealt.front().values.size();
    return bits * (8 + F::encoded_size) / 8;
  }
  /// An upper bound of the probability that in any of the checks so far a wrong bit has passed, but for its products.
  double error() const { return error_.value(); }

  /// Returns if all that was dealt is the same in both domains, but for the products that are recorded for that, and
  /// forgets it.
  /// Cost, of bits and of masks, and for every `most` of a dealer: six rounds; per combination a bit and log2(bits)
  /// elements dealt by each dealer, and opened for each an element and a byte; two coins.
  void verify() {
    for (const DealtByte kind : {DealtByte::bit, DealtByte::mask}) {
      Record& recorded = records_[kind == DealtByte::mask ? 1 : 0];
      const Record record = std::exchange(recorded, Record{std::vector<Dealt>(dealers_), {}});
      const std::size_t count = record.dealt.front().values.size();
      for (std::size_t first = 0; first < count; first += most) {
        const std::size_t length = std::min(most, count - first);
        const double passes = static_cast<double>(length) * std::ldexp(1.0, -64) + std::ldexp(1.0, -combinations);
        verify_part(kind, record, first, length, error_.repetitions_for(passes));
      }
    }
  }

 private:
  using G = GF2To64;
  static constexpr int combinations = 44;  // with 2^21 bits, less than 2^-40 in all
  // Of any field that the engine takes a modulus of 24 bits or more, so that sums of so many bits are below it.
  static constexpr std::size_t most = std::size_t{1} << 21;

  // What has been dealt, by dealer; and this party's bits, if it is one of them.
  struct Record {
    std::vector<Dealt> dealt;
    Buffer<GF256> own;
  };

  template <class Element>
  static void append(Buffer<Element>& all, std::span<const Element> more) {
    all.insert(all.end(), more.begin(), more.end());
  }

  // Over F they are recorded as bits.
  std::vector<Dealt> deal_unrecorded(std::size_t count, const Own& own) {
    std::vector<Dealt> dealt(dealers_);
    Round round(network_);
    for (std::size_t dealer = 0; dealer < dealers_; ++dealer) {
      auto& [values, bytes] = dealt[dealer];
      values.resize(count);
      bytes.resize(count);
      if (dealer == network_.self()) {
        arithmetic_.dealing().deal(round, streams_, std::span<F>(values), F::one(), as_elements(own.bits));
        bytes_.dealing().deal(round, streams_, std::span<const GF256>(own.bytes), std::span<GF256>(bytes));
      } else {
        arithmetic_.dealing().expect(round, dealer, count);
        bytes_.dealing().expect(round, dealer, count);
      }
    }
    round.exchange(count == 0);
    for (std::size_t dealer = 0; dealer < dealers_; ++dealer) {
      auto& [values, bytes] = dealt[dealer];
      if (dealer != network_.self()) {
        arithmetic_.dealing().receive(round, streams_, dealer, std::span<F>(values));
        bytes_.dealing().receive(round, streams_, dealer, std::span<GF256>(bytes));
      }
      products_.record_bits(values);
    }
    return dealt;
  }
  static auto as_elements(std::span<const GF256> bits) {
    return [bits](std::size_t first, std::span<F> values) {
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = F(bits[first + i].value());
    };
  }

  // Sums of a dealer's shares, and of its bits where they are this party's, for every choice.
  struct Sums {
    Buffer<F> values;
    Buffer<GF256> bytes;
    Buffer<std::uint64_t> bits;
  };

  void verify_part(DealtByte kind, const Record& record, std::size_t first, std::size_t length,
                   std::size_t repetitions) {
    const std::size_t choices = repetitions * combinations;
    const Own own_masks = deals() ? drawn(kind, choices) : Own{};
    coins_.deal(2 * repetitions);
    const std::vector<Dealt> masks = deal_unrecorded(choices, own_masks);
    const Buffer<G> coins = coins_.toss(2 * repetitions);

    std::vector<Sums> sums(dealers_);
    for (std::size_t dealer = 0; dealer < dealers_; ++dealer) {
      const bool mine = dealer == network_.self();
      Sums& of_dealer = sums[dealer];
      of_dealer.values.assign(masks[dealer].values.begin(), masks[dealer].values.end());
      of_dealer.bytes.assign(masks[dealer].bytes.begin(), masks[dealer].bytes.end());
      of_dealer.bits.resize(choices);
      for (std::size_t c = 0; mine && c < choices; ++c) of_dealer.bits[c] = own_masks.bits[c].value();
      for (std::size_t k = 0; k < repetitions; ++k)
        add_chosen(of_dealer, k * combinations, coins[2 * k], coins[2 * k + 1],
                   std::span<const F>(record.dealt[dealer].values).subspan(first, length),
                   std::span<const GF256>(record.dealt[dealer].bytes).subspan(first, length),
                   mine ? std::span<const GF256>(record.own).subspan(first, length) : std::span<const GF256>());
    }
    const Buffer<F> lowest = lowest_bits(sums, length);
    Buffer<GF256> bytes;
    for (const Sums& of_dealer : sums) bytes.insert(bytes.end(), of_dealer.bytes.begin(), of_dealer.bytes.end());
    const Buffer<F> opened = opening_.open(lowest, false);
    const Buffer<GF256> opened_bytes = opening_of_bytes_.open(bytes, false);
    for (std::size_t i = 0; i < opened.size(); ++i) {
      const std::uint64_t byte = kind == DealtByte::bit ? opened_bytes[i].value() : opened_bytes[i].value() & 1U;
      if (byte > 1 || !(opened[i] == F(byte)))
        throw Error(ErrorCode::verification_failed, i / choices,
                    "party " + std::to_string(i / choices) +
                        " dealt different bits over the two domains of a conversion: it deviates from the protocol");
    }
  }

  // Shares of the lowest bits of the dealers' sums, dealer by dealer: what is left of the sums without their other bits,
  // which the dealers deal. In characteristic 2 a sum is its lowest bit.
  Buffer<F> lowest_bits(const std::vector<Sums>& sums, std::size_t length) {
    Buffer<F> lowest;
    for (const Sums& of_dealer : sums) lowest.insert(lowest.end(), of_dealer.values.begin(), of_dealer.values.end());
    if constexpr (PrimeField<F>) {
      const std::size_t choices = sums.front().values.size();
      const auto bits = static_cast<std::size_t>(std::bit_width(length + 1));  // of sums up to length + 1, mu included
      Buffer<GF256> own;
      if (deals())
        for (std::size_t bit = 1; bit < bits; ++bit)
          for (std::size_t c = 0; c < choices; ++c) own.push_back(GF256(sums[network_.self()].bits[c] >> bit & 1));
      const std::size_t count = choices * (bits - 1);
      std::vector<Buffer<F>> higher(dealers_, Buffer<F>(count));
      Round round(network_);
      for (std::size_t dealer = 0; dealer < dealers_; ++dealer)
        if (dealer == network_.self())
          arithmetic_.dealing().deal(round, streams_, std::span<F>(higher[dealer]), F::one(),
                                     as_elements(std::span<const GF256>(own)));
        else
          arithmetic_.dealing().expect(round, dealer, count);
      round.exchange();
      for (std::size_t dealer = 0; dealer < dealers_; ++dealer) {
        if (dealer != network_.self())
          arithmetic_.dealing().receive(round, streams_, dealer, std::span<F>(higher[dealer]));
        products_.record_bits(higher[dealer]);
        const auto of_dealer = std::span<F>(lowest).subspan(dealer * choices, choices);
        for (std::size_t bit = 1; bit < bits; ++bit)
          vector::multiply_add<F>(of_dealer, std::span<const F>(higher[dealer]).subspan((bit - 1) * choices, choices),
                                  -F(std::uint64_t{1} << bit));
      }
      products_.record_bits(lowest);
    } else {
      static_assert(BinaryField<F>);
    }
    return lowest;
  }

  // Adds to sum number `start` + c what bit c of gamma beta^(i + 1) chooses, for every i. What is chosen is public.
  static void add_chosen(Sums& sums, std::size_t start, const G& beta, const G& gamma, std::span<const F> values,
                         std::span<const GF256> bytes, std::span<const GF256> bits) {
    constexpr std::size_t width = 64;
    std::array<G, width> powers;
    G power = gamma;
    for (G& next : powers) next = power *= beta;
    G step = G::one();
    for (std::size_t i = 0; i < width; ++i) step *= beta;
    // Bit k of the chosen bytes' sum is the sum of the bits of a word.
    std::vector<std::array<std::uint64_t, 8>> of_bytes(combinations);
    std::vector<ChosenSum<F>> of_values(combinations);
    for (std::size_t first = 0; first < values.size(); first += width) {
      const std::size_t size = std::min(width, values.size() - first);
      BitMatrix chosen{}, lanes{};
      for (std::size_t i = 0; i < size; ++i) {
        chosen[i] = powers[i].value();
        lanes[i] = bytes[first + i].value();
        if (!bits.empty()) lanes[i] |= std::uint64_t{bits[first + i].value()} << 8;
      }
      vector::scale<G>(std::span<G>(powers), std::span<const G>(powers), step);
      transpose(chosen);
      transpose(lanes);
      for (std::size_t c = 0; c < combinations; ++c) {
        for (std::size_t k = 0; k < 8; ++k) of_bytes[c][k] ^= chosen[c] & lanes[k];
        sums.bits[start + c] += static_cast<std::uint64_t>(std::popcount(chosen[c] & lanes[8]));
      }
      add_chosen_values<F>(std::span<ChosenSum<F>>(of_values), chosen, values.subspan(first, size));
    }
    for (std::size_t c = 0; c < combinations; ++c) {
      sums.values[start + c] += of_values[c].reduced();
      for (std::size_t k = 0; k < 8; ++k)
        sums.bytes[start + c] += GF256(static_cast<std::uint64_t>(std::popcount(of_bytes[c][k]) & 1) << k);
    }
  }

  Network& network_;
  PairwiseStreams<Stream>& streams_;
  ShamirDomain<F, Stream>& arithmetic_;
  ProductVerification<F, Stream>& products_;
  Random& random_;
  ShamirDomain<GF256, Stream> bytes_;
  ShamirDomain<G, Stream> of_coins_;
  VerifiedOpening<F> opening_;
  VerifiedOpening<GF256> opening_of_bytes_;
  VerifiedOpening<G> opening_of_coins_;
  PublicCoins<G, Stream> coins_;
  std::size_t dealers_;
  CheatingProbability error_;
  std::array<Record, 2> records_;  // of bits, and of masks
};

}  // namespace parley::detail
