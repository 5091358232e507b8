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

#include "parley/core/buffer.hpp"
#include "parley/core/error.hpp"
#include "parley/core/wipe.hpp"
#include "parley/engine/concepts.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/shared.hpp"
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

/// A fresh sharing of the sum, at each of `size` places, of what `dealers` of the `holders` deal there: in the k-th of
/// as many equal stretches as there are holders, number k and those that follow it cyclically. produce(k, i, values,
/// first) gives what this party deals as the i-th dealer of stretch k, from place number `first` on.
template <Engine E, class Produce>
SharedOf<E> sum_of_dealings(E& engine, std::span<const std::size_t> holders, std::size_t size, std::size_t dealers,
                            Produce produce) {
  using F = typename E::Value;
  const std::size_t h = holders.size();
  const auto begin = [&](std::size_t k) { return size / h * k + std::min(k, size % h); };
  const auto which_dealer = [&](std::size_t holder, std::size_t k) { return (holder + h - k) % h; };
  std::vector<std::size_t> lengths(engine.parties());
  for (std::size_t k = 0; k < h; ++k)
    for (std::size_t i = 0; i < dealers; ++i) lengths[holders[(k + i) % h]] += begin(k + 1) - begin(k);
  Buffer<F> mine;
  mine.resize(lengths[engine.self()]);
  std::size_t filled = 0;
  const auto own = position_of(holders, engine.self());
  for (std::size_t k = 0; own && k < h; ++k) {
    const std::size_t i = which_dealer(*own, k), length = begin(k + 1) - begin(k);
    if (i >= dealers) continue;
    produce(k, i, std::span<F>(mine).subspan(filled, length), begin(k));
    filled += length;
  }
  const auto dealt = engine.input(lengths, mine);
  wipe(mine);
  Buffer<F> sums(size);
  for (std::size_t holder = 0; holder < h; ++holder) {
    std::size_t taken = 0;
    for (std::size_t k = 0; k < h; ++k) {
      if (which_dealer(holder, k) >= dealers) continue;
      const std::size_t length = begin(k + 1) - begin(k);
      const std::span<F> target = std::span<F>(sums).subspan(begin(k), length);
      vector::add<F>(target, target, dealt[holders[holder]].shares().subspan(taken, length));
      taken += length;
    }
  }
  return SharedOf<E>(std::move(sums));
}

