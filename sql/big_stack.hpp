#pragma once
// libpg_query and protobuf-c recurse as deep as a statement nests and have no guard: they run on a thread whose stack
// is large enough for whatever check_bounds() lets through.

#include <functional>

namespace pgsextant::sql {

/// Runs `job` on the calling thread's own helper thread (started at the first call, ended with the caller) and waits.
/// What it throws is thrown here. A job may call it again: that runs in place. Throws std::system_error when no thread
/// can be had.
void on_big_stack(const std::function<void()>& job);

}  // namespace pgsextant::sql
