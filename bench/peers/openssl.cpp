// SPDX-License-Identifier: Apache-2.0
// OpenSSL's random bytes: its generator, and the key stream of AES-128 in counter mode, which is what parley draws where
// a machine has AES instructions.
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "contest.hpp"
#include "parley/core/keystream.hpp"

namespace {

using namespace parley_bench;

void require(int status) {
  if (status != 1) throw std::runtime_error("OpenSSL failed");
}

unsigned char* bytes(parley::Buffer<std::byte>& buffer) { return reinterpret_cast<unsigned char*>(buffer.data()); }

/// The key, of which the second half is the nonce and the counter's start: 0.
constexpr parley::Seed key = [] {
  parley::Seed result{};
  for (std::size_t i = 0; i < 24; ++i) result[i] = static_cast<std::byte>(i);
  return result;
}();

void measure_key_stream(const std::string& work, std::size_t size) {
  measure_peer<std::byte>(
      work, "OpenSSL-aes_128_ctr", size,
      [size] {
        const std::shared_ptr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
        const auto* const halves = reinterpret_cast<const unsigned char*>(key.data());
        require(EVP_EncryptInit_ex(context.get(), EVP_aes_128_ctr(), nullptr, halves, halves + 16));
        const auto out = std::make_shared<parley::Buffer<std::byte>>(size);
        const auto first = std::make_shared<std::vector<std::byte>>();
        return Peer<std::byte>{[context, out, first] {
                                 // In place, with zeros the first time.
                                 int length = 0;
                                 require(EVP_EncryptUpdate(context.get(), bytes(*out), &length, bytes(*out),
                                                           static_cast<int>(out->size())));
                                 if (first->empty()) first->assign(out->begin(), out->end());
                               },
                               [first] { return *first; }};
      },
      [size] {
        constexpr std::size_t unit = parley::detail::keystream_unit;
        std::vector<std::byte> out((size + unit - 1) / unit * unit);
        parley::detail::Keystream(parley::Cipher::aes128_ctr, key).generate(out.data(), out.size() / unit);
        out.resize(size);
        return out;
      });
}

void measure_generator(const std::string& work, std::size_t size) {
  measure(work, "OpenSSL-RAND_bytes", size, [size]() -> Work {
    return [out = std::make_shared<parley::Buffer<std::byte>>(size)] {
      require(RAND_bytes(bytes(*out), static_cast<int>(out->size())));
    };
  });
}

const bool registered = [] {
  for (const auto& [name, size] :
       {std::pair{"16_bytes", std::size_t{16}}, {"16_KiB", std::size_t{1} << 14}, {"64_MiB", std::size_t{1} << 26}}) {
    const std::string work = "random/" + std::string(name);
    measure_generator(work, size);
    if (parley::cipher_available(parley::Cipher::aes128_ctr)) measure_key_stream(work, size);
  }
  return true;
}();

}  // namespace
