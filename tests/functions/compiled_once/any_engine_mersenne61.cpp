// SPDX-License-Identifier: Apache-2.0
// The engines over 2^61 - 1 of the tests of functions, and what runs them.
#include <cstddef>
#include <functional>

#include "functions/any_engine_of.hpp"
#include "parley/engine/simulate.hpp"
#include "parley/field/mersenne61.hpp"

namespace parley::test {

template std::unique_ptr<AnyEngine<Mersenne61>> any_clear(Network& network);
template std::unique_ptr<AnyEngine<Mersenne61>> any_shamir(Network& network, const Setting& setting,
                                                           std::uint64_t seed);

void run_parties(std::size_t parties, const std::function<void(Network&)>& program) { simulate(parties, program); }

}  // namespace parley::test