/// Fresh shares in `engine` of `size` secrets, of which each of the holders has a share, `own` at this party; `needed`
/// of them reconstruct, and as many deal [DJ97].
template <Engine E>
SharedOf<E> deal_anew(E& engine, std::span<const std::size_t> holders, std::size_t needed, std::size_t size,
                      std::span<const typename E::Value> own) {
  using F = typename E::Value;
  return sum_of_dealings(engine, holders, size, needed,
                         [&](std::size_t k, std::size_t i, std::span<F> values, std::size_t first) {
                           std::vector<F> points;
                           for (std::size_t dealer = 0; dealer < needed; ++dealer)
                             points.push_back(F::embed(holders[(k + dealer) % holders.size()] + 1));
                           const std::vector<F> weights = lagrange_coefficients<F>(points, F{});
                           vector::scale<F>(values, own.subspan(first, values.size()), weights[i]);
                         });
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
  const auto everyone = detail::numbers_below(engine.parties());
  x += detail::sum_of_dealings(engine, everyone, x.size(), engine.privacy_threshold() + 1,
                               [](std::size_t, std::size_t, std::span<typename E::Value> values, std::size_t) {
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
  const std::size_t n = from.parties();
  if (to.parties() != n || to.self() != from.self())
    throw Error(ErrorCode::invalid_argument, "re-sharing from an engine of " + std::to_string(n) +
                                                 " parties to one of others, of which there are " +
                                                 std::to_string(to.parties()));
  return detail::deal_anew(to, detail::numbers_below(n), from.privacy_threshold() + 1, x.size(), x.shares());
}

/// Where the parties of an engine are in a network that others belong to as well: party i of the engine is party
/// numbers[i] of the network.
struct EngineParties {
  std::vector<std::size_t> numbers;
  std::size_t privacy_threshold = 0;
};

/// The values of an engine, to an engine of other parties, of which some may be the same, with another threshold. `x` is
/// looked at where this party is one of the old ones; what is returned are its shares in the new engine, nothing where it
/// is none of the new ones.
/// Security: perfect, against a passive adversary who sees all that up to t of the old parties and up to t' of the new ones
/// have, whoever of them are the same persons.
/// Cost: one round; (t + 1) n' / n elements sent per value by each of the n old parties, to the n' new ones.
/// Errors: Error(invalid_argument) for parties that the network does not have or that are given twice, for thresholds that
/// cannot be, and for shares that are not as many as values; before anything is sent.
/// Source: [DJ97]
template <Field F, UniformSource<F> Random>
[[nodiscard]] Shared<F, ShamirSharing> reshare(Network& network, const EngineParties& from,
                                               const Shared<F, ShamirSharing>& x, const EngineParties& to,
                                               std::size_t size, Random& random) {
  detail::require_network(network, from.numbers);
  detail::require_network(network, to.numbers);
  const Shamir<F> old_scheme({from.numbers.size(), from.privacy_threshold}),
      new_scheme({to.numbers.size(), to.privacy_threshold});
  const std::size_t n = old_scheme.parties(), self = network.self();
  const auto deals = detail::position_of(from.numbers, self), receives = detail::position_of(to.numbers, self);
  if (deals) detail::require_own_shares(x.shares(), size);

  // As in sum_of_dealings(), so that all old parties send equally much.
  struct Stretch {
    std::size_t first, length;
    Resharing<F> resharing;
    std::vector<F> own;  // what this party deals to itself
  };
  std::vector<Stretch> stretches;
  for (std::size_t k = 0, first = 0; k < n; ++k) {
    const std::size_t length = size / n + (k < size % n ? 1 : 0);
    std::vector<std::size_t> dealers;
    for (std::size_t i = 0; i < old_scheme.reconstruction_threshold(); ++i) dealers.push_back((k + i) % n);
    if (length > 0) stretches.push_back({first, length, Resharing<F>(old_scheme, std::move(dealers), new_scheme), {}});
    first += length;
  }
  detail::Round round(network);
  for (Stretch& stretch : stretches) {
    if (deals && detail::position_of(stretch.resharing.dealers(), *deals)) {
      auto rows = stretch.resharing.deal(x.shares().subspan(stretch.first, stretch.length), random);
      for (std::size_t j = 0; j < rows.size(); ++j)
        if (to.numbers[j] != self) round.send_elements<F>(to.numbers[j], rows[j]);
      if (receives) stretch.own = rows[*receives];
      for (std::vector<F>& row : rows) wipe(row);
    }
    for (const std::size_t dealer : stretch.resharing.dealers())
      if (receives && from.numbers[dealer] != self) round.expect_elements<F>(from.numbers[dealer], stretch.length);
  }
  round.exchange(size == 0);
  Buffer<F> shares;
  for (Stretch& stretch : stretches) {
    if (!receives) break;
    std::vector<std::vector<F>> dealt;
    for (const std::size_t dealer : stretch.resharing.dealers()) {
      if (from.numbers[dealer] == self) {
        dealt.push_back(std::move(stretch.own));
      } else {
        dealt.emplace_back(stretch.length);
        round.receive_elements<F>(from.numbers[dealer], std::span<F>(dealt.back()));
      }
    }
    const std::vector<F> combined = stretch.resharing.combine(dealt);
    shares.insert(shares.end(), combined.begin(), combined.end());
    for (std::vector<F>& row : dealt) wipe(row);
  }
  return Shared<F, ShamirSharing>(std::move(shares));
}

/// Shares of `size` values for a party that has none: one that has lost them, or a new one. `x` is looked at everywhere but
/// at the newcomer, and is of this engine, or of one of fewer parties that had the same threshold and the same numbers, the
/// newcomer's not among them. All get new shares, of a sharing that depends on the old one in nothing but the values.
/// Security: perfect, given the engine's streams, against a passive adversary who sees what up to t parties have, the
/// newcomer counted among them.
/// Cost: one round; (t + 1)(n - 1 - t)/(n - 1) elements sent per value by each party but the newcomer.
/// Errors: Error(invalid_argument) for a newcomer that the engine does not have, and for shares that are not as many as
/// values.
/// Source: [DJ97]; share recovery after [HJKY95]
template <Engine E>
  requires std::same_as<typename E::Scheme, ShamirSharing>
[[nodiscard]] SharedOf<E> enrol(E& engine, const SharedOf<E>& x, std::size_t size, std::size_t newcomer) {
  detail::require_distinct_parties(std::span(&newcomer, 1), engine.parties());
  if (engine.self() != newcomer) detail::require_own_shares(x.shares(), size);
  std::vector<std::size_t> holders = detail::numbers_below(engine.parties());
  holders.erase(holders.begin() + static_cast<std::ptrdiff_t>(newcomer));  // n - 1 >= 2t >= t + 1 are left
  return detail::deal_anew(engine, holders, engine.privacy_threshold() + 1, size, x.shares());
}

}  // namespace parley
