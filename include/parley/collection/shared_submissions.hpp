// SPDX-License-Identifier: Apache-2.0
// Clients' numbers as shared values: a client shares them by Shamir's scheme for the servers, the servers check that what
// they have been handed are sharings at all, and compute on them with any function of the library.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "parley/core/buffer.hpp"
#include "parley/core/bytes.hpp"
#include "parley/core/entropy.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/engine/round.hpp"
#include "parley/engine/shamir_passive.hpp"
#include "parley/engine/shared.hpp"
#include "parley/field/concepts.hpp"
#include "parley/field/uniform.hpp"
#include "parley/field/vector.hpp"
#include "parley/net/network.hpp"
#include "parley/poly/lagrange.hpp"
#include "parley/sharing/shamir.hpp"
#include "parley/tls/collection.hpp"
#include "parley/tls/submission.hpp"
#include "parley/tls/submission_agreement.hpp"
#include "parley/tls/submission_store.hpp"

namespace parley {

/// In bytes, of a server's part of `values` shared elements: the part_size of a collection of them.
template <Field F>
constexpr std::size_t part_size_of(std::size_t values) {
  return values * F::encoded_size;
}

/// Whether bytes are the canonical encodings of elements: what a server checks before it takes a part.
template <Field F>
bool is_encoding_of(std::span<const std::byte> part) {
  Buffer<F> elements(part.size() / F::encoded_size);
  return part.size() % F::encoded_size == 0 && vector::decode<F>(elements, part);
}

/// A client's numbers as a submission to the servers: element i of all the parts is a sharing of values[i].
/// Error(invalid_argument) for parameters with which nothing can be shared.
template <Field F, RandomSource Random>
[[nodiscard]] tls::Submission shamir_submission(std::span<const F> values, ShamirParameters servers, Random& random,
                                                std::uint64_t item = 0, std::uint64_t revision = 1) {
  std::vector<Bytes> parts;
  for (const std::vector<F>& shares : Shamir<F>(servers).share(values, random))
    vector::encode<F>(parts.emplace_back(part_size_of<F>(values.size())), std::span<const F>(shares));
  return tls::make_submission(std::move(parts), item, revision);
}

/// The result that the servers have for a client, where each has its share of it, as provide_results() has it: all of these
/// lie on polynomials of degree at most the privacy threshold, or it is Error(inconsistent_shares).
/// Error(malformed_message) that names the server where something is no share.
template <Field F>
[[nodiscard]] std::vector<F> reconstruct_result(std::span<const Bytes> results, std::size_t privacy_threshold) {
  std::vector<std::vector<F>> shares;
  std::vector<std::size_t> who;
  for (std::size_t j = 0; j < results.size(); ++j) {
    who.push_back(j);
    shares.emplace_back(results[j].size() / F::encoded_size);
    if (results[j].size() != results[0].size() || results[j].size() % F::encoded_size != 0 ||
        !vector::decode<F>(shares.back(), results[j]))
      throw Error(ErrorCode::malformed_message, j, "server " + std::to_string(j) + " has no share as a result");
  }
  return Shamir<F>({results.size(), privacy_threshold}).reconstruct_checked(who, shares);
}

namespace detail {

/// The repetitions after which a random linear combination of anything but zeros is zero with probability 2^-40 at most.
template <Field F>
constexpr std::size_t combinations() {
  std::size_t bits = 1;
  while (bits < 40 && F::order_exceeds((std::uint64_t{1} << (bits + 1)) - 1)) ++bits;
  return (40 + bits - 1) / bits;
}

/// Finds the rows that are no sharings of degree at most t, of which this server has the shares: rows of `width` elements.
///
/// Of a group of rows, linear combinations are opened, with coefficients that were not known when the shares were made,
/// each hidden by a random sharing of its own. Where the servers' shares of it are not on one polynomial of degree t, each
/// half of the group is tested in the next round. A group with a bad row passes with a probability of 2^-40 at most.
/// Cost: 2 rounds and those of engine.random() where all rows are good; for b bad rows of N another ceil(log2 N) rounds,
/// and at most 2 b log2 N groups.
template <class E>
class SharingCheck {
  using F = typename E::Value;

