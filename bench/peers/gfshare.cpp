// SPDX-License-Identifier: Apache-2.0
// libgfshare, Shamir's sharing of bytes by tables of logarithms, with randomness by parley. In cache only: it computes
// for as long as that larger memory makes no difference.
extern "C" {  // which the header leaves to us
#include <libgfshare.h>
}

#include <cstddef>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <vector>

#include "byte_sharing.hpp"

namespace {

using namespace parley_bench;

/// libgfshare asks for a function without a state.
void draw(unsigned char* out, unsigned int size) {
  static parley::SystemRandom random;
  random.fill(std::as_writable_bytes(std::span(out, size)));
}

using Context = std::shared_ptr<gfshare_ctx>;

std::vector<unsigned char> points(std::size_t count) {
  std::vector<unsigned char> result(count);
  std::iota(result.begin(), result.end(), static_cast<unsigned char>(1));
  return result;
}

void measure_sharing(const SharingShape& shape) {
  const std::size_t parties = shape.parameters.parties, terms = shape.parameters.privacy_threshold + 1;
  const auto size = static_cast<unsigned int>(shape.secrets);
  measure_peer<Byte>(
      shape.work("GF256ReedSolomon", "share"), "libgfshare", shape.secrets,
      [shape, parties, terms, size] {
        gfshare_fill_rand = draw;
        const Context context(gfshare_ctx_init_enc(points(parties).data(), static_cast<unsigned int>(parties),
                                                   static_cast<unsigned char>(terms), size),
                              gfshare_ctx_free);
        const auto out = std::make_shared<std::vector<parley::Buffer<Byte>>>(parties, parley::Buffer<Byte>(size));
        return Peer<Byte>{[context, secrets = operand<Byte>(1, size), out] {
                            gfshare_ctx_enc_setsecret(context.get(), bytes(secrets));
                            for (std::size_t party = 0; party < out->size(); ++party)
                              gfshare_ctx_enc_getshare(context.get(), static_cast<unsigned char>(party),
                                                       bytes((*out)[party]));
                          },
                          [shape, out] { return secrets_of(shape.parameters, *out); }};
      },
      [size] { return ends(operand<Byte>(1, size)); });

  measure_peer<Byte>(
      shape.work("GF256ReedSolomon", "reconstruct"), "libgfshare", shape.secrets,
      [shape, terms, size] {
        const Context context(gfshare_ctx_init_dec(points(terms).data(), static_cast<unsigned int>(terms), size),
                              gfshare_ctx_free);
        const auto out = std::make_shared<parley::Buffer<Byte>>(size);
        return Peer<Byte>{[context, shares = shares_by_parley(shape), terms, out] {
                            for (std::size_t i = 0; i < terms; ++i)
                              gfshare_ctx_dec_giveshare(context.get(), static_cast<unsigned char>(i), bytes(shares[i]));
                            gfshare_ctx_dec_extract(context.get(), bytes(*out));
                          },
                          [out] { return ends(*out); }};
      },
      [size] { return ends(operand<Byte>(1, size)); });
}

const bool registered = [] {
  for (const SharingShape& shape : byte_shapes())
    if (shape.place == std::string_view("in_cache")) measure_sharing(shape);
  return true;
}();

}  // namespace
