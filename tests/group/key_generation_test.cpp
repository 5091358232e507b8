// SPDX-License-Identifier: Apache-2.0
// Random secrets and keys without a dealer: honest runs, every way of cheating, and uniformity of the keys.
#include "parley/group/key_generation.hpp"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "group/outcomes.hpp"
#include "group/small_group.hpp"
#include "parley/core/error.hpp"
#include "parley/core/random.hpp"
#include "parley/field/uniform.hpp"
#include "parley/group/joint_sharing.hpp"
#include "parley/group/ristretto255.hpp"
#include "parley/net/tampering.hpp"

using namespace parley;

namespace {

using Small = SmallGroup<11>;
using S = Small::Scalar;
using Keys = GeneratedKeys<Small>;
using Random = PrescribedElements<S>;
using Parties = std::vector<std::size_t>;

constexpr std::size_t n = 5, t = 2, keys_made = 2;
constexpr JointParameters five = {.privacy_threshold = t, .count = keys_made};
constexpr std::size_t row_size = keys_made * 2, commitments_size = keys_made * (t + 1) * Small::encoded_size;

/// Enough for a party's dealing, of its own.
Random drawn_by(std::size_t party) {
  TestRandom random(party);
  std::vector<S> elements(keys_made * (t + 1) * 2);
  fill_uniform(random, std::span<S>(elements));
  return Random(std::move(elements));
}

/// The protocol in the hands of one who deviates: what he has dealt and what he was dealt are his to change.
class Cheater : public detail::KeyExtraction<Small, Random> {
 public:
  using KeyExtraction::KeyExtraction;
  using KeyExtraction::polynomials_, KeyExtraction::rows_, KeyExtraction::commitments_;
};

/// What deviating parties do.
struct Deviation {
  TamperingNetwork::Tamper outgoing = {}, incoming = {};
  /// Called before step 1 (settling complaints), 2 (showing commitments) and 3 (settling those).
  std::function<void(int step, Cheater&)> before = {};
};

/// Key generation among five, where parties 5 - deviations.size(), ... deviate.
auto run(std::vector<Deviation> deviations) {
  return outcomes(n, [&](Network& network) {
    Random random = drawn_by(network.self());
    if (network.self() + deviations.size() < n) return generate_keys<Small>(network, five, random);
    const Deviation& deviation = deviations[network.self() + deviations.size() - n];
    TamperingNetwork tampering(network, deviation.outgoing, deviation.incoming);
    Cheater cheater(tampering, five, random);
    const auto before = [&](int step) {
      if (deviation.before) deviation.before(step, cheater);
    };
    cheater.deal();
    before(1);
    cheater.settle_complaints();
    before(2);
    cheater.show_commitments();
    before(3);
    cheater.settle_commitments();
    return Keys{{}, cheater.sum_of_commitments(cheater.shown()), cheater.report()};
  });
}

template <class Ends>
void check_keys(const Ends& ends, std::size_t honest, const Parties& qualified) {
  for (std::size_t party = 0; party < honest; ++party) {
    INFO((ends[party].error ? ends[party].error->what() : ""));
    REQUIRE(ends[party].value);
    CHECK(ends[party].value->commitments == ends[0].value->commitments);
    CHECK(ends[party].value->report.qualified == qualified);
    CHECK(ends[party].value->report.disputes == ends[0].value->report.disputes);
  }
  const Keys& keys = *ends[0].value;
  REQUIRE(keys.commitments.size() == keys_made);
  const Feldman<Small> scheme({n, t});
  for (std::size_t key = 0; key < keys_made; ++key) {
    for (std::size_t party = 0; party < honest; ++party)
      CHECK(Small::multiply_generator(ends[party].value->shares[key]) == keys.verification_share(key, party));
  }
  // The logarithms of the public keys, by the first and by the last t + 1 honest parties.
  Random none({});
  for (const std::size_t first : {std::size_t{0}, honest - t - 1}) {
    Parties who;
    std::vector<std::vector<S>> rows;
    for (std::size_t party = first; party <= first + t; ++party) {
      who.push_back(party);
      rows.push_back(ends[party].value->shares);
    }
    const auto private_keys = scheme.reconstruct(who, rows, keys.commitments, none);
    CHECK(private_keys.wrong.empty());
    for (std::size_t key = 0; key < keys_made; ++key)
      CHECK(Small::multiply_generator(private_keys.secrets[key]) == keys.public_key(key));
  }
}

template <class Ends>
std::vector<Parties> faulty(const Ends& ends, std::size_t honest) {
  std::vector<Parties> result;
  for (std::size_t party = 0; party < honest; ++party) result.push_back(ends[party].value->report.faulty);
  return result;
}

const Parties everybody = {0, 1, 2, 3, 4}, but_last = {0, 1, 2, 3};

/// Another scalar of the small group in place of this one.
void change_scalar(std::byte& scalar) { scalar = static_cast<std::byte>((static_cast<unsigned>(scalar) + 1) % 11); }
/// In the first round's message, a share that the dealer sends.
void change_share(Bytes& message) { change_scalar(message[commitments_size]); }

void change_polynomials(Cheater& cheater) {
  for (auto& coefficient : cheater.polynomials_.expose()) coefficient.value += S(1);
}

}  // namespace

