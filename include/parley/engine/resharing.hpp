// SPDX-License-Identifier: Apache-2.0
// The life of a Shamir sharing over a network and in engines: re-sharing, refreshing and enrolling as rounds.
// [DJ97] Desmedt, Jajodia: Redistributing Secret Shares to New Access Structures and Its Applications, 1997. [HJKY95]
// Herzberg, Jarecki, Krawczyk, Yung: Proactive Secret Sharing, CRYPTO 1995. [NSG10] Nojoumian, Stinson, Grainger:
// Unconditionally Secure Social Secret Sharing Scheme, 2010.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/batch.hpp"
#include "parley/sharing/resharing.hpp"
#include "parley/sharing/shamir.hpp"

// Security of all of them: passive, as of the local functions in sharing/resharing.hpp. Errors: what a peer can cause
// is Error(peer_failed), Error(deadline_exceeded) and Error(malformed_message), each with the peer's number; anything
// else follows from this party's own arguments and is thrown before anything is sent.

namespace parley {

namespace detail {

inline std::optional<std::size_t> position_of(std::span<const std::size_t> numbers, std::size_t number) {
  const auto found = std::ranges::find(numbers, number);
  if (found == numbers.end()) return std::nullopt;
  return static_cast<std::size_t>(found - numbers.begin());
}

/// One round in which each of the senders (distinct parties) sends messages[j], of `size` elements, to receivers[j]. At
/// a receiver result[i] is what senders[i] sent, at the others nothing. The messages are wiped.
template <Field F>
std::vector<std::vector<F>> exchange_rows(Network& network, std::span<const std::size_t> senders,
                                          std::span<const std::size_t> receivers, std::size_t size,
                                          std::vector<std::vector<F>> messages) {
  const std::size_t self = network.self();
  const bool sends = position_of(senders, self).has_value();
  const std::optional<std::size_t> receives = position_of(receivers, self);
  Round round(network);
  if (sends)
    for (std::size_t j = 0; j < receivers.size(); ++j)
      if (receivers[j] != self) round.send_elements<F>(receivers[j], messages[j]);
  if (receives)
    for (const std::size_t sender : senders)
      if (sender != self) round.expect_elements<F>(sender, size);
  round.exchange(size == 0);
  std::vector<std::vector<F>> rows;
  if (receives)
    for (const std::size_t sender : senders) {
      rows.emplace_back(size);
      if (sender == self)
        rows.back() = messages[*receives];
      else
        round.receive_elements<F>(sender, std::span<F>(rows.back()));
    }
  for (std::vector<F>& message : messages) wipe(message);
  return rows;
}

inline void require_network(const Network& network, std::span<const std::size_t> parties) {
  require_distinct_parties(parties, network.parties());
}

template <Field F>
void require_own_shares(std::span<const F> own, std::size_t size) {
  if (own.size() != size)
    throw Error(ErrorCode::invalid_argument,
                "this party has " + std::to_string(own.size()) + " shares of " + std::to_string(size) + " secrets");
}

inline std::vector<std::size_t> numbers_below(std::size_t count) {
  std::vector<std::size_t> numbers(count);
  for (std::size_t i = 0; i < count; ++i) numbers[i] = i;
  return numbers;
}

/// A fresh sharing of the sum, at each of `size` places, of what `dealers` parties deal there: in the k-th of n equal
/// stretches the parties k, ..., k + dealers - 1 modulo n. produce(k, values, first) gives what this party deals from
/// place number `first` on, in stretch k.
template <Engine E, class Produce>
SharedOf<E> sum_of_dealings(E& engine, std::size_t size, std::size_t dealers, Produce produce) {
  using F = typename E::Value;
  const std::size_t n = engine.parties();
  const auto begin = [&](std::size_t k) { return size / n * k + std::min(k, size % n); };
  std::vector<std::size_t> lengths(n);
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = 0; i < dealers; ++i) lengths[(k + i) % n] += begin(k + 1) - begin(k);
  const auto deals_in = [&](std::size_t party, std::size_t k) { return (party + n - k) % n < dealers; };
  Buffer<F> mine;
  mine.resize(lengths[engine.self()]);
  std::size_t filled = 0;
  for (std::size_t k = 0; k < n; ++k) {
    if (!deals_in(engine.self(), k)) continue;
    const std::size_t length = begin(k + 1) - begin(k);
    produce(k, std::span<F>(mine).subspan(filled, length), begin(k));
    filled += length;
  }
  const auto dealt = engine.input(lengths, mine);
  wipe(mine);
  Buffer<F> sums(size);
  for (std::size_t party = 0; party < n; ++party) {
    std::size_t taken = 0;
    for (std::size_t k = 0; k < n; ++k) {
      if (!deals_in(party, k)) continue;
      const std::size_t length = begin(k + 1) - begin(k);
      const std::span<F> target = std::span<F>(sums).subspan(begin(k), length);
      vector::add<F>(target, target, dealt[party].shares().subspan(taken, length));
      taken += length;
    }
  }
  return SharedOf<E>(std::move(sums));
}

}  // namespace detail

