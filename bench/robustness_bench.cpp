// SPDX-License-Identifier: Apache-2.0
// Reconstruction from the shares of a hundred parties of which many lie or are missing, in secrets a second.
#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "parley/sharing/shamir.hpp"

namespace {

using namespace parley_bench;

/// A batch whose first parties are missing, and of whose other parties every second one lies in every entry.
template <class F>
struct Damaged {
  Damaged(std::size_t batch, std::size_t missing, std::size_t lying)
      : secrets(operand<F>(1, batch)), found(batch), reconstruction(of_present(missing)) {
    parley::TestRandom random(2);
    shares = scheme.share(secrets, random);
    for (std::size_t i = 0; i < lying; ++i)
      for (F& share : shares[missing + 2 * i]) share += F::one();
    for (std::size_t party = missing; party < scheme.parties(); ++party) received.emplace_back(shares[party]);
  }
  // The rows refer to the shares.
  Damaged(const Damaged&) = delete;
  Damaged& operator=(const Damaged&) = delete;

  parley::ShamirReconstruction<F> of_present(std::size_t missing) const {
    std::vector<std::size_t> who;
    for (std::size_t party = missing; party < scheme.parties(); ++party) who.push_back(party);
    return scheme.reconstruction(who);
  }
  void check() { reconstruction.reconstruct_checked(received, found); }
  void correct(std::size_t lying) {
    if (reconstruction.reconstruct_correcting(received, found).size() != lying)
      throw std::runtime_error("other parties are found to lie than do");
  }

  parley::Shamir<F> scheme{{.parties = 100, .privacy_threshold = 33}};
  parley::Buffer<F> secrets, found;
  parley::ShamirReconstruction<F> reconstruction;
  std::vector<std::vector<F>> shares;
  std::vector<std::span<const F>> received;
};

template <class F>
void measure_damaged(const std::string& field, std::size_t batch, std::size_t missing, std::size_t lying) {
  const std::string work = field + "/correct/34-of-100/" + std::to_string(missing) + "_missing_" +
                           std::to_string(lying) + "_wrong/batch:" + std::to_string(batch);
  measure(work, "parley", batch, [=]() -> Work {
    return [setting = std::make_shared<Damaged<F>>(batch, missing, lying), lying] { setting->correct(lying); };
  });
  // A reconstruction that detects without correcting is not to be faster where nothing is wrong.
  if (lying == 0)
    measure(work, "parley-checked", batch, [=]() -> Work {
      return [setting = std::make_shared<Damaged<F>>(batch, missing, lying)] { setting->check(); };
    });
}

const bool registered = [] {
  for (const std::size_t batch : {1U, 64U, 1024U}) {
    measure_damaged<parley::Mersenne61>("Mersenne61", batch, 0, 0);
    measure_damaged<parley::Mersenne61>("Mersenne61", batch, 0, 33);
    measure_damaged<parley::Mersenne61>("Mersenne61", batch, 20, 23);
    measure_damaged<parley::GF256>("GF256", batch, 0, 0);
    measure_damaged<parley::GF256>("GF256", batch, 0, 33);
  }
  return true;
}();

}  // namespace
