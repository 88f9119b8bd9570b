// SPDX-FileCopyrightText: the acsl authors
// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <acsl/backend/concepts.hpp>
#include <acsl/io/detail/chunk_value.hpp>
#include <acsl/io/detail/chunked_file.hpp>
#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace acsl {

/// What stands around the elements of a chunk, so that a chunk is a document of its own.
enum class chunk_frame {
  list,            ///< the document is a list: every chunk is one
  lists_of_object  ///< it is an object of lists: every chunk is an object, whose first key is "" where a list goes on
};

namespace detail {

/// Memory for one chunk: its text and what the parser makes of it.
class chunk_parser {
 public:
  /// @throws chunk_refusal when the text is no JSON document
  chunk_value parse(chunked_file const& file, std::size_t chunk, chunk_frame frame) {
    bool const list = frame == chunk_frame::list;
    std::string_view const before = chunk == 0 ? "" : list ? "[" : "{\"\":[";
    std::string_view const behind = chunk + 1 == file.size() ? "" : list ? "]" : "]}";
    auto const length = before.size() + file.bytes(chunk) + behind.size();
    text_.resize(length + simdjson::SIMDJSON_PADDING);
    std::memcpy(text_.data(), before.data(), before.size());
    if (!file.read(chunk, text_.data() + before.size())) throw chunk_refusal{};
    std::memcpy(text_.data() + length - behind.size(), behind.data(), behind.size());
    simdjson::dom::element root;
    if (parser_.parse(text_.data(), length, false).get(root)) throw chunk_refusal{};
    return chunk_value(root);
  }

 private:
  std::vector<char> text_;
  simdjson::dom::parser parser_;
};

/// Parsers that wait for their next chunk: as many as threads.
class chunk_parsers {
 public:
  std::unique_ptr<chunk_parser> take() {
    std::lock_guard const lock(mutex_);
    if (idle_.empty()) return std::make_unique<chunk_parser>();
    auto parser = std::move(idle_.back());
    idle_.pop_back();
    return parser;
  }
  void give_back(std::unique_ptr<chunk_parser> parser) {
    std::lock_guard const lock(mutex_);
    idle_.push_back(std::move(parser));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<chunk_parser>> idle_;
};

}  // namespace detail

/// Parses a large JSON file in parallel: it is cut between elements of its lists, and each chunk is parsed and read on
/// its own. Memory for a few chunks and what is read from them.
///
/// The first chunk begins where the document does. If a chunk begins between two elements of a list and its text, with
/// the frame around it, is a whole document, then it ends between two elements as well: so a cut at a wrong place
/// leaves a chunk that is none, and nothing is misread. What a chunk's reader refuses, and everything that is not
/// strictly JSON, ends the reading without a result; a reader of the whole text then has the last word.
///
/// @param path  the file
/// @param frame what the document is
/// @param read  read(detail::chunk_value root, bool is_first) returns what a chunk holds; calls run in parallel. It
///              throws detail::chunk_refusal, as the values do
/// @param chunk_bytes length of a chunk; the next cut ends it
/// @return in the order of the file, or nothing: read it in another way
template <has_loops Backend, class Read>
[[nodiscard]] auto read_json_chunks(Backend& exec, std::filesystem::path const& path, chunk_frame frame,
                                    Read const& read, std::size_t chunk_bytes = std::size_t{1} << 20) {
  static_assert(Backend::host_memory, "files are read on the host");
  using chunk = decltype(read(std::declval<detail::chunk_value>(), true));
  detail::chunked_file const file(path, chunk_bytes);
  std::vector<chunk> chunks(file.size());
  detail::chunk_parsers parsers;
  std::atomic<bool> refused = file.size() == 0;
  auto* const out = chunks.data();
  constexpr double cost_ns = 2e6;
  exec.for_each(
      static_cast<index_t>(file.size()),
      [&refused, &parsers, &file, &read, frame, out](index_t i) {
        if (refused) return;
        try {
          auto parser = parsers.take();
          out[i] = read(parser->parse(file, static_cast<std::size_t>(i), frame), i == 0);
          parsers.give_back(std::move(parser));
        } catch (detail::chunk_refusal const&) {
          refused = true;
        }
      },
      cost_ns);
  return refused ? std::nullopt : std::optional(std::move(chunks));
}

}  // namespace acsl
