// Callbacks: none, of every temper, and exactly one answer each.

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include "behaviour.h"

static void none_at_all() {
    const auto every_call = [] {
        V2TIMStringVector ids;
        ids.PushBack("c2c_bob");
        ids.PushBack("c2c_");
        sdk()->Login("alice", "", nullptr);
        conversations()->SetConversationDraft("c2c_bob", "x", nullptr);
        conversations()->SetConversationDraft("", "\xff", nullptr);
        conversations()->GetConversation("c2c_bob", nullptr);
        conversations()->GetConversationList(0, 10, nullptr);
        conversations()->GetConversationList(ids, nullptr);
        conversations()->GetConversationListByFilter(V2TIMConversationListFilter(), 0, 10, nullptr);
        conversations()->PinConversation("c2c_bob", true, nullptr);
        conversations()->UpdateConversation("c2c_bob", V2TIMConversationUpdate(), nullptr);
        conversations()->GetTotalUnreadMessageCount(nullptr);
        conversations()->AddConversationListener(nullptr);
        conversations()->RemoveConversationListener(nullptr);
        conversations()->DeleteConversationList(ids, true, nullptr);
        conversations()->DeleteConversation("c2c_bob", nullptr);
    };
    every_call();
    const LoggedIn home;
    every_call();
    conversations()->SetConversationDraft("c2c_carol", "heard by nobody", nullptr);
    // Writes are done in their order, so that one is on the disk when the next has an answer.
    CHECK_CODE(set("c2c_bob", "y"), 0);
    CHECK(draft_of("c2c_carol") == "heard by nobody");
    sdk()->Logout(nullptr);
    every_call();
}

/// Does something of the test's when it is answered, and deletes itself before or after.
class Doing final : public V2TIMCallback {
public:
    explicit Doing(std::function<void(int)> act) : act_(std::move(act)) {}
    void OnSuccess() override { Act(0); }
    void OnError(int code, const V2TIMString&) override { Act(code); }

private:
    void Act(int code) {
        const std::function<void(int)> act = std::move(act_);
        delete this;
        act(code);
    }

    std::function<void(int)> act_;
};

static void that_throw() {
    const LoggedIn home;
    Counter answers;
    conversations()->SetConversationDraft("c2c_bob", "1", new Doing([&](int code) {
                                              CHECK_CODE(code, 0);
                                              answers.Add();
                                              throw std::runtime_error("the host's");
                                          }));
    conversations()->SetConversationDraft("", "2", new Doing([&](int code) {
                                              CHECK_CODE(code, 6017);
                                              answers.Add();
                                              throw 7;
                                          }));
    answers.Await(2);
    CHECK_CODE(set("c2c_bob", "3"), 0);
    CHECK(answers.Count() == 2);
    CHECK(draft_of("c2c_bob") == "3");
}

static void that_call_back_in() {
    const std::string folder = new_folder();
    const LoggedIn home(folder);
    Counter ended;
    conversations()->SetConversationDraft("c2c_a", "1", new Doing([&](int) {
        conversations()->SetConversationDraft("c2c_a", "2", new Doing([&](int code) {
            CHECK_CODE(code, 0);
            ended.Add();
        }));
    }));
    ended.Await(1);
    CHECK(draft_of("c2c_a") == "2");

    // A logout, and the next login, out of a callback.
    conversations()->SetConversationDraft("c2c_a", "3", new Doing([&](int) {
        sdk()->Logout(new Doing([&](int code) {
            CHECK_CODE(code, 0);
            sdk()->Login("bob", "", new Doing([&](int code) {
                CHECK_CODE(code, 0);
                ended.Add();
            }));
        }));
    }));
    ended.Await(2);
    CHECK(sdk()->GetLoginUser() == "bob");

    // An uninit, with a call before it that has no answer yet, and one behind it.
    conversations()->SetConversationDraft("c2c_a", "4", new Doing([&](int) {
        conversations()->SetConversationDraft("c2c_b", "5", new Doing([&](int code) {
            CHECK_CODE(code, 0);
            ended.Add();
        }));
        sdk()->UnInitSDK();
        conversations()->SetConversationDraft("c2c_b", "late", new Doing([&](int code) {
            CHECK_CODE(code, 6013);
            ended.Add();
        }));
    }));
    ended.Await(4);
    sdk()->UnInitSDK();
    CHECK(sdk()->InitSDK(1, config_in(folder)));
    CHECK_CODE(login("bob"), 0);
    CHECK(draft_of("c2c_a") == "4");
    CHECK(draft_of("c2c_b") == "5");
}

/// Counts its answers, and lives until the test has ended.
template <typename T>
struct Counting final : V2TIMValueCallback<T> {
    void OnSuccess(const T&) override { ++answers; }
    void OnError(int, const V2TIMString&) override { ++answers; }
    std::atomic<int> answers{0};
};

struct CountingDone final : V2TIMCallback {
    void OnSuccess() override { ++answers; }
    void OnError(int, const V2TIMString&) override { ++answers; }
    std::atomic<int> answers{0};
};

static void exactly_once_under_load() {
    const int threads = 8;
    const int calls = load(20000) / threads;
    std::vector<CountingDone> done(static_cast<size_t>(threads * calls));
    std::vector<Counting<V2TIMConversation>> reads(static_cast<size_t>(threads * calls));
    const std::string folder = new_folder();
    {
        const LoggedIn home(folder);
        std::vector<std::thread> callers;
        for (int thread = 0; thread < threads; ++thread) {
            callers.emplace_back([&, thread] {
                for (int call = 0; call < calls; ++call) {
                    const auto place = static_cast<size_t>(thread * calls + call);
                    // Every tenth is refused.
                    const std::string id = call % 10 == 9 ? "" : "c2c_" + std::to_string(call % 50);
                    conversations()->SetConversationDraft(string_of(id), string_of(std::to_string(place)),
                                                          &done[place]);
                    if (call % 10 == 0) {
                        conversations()->GetConversation(string_of(id), &reads[place]);
                    } else {
                        ++reads[place].answers;
                    }
                }
            });
        }
        for (std::thread& caller : callers) {
            caller.join();
        }
    }
    int wrong = 0;
    for (size_t place = 0; place < done.size(); ++place) {
        wrong += done[place].answers == 1 && reads[place].answers == 1 ? 0 : 1;
    }
    CHECK_CODE(wrong, 0);
}

void test_callbacks() {
    none_at_all();
    that_throw();
    that_call_back_in();
    exactly_once_under_load();
}
