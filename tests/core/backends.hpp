// SPDX-License-Identifier: Apache-2.0
// A check under each backend that this machine has.
#pragma once

#include <string>

#include "catch.hpp"
#include "parley/core/cpu.hpp"

namespace parley::test {

/// Forces a backend until the end of its life.
class Forced {
 public:
  explicit Forced(Backend forced) : before_(cpu_features()) { force_backend(forced); }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;
  ~Forced() { detail::FeatureChoice::of_this_process().set(before_); }

 private:
  const CpuFeatures& before_;
};

template <class Check>
void under_each_backend(Check check) {
  for (const Backend each : {Backend::portable, Backend::avx2, Backend::avx512}) {
    if (each > detail::backend_of(machine_features())) return;
    const Forced forced(each);
    INFO("with the backend " << std::string(to_string(each)));
    check();
  }
}

/// The same, and with each of the features that machines with AVX2 may lack taken away.
template <class Check>
void under_each_kind_of_machine(Check check) {
  under_each_backend(check);
  if (!machine_features().avx2) return;
  const Forced forced(Backend::avx2);
  CpuFeatures bare = cpu_features();
  bare.gfni = bare.vaes = bare.vpclmulqdq = false;
  detail::FeatureChoice::of_this_process().set(bare);
  INFO("with AVX2 alone");
  check();
}

}  // namespace parley::test
