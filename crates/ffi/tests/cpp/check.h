// What the C++ tests share: counting, and waiting for callbacks.
#ifndef CHECK_H
#define CHECK_H

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

struct Checks {
    std::atomic<int> passed{0};
    std::atomic<int> failed{0};
};

/// The counts of this program.
inline Checks& checks() {
    static Checks* const checks = new Checks;
    return *checks;
}

inline bool check(bool holds, const char* what, const char* file, int line) {
    if (holds) {
        ++checks().passed;
    } else {
        ++checks().failed;
        std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
    }
    return holds;
}

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)

inline bool check_code(int code, int expected, const char* what, const char* file, int line) {
    if (code != expected) {
        std::fprintf(stderr, "%s:%d: %d, and not %d\n", file, line, code, expected);
    }
    return check(code == expected, what, file, line);
}

#define CHECK_CODE(call, expected) check_code((call), (expected), #call, __FILE__, __LINE__)

/// Prints the counts, and gives the exit code.
inline int verdict() {
    std::printf("%d passed, %d failed\n", checks().passed.load(), checks().failed.load());
    return checks().failed == 0 ? 0 : 1;
}

/// Counts what happened on any thread, for whoever waits for it, 20 seconds at most.
class Counter {
public:
    void Add() {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++count_;
        changed_.notify_all();
    }

    int Count() {
        const std::lock_guard<std::mutex> lock(mutex_);
        return count_;
    }

    void Await(int count) {
        std::unique_lock<std::mutex> lock(mutex_);
        if (!changed_.wait_for(lock, std::chrono::seconds(20), [&] { return count_ >= count; })) {
            std::fprintf(stderr, "nothing came in time\n");
            std::_Exit(1);
        }
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int count_ = 0;
};

/// How many calls a test under load makes: fewer where a tool makes each of them slow.
inline int load(int calls) {
    const char* wanted = std::getenv("CHAT_DRAFTS_TEST_CALLS");
    return wanted == nullptr ? calls : std::atoi(wanted);
}

#endif
