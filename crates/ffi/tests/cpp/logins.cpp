// Logins and logouts: twice, racing, one before the other has ended.

#include <mutex>
#include <thread>
#include <vector>

#include "behaviour.h"

static Done begin_login(const char* user) {
    return begin([&](V2TIMCallback* callback) { sdk()->Login(user, "", callback); });
}

static Done begin_logout() {
    return begin([](V2TIMCallback* callback) { sdk()->Logout(callback); });
}

static void twice() {
    const Home home;
    CHECK(sdk()->GetLoginUser().Empty());
    CHECK_CODE(login("alice"), 0);
    CHECK_CODE(login("alice"), 0);
    CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGINED);
    CHECK(sdk()->GetLoginUser() == "alice");
    CHECK_CODE(login("bob"), 6015);
    CHECK_CODE(set("c2c_bob", "kept"), 0);
    CHECK_CODE(logout(), 0);
    CHECK_CODE(logout(), 6014);
    CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGOUT);
    CHECK(sdk()->GetLoginUser().Empty());
    CHECK_CODE(login("alice"), 0);
    CHECK(draft_of("c2c_bob") == "kept");
    CHECK_CODE(logout(), 0);
    CHECK_CODE(login("bob"), 0);
    CHECK(draft_of("c2c_bob").empty());
}

static void two_that_race() {
    const std::string folder = new_folder();
    for (int round = 0; round < 20; ++round) {
        const Home home(folder);
        int codes[2];
        std::thread other([&] { codes[0] = login("alice"); });
        codes[1] = login("bob");
        other.join();
        CHECK((codes[0] == 0 && codes[1] == 6015) || (codes[0] == 6015 && codes[1] == 0));
        CHECK(sdk()->GetLoginUser() == (codes[0] == 0 ? "alice" : "bob"));
    }
}

static void while_a_logout_runs() {
    const LoggedIn home;
    CHECK_CODE(set("c2c_bob", "kept"), 0);
    Hold hold;
    const Done out = begin_logout();
    const Done again = begin_logout();
    const Done in = begin_login("alice");
    hold.Release();
    CHECK_CODE(code_of(out), 0);
    CHECK_CODE(code_of(again), 6015);
    CHECK_CODE(code_of(in), 6015);
    CHECK_CODE(login("alice"), 0);
    CHECK(draft_of("c2c_bob") == "kept");
}

static void while_a_login_runs() {
    const Home home;
    Hold hold;
    const Done in = begin_login("alice");
    CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGINING);
    CHECK(sdk()->GetLoginUser().Empty());
    const Done again = begin_login("alice");
    const Done early =
        begin([](V2TIMCallback* callback) { conversations()->SetConversationDraft("c2c_bob", "x", callback); });
    hold.Release();
    CHECK_CODE(code_of(in), 0);
    CHECK_CODE(code_of(again), 6015);
    CHECK_CODE(code_of(early), 6014);
}

static void overtaken_by_a_logout() {
    const Home home;
    {
        Hold hold;
        const Done in = begin_login("alice");
        const Done out = begin_logout();
        CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGOUT);
        hold.Release();
        CHECK_CODE(code_of(in), 6023);
        CHECK_CODE(code_of(out), 0);
    }
    CHECK_CODE(login("alice"), 0);
}

/// A login and a logout are under way until the host hears of them, however long their answers wait for that.
static void until_they_are_heard_of() {
    V2TIMSDKConfig config = config_in(new_folder());
    std::mutex mutex;
    std::vector<std::function<void()>> waiting;
    Counter put;
    config.executor = [&](std::function<void()> run) {
        const std::lock_guard<std::mutex> lock(mutex);
        waiting.push_back(std::move(run));
        put.Add();
    };
    const auto run = [&](size_t number) {
        put.Await(static_cast<int>(number) + 1);
        std::function<void()> answer;
        {
            const std::lock_guard<std::mutex> lock(mutex);
            answer = waiting[number];
        }
        answer();
    };
    CHECK(sdk()->InitSDK(1, config));
    const Done in = begin_login("alice");
    put.Await(1);
    CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGINING);
    sdk()->UnInitSDK();
    run(0);
    CHECK_CODE(code_of(in), 6023);

    CHECK(sdk()->InitSDK(1, config));
    const Done again = begin_login("alice");
    run(1);
    CHECK_CODE(code_of(again), 0);
    const Done out = begin_logout();
    put.Await(3);
    const Done early = begin_login("bob");
    run(3);
    CHECK_CODE(code_of(early), 6015);
    // Another app waits until the files are closed, and not until the answer is heard.
    config.executor = nullptr;
    CHECK(sdk()->InitSDK(2, config));
    run(2);
    CHECK_CODE(code_of(out), 0);
    CHECK_CODE(login("alice"), 0);
    sdk()->UnInitSDK();
}

void test_logins() {
    twice();
    two_that_race();
    while_a_logout_runs();
    while_a_login_runs();
    overtaken_by_a_logout();
    until_they_are_heard_of();
}
