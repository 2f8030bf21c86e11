// What is pending when the SDK or the process ends.

#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "behaviour.h"

static const int PENDING = 200;

static V2TIMString id_of(int number) { return string_of("c2c_" + std::to_string(number)); }

/// How many drafts alice has.
static int kept_in(const std::string& folder) {
    const LoggedIn home(folder);
    return static_cast<int>(list(V2TIMConversationListFilter(), 0, INT32_MAX).conversationList.Size());
}

static void uninit_answers_and_keeps() {
    const std::string folder = new_folder();
    std::vector<Done> pending;
    {
        const LoggedIn home(folder);
        for (int number = 0; number < PENDING; ++number) {
            pending.push_back(begin([&](V2TIMCallback* callback) {
                conversations()->SetConversationDraft(id_of(number), "kept", callback);
            }));
        }
    }
    int wrong = 0;
    for (const Done& done : pending) {
        wrong += done->answers.Count() == 1 && done->code == 0 ? 0 : 1;
    }
    CHECK_CODE(wrong, 0);
    CHECK_CODE(kept_in(folder), PENDING);
}

/// Ends the process where it stands.
class Ending final : public V2TIMCallback {
public:
    void OnSuccess() override { std::exit(7); }
    void OnError(int, const V2TIMString&) override { std::exit(8); }
};

class EndingListener final : public V2TIMConversationListener {
public:
    void OnNewConversation(const V2TIMConversationVector&) override { std::exit(7); }
};

int run_child(const std::string& how, const std::string& folder) {
    // One that hangs is ended.
    alarm(20);
    V2TIMSDKConfig config = config_in(folder);
    if (how == "exit in a callback of an executor") {
        config.executor = [](std::function<void()> run) { run(); };
    }
    if (!sdk()->InitSDK(1, config) || login("alice") != 0) {
        return 9;
    }
    if (how == "exit in a listener") {
        conversations()->AddConversationListener(new EndingListener);
    }
    if (how == "exit in a callback" || how == "exit in a callback of an executor") {
        conversations()->SetConversationDraft("c2c_first", "kept", new Ending);
    }
    for (int number = 0; number < PENDING; ++number) {
        conversations()->SetConversationDraft(id_of(number), "kept", nullptr);
    }
    if (how == "return from main while threads call") {
        for (int thread = 0; thread < 2; ++thread) {
            std::thread([] {
                for (int call = load(5000); call > 0; --call) {
                    conversations()->SetConversationDraft("c2c_busy", "x", nullptr);
                }
            }).detach();
        }
    }
    if (how == "return from main" || how == "return from main while threads call") {
        return 7;
    }
    Counter never;
    never.Await(1);
    return 9;
}

/// The exit code of a child that ends so; -1 if a signal has ended it.
static int child(const std::string& how, const std::string& folder) {
    const pid_t child = fork();
    if (child == 0) {
        execl(program().c_str(), program().c_str(), "child", how.c_str(), folder.c_str(), nullptr);
        _exit(10);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void the_process_ends() {
    const std::string folder = new_folder();
    CHECK_CODE(child("return from main", folder), 7);
    CHECK_CODE(kept_in(folder), PENDING);
    const std::string busy = new_folder();
    CHECK_CODE(child("return from main while threads call", busy), 7);
    CHECK(kept_in(busy) >= PENDING);
    // What was accepted before the callback ended the process is kept, however much that is.
    for (const char* how : {"exit in a callback", "exit in a callback of an executor", "exit in a listener"}) {
        const std::string in = new_folder();
        CHECK_CODE(child(how, in), 7);
        CHECK(kept_in(in) > 0);
    }
}

void test_endings() {
    uninit_answers_and_keeps();
    the_process_ends();
}
