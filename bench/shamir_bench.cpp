// SPDX-License-Identifier: Apache-2.0
// Shamir sharing and reconstruction, in secrets a second, the drawing of randomness included.
#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contest.hpp"
#include "parley/field/binary256.hpp"
#include "parley/field/mersenne61.hpp"
#include "sharing.hpp"

namespace {

using namespace parley_bench;

/// A scheme with secrets, their shares, and the reconstruction from the shares of all parties.
template <class F>
struct Setting {
  explicit Setting(const SharingShape& shape)
      : scheme(shape.parameters),
        secrets(operand<F>(1, shape.secrets)),
        shares(scheme.parties(), parley::Buffer<F>(secrets.size())),
        rows(shares.begin(), shares.end()),
        received(shares.begin(), shares.end()),
        scratch(scheme.scratch_size(secrets.size())),
        reconstruction(reconstruction_by_everybody(scheme)) {
    share();
  }
  // The rows refer to the shares.
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

  void share() { scheme.share_into(secrets, random, rows, scratch); }

  static parley::ShamirReconstruction<F> reconstruction_by_everybody(const parley::Shamir<F>& scheme) {
    std::vector<std::size_t> everybody(scheme.parties());
    std::iota(everybody.begin(), everybody.end(), std::size_t{0});
    return scheme.reconstruction(everybody);
  }

  parley::SystemRandom random;
  parley::Shamir<F> scheme;
  parley::Buffer<F> secrets;
  std::vector<parley::Buffer<F>> shares;
  std::vector<std::span<F>> rows;
  std::vector<std::span<const F>> received;
  parley::Buffer<F> scratch;
  parley::ShamirReconstruction<F> reconstruction;
};

template <class F>
void measure_sharing(const std::string& field, const SharingShape& shape) {
  const auto prepared = [&](auto work) {
    return
        [shape, work]() -> Work { return [setting = std::make_shared<Setting<F>>(shape), work] { work(*setting); }; };
  };
  const auto share = prepared([](Setting<F>& s) { s.share(); });
  const auto reconstruct = prepared([](Setting<F>& s) { s.reconstruction.reconstruct(s.received, s.secrets); });
  if (shape.place != std::string_view("in_cache")) {
    measure(shape.work(field, "share"), "parley", shape.secrets, share);
    measure(shape.work(field, "reconstruct"), "parley", shape.secrets, reconstruct);
    return;
  }
  measure_backends(shape.work(field, "share"), shape.secrets, share);
  measure_backends(shape.work(field, "reconstruct"), shape.secrets, reconstruct);
  measure(shape.work(field, "reconstruct_checked"), "parley", shape.secrets,
          prepared([](Setting<F>& s) { s.reconstruction.reconstruct_checked(s.received, s.secrets); }));
  // Without a wrong share, which has to be the fastest case.
  measure(shape.work(field, "reconstruct_correcting"), "parley", shape.secrets, prepared([](Setting<F>& s) {
            benchmark::DoNotOptimize(s.reconstruction.reconstruct_correcting(s.received, s.secrets));
          }));
}

const bool registered = [] {
  for (const SharingShape& shape : word_shapes()) measure_sharing<parley::Mersenne61>("Mersenne61", shape);
  for (const SharingShape& shape : byte_shapes()) {
    measure_sharing<parley::GF256>("GF256", shape);
    measure_sharing<parley::GF256ReedSolomon>("GF256ReedSolomon", shape);
  }
  return true;
}();

}  // namespace
