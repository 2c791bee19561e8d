#pragma once

#include <sys/types.h>

namespace pgsextant::pg {

/// Sends a signal to every process whose parent is `parent` now. PostgreSQL's children are groups of their own, so that
/// no signal to a group reaches them all.
void signal_children(pid_t parent, int signal);

/// Waits, at most a second, until the kernel shows `process` as stopped.
void await_stopped(pid_t process);

}  // namespace pgsextant::pg
