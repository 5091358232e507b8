// SPDX-License-Identifier: Apache-2.0
// Scalars as share files: every subset restores them, and of altered or foreign shares never others.
#include "parley/sharing/scalar_sharing.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "catch.hpp"
#include "parley/core/random.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/field/small_prime.hpp"
#include "parley/sharing/byte_sharing.hpp"
#include "refusal.hpp"
#include "sharing/enumeration.hpp"
#include "sharing/shares_of_bytes.hpp"

using namespace parley;
using parley::test::chosen;
using parley::test::error_of;
using parley::test::for_each_subset;
using parley::test::forged;
using parley::test::OpenedShare;
using parley::test::Shares;

namespace {

template <PrimeField F>
Shares split_for_test(const std::vector<F>& secrets, ShamirParameters parameters = {5, 2}) {
  TestRandom random(9);
  return split_scalars<F>(secrets, parameters, random);
}

template <PrimeField F>
std::string refusal(const Shares& shares, ErrorCode code) {
  const Error error = error_of([&] { static_cast<void>(combine_scalars<F>(shares)); });
  CHECK(to_string(error.code()) == to_string(code));
  return error.what();
}

template <PrimeField F>
void check_field(std::size_t size) {
  CAPTURE(F::name, size);
  TestRandom random(size);
  std::vector<F> secrets(size);
  fill_uniform<F>(random, secrets);
  if (size > 0) secrets.back() = -F::one();
  const Shares all = split_for_test<F>(secrets);
  for (std::size_t count = 3; count <= 5; ++count) {
    for_each_subset(5, count, [&](const std::vector<std::size_t>& which) {
      const auto found = combine_scalars<F>(chosen(all, which));
      CHECK(found.secrets.expose() == secrets);
      CHECK(found.wrong.empty());
    });
  }
  for_each_subset(5, 2, [&](const std::vector<std::size_t>& which) {
    CHECK(refusal<F>(chosen(all, which), ErrorCode::invalid_argument) ==
          "2 shares were given, 3 of this set are needed");
  });
}

}  // namespace

TEST_CASE("scalars of each length are restored by every subset of enough shares") {
  for (const std::size_t size : {0U, 1U, 2U, 40U}) {
    check_field<SmallPrime<31>>(size);
    check_field<Mersenne61>(size);
    check_field<Ristretto255Scalar>(size);
  }
  for (const std::size_t size : {8190U, 8191U, 8192U, 20000U}) {  // content around a chunk and beyond
    std::vector<Mersenne61> secrets(size, Mersenne61(size));
    const auto found = combine_scalars<Mersenne61>(split_for_test<Mersenne61>(secrets, {2, 1}));
    CHECK(found.secrets.expose() == secrets);
  }
}

TEST_CASE("a share is as its description says") {
  using F = SmallPrime<31>;
  const Shares all = split_for_test<F>({F(7), F(8)});
  const OpenedShare share = parley::test::opened(all[3]);
  CHECK(share.header.content == ShareContent::scalars);
  CHECK(share.header.number() == 4);
  CHECK(share.length == 2 + 1 + 2);
  CHECK(std::vector(share.content.begin(), share.content.begin() + 3) ==
        std::vector{std::byte{1}, std::byte{0}, std::byte{30}});
  CHECK(all[3].size() == detail::share_file_size(5));
  // What the shares are: those of Shamir's scheme.
  std::vector<std::vector<F>> values;
  for (const std::size_t i : {0U, 1U, 2U}) {
    const OpenedShare each = parley::test::opened(all[i]);
    values.push_back({*F::decode(std::span(each.content).subspan(3).first<1>()),
                      *F::decode(std::span(each.content).subspan(4).first<1>())});
  }
  const std::vector<std::size_t> who = {0, 1, 2};
  CHECK(Shamir<F>({5, 2}).reconstruct(who, values) == std::vector{F(7), F(8)});
}

