// SPDX-License-Identifier: Apache-2.0
// Running something in a fork of the test, and seeing what came out.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <type_traits>

namespace parley::test {

/// The result of `call()` in a fork of this process.
template <class Result, class Call>
  requires std::is_trivially_copyable_v<Result> Result in_a_fork(Call&& call) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no fork");
    if (child == 0) {
      // Not a word of the test framework from here on: it would report everything twice.
      int status = 1;
      try {
        const Result result = call();
        if (::write(ends[1], &result, sizeof(result)) == static_cast<ssize_t>(sizeof(result))) status = 0;
      } catch (...) {
      }
      ::_exit(status);
    }
    ::close(ends[1]);
    Result result{};
    const ssize_t count = ::read(ends[0], &result, sizeof(result));  // so few bytes come in one piece
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (count != static_cast<ssize_t>(sizeof(result)) || status != 0) throw std::runtime_error("the fork failed");
    return result;
  }

}  // namespace parley::test