 public:
  SharingCheck(E& engine, Network& network, std::span<const F> shares, std::size_t width)
      : engine_(engine), network_(network), shares_(shares), width_(width), count_(shares.size() / width) {}

  /// good[i] tells of row i; the same at all servers.
  [[nodiscard]] std::vector<bool> run() {
    std::vector<bool> good(count_, true);
    if (count_ == 0) return good;
    combine(common_seed());
    std::vector<Group> groups{{0, count_}};
    while (!groups.empty()) {
      const std::vector<bool> passed = test(groups);
      std::vector<Group> halves;
      for (std::size_t g = 0; g < groups.size(); ++g) {
        if (passed[g]) continue;
        const auto [first, size] = groups[g];
        if (size == 1) {
          good[first] = false;
        } else {
          halves.push_back({first, size / 2});
          halves.push_back({first + size / 2, size - size / 2});
        }
      }
      groups = std::move(halves);
    }
    return good;
  }

 private:
  struct Group {
    std::size_t first, size;  // of rows
  };

  /// Unknown to clients, as it is made after the collection was closed, and to all servers as long as one draws at random.
  Seed common_seed() {
    Seed mine;
    fill_from_operating_system(mine);
    Round round(network_);
    for (std::size_t p = 0; p < network_.parties(); ++p) {
      if (p == network_.self()) continue;
      std::ranges::copy(mine, round.send(p, mine.size()).begin());
      round.expect(p, mine.size());
    }
    round.exchange();
    for (std::size_t p = 0; p < network_.parties(); ++p) {
      if (p == network_.self()) continue;
      const auto theirs = round.receive(p, mine.size());
      for (std::size_t i = 0; i < mine.size(); ++i) mine[i] ^= theirs[i];
    }
    return mine;
  }

  /// Each row's own combinations, so that those of a group are sums of them.
  void combine(const Seed& seed) {
    RandomStream stream(seed, Cipher::chacha20);
    Buffer<F> coefficients(width_);
    combined_.resize(count_ * repetitions);
    for (std::size_t row = 0; row < count_; ++row) {
      for (std::size_t r = 0; r < repetitions; ++r) {
        fill_uniform(stream, std::span<F>(coefficients));
        combined_[row * repetitions + r] =
            vector::inner_product<F>(coefficients, shares_.subspan(row * width_, width_));
      }
    }
  }

  std::vector<bool> test(std::span<const Group> groups) {
    const std::size_t values = groups.size() * repetitions, n = network_.parties(), t = engine_.privacy_threshold();
    auto opened = engine_.random(values);
    for (std::size_t g = 0; g < groups.size(); ++g)
      for (std::size_t row = groups[g].first; row < groups[g].first + groups[g].size; ++row)
        for (std::size_t r = 0; r < repetitions; ++r)
          opened.shares()[g * repetitions + r] += combined_[row * repetitions + r];
    Round round(network_);
    for (std::size_t p = 0; p < n; ++p) {
      if (p == network_.self()) continue;
      round.send_elements<F>(p, std::span<const F>(opened.shares()));
      round.expect_elements<F>(p, values);
    }
    round.exchange();
    std::vector<std::vector<F>> all(n, std::vector<F>(values));
    std::vector<std::size_t> first_parties(t + 1);
    std::vector<F> points;
    for (std::size_t p = 0; p < n; ++p) {
      if (p <= t) first_parties[p] = p;
      if (p == network_.self())
        std::ranges::copy(opened.shares(), all[p].begin());
      else
        round.receive_elements<F>(p, std::span<F>(all[p]));
    }
    for (std::size_t p = 0; p <= t; ++p) points.push_back(F::embed(p + 1));
    std::vector<bool> passed(groups.size(), true);
    for (std::size_t p = t + 1; p < n; ++p) {
      const std::vector<F> weights = lagrange_coefficients<F>(points, F::embed(p + 1));
      for (std::size_t v = 0; v < values; ++v) {
        F expected = F::zero();
        for (std::size_t k = 0; k <= t; ++k) expected += weights[k] * all[k][v];
        if (!(expected == all[p][v])) passed[v / repetitions] = false;
      }
    }
    return passed;
  }

  static constexpr std::size_t repetitions = combinations<F>();

