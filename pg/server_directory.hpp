#pragma once
// The temporary directory of a private server: it names its owner, so that somebody else can remove it when the owner
// could not.

#include <filesystem>
#include <optional>
#include <utility>

#include "core/outcome.hpp"
#include "pg/process.hpp"

namespace pgsextant::pg {

/// Removed, with all that is in it, by the destructor.
class ServerDirectory {
 public:
  /// Makes "pgsextant-XXXXXX" in `parent`, for `account` alone (0700). First removes those there whose owner process is
  /// gone and whose server no longer runs. `unavailable` when it cannot be made, `invalid_input` when the path is too
  /// long for a Unix socket in it.
  static Result<ServerDirectory> make(const std::filesystem::path& parent, const std::optional<Account>& account);
  ~ServerDirectory();
  ServerDirectory(ServerDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ServerDirectory& operator=(ServerDirectory&& other) noexcept;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path data() const { return path_ / "data"; }
  [[nodiscard]] std::filesystem::path log() const { return path_ / "server.log"; }

 private:
  explicit ServerDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Only directories with our name and our mark, made in this pid namespace by a process that is gone.
void remove_stale_directories(const std::filesystem::path& parent, const std::optional<Account>& account);

}  // namespace pgsextant::pg
