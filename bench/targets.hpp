// SPDX-License-Identifier: Apache-2.0
// The rates that the fields and sharing have to reach on one core with AVX-512, and the engine with all parties in one
// process on two.
#pragma once

#include <string>
#include <vector>

namespace parley_bench {

/// The clock of a core that reaches the targets.
inline constexpr double clock_of_targets = 3.5e9;

/// `contender` does `work` at least at this rate (a second), or that many times as fast as the contender `than`.
struct Target {
  std::string work, contender;
  double at_least = 0;
  std::string than = {};
};

inline std::vector<Target> targets() {
  return {
      {"Mersenne61/multiply/in_cache", "parley", 2.5e9},
      {"Mersenne61/multiply/out_of_cache", "parley", 1.5e9},
      {"Mersenne61/multiply/in_cache", "parley-portable", 0.6e9},
      {"Mersenne61/multiply/in_cache", "parley-avx2", 1.6e9},
      {"Mersenne61/inner_product/in_cache", "parley", 3e9},
      {"Mersenne61/share/2-of-3/out_of_cache", "parley", 600e6},
      {"Mersenne61/share/3-of-5/out_of_cache", "parley", 400e6},
      {"Mersenne61/share/5-of-10/out_of_cache", "parley", 140e6},
      {"Mersenne61/share/34-of-100/out_of_cache", "parley", 2.3e6},
      {"Mersenne61/reconstruct/2-of-3/out_of_cache", "parley", 800e6},
      {"Mersenne61/reconstruct/3-of-5/out_of_cache", "parley", 550e6},
      {"Mersenne61/reconstruct/5-of-10/out_of_cache", "parley", 300e6},
      {"Mersenne61/reconstruct/34-of-100/out_of_cache", "parley", 20e6},
      // Nothing wrong: correcting is a check. A third wrong, in the same places: a batch within a millisecond.
      {"Mersenne61/correct/34-of-100/0_missing_0_wrong/batch:1024", "parley", 0.9, "parley-checked"},
      {"Mersenne61/correct/34-of-100/0_missing_33_wrong/batch:1", "parley", 1e3},
      {"Mersenne61/correct/34-of-100/0_missing_33_wrong/batch:1024", "parley", 1024e3},
      {"GF256/correct/34-of-100/0_missing_33_wrong/batch:1024", "parley", 1024e3},
      {"Mersenne127/multiply/in_cache", "parley", 250e6},
      {"Bls12_381Scalar/multiply/one_by_one", "parley", 40e6},
      {"Bls12_381Scalar/multiply/in_cache", "parley", 180e6},
      {"Bls12_381Scalar/multiply/in_cache", "parley", 10, "GMP-mpz"},
      {"GF256/share/3-of-5/64_MiB", "parley", 3.5e9},
      {"GF256/share/10-of-20/64_MiB", "parley", 0.9e9},
      {"GF256ReedSolomon/share/3-of-5/64_MiB", "parley", 1.3, "ISA-L"},
      {"GF256ReedSolomon/share/10-of-20/64_MiB", "parley", 1.3, "ISA-L"},
      {"GF256/reconstruct/3-of-5/in_cache", "parley", 20e9},
      // A key of 32 bytes with its tag: within a microsecond.
      {"bytes/split/3-of-5/32_bytes", "parley", 1e6},
      {"bytes/split/3-of-5/32_bytes", "parley-as-files", 1e6},
      {"bytes/combine/3-of-5/32_bytes", "parley", 1e6},
      {"bytes/combine/3-of-5/32_bytes", "parley-as-files", 1e6},
      {"GF2To64/multiply/in_cache", "parley", 2.2e9},
      {"GF2To128/multiply/in_cache", "parley", 0.6e9},
      {"random/16_KiB", "parley", 18e9},
      {"random/16_KiB", "parley-aesni", 9e9},
      {"random/16_KiB", "parley-portable", 1.5e9},
      {"products/parties:3/batch:1000000", "parley", 50e6},
      {"products/parties:5/batch:1000000", "parley", 20e6},
      {"products/parties:10/batch:1000000", "parley", 6e6},
      {"inner_product/parties:3/batch:10000000", "parley", 300e6},
      {"conjunctions_of_aes/parties:3/blocks:512", "parley", 2e9},
      {"comparisons/parties:3/batch:1000000", "parley", 8e6},
      {"comparisons/parties:5/batch:100000", "parley", 300e3},
      {"shuffling/parties:3/batch:1000000", "parley", 1e6 / 0.2},
      {"sorting/parties:3/values:100000", "parley", 1e5 / 0.6},
      {"median_of_shared/parties:3/values:1000000", "parley", 1e6 / 1.2},
      {"joint_median_of_lists/parties:3/values:10000000", "parley", 3e7 / 2},
  };
}

}  // namespace parley_bench