TEST_CASE("keys without a dealer: shares are of the logarithms of the public keys, at the documented cost") {
  using G = Ristretto255;
  using F = G::Scalar;
  for (const auto& [parties, threshold] : {std::pair<std::size_t, std::size_t>{3, 1}, {5, 2}}) {
    const JointParameters parameters{.privacy_threshold = threshold, .count = 2};
    const auto ends = outcomes(parties, [&](Network& network) {
      SystemRandom random;
      return generate_keys<G>(network, parameters, random);
    });
    SystemRandom random;
    const Feldman<G> scheme({parties, threshold});
    Parties who;
    std::vector<std::vector<F>> rows;
    for (std::size_t party = 0; party < parties; ++party) {
      REQUIRE(ends[party].value);
      const auto& keys = *ends[party].value;
      CHECK(keys.commitments == ends[0].value->commitments);
      CHECK(keys.report.qualified.size() == parties);
      CHECK(keys.report.faulty.empty());
      CHECK(keys.report.disputes.empty());
      CHECK(scheme.verify(party, keys.shares, keys.commitments, random));
      CHECK(keys.verification_share(1, party) == G::multiply_generator(keys.shares[1]));
      who.push_back(party);
      rows.push_back(keys.shares);
      CHECK(ends[party].cost.rounds == 6);
      const std::size_t complaints = (parties + 7) / 8;
      CHECK(ends[party].cost.bytes_sent ==
            (parties - 1) * (2 * 2 * (threshold + 1) * 32 + 2 * 2 * 32 + 128 * parties + 2 * complaints));
    }
    const auto private_keys = scheme.reconstruct(who, rows, ends[0].value->commitments, random);
    CHECK(private_keys.wrong.empty());
    for (std::size_t key = 0; key < 2; ++key)
      CHECK(G::multiply_generator(private_keys.secrets[key]) == ends[0].value->public_key(key));
    CHECK_FALSE(private_keys.secrets[0] == private_keys.secrets[1]);
  }
}

TEST_CASE("a random secret without a dealer: shares fit the commitments, and wrong ones are named") {
  const auto ends = outcomes(n, [&](Network& network) {
    Random random = drawn_by(network.self());
    return share_random<Small>(network, five, random);
  });
  Random none({});
  const Pedersen<Small> scheme({n, t});
  std::vector<std::vector<PedersenShare<S>>> rows;
  for (std::size_t party = 0; party < n; ++party) {
    REQUIRE(ends[party].value);
    CHECK(ends[party].value->commitments == ends[0].value->commitments);
    CHECK(ends[party].value->report.qualified == everybody);
    CHECK(ends[party].value->report.faulty.empty());
    rows.push_back(ends[party].value->shares);
    CHECK(ends[party].cost.rounds == 3);
    CHECK(ends[party].cost.bytes_sent == (n - 1) * (commitments_size + row_size + 32 * n + 1 + 32 * n));
  }
  const auto right = scheme.reconstruct(everybody, rows, ends[0].value->commitments, none);
  CHECK(right.wrong.empty());
  rows[1][1].value += S(1);
  const auto corrected = scheme.reconstruct(everybody, rows, ends[0].value->commitments, none);
  CHECK(corrected.secrets == right.secrets);
  CHECK(corrected.wrong == Parties{1});
}

