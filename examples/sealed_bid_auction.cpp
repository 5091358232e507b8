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
#include "parley/engine/simulate.hpp"
#include "protocols.hpp"

namespace {

using namespace examples;
/// What a bidder learns, and what that cost him.
struct Result {
  AuctionOutcome outcome;
  parley::Cost cost;
};

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
      ->check(CLI::Range(std::uint64_t{0}, greatest_number).description(""))
      ->type_name("PRICE");
  const auto* reproducible = add_reproducible(app, seed);
  app.footer(std::string("Example: sealed_bid_auction --price first --reserve 300 Ann=290 Ben=320 Cleo=305\n\n") +
             exit_status_help);

  return run(app, argc, argv, [&] {
    const Price price = price_name == "first" ? Price::first : Price::second;
    const std::vector<NamedNumber> bidders = parse_named_numbers(arguments, greatest_number);
    if (bidders.size() < 3)
      throw std::runtime_error("at least three bidders are needed, most of whom keep to the protocol");
    if (!reproducible->empty()) std::cout << reproducible_warning;

    const auto results = parley::simulate(bidders.size(), [&](parley::Network& network) {
      const Randomness randomness{reproducible->empty() ? std::nullopt : std::optional(seed),
                                  "bidder " + std::to_string(network.self())};
      Result result;
      result.outcome = auction({network, randomness}, bidders[network.self()].number, reserve, price);
      result.cost = network.cost();
      return result;
    });
    const AuctionOutcome& outcome = results.front().outcome;
    std::cout << enumerated(bidders) << " have handed in sealed bids.\n\n";
    if (outcome.winner)
      std::cout << bidders[*outcome.winner].name << " wins and pays " << grouped(outcome.price)
                << (price == Price::first ? ", his bid" : ", the highest price that another would have paid") << ".\n";
    else
      std::cout << "Nobody wins: no bid reaches the reserve of " << grouped(reserve) << ".\n";
    std::uint64_t most_sent = 0;
    for (const Result& one : results) most_sent = std::max(most_sent, one.cost.bytes_sent);
    std::cout << "\nThat is all that anybody has learnt. It took " << grouped(results.front().cost.rounds)
              << " rounds, in which nobody sent more than " << grouped(most_sent) << " bytes.\n";
  });
}