TEST_CASE("every changed byte of a share is refused, and named") {
  using F = Mersenne61;
  const Shares all = split_for_test<F>({F(1), F(2), F(3)}, {2, 1});
  for (std::size_t at = 0; at < all[0].size(); ++at) {
    Shares shares = all;
    shares[0][at] ^= std::byte{0x10};
    CHECK(refusal<F>(shares, ErrorCode::malformed_message).starts_with("the share at position 0: "));
    shares = all;
    shares[1].resize(at);
    CHECK(refusal<F>(shares, ErrorCode::malformed_message).starts_with("the share at position 1: "));
  }
  Shares shares = all;
  shares[1].push_back(std::byte{0});
  CHECK(refusal<F>(shares, ErrorCode::malformed_message) == "the share at position 1: it has bytes behind its end");
}

TEST_CASE("shares that were falsified with the right checksums are noticed, and corrected where there are more") {
  using F = Ristretto255Scalar;
  const std::vector<F> secrets = {F(1), F(2)};
  const Shares all = split_for_test<F>(secrets);
  const std::vector<void (*)(OpenedShare&)> changes = {
      [](OpenedShare& share) { share.content[40] ^= std::byte{1}; },
      [](OpenedShare& share) { share.content[2 + 3 * 32 - 20] ^= std::byte{0x80}; },
      [](OpenedShare& share) { share.header.key_share += GF2To128::one(); },
      [](OpenedShare& share) { share.tag_share += GF2To128::one(); },
  };
  for (const auto change : changes) {
    Shares shares = chosen(all, {4, 1, 2});
    shares[1] = forged(shares[1], change);
    refusal<F>(shares, ErrorCode::inconsistent_shares);
    shares = all;
    shares[1] = forged(shares[1], change);
    const auto found = combine_scalars<F>(shares);
    CHECK(found.secrets.expose() == secrets);
    CHECK(found.wrong == std::vector<std::size_t>{1});
  }
}

TEST_CASE("of all single and double corruptions of a scalar of a tiny field, none gives another") {
  using F = SmallPrime<7>;
  const std::vector<F> secret = {F(3)};
  const Shares all = split_for_test<F>(secret, {4, 1});
  // corrupted[i][d]: share i with its element changed by d
  std::vector<Shares> corrupted(4);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::uint64_t difference = 0; difference < 7; ++difference)
      corrupted[i].push_back(forged(all[i], [&](OpenedShare& share) {
        const auto element = std::span(share.content).last<1>();
        (*F::decode(element) + F(difference)).encode(element);
      }));
  // Whether the secret comes out; another one never does.
  const auto is_restored = [&](const Shares& shares, const std::vector<std::size_t>& wrong) {
    try {
      const auto found = combine_scalars<F>(shares);
      REQUIRE(found.secrets.expose() == secret);
      if (shares.size() == 4) REQUIRE(found.wrong == wrong);
      return true;
    } catch (const Error& error) {
      REQUIRE((error.code() == ErrorCode::inconsistent_shares || error.code() == ErrorCode::too_many_wrong_shares));
      return false;
    }
  };
  std::size_t restored_by_two = 0;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::uint64_t a = 1; a < 7; ++a) {
      Shares shares = all;
      shares[i] = corrupted[i][a];
      REQUIRE(is_restored(shares, {i}));
      for (std::size_t j = 0; j < 4; ++j) {
        if (i == j) continue;
        REQUIRE_FALSE(is_restored({corrupted[i][a], all[j]}, {}));
        for (std::uint64_t b = 1; i < j && b < 7; ++b) {
          Shares twice = shares;
          twice[j] = corrupted[j][b];
          REQUIRE_FALSE(is_restored(twice, {}));
          restored_by_two += is_restored({corrupted[i][a], corrupted[j][b]}, {}) ? 1 : 0;
        }
      }
    }
  CHECK(restored_by_two == 6 * 6);  // for each pair and each change of the first, the one of the second that cancels it
}

