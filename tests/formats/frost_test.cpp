// SPDX-License-Identifier: Apache-2.0
// The trusted dealer of FROST: with its coefficients and points prescribed, Shamir sharing over the order of each
// ciphersuite's group gives the shares of the published vectors.
// [RFC9591] The Flexible Round-Optimized Schnorr Threshold (FROST) Protocol, 2024, appendices C.1 and E.
#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

#include "catch.hpp"
#include "formats/vectors.hpp"
#include "parley/field/named_primes.hpp"
#include "parley/formats/hex.hpp"
#include "parley/sharing/shamir.hpp"

namespace {

enum class Order { little_endian, big_endian };

// A scalar as the ciphersuites write it: Ed448 has a byte more than its scalars need, which is zero.
template <parley::Field F>
F scalar(const std::string& digits, Order order) {
  parley::Bytes bytes = parley::from_hex(digits);
  if (order == Order::big_endian) std::ranges::reverse(bytes);
  while (bytes.size() > F::encoded_size && bytes.back() == std::byte{}) bytes.pop_back();
  REQUIRE(bytes.size() == F::encoded_size);
  const auto element = F::decode(std::span<const std::byte, F::encoded_size>(bytes));
  REQUIRE(element.has_value());
  return *element;
}

template <parley::Field F>
void check_dealer(Order order, const std::string& key, const std::vector<std::string>& coefficients,
                  const std::vector<std::string>& shares) {
  std::vector<std::vector<F>> prescribed;
  for (const std::string& digits : coefficients) prescribed.push_back({scalar<F>(digits, order)});
  const std::vector<F> secret{scalar<F>(key, order)};
  const parley::Shamir<F> scheme({shares.size(), coefficients.size()});
  // Identifiers are the points; here from the last one on.
  std::vector<F> identifiers;
  for (std::size_t i = shares.size(); i > 0; --i) identifiers.emplace_back(i);
  const auto dealt = scheme.share_with_coefficients(secret, prescribed, identifiers);
  for (std::size_t i = 0; i < shares.size(); ++i) CHECK(dealt[shares.size() - 1 - i][0] == scalar<F>(shares[i], order));
}

template <parley::Field F>
void check_vectors(const std::string& suite, Order order) {
  const auto vectors = parley::test::published_vectors("frost/frost-" + suite + ".json");
  if (!vectors) return;
  const auto& inputs = (*vectors)["inputs"];
  std::vector<std::string> shares(inputs["participant_shares"].size());
  for (const auto& share : inputs["participant_shares"])
    shares.at(share["identifier"].get<std::size_t>() - 1) = share["participant_share"].get<std::string>();
  check_dealer<F>(order, inputs["group_secret_key"].get<std::string>(),
                  inputs["share_polynomial_coefficients"].get<std::vector<std::string>>(), shares);
}

}  // namespace

TEST_CASE("FROST(Ed25519, SHA-512)") {
  check_vectors<parley::Curve25519Scalar>("ed25519-sha512", Order::little_endian);
}

TEST_CASE("FROST(ristretto255, SHA-512)") {
  check_vectors<parley::Ristretto255Scalar>("ristretto255-sha512", Order::little_endian);
}

TEST_CASE("FROST(secp256k1, SHA-256)") {
  check_vectors<parley::Secp256k1Scalar>("secp256k1-sha256", Order::big_endian);
}

TEST_CASE("FROST(P-256, SHA-256)") {  // [RFC9591, appendix E.4]
  check_dealer<parley::P256Scalar>(Order::big_endian,
                                   "8ba9bba2e0fd8c4767154d35a0b7562244a4aaf6f36c8fb8735fa48b301bd8de",
                                   {"80f25e6c0709353e46bfbe882a11bdbb1f8097e46340eb8673b7e14556e6c3a4"},
                                   {"0c9c1a0fe806c184add50bbdcac913dda73e482daf95dcb9f35dbb0d8a9f7731",
                                    "8d8e787bef0ff6c2f494ca45f4dad198c6bee01212d6c84067159c52e1863ad5",
                                    "0e80d6e8f6192c003b5488ce1eec8f5429587d48cf001541e713b2d53c09d928"});
}

TEST_CASE("FROST(Ed448, SHAKE256)") {  // [RFC9591, appendix E.2]
  check_dealer<parley::Curve448Scalar>(Order::little_endian,
                                       "6298e1eef3c379392caaed061ed8a31033c9e9e3420726f23b404158a401cd9df24632adfe6b418"
                                       "dc942d8a091817dd8bd70e1c72ba52f3c00",
                                       {"dbd7a514f7a731976620f0436bd135fe8dddc3fadd6e0d13dbd58a1981e587d377d48e0b7ce4e0"
                                        "092967c5e85884d0275a7a740b6abdcd0500"},
                                       {"4a2b2f5858a932ad3d3b18bd16e76ced3070d72fd79ae4402df201f525e754716a1bc1b87a5022"
                                        "97f2a99d89ea054e0018eb55d39562fd0100",
                                        "2503d56c4f516444a45b080182b8a2ebbe4d9b2ab509f25308c88c0ea7ccdc44e2ef4fc4f63403"
                                        "a11b116372438a1e287265cadeff1fcb0700",
                                        "00db7a8146f995db0a7cf844ed89d8e94c2b5f259378ff66e39d172828b264185ac4decf7219e4"
                                        "aa4478285b9c0eef4fccdf3eea69dd980d00"});
}
