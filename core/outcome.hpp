#pragma once
// Expected failures are values. Exceptions are for what ends the operation unexpectedly and are turned into a Failure
// once, at the edge of the module that met them.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pgsextant {

enum class Outcome {
  ok,
  unsupported,    ///< this server version, or a missing extension, cannot answer
  denied,         ///< the role lacks a right
  timeout,        ///< a deadline passed, on the server or here
  locked,         ///< somebody holds a lock that we refuse to wait for
  unavailable,    ///< no connection
  invalid_input,  ///< what we were given, or what the server answered, cannot be used
};

std::string_view to_string(Outcome outcome);

/// What went wrong, in words for the person who reads it. Never holds a secret or a literal of a query.
struct Failure {
  Outcome outcome = Outcome::unavailable;
  std::string message;  ///< what happened
  std::string hint;     ///< what to do about it: a command or a setting; may be empty
};

/// Either a value or a Failure. Asking for the one that is not there is a bug and throws std::logic_error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Result(Failure failure) : state_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  [[nodiscard]] const T& value() const& { return get<T>(state_); }
  [[nodiscard]] T& value() & { return get<T>(state_); }
  [[nodiscard]] T&& value() && { return std::move(get<T>(state_)); }
  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  [[nodiscard]] const Failure& failure() const { return get<Failure>(state_); }

 private:
  template <class Wanted, class State>
  static auto& get(State& state) {
    if (auto* found = std::get_if<Wanted>(&state)) return *found;
    throw std::logic_error("Result: asked for the alternative that it does not hold");
  }
  std::variant<T, Failure> state_;
};

}  // namespace pgsextant
