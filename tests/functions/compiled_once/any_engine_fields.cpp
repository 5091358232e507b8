// SPDX-License-Identifier: Apache-2.0
// The engines over other fields of the tests of functions.
#include <cstdint>
#include <memory>

#include "functions/any_engine_of.hpp"
#include "parley/field/mersenne127.hpp"
#include "parley/field/small_prime.hpp"

namespace parley::test {

template std::unique_ptr<AnyEngine<Mersenne127>> any_clear(Network& network);
template std::unique_ptr<AnyEngine<Mersenne127>> any_shamir(Network& network, const Setting& setting,
                                                            std::uint64_t seed);
template std::unique_ptr<AnyEngine<SmallPrime<7>>> any_clear(Network& network);
template std::unique_ptr<AnyEngine<SmallPrime<7>>> any_shamir(Network& network, const Setting& setting,
                                                              std::uint64_t seed);
template std::unique_ptr<AnyEngine<SmallPrime<31>>> any_clear(Network& network);
template std::unique_ptr<AnyEngine<SmallPrime<31>>> any_shamir(Network& network, const Setting& setting,
                                                               std::uint64_t seed);
template std::unique_ptr<AnyEngine<SmallPrime<127>>> any_clear(Network& network);
template std::unique_ptr<AnyEngine<SmallPrime<127>>> any_shamir(Network& network, const Setting& setting,
                                                                std::uint64_t seed);

}  // namespace parley::test
