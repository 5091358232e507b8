// SPDX-License-Identifier: Apache-2.0
// A sealed-bid auction without an auctioneer: everybody learns who wins and what he pays, and nobody any other bid.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "numbers.hpp"
#include "parley/parley.hpp"

namespace {

using namespace examples;
using F = parley::Mersenne61;

/// Comparisons in Mersenne61 are of numbers below 2^59.
constexpr std::uint64_t greatest_bid = (std::uint64_t{1} << 59) - 1;

enum class Price { first, second };

/// What every bidder learns.
struct Outcome {
  std::optional<std::size_t> winner;  ///< nothing where no bid reaches the reserve
  std::uint64_t price = 0;            ///< 0 without a winner
  parley::Cost cost;
};

/// One bidder's part in the protocol. The reserve is public: what the seller bids himself, after all the others, so that
/// a bid that equals it wins.
template <class Random>
Outcome auction(parley::Network& network, std::uint64_t bid, std::uint64_t reserve, Price price, Random random) {
  auto engine = parley::shamir_passive<F>(network, {}, std::move(random));
  const auto bids = concat(input_all(engine, F{bid}), constant(engine, F{reserve}));
  const auto [highest, position] = maximum(engine, bids);

  Outcome outcome;
  const std::uint64_t winner = open(engine, position).front().to_integer();
  if (winner != engine.parties()) {  // not the seller, in which case the bids' order stays secret
    outcome.winner = winner;
    if (price == Price::first) {
      outcome.price = open(engine, highest).front().to_integer();
    } else {
      // The winner is public, so leaving out his bid tells nothing.
      std::vector<std::size_t> others;
      for (std::size_t i = 0; i < bids.size(); ++i)
        if (i != winner) others.push_back(i);
      outcome.price = open(engine, maximum(engine, bids.gather(others)).value).front().to_integer();
    }
  }
  outcome.cost = engine.cost();
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Bidders find out together who bids most and what he pays. Nobody, not even an auctioneer, sees the other bids,\n"
      "and the losers' order stays secret too. All bidders are simulated in this process.",
      "sealed_bid_auction");
  std::vector<std::string> arguments = {"Ada=310", "Blaise=275", "Carl=905", "Dorothea=640"};
  std::string price_name = "second";
  std::uint64_t reserve = 0, seed = 0;
  app.add_option("bids", arguments,
                 "At least three bidders and their bids, from 0 to 2^59 - 1. Of equal bids the first one wins")
      ->type_name("NAME=BID");
  app.add_option("--price", price_name,
                 "What the winner pays: his bid (first), or the highest of the other bids (second), which makes it\n"
                 "best for everybody to bid what the thing is worth to him. Default: second")
      ->check(CLI::IsMember({"first", "second"}).description(""))
      ->type_name("first|second");
  app.add_option("--reserve", reserve,
                 "The least price, public. Where no bid reaches it, nothing is sold and nothing else revealed")
      ->check(CLI::Range(std::uint64_t{0}, greatest_bid).description(""))
      ->type_name("PRICE");
  const auto* reproducible = add_reproducible(app, seed);
  app.footer(std::string("Example: sealed_bid_auction --price first --reserve 300 Ann=290 Ben=320 Cleo=305\n\n") +
             exit_status_help);

  return run(app, argc, argv, [&] {
    const Price price = price_name == "first" ? Price::first : Price::second;
    const std::vector<NamedNumber> bidders = parse_named_numbers(arguments, greatest_bid);
    if (bidders.size() < 3)
      throw std::runtime_error("at least three bidders are needed, most of whom keep to the protocol");
    if (!reproducible->empty()) std::cout << reproducible_warning;

    const auto outcomes = parley::simulate(bidders.size(), [&](parley::Network& network) {
      const std::uint64_t bid = bidders[network.self()].number;
      if (reproducible->empty()) return auction(network, bid, reserve, price, parley::SystemRandom());
      return auction(network, bid, reserve, price,
                     parley::TestRandom(seed).child("bidder " + std::to_string(network.self())));
    });
    const Outcome& outcome = outcomes.front();
    std::cout << enumerated(bidders) << " have handed in sealed bids.\n\n";
    if (outcome.winner)
      std::cout << bidders[*outcome.winner].name << " wins and pays " << grouped(outcome.price)
                << (price == Price::first ? ", his bid" : ", the highest price that another would have paid") << ".\n";
    else
      std::cout << "Nobody wins: no bid reaches the reserve of " << grouped(reserve) << ".\n";
    std::uint64_t most_sent = 0;
    for (const Outcome& one : outcomes) most_sent = std::max(most_sent, one.cost.bytes_sent);
    std::cout << "\nThat is all that anybody has learnt. It took " << grouped(outcome.cost.rounds)
              << " rounds, in which nobody sent more than " << grouped(most_sent) << " bytes.\n";
  });
}