TEST_CASE("a wrong share that is put right in public makes a dispute, and its receiver knows the dealer") {
  const auto ends = run({{.outgoing = [](std::uint64_t round, std::vector<Bytes>& messages) {
    if (round == 1) change_share(messages[1]);
  }}});
  check_keys(ends, 4, everybody);
  CHECK(ends[0].value->report.disputes == std::vector<Dispute>{{.complainer = 1, .dealer = 4}});
  CHECK(faulty(ends, 4) == std::vector<Parties>{{}, {4}, {}, {}});
  CHECK(ends[0].cost.rounds == 8);
}

TEST_CASE("a wrong share that is not put right disqualifies its dealer") {
  const auto ends = run({{.outgoing =
                              [](std::uint64_t round, std::vector<Bytes>& messages) {
                                if (round == 1) change_share(messages[1]);
                              },
                          .before =
                              [](int step, Cheater& cheater) {
                                if (step == 1) change_polynomials(cheater);
                              }}});
  check_keys(ends, 4, but_last);
  CHECK(ends[0].value->report.disputes.empty());
  CHECK(faulty(ends, 4) == std::vector<Parties>(4, {4}));
}

TEST_CASE("more wrong shares than parties can lie disqualify their dealer without an answer") {
  const auto ends = run({{.outgoing = [](std::uint64_t round, std::vector<Bytes>& messages) {
    for (const std::size_t receiver : Parties{0, 2, 3})
      if (round == 1) change_share(messages[receiver]);
  }}});
  check_keys(ends, 4, but_last);
  CHECK(faulty(ends, 4) == std::vector<Parties>(4, {4}));
  CHECK(ends[0].cost.rounds == 6);
}

TEST_CASE("who complains of right shares is known to the dealers, and of more than t dealers to all") {
  const auto complains_of = [](Parties dealers) {
    return Deviation{.incoming = [dealers](std::uint64_t round, std::vector<Bytes>& messages) {
      for (const std::size_t dealer : dealers)
        if (round == 1) change_share(messages[dealer]);
    }};
  };
  const auto two = run({complains_of({0, 3})});
  check_keys(two, 4, everybody);
  CHECK(two[1].value->report.disputes ==
        std::vector<Dispute>{{.complainer = 4, .dealer = 0}, {.complainer = 4, .dealer = 3}});
  CHECK(faulty(two, 4) == std::vector<Parties>{{4}, {}, {}, {4}});

  const auto three = run({complains_of({0, 1, 3})});
  check_keys(three, 4, everybody);
  CHECK(faulty(three, 4) == std::vector<Parties>(4, {4}));
}

TEST_CASE("two who complain together of one honest dealer cannot have it disqualified") {
  const Deviation complains{.incoming = [](std::uint64_t round, std::vector<Bytes>& messages) {
    if (round == 1) change_share(messages[0]);
  }};
  const auto ends = run({complains, complains});
  check_keys(ends, 3, everybody);
  CHECK(faulty(ends, 3) == std::vector<Parties>{{3, 4}, {}, {}});
}

