// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <acsl/core/communicator.hpp>
#include <algorithm>
#include <cstring>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

/// Processes that work together as those of a distributed run do: forked, with memory in common.
namespace test {

namespace detail {

/// What the processes have in common.
struct common_memory {
  static constexpr int most = 4;
  static constexpr std::size_t capacity = 1 << 15;
  struct place {
    acsl::index_t count = 0;  // of the values that it brings
    std::size_t results = 0;  // numbers that its part returned
    char problem[512] = {};   // why its part failed; empty: it did not
    double values[capacity] = {};
  };
  pthread_barrier_t barrier;
  place of[most];
};

/// Adds in the order of ranks, so that every process has the same bits.
class common_sums : public acsl::communicator {
 public:
  common_sums(common_memory& memory, int rank, int processes) : memory_(memory), rank_(rank), processes_(processes) {}

  [[nodiscard]] int processes() const override { return processes_; }
  void sum(double* values, acsl::index_t count) override {
    auto& mine = memory_.of[rank_];
    mine.count = count;
    auto const fits = static_cast<std::size_t>(count) <= common_memory::capacity;
    if (fits) std::copy(values, values + count, mine.values);
    pthread_barrier_wait(&memory_.barrier);
    bool same = true;
    for (int r = 0; r < processes_; ++r) same = same && memory_.of[r].count == count;
    for (acsl::index_t i = 0; same && fits && i < count; ++i) {
      values[i] = 0;
      for (int r = 0; r < processes_; ++r) values[i] += memory_.of[r].values[i];
    }
    pthread_barrier_wait(&memory_.barrier);  // nobody brings the next values before all have read these
    if (!fits) throw std::runtime_error("too many values for the memory in common");
    if (!same) throw std::runtime_error("the processes bring different numbers of values");
  }

 private:
  common_memory& memory_;
  int rank_, processes_;
};

}  // namespace detail

/// part(rank, communicator) in each of `processes` forked processes; what each returned, by rank.
///
/// The parts must not use threads that were there before. One that waits for a sum that another never comes to is ended
/// after `seconds`.
/// @throws std::runtime_error with the rank and the reason where a part throws, ends otherwise or takes too long
inline std::vector<std::vector<double>> in_processes(
    int processes, std::function<std::vector<double>(int rank, acsl::communicator&)> const& part,
    unsigned seconds = 60) {
  using detail::common_memory;
  if (processes < 1 || processes > common_memory::most) throw std::runtime_error("a group has 1 to 4 processes");
  void* const page = mmap(nullptr, sizeof(common_memory), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) throw std::runtime_error("there is no memory to share");
  auto* const memory = new (page) common_memory;
  pthread_barrierattr_t shared;
  pthread_barrierattr_init(&shared);
  pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
  pthread_barrier_init(&memory->barrier, &shared, static_cast<unsigned>(processes));
  pthread_barrierattr_destroy(&shared);

  std::vector<pid_t> ids;
  for (int rank = 0; rank < processes; ++rank) {
    pid_t const id = fork();
    if (id != 0) {
      ids.push_back(id);
      continue;
    }
    auto& mine = memory->of[rank];
    auto const fails = [&](char const* why) { std::strncpy(mine.problem, why, sizeof mine.problem - 1); };
    alarm(seconds);
    try {
      detail::common_sums sums(*memory, rank, processes);
      auto const result = part(rank, sums);
      if (result.size() > common_memory::capacity) throw std::runtime_error("too many results");
      std::copy(result.begin(), result.end(), mine.values);  // after the last sum, which all have read
      mine.results = result.size();
    } catch (std::exception const& problem) {
      fails(problem.what());
    } catch (...) {
      fails("something that is no exception was thrown");
    }
    _exit(0);
  }

  std::vector<std::vector<double>> results;
  std::string problems;
  for (int rank = 0; rank < processes; ++rank) {
    auto const& its = memory->of[rank];
    int how = 0;
    pid_t const id = ids[static_cast<std::size_t>(rank)];
    bool const ended = id > 0 && waitpid(id, &how, 0) == id && WIFEXITED(how) && WEXITSTATUS(how) == 0;
    std::string why = its.problem;
    if (why.empty() && !ended) why = id < 0 ? "cannot be started" : WIFSIGNALED(how) ? strsignal(WTERMSIG(how)) : "?";
    if (!why.empty()) problems += "process " + std::to_string(rank) + ": " + why + "\n";
    results.emplace_back(its.values, its.values + its.results);
  }
  munmap(page, sizeof(common_memory));
  if (!problems.empty()) throw std::runtime_error(problems);
  return results;
}

}  // namespace test