  E& engine_;
  Network& network_;
  std::span<const F> shares_;
  std::size_t width_, count_;
  Buffer<F> combined_;
};

}  // namespace detail

/// What the servers compute on.
template <class Vector>
struct SharedSubmissions {
  /// Whose they are, in ascending order, the same at all servers.
  std::vector<tls::SubmissionName> names;
  /// values[v] has value v of each of them, in their order.
  std::vector<Vector> values;
  /// Complete submissions that are left out, as they are no sharings.
  std::vector<tls::SubmissionName> refused;
};

/// The clients' complete submissions as shared values, on which the engine (over `network`, whose parties are the servers)
/// computes. Closes the store.
///
/// Security: against t servers who follow the protocol and pool what they see, together with any clients. A client can
/// submit whatever numbers it likes: where they have to be within bounds, the servers have to compare them. A client that
/// hands the servers shares which are no sharing of anything is found here and left out, but for a chance of 2^-40; it
/// could otherwise have made different subsets of the shares give different results. Nothing is revealed beyond which
/// submissions are complete and which are sharings. A server that deviates can falsify all of it.
///
/// Error(invalid_state) where fewer clients than the collection's minimum are left, at all servers alike, before anything is computed
/// on them. Caused by a peer: those of agree_on_submissions(). Error(malformed_message) for a part on this server's
/// own disk that is no encoding, which is_encoding_of<F> turns away.
/// Cost: that of agree_on_submissions(), and where all is well 2 rounds and those of random().
template <Field F, RandomSource Random>
[[nodiscard]] SharedSubmissions<Shared<F, ShamirSharing>> shared_submissions(ShamirPassiveEngine<F, Random>& engine,
                                                                             Network& network,
                                                                             tls::SubmissionStore& store,
                                                                             const tls::Collection& collection) {
  const std::size_t width = collection.part_size / F::encoded_size;
  if (width == 0 || collection.part_size % F::encoded_size != 0)
    throw Error(ErrorCode::invalid_argument, "parts of " + std::to_string(collection.part_size) +
                                                 " bytes are no elements of " + std::string(F::name));
  const std::vector<tls::SubmissionName> complete = tls::agree_on_submissions(network, store, collection);
  Buffer<F> shares(complete.size() * width);
  for (std::size_t i = 0; i < complete.size(); ++i) {
    if (!vector::decode<F>(std::span<F>(shares).subspan(i * width, width), store.part(complete[i])))
      throw Error(ErrorCode::malformed_message, "a part on this server's disk is not of " + std::string(F::name));
  }
  const std::vector<bool> good = detail::SharingCheck(engine, network, std::span<const F>(shares), width).run();

  SharedSubmissions<Shared<F, ShamirSharing>> result;
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < complete.size(); ++i) {
    (good[i] ? result.names : result.refused).push_back(complete[i]);
    if (good[i]) rows.push_back(i);
  }
  tls::require_minimum(collection, result.names);
  for (std::size_t v = 0; v < width; ++v) {
    Buffer<F> column;
    column.reserve(rows.size());
    for (const std::size_t row : rows) column.push_back(shares[row * width + v]);
    result.values.emplace_back(std::move(column));
  }
  return result;
}

/// Has this server keep its share of a result for each client, who alone gets all the shares: entry i of each vector is for
/// names[i]. On the disk with the store's next commit(). The client calls reconstruct_result().
/// Error(invalid_argument) where the lengths do not match, before anything is kept.
template <Field F>
void provide_results(tls::SubmissionStore& store, std::span<const tls::SubmissionName> names,
                     std::span<const Shared<F, ShamirSharing>> results) {
  for (const auto& result : results)
    if (result.size() != names.size())
      throw Error(ErrorCode::invalid_argument,
                  std::to_string(result.size()) + " results for " + std::to_string(names.size()) + " submissions");
  Buffer<F> of_one(results.size());
  Bytes bytes(part_size_of<F>(of_one.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t r = 0; r < results.size(); ++r) of_one[r] = results[r].shares()[i];
    vector::encode<F>(bytes, std::span<const F>(of_one));
    store.set_result(names[i].client, names[i].item, bytes);
  }
}

}  // namespace parley