TEST_CASE("wrong commitments expose their dealer, whose contribution stays in the keys") {
  const auto honest = run({Deviation{}});
  const auto wrong = run({{.before = [](int step, Cheater& cheater) {
    if (step == 2) change_polynomials(cheater);
  }}});
  check_keys(honest, 4, everybody);
  check_keys(wrong, 4, everybody);
  CHECK(wrong[0].value->commitments == honest[0].value->commitments);
  CHECK(faulty(wrong, 4) == std::vector<Parties>(4, {4}));
  CHECK(wrong[0].cost.rounds == 10);

  // A second one, whose point is 4, takes a share that fits the wrong commitments for its own, and so does not complain;
  // it is named when everybody shows what the first has dealt.
  const auto both = run({{.before =
                              [](int step, Cheater& cheater) {
                                if (step != 2) return;
                                for (auto& share : cheater.rows_[4].expose()) share.value += S(1 + 4 + 4 * 4);
                              }},
                         {.before = [](int step, Cheater& cheater) {
                           if (step == 2) change_polynomials(cheater);
                         }}});
  check_keys(both, 3, everybody);
  CHECK(both[0].value->commitments == honest[0].value->commitments);
  CHECK(faulty(both, 3) == std::vector<Parties>(3, {3, 4}));
}

TEST_CASE("who complains of right commitments is named by all") {
  const auto ends = run({{.before = [](int step, Cheater& cheater) {
    if (step == 2) cheater.rows_[1].expose()[0].value += S(1);
  }}});
  check_keys(ends, 4, everybody);
  CHECK(faulty(ends, 4) == std::vector<Parties>(4, {4}));
  CHECK(ends[0].cost.rounds == 8);
}

TEST_CASE("nobody gets keys where broadcasts differ, messages are malformed, or a party leaves") {
  struct Case {
    std::string what;
    TamperingNetwork::Tamper outgoing;
    ErrorCode code;
    bool all_name_it;
  };
  const auto in_round = [](std::uint64_t when, std::function<void(std::vector<Bytes>&)> change) {
    return [=](std::uint64_t round, std::vector<Bytes>& messages) {
      if (round == when) change(messages);
    };
  };
  const auto set = [](std::size_t place, std::byte value, Parties receivers = {0, 1, 2, 3}) {
    return [=](std::vector<Bytes>& messages) {
      for (const std::size_t receiver : receivers) messages[receiver][place] = value;
    };
  };
  constexpr std::size_t echo = 32 * n;
  const std::vector<Case> cases = {
      // 4, 16 and 18 are elements, 5 and 256 + 4 are none.
      {"other commitments for party 1",
       in_round(1,
                [](std::vector<Bytes>& messages) {
                  messages[1][0] = messages[1][0] == std::byte{4} ? std::byte{16} : std::byte{4};
                }),
       ErrorCode::inconsistent_broadcast, false},
      {"other complaints for party 1", in_round(2, set(echo, std::byte{1}, {1})), ErrorCode::inconsistent_broadcast,
       false},
      {"other echoes for party 2", in_round(3, set(32, std::byte{0}, {2})), ErrorCode::inconsistent_broadcast, false},
      {"no element", in_round(1, set(0, std::byte{5})), ErrorCode::malformed_message, true},
      {"no canonical element", in_round(1, set(1, std::byte{1})), ErrorCode::malformed_message, true},
      {"no scalar", in_round(1, set(commitments_size, std::byte{11})), ErrorCode::malformed_message, true},
      {"a complaint of itself", in_round(2, set(echo, std::byte{1 << 4})), ErrorCode::malformed_message, true},
      {"a complaint of nobody", in_round(2, set(echo, std::byte{1 << 5})), ErrorCode::malformed_message, true},
      {"no element of Feldman's", in_round(4, set(0, std::byte{5})), ErrorCode::malformed_message, true},
      {"a short message", in_round(1, [](std::vector<Bytes>& messages) { messages[0].pop_back(); }),
       ErrorCode::malformed_message, false},
      {"no more", in_round(4, [](std::vector<Bytes>&) { throw Error(ErrorCode::invalid_state, "enough"); }),
       ErrorCode::peer_failed, true},
  };
  for (const Case& tried : cases) {
    INFO(tried.what);
    const auto ends = run({{.outgoing = tried.outgoing}});
    bool found = false;
    for (std::size_t party = 0; party < 4; ++party) {
      REQUIRE(ends[party].error);
      CHECK_FALSE(ends[party].value);
      const bool expected = ends[party].error->code() == tried.code;
      found = found || expected;
      // Who does not find it out itself hears of it from one who did.
      if (tried.all_name_it)
        CHECK((ends[party].error->party() == 4 || ends[party].error->code() == ErrorCode::peer_failed));
      else
        CHECK((expected || ends[party].error->code() == ErrorCode::peer_failed));
      if (expected && ends[party].error->party()) CHECK(ends[party].error->party() == 4);
    }
    CHECK(found);
  }
}

