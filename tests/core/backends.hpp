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
  explicit Forced(Backend forced) : before_(backend()) { force_backend(forced); }
  Forced(const Forced&) = delete;
  Forced& operator=(const Forced&) = delete;
  ~Forced() { force_backend(before_); }

 private:
  Backend before_;
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

}  // namespace parley::test
