// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <acsl/backend/cpu.hpp>
#include <acsl/backend/detail/memory_pool.hpp>
#include <acsl/core/random_key.hpp>
#include <cstring>
#include <thread>

namespace {

using acsl::detail::memory_pool;

/// Counts what lies between the pool and the operating system, and can be made to run out.
class counting_resource final : public acsl::memory_resource {
 public:
  std::size_t bytes = 0, most = 0, limit = ~std::size_t{0};

  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment) override {
    if (bytes + size > limit) throw std::bad_alloc();
    bytes += size;
    most = std::max(most, bytes);
    return acsl::host_heap()->allocate(size, alignment);
  }
  void deallocate(void* data, std::size_t size, std::size_t alignment) override {
    bytes -= size;
    acsl::host_heap()->deallocate(data, size, alignment);
  }
};

TEST_CASE("every size has the smallest class that holds it, at most an eighth larger") {
  int last = -1;
  for (std::size_t bytes = 0; bytes < 300000; bytes += bytes < 5000 ? 1 : 61) {
    int const size_class = memory_pool::class_of(bytes);
    REQUIRE(size_class >= last);
    REQUIRE(memory_pool::bytes_of(size_class) >= bytes);
    if (size_class > 0) REQUIRE(memory_pool::bytes_of(size_class - 1) < std::max<std::size_t>(bytes, 1));
    if (bytes > 512) REQUIRE(memory_pool::bytes_of(size_class) * 8 <= bytes * 9 + 8 * memory_pool::alignment);
    last = size_class;
  }
  for (int size_class = 0; size_class < 200; ++size_class)
    REQUIRE(memory_pool::class_of(memory_pool::bytes_of(size_class)) == size_class);
}

TEST_CASE("a loop that repeats its sizes asks upstream for nothing after its first turn") {
  counting_resource upstream;
  memory_pool pool(&upstream);
  std::uint64_t first = 0;
  for (int turn = 0; turn < 5; ++turn) {
    {
      acsl::tensor<float> const a({1000, 100}, &pool), b({77}, &pool);
      acsl::tensor<double> const c({4096}, &pool);
      CHECK(reinterpret_cast<std::uintptr_t>(b.data()) % 64 == 0);
      CHECK(pool.used_bytes() >= a.bytes() + b.bytes() + c.bytes());
    }
    CHECK(pool.used_bytes() == 0);
    if (turn == 0) first = pool.upstream_calls();
  }
  CHECK(first == 3);
  CHECK(pool.upstream_calls() == first);
  CHECK(pool.kept_bytes() >= 1000 * 100 * 4);
  pool.release();
  CHECK(pool.kept_bytes() == 0);
  CHECK(upstream.bytes == 0);
}

TEST_CASE("the peak is the most in use at once since it was reset") {
  memory_pool pool;
  { acsl::tensor<char> const large({1 << 20}, &pool); }
  CHECK(pool.peak_bytes() == std::size_t{1} << 20);
  pool.reset_peak();
  CHECK(pool.peak_bytes() == 0);
  acsl::tensor<char> const small({1 << 10}, &pool);
  CHECK(pool.peak_bytes() >= std::size_t{1} << 10);
  CHECK(pool.peak_bytes() < std::size_t{1} << 11);
}

TEST_CASE("sizes that always change keep no more than twice what was in use at once") {
  counting_resource upstream;
  memory_pool pool(&upstream);
  acsl::random_key const key{3};
  for (std::uint64_t turn = 0; turn < 400; ++turn)
    acsl::tensor<char> const one({static_cast<acsl::index_t>(1 + key.below(turn, 1 << 20))}, &pool);
  CHECK(upstream.most <= 3 * pool.peak_bytes() + 4096);
}

TEST_CASE("what is kept is given back when upstream has no more") {
  counting_resource upstream;
  upstream.limit = 3000;
  memory_pool pool(&upstream);
  { acsl::tensor<char> const one({1024}, &pool); }
  acsl::tensor<char> const two({2048}, &pool);
  CHECK(pool.kept_bytes() == 0);
  CHECK_THROWS_AS(acsl::tensor<char>({1024}, &pool), std::bad_alloc);
  CHECK(pool.used_bytes() == 2048);
}

TEST_CASE("threads may allocate and free at once, and what one allocated another may free") {
  memory_pool pool;
  std::vector<acsl::tensor<int>> handed(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int turn = 0; turn < 300; ++turn) {
        acsl::tensor<int> mine({1 + (turn * 37 + t) % 900}, &pool);
        std::fill(mine.view().begin(), mine.view().end(), t);
        for (int const value : mine.view())
          if (value != t) std::abort();
        if (turn == 299) handed[static_cast<std::size_t>(t)] = std::move(mine);
      }
    });
  for (auto& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) CHECK(handed[static_cast<std::size_t>(t)][0] == t);
  handed.clear();
  CHECK(pool.used_bytes() == 0);
}

TEST_CASE("tensors of the processor backend outlive the context that made them") {
  acsl::tensor<float> kept;
  {
    acsl::cpu exec(1);
    kept = acsl::tensor<float>({100}, exec.memory());
    exec.fill(kept.view(), 3.0F);
  }
  CHECK(kept[99] == 3.0F);
}

}  // namespace