TEST_CASE("a million random corruptions of scalars never give a wrong one") {
  using F = Mersenne61;
  const std::size_t rounds = detail::recycle_blocks ? 100 : 2, size = 20000;  // fewer under a sanitizer
  TestRandom random(6);
  std::vector<F> secrets(size), lies(size);
  fill_uniform<F>(random, secrets);
  const Shares all = split_for_test<F>(secrets);
  std::size_t corruptions = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const auto liar = static_cast<std::size_t>(uniform_below(random, 5));
    fill_uniform<F>(random, lies);
    Shares shares = all;
    shares[liar] = forged(all[liar], [&](OpenedShare& share) {
      for (std::size_t i = 0; i < size; ++i) {
        const auto element = std::span(share.content).subspan(10 + 8 * i).first<8>();
        if (i % 2 == round % 2) continue;
        (*F::decode(element) + lies[i]).encode(element);
        ++corruptions;
      }
    });
    const auto found = combine_scalars<F>(shares);
    REQUIRE((found.secrets.expose() == secrets));
    REQUIRE(found.wrong == std::vector<std::size_t>{liar});
    refusal<F>(chosen(shares, {liar, (liar + 1) % 5, (liar + 3) % 5}), ErrorCode::inconsistent_shares);
  }
  CHECK(corruptions == rounds * size / 2);
}

TEST_CASE("shares of another set, field or content, and shares that nobody writes, are refused with the reason") {
  using F = Mersenne61;
  const Shares all = split_for_test<F>({F(1), F(2)});
  TestRandom random(77);
  const Shares others = split_scalars<F>(std::vector{F(1), F(2)}, {5, 2}, random);
  CHECK(refusal<F>({all[0], all[1], others[2]}, ErrorCode::configuration_mismatch) ==
        "the share at position 2: it is of another set of shares than the share at position 0");
  CHECK(refusal<F>({all[0], all[1], all[0]}, ErrorCode::invalid_argument) ==
        "the share at position 2: it is the share number 1, as the share at position 0 is");
  CHECK(refusal<Ristretto255Scalar>(all, ErrorCode::configuration_mismatch) ==
        "the share at position 0: it is of another field than " + std::string(Ristretto255Scalar::name));
  // Of another field with elements of the same length.
  CHECK(
      refusal<SmallPrime<31>>(split_for_test<SmallPrime<29>>({SmallPrime<29>(1)}), ErrorCode::configuration_mismatch) ==
      "the share at position 0: it is of another field than " + std::string(SmallPrime<31>::name));
  CHECK(refusal<F>({}, ErrorCode::invalid_argument) == "no share was given");

  const Shares bytes = split_bytes(std::vector<std::byte>(32), {5, 2}, random);
  CHECK(refusal<F>(bytes, ErrorCode::configuration_mismatch) ==
        "the share at position 0: it is of bytes, and not of scalars");
  CHECK(std::string(error_of([&] { static_cast<void>(combine_bytes(all)); }).what()) ==
        "the share at position 0: it is of scalars, and not of bytes");

  const auto with = [&](auto change) {
    Shares shares = all;
    for (std::size_t i = 0; i < 3; ++i) shares[i] = forged(shares[i], change);
    return chosen(shares, {0, 1, 2});
  };
  CHECK(refusal<F>(with([](OpenedShare& share) {
                     share.content.pop_back();
                     --share.length;
                   }),
                   ErrorCode::malformed_message) == "the share at position 0: its last element is cut off");
  CHECK(refusal<F>(with([](OpenedShare& share) { share.content.back() = std::byte{0xff}; }),
                   ErrorCode::malformed_message) == "the share at position 0: an element is not below the modulus");
  CHECK(refusal<F>(with([](OpenedShare& share) {
                     share.content.clear();
                     share.length = 0;
                   }),
                   ErrorCode::configuration_mismatch) ==
        "the share at position 0: it is of another field than " + std::string(F::name));
  Shares shorter = all;
  shorter[2] = forged(shorter[2], [](OpenedShare& share) {
    share.content.resize(share.content.size() - 8);
    share.length -= 8;
  });
  CHECK(
      refusal<F>(shorter, ErrorCode::inconsistent_shares) ==
      "there are different numbers of secrets in the share at position 0 and the share at position 2, so one of these "
      "shares is wrong");

  const auto refused = [&](ShamirParameters parameters) {
    return error_of([&] { static_cast<void>(split_scalars<SmallPrime<31>>({}, parameters, random)); }).code() ==
           ErrorCode::invalid_argument;
  };
  CHECK(refused({256, 2}));
  CHECK(refused({31, 2}));
  CHECK(refused({3, 0}));
  CHECK(refused({3, 3}));
}