TEST_CASE("the key is uniform though a rushing dealer chooses what he shows when he knows it") {
  // n = 3, t = 1. Parties 0 and 1 are honest; all that party 1 draws for the constants is tried, and party 2 shows wrong
  // commitments where it dislikes the public key. Where contributions were dropped for that, as by disqualification, it
  // could choose.
  std::map<std::string, int> times;
  int disliked = 0;
  for_all_vectors<S>(2, [&](const std::vector<S>& drawn) {
    // What the honest parties send to party 2 in the fourth round, before it sends anything.
    std::mutex mutex;
    std::condition_variable posted;
    std::map<std::size_t, Small> constants;
    const auto ends = outcomes(3, [&](Network& network) {
      const bool rushing = network.self() == 2;
      TamperingNetwork watched(
          network,
          [&](std::uint64_t round, std::vector<Bytes>& messages) {
            if (round != 4 || rushing) return;
            const std::lock_guard lock(mutex);
            constants[network.self()] = Small::decode(std::span<const std::byte>(messages[2]).first<2>()).value();
            posted.notify_one();
          },
          nullptr);
      // The order is value and blinding of the constant, then of the slope.
      Random random(network.self() == 1 ? std::vector<S>{drawn[0], drawn[1], S(3), S(1)}
                                        : std::vector<S>{S(2), S(0), S(4), S(network.self())});
      const JointParameters parameters{.privacy_threshold = 1};
      if (!rushing) return generate_keys<Small>(watched, parameters, random).public_key(0);
      Cheater party(watched, parameters, random);
      party.deal();
      party.settle_complaints();
      std::unique_lock lock(mutex);
      posted.wait(lock, [&] { return constants.size() == 2; });
      const Small key = constants[0] + constants[1] + Small::multiply_generator(party.polynomials_.expose()[0].value);
      if (key == Small::identity() || key == Small::generator()) {
        party.polynomials_.expose()[0].value += S(1);
        ++disliked;
      }
      lock.unlock();
      party.show_commitments();
      party.settle_commitments();
      return key;
    });
    REQUIRE(ends[0].value);
    CHECK(ends[0].value == ends[1].value);
    CHECK(ends[0].value == ends[2].value);  // what it was before party 2 made its choice
    std::array<std::byte, 2> encoding;
    ends[0].value->encode(encoding);
    ++times[std::to_string(load_little_endian<std::uint16_t>(encoding))];
  });
  CHECK(disliked == 22);
  CHECK(times.size() == 11);
  for (const auto& [key, count] : times) CHECK(count == 11);
}

TEST_CASE("parameters that cannot be are refused before anything is sent") {
  const auto ends = outcomes(3, [](Network& network) {
    Random random = drawn_by(network.self());
    int refused = 0;
    for (const JointParameters& parameters : {JointParameters{.privacy_threshold = 0},
                                              {.privacy_threshold = 2},
                                              {.privacy_threshold = 1, .count = 0},
                                              {.privacy_threshold = std::size_t{1} << 63}}) {
      try {
        static_cast<void>(generate_keys<Small>(network, parameters, random));
      } catch (const Error& error) {
        refused += error.code() == ErrorCode::invalid_argument;
      }
    }
    return refused;
  });
  for (const auto& end : ends) {
    CHECK(end.value == 4);
    CHECK(end.cost.rounds == 0);
  }
}
