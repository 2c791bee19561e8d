#include "sql/big_stack.hpp"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>

namespace pgsextant::sql {
namespace {

constexpr std::size_t stack_bytes = std::size_t{256} << 20;  // address space: pages are taken when first touched
constexpr std::size_t kept_bytes = std::size_t{1} << 20;     // what an idle helper may keep of them

class Helper {
 public:
  Helper() {
    void* memory =
        mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "stack of the SQL parser");
    stack_ = static_cast<std::byte*>(memory);
    const auto guard = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    int error = mprotect(stack_, guard, PROT_NONE) == 0 ? 0 : errno;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (error == 0) error = pthread_attr_setstack(&attributes, stack_ + guard, stack_bytes - guard);
    if (error == 0) error = pthread_create(&thread_, &attributes, &Helper::main, this);
    pthread_attr_destroy(&attributes);
    if (error == 0) return;
    munmap(stack_, stack_bytes);
    throw std::system_error(error, std::generic_category(), "thread of the SQL parser");
  }
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;
  ~Helper() {
    {
      const std::scoped_lock lock(mutex_);
      stop_ = true;
    }
    changed_.notify_all();
    pthread_join(thread_, nullptr);
    munmap(stack_, stack_bytes);
  }

  void run(const std::function<void()>& job) {
    std::unique_lock lock(mutex_);
    job_ = &job;
    error_ = nullptr;
    changed_.notify_all();
    changed_.wait(lock, [this] { return job_ == nullptr; });
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static void* main(void* self);

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stop_ || job_ != nullptr; });
      if (stop_) return;
      lock.unlock();
      std::exception_ptr error;
      try {
        (*job_)();
      } catch (...) {
        error = std::current_exception();
      }
      give_back();
      lock.lock();
      error_ = error;
      job_ = nullptr;
      changed_.notify_all();
    }
  }

  /// A deep statement must not leave hundreds of megabytes resident.
  void give_back() const {
    auto* const here = static_cast<std::byte*>(__builtin_frame_address(0));
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    if (here <= stack_ + page + kept_bytes || here > stack_ + stack_bytes) return;  // not on our stack: a sanitizer
    const auto unused = static_cast<std::size_t>(here - (stack_ + page)) - kept_bytes;
    madvise(stack_ + page, unused / page * page, MADV_DONTNEED);
  }

  std::byte* stack_ = nullptr;
  pthread_t thread_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* job_ = nullptr;
  std::exception_ptr error_;
  bool stop_ = false;
};

thread_local bool on_helper = false;

void* Helper::main(void* self) {
  on_helper = true;
  static_cast<Helper*>(self)->serve();
  return nullptr;
}

}  // namespace

void on_big_stack(const std::function<void()>& job) {
  if (on_helper) return job();
  thread_local Helper helper;
  helper.run(job);
}

}  // namespace pgsextant::sql
