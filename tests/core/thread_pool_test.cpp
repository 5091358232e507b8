// SPDX-License-Identifier: Apache-2.0
// A few threads that share the parts of a piece of work: each part once, whatever throws, in forks too.
#include "parley/core/thread_pool.hpp"

#include <atomic>
#include <cstddef>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"

#if defined(__unix__)
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace {

using parley::ThreadPool;

/// How often each part is done.
std::vector<std::size_t> times_done(ThreadPool& pool, std::size_t parts) {
  std::vector<std::size_t> times(parts);  // each entry is one part's alone
  pool.run(parts, [&](std::size_t part) { ++times[part]; });
  return times;
}

/// What run() throws for 10 parts of which these throw their numbers, and how many were done.
struct Outcome {
  std::string thrown;
  std::size_t done;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};
Outcome outcome_of_throwing(ThreadPool& pool, const std::vector<std::size_t>& throwing) {
  std::atomic<std::size_t> done = 0;
  try {
    pool.run(10, [&](std::size_t part) {
      ++done;
      for (const std::size_t number : throwing)
        if (part == number) throw std::runtime_error(std::to_string(part));
    });
  } catch (const std::runtime_error& error) {
    return {error.what(), done};
  }
  return {"", done};
}

}  // namespace

TEST_CASE("every part is done once, by pools of every size, time after time") {
  for (const std::size_t threads : {0U, 1U, 2U, 3U, 8U}) {
    ThreadPool pool(threads);
    CHECK(pool.threads() == (threads == 0 ? 1 : threads));
    for (const std::size_t parts : {0U, 1U, 2U, 7U, 100U, 1U, 3U})
      CHECK(times_done(pool, parts) == std::vector<std::size_t>(parts, 1));
  }
}

TEST_CASE("parts are done at the same time, by as many threads as there are") {
  for (const std::size_t threads : {2U, 4U}) {
    ThreadPool pool(threads);
    std::latch all_at_work(static_cast<std::ptrdiff_t>(threads));
    std::atomic<std::size_t> done = 0;
    pool.run(threads, [&](std::size_t) {
      all_at_work.arrive_and_wait();  // nobody ends before everyone has begun
      ++done;
    });
    CHECK(done == threads);
  }
}

TEST_CASE("a pool of one does everything in the caller's thread, in order") {
  ThreadPool pool(1);
  std::vector<std::size_t> order;
  bool in_this_thread = true;
  pool.run(5, [&, caller = std::this_thread::get_id()](std::size_t part) {
    order.push_back(part);
    in_this_thread = in_this_thread && std::this_thread::get_id() == caller;
  });
  CHECK(order == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(in_this_thread);
}

TEST_CASE("of several parts that throw, the first one's exception comes out, after all are done") {
  for (const std::size_t threads : {1U, 2U, 4U}) {
    ThreadPool pool(threads);
    for (int time = 0; time < 20; ++time) {
      CHECK(outcome_of_throwing(pool, {7, 3, 9}) == Outcome{"3", 10});
      CHECK(outcome_of_throwing(pool, {}) == Outcome{"", 10});
      CHECK(outcome_of_throwing(pool, {0}) == Outcome{"0", 10});
    }
  }
}

#if defined(__unix__) && !defined(__SANITIZE_THREAD__)  // whose runtime has no threads in forks
TEST_CASE("a fork does everything itself, and ends") {
  auto pool = std::make_unique<ThreadPool>(3);
  REQUIRE(times_done(*pool, 9) == std::vector<std::size_t>(9, 1));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    alarm(60);  // rather than a wait for ever
    const bool right =
        times_done(*pool, 9) == std::vector<std::size_t>(9, 1) && outcome_of_throwing(*pool, {4}) == Outcome{"4", 10};
    pool.reset();  // waits for nobody
    _exit(right ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(times_done(*pool, 9) == std::vector<std::size_t>(9, 1));
}
#endif