/// Re-shares `size` secrets; see Resharing. Party i of the old scheme is party i of the network, and recipients[j], a
/// party of the network, becomes party j of the new scheme. `own` is looked at where this party is a dealer. Returns
/// the new shares of a recipient, nothing at the others.
/// Cost: one round; an element sent per secret by each dealer to each recipient.
/// Errors: Error(invalid_argument) for parties that the network does not have, recipients that are not as many as the
/// new scheme's parties or appear twice, and shares that are not as many as secrets.
template <Field F, UniformSource<F> Random>
[[nodiscard]] std::vector<F> reshare(Network& network, const Resharing<F>& resharing,
                                     std::span<const std::size_t> recipients, std::size_t size, vector::Input<F> own,
                                     Random& random) {
  detail::require_network(network, resharing.dealers());
  detail::require_network(network, recipients);
  if (recipients.size() != resharing.to().parties())
    throw Error(ErrorCode::invalid_argument, std::to_string(recipients.size()) + " recipients for a sharing among " +
                                                 std::to_string(resharing.to().parties()) + " parties");
  const bool deals = detail::position_of(resharing.dealers(), network.self()).has_value();
  if (deals) detail::require_own_shares(own, size);
  const auto dealt = detail::exchange_rows<F>(network, resharing.dealers(), recipients, size,
                                              deals ? resharing.deal(own, random) : std::vector<std::vector<F>>());
  return dealt.empty() ? std::vector<F>() : resharing.combine(dealt);
}

/// Refreshes this party's shares; see refreshed(). All parties of the scheme, which are those of the network, deal.
/// Cost: one round; an element sent per secret by each party to each other.
/// Errors: Error(invalid_argument) where the network has another number of parties than the scheme.
template <Field F, UniformSource<F> Random>
[[nodiscard]] std::vector<F> refresh(Network& network, const Shamir<F>& scheme, vector::Input<F> own, Random& random) {
  if (network.parties() != scheme.parties())
    throw Error(ErrorCode::invalid_argument, "a network of " + std::to_string(network.parties()) +
                                                 " parties for a sharing among " + std::to_string(scheme.parties()));
  const auto everyone = detail::numbers_below(scheme.parties());
  const auto dealt =
      detail::exchange_rows<F>(network, everyone, everyone, own.size(), deal_refresh(scheme, own.size(), random));
  return refreshed(scheme, own, dealt);
}

/// Gives the newcomer its shares of `size` secrets; see Enrolment. Parties have the numbers in the network that they
/// have in the scheme. `own` is looked at where this party is a helper. Returns the newcomer's shares, nothing at the
/// others.
/// Cost: two rounds; t elements sent per secret by each helper, then one.
/// Errors: Error(invalid_argument) for helpers or a newcomer that the network does not have, and shares that are not as
/// many as secrets.
template <Field F, UniformSource<F> Random>
[[nodiscard]] std::vector<F> enrol(Network& network, const Enrolment<F>& enrolment, std::size_t size,
                                   vector::Input<F> own, Random& random) {
  const std::vector<std::size_t>& helpers = enrolment.helpers();
  const std::size_t newcomer = enrolment.newcomer();
  detail::require_network(network, helpers);
  detail::require_network(network, std::span(&newcomer, 1));
  const auto position = detail::position_of(helpers, network.self());
  if (position) detail::require_own_shares(own, size);
  const auto pieces =
      detail::exchange_rows<F>(network, helpers, helpers, size,
                               position ? enrolment.split(*position, own, random) : std::vector<std::vector<F>>());
  std::vector<std::vector<F>> sum;
  if (position) sum.push_back(enrolment.sum(pieces));
  const auto sums = detail::exchange_rows<F>(network, helpers, std::span(&newcomer, 1), size, std::move(sum));
  return sums.empty() ? std::vector<F>() : enrolment.share(sums);
}

/// The same values with new shares, which depend on the old ones in nothing else.
/// Security: perfect, given the engine's streams, against a passive adversary who sees what up to t parties have. The
/// streams are as old as the engine: against one who sees some parties now and others later, refresh over the network
/// with new randomness instead, or make a new engine.
/// Cost: one round; (t + 1)(n - 1 - t)/n elements sent per value by each party.
/// Source: [HJKY95]
template <Engine E>
[[nodiscard]] SharedOf<E> refresh(E& engine, SharedOf<E> x) {
  x += detail::sum_of_dealings(engine, x.size(), engine.privacy_threshold() + 1,
                               [](std::size_t, std::span<typename E::Value> values, std::size_t) {
                                 std::ranges::fill(values, typename E::Value{});
                               });
  return x;
}

/// The same values in another engine of the same parties and field, with another threshold: `from` has the threshold t,
/// `to` t'.
/// Security: perfect, given the streams of `to`, against a passive adversary who sees what up to min(t, t') parties
/// have.
/// Cost: one round; (t + 1)(n - 1 - t')/n elements sent per value by each party.
/// Errors: Error(invalid_argument) where the engines have different numbers of parties.
/// Source: [DJ97]
template <Engine From, Engine To>
  requires std::same_as<typename From::Value, typename To::Value> &&
      std::same_as<typename From::Scheme, ShamirSharing> && std::same_as<typename To::Scheme, ShamirSharing>
[[nodiscard]] SharedOf<To> reshare(From& from, const SharedOf<From>& x, To& to) {
  using F = typename From::Value;
  const std::size_t n = from.parties(), dealers = from.privacy_threshold() + 1;
  if (to.parties() != n || to.self() != from.self())
    throw Error(ErrorCode::invalid_argument, "re-sharing from an engine of " + std::to_string(n) +
                                                 " parties to one of others, of which there are " +
                                                 std::to_string(to.parties()));
  return detail::sum_of_dealings(to, x.size(), dealers, [&](std::size_t k, std::span<F> values, std::size_t first) {
    std::vector<F> points;
    for (std::size_t i = 0; i < dealers; ++i) points.push_back(F::embed((k + i) % n + 1));
    const std::vector<F> weights = lagrange_coefficients<F>(points, F{});
    vector::scale<F>(values, x.shares().subspan(first, values.size()), weights[(from.self() + n - k) % n]);
  });
}

}  // namespace parley
