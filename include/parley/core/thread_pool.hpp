// SPDX-License-Identifier: Apache-2.0
// A few threads that share the parts of a piece of work with the thread that asks for it.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "parley/core/fork.hpp"

namespace parley {

/// So many threads, that of the caller included. They are started by the first work of several parts, and joined by the
/// destructor. One owner, who calls run() from one thread at a time.
///
/// A fork of the process has none of the others: there all parts are the caller's.
class ThreadPool {
 public:
  /// 0 counts as 1.
  explicit ThreadPool(std::size_t threads = 1) : threads_(std::max<std::size_t>(threads, 1)) {}
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ~ThreadPool() { leave_to_parent(); }

  /// How many threads there are where the system starts them.
  [[nodiscard]] std::size_t threads() const noexcept { return threads_; }

  /// Calls work(part) for the parts 0, ..., parts - 1, each once, on whatever thread and in whatever order, several at a
  /// time; `work` does not call run() of this pool. Returns when all calls have, and what they wrote is seen by the
  /// caller. Throws what the first of the parts threw that threw anything; the others are done all the same. A thread
  /// that cannot be started leaves its parts to the others.
  template <class Work>
  void run(std::size_t parts, const Work& work) {
    if (parts < 2 || threads_ < 2 || !start()) {
      Failure failure;
      for (std::size_t part = 0; part < parts; ++part) failure.attempt(part, work);
      failure.rethrow();
      return;
    }
    const Job job{parts, &work, [](const void* body, std::size_t part, Failure& failure) {
                    failure.attempt(part, *static_cast<const Work*>(body));
                  }};
    crew_->run(job);
  }

 private:
  // What the first part threw, of those of one thread or of all.
  struct Failure {
    std::size_t part = SIZE_MAX;
    std::exception_ptr thrown;

    template <class Work>
    void attempt(std::size_t which, const Work& work) {
      try {
        work(which);
      } catch (...) {
        note({which, std::current_exception()});
      }
    }
    void note(const Failure& other) {
      if (other.thrown && other.part < part) *this = other;
    }
    void rethrow() const {
      if (thrown) std::rethrow_exception(thrown);
    }
  };

  struct Job {
    std::size_t parts;
    const void* body;
    void (*attempt)(const void* body, std::size_t part, Failure& failure);
  };

  // The other threads and what they wait for.
  class Crew {
   public:
    explicit Crew(std::size_t threads) {
      for (std::size_t k = 0; k < threads; ++k) {
        try {
          members_.emplace_back([this] { serve(); });
        } catch (const std::exception&) {
          return;
        }
      }
    }
    ~Crew() {
      {
        const std::lock_guard lock(mutex_);
        ends_ = true;
      }
      wake_.notify_all();
      for (std::thread& member : members_) member.join();
    }

    void run(const Job& job) {
      {
        const std::lock_guard lock(mutex_);
        job_ = &job;
        next_part_ = 0;
        failure_ = {};
        ++number_;
      }
      wake_.notify_all();
      Failure own;
      take_parts(job, own);
      std::unique_lock lock(mutex_);
      job_ = nullptr;  // whoever has not woken up yet is not waited for
      done_.wait(lock, [&] { return busy_ == 0; });
      failure_.note(own);
      const Failure failure = std::exchange(failure_, {});
      lock.unlock();
      failure.rethrow();
    }

   private:
    void serve() {
      std::uint64_t served = 0;
      std::unique_lock lock(mutex_);
      while (true) {
        wake_.wait(lock, [&] { return ends_ || (job_ != nullptr && number_ != served); });
        if (ends_) return;
        served = number_;
        const Job& job = *job_;
        ++busy_;
        lock.unlock();
        Failure own;
        take_parts(job, own);
        lock.lock();
        failure_.note(own);
        own = {};
        if (--busy_ == 0) done_.notify_one();
      }
    }
    void take_parts(const Job& job, Failure& failure) {
      while (true) {
        const std::size_t part = next_part_.fetch_add(1, std::memory_order_relaxed);
        if (part >= job.parts) return;
        job.attempt(job.body, part, failure);
      }
    }

    std::mutex mutex_;
    std::condition_variable wake_, done_;
    const Job* job_ = nullptr;
    std::uint64_t number_ = 0;  // of the job, by which a thread knows the one that it has served
    std::size_t busy_ = 0;
    bool ends_ = false;
    Failure failure_;
    std::atomic<std::size_t> next_part_ = 0;
    std::vector<std::thread> members_;  // last, so that the rest is there when they begin
  };

  // Whether there are threads to run with.
  bool start() {
    leave_to_parent();
    if (!crew_ && !forked_) {
      generation_ = detail::fork_generation();
      crew_ = std::make_unique<Crew>(threads_ - 1);
    }
    return crew_ != nullptr;
  }
  // In a fork the threads are gone, and their mutex may be locked for ever: what is left of them is not touched.
  void leave_to_parent() noexcept {
    if (!crew_ || detail::fork_generation() == generation_) return;
    static_cast<void>(crew_.release());
    forked_ = true;
  }

  std::size_t threads_;
  std::uint64_t generation_ = 0;
  bool forked_ = false;
  std::unique_ptr<Crew> crew_;
};

}  // namespace parley
