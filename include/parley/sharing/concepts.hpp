// SPDX-License-Identifier: Apache-2.0
// What every secret sharing scheme offers. The laws, which no concept can express, are one conformance suite that every
// scheme runs through.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

#include "parley/core/random.hpp"

namespace parley {

/// A scheme that shares a batch of secrets among parties() parties, numbered from 0.
///
/// Laws, for 1 <= privacy_threshold() < reconstruction_threshold() <= parties():
/// - `share(secrets, random)` gives shares[party], the vector of share_size(secrets.size()) elements that is the
///   party's share of the whole batch: one for each secret, or more or fewer where a share has several parts, or is one
///   of several secrets; shares of any reconstruction_threshold() parties determine the secrets;
/// - the shares of any privacy_threshold() parties are distributed independently of the secrets, where `random` is
/// uniform;
/// - `reconstruct(who, shares)` takes the shares of the parties `who`, shares[i] being those of party who[i], in any
/// order. Too few parties, a
///   party that does not exist or appears twice, and vectors that do not match are refused with
///   Error(invalid_argument).
///
/// `Value` is the type of a secret, `Share` that of an element of a party's share.
template <class S>
concept SharingScheme = requires(const S scheme, std::span<const typename S::Value> secrets, RandomStream& random,
                                 std::span<const std::size_t> who,
                                 std::span<const std::vector<typename S::Share>> shares) {
  { scheme.parties() } -> std::same_as<std::size_t>;
  { scheme.privacy_threshold() } -> std::same_as<std::size_t>;
  { scheme.reconstruction_threshold() } -> std::same_as<std::size_t>;
  { scheme.share_size(secrets.size()) } -> std::same_as<std::size_t>;
  { scheme.share(secrets, random) } -> std::same_as<std::vector<std::vector<typename S::Share>>>;
  { scheme.reconstruct(who, shares) } -> std::same_as<std::vector<typename S::Value>>;
};

}  // namespace parley
