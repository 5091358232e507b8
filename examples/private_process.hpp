// SPDX-License-Identifier: Apache-2.0
// A process that has secrets in its memory, kept out of core dumps and out of other processes' sight.
#pragma once

#if defined(__linux__)
#include <sys/prctl.h>
#endif
#if defined(__unix__)
#include <sys/resource.h>
#include <sys/stat.h>
#endif

namespace examples {

/// Called first: no core dump is written of this process, no other process of this user may look into it, and what it
/// creates is for this user alone. As far as the system has this.
inline void keep_secrets_in_process() {
#if defined(__unix__)
  const rlimit none{0, 0};
  static_cast<void>(setrlimit(RLIMIT_CORE, &none));
  umask(S_IRWXG | S_IRWXO);
#endif
#if defined(__linux__)
  static_cast<void>(prctl(PR_SET_DUMPABLE, 0));
#endif
}

}  // namespace examples
