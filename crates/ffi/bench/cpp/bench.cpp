// How long SetConversationDraft takes through the C++ classes: `bench FOLDER STORE`, with STORE `sqlite` or `memory`.
//
// A driver runs this. It prints `ready`, then for each line with a number N that it reads a line of N latencies, in
// nanoseconds, from a call to its callback. It ends at the end of its input.

#include <V2TIMManager.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

/// A callback for one call after another, each of which is waited for.
class Waiting final : public V2TIMCallback {
public:
    void OnSuccess() override { End(0); }
    void OnError(int code, const V2TIMString&) override { End(code); }

    /// Waits for the answer, and ends the program if it is an error; says when it came.
    std::chrono::steady_clock::time_point Wait() {
        std::unique_lock<std::mutex> lock(mutex_);
        ended_.wait(lock, [this] { return has_ended_; });
        has_ended_ = false;
        if (code_ != 0) {
            std::fprintf(stderr, "error %d\n", code_);
            std::exit(1);
        }
        return came_;
    }

private:
    void End(int code) {
        const auto came = std::chrono::steady_clock::now();
        const std::lock_guard<std::mutex> lock(mutex_);
        came_ = came;
        code_ = code;
        has_ended_ = true;
        ended_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable ended_;
    std::chrono::steady_clock::time_point came_;
    bool has_ended_ = false;
    int code_ = 0;
};

/// A text of 200 bytes that is no other call's.
static V2TIMString text_of(unsigned long long call) {
    std::string text = std::to_string(call);
    text.resize(200, 'x');
    return V2TIMString(text.data(), text.size());
}

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "bench FOLDER sqlite|memory\n");
        return 2;
    }
    V2TIMManager* const manager = V2TIMManager::GetInstance();
    V2TIMSDKConfig config;
    config.initPath = arguments[1];
    config.store = arguments[2];
    if (!manager->InitSDK(1, config)) {
        std::fprintf(stderr, "this configuration cannot work\n");
        return 1;
    }
    Waiting answer;
    manager->Login("bench", "", &answer);
    answer.Wait();
    std::cout << "ready" << std::endl;

    const V2TIMString id = "c2c_bench";
    unsigned long long call = 0;
    for (std::string line; std::getline(std::cin, line);) {
        const unsigned long calls = std::stoul(line);
        std::string latencies;
        for (unsigned long made = 0; made < calls; ++made) {
            const V2TIMString text = text_of(call++);
            // The call finds every thread asleep.
            std::this_thread::sleep_for(std::chrono::microseconds(500));
            const auto begin = std::chrono::steady_clock::now();
            manager->GetConversationManager()->SetConversationDraft(id, text, &answer);
            const auto took = answer.Wait() - begin;
            const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(took).count();
            latencies += (made == 0 ? "" : " ") + std::to_string(nanoseconds);
        }
        std::cout << latencies << std::endl;
    }
    manager->UnInitSDK();
    return 0;
}
