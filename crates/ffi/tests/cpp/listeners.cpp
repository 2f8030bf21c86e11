// What listeners hear, and when they hear no more.

#include <thread>
#include <vector>

#include "behaviour.h"

/// Writes down what it hears: a word, and the conversation's id and draft.
class Scribe final : public V2TIMConversationListener {
public:
    void OnSyncServerStart() override { Note("start"); }
    void OnSyncServerFinish() override { Note("finish"); }
    void OnNewConversation(const V2TIMConversationVector& told) override { Note("new", told); }
    void OnConversationChanged(const V2TIMConversationVector& told) override { Note("changed", told); }
    void OnConversationDeleted(const V2TIMStringVector& ids) override { Note("deleted " + bytes_of(ids[0])); }

    std::vector<std::string> Heard(int count) {
        counter_.Await(count);
        const std::lock_guard<std::mutex> lock(mutex_);
        return heard_;
    }

private:
    void Note(const std::string& what, const V2TIMConversationVector& told) {
        CHECK(told.Size() == 1);
        Note(what + " " + bytes_of(told[0].conversationID) + " " + bytes_of(told[0].draftText));
    }

    void Note(const std::string& what) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            heard_.push_back(what);
        }
        counter_.Add();
    }

    std::mutex mutex_;
    std::vector<std::string> heard_;
    Counter counter_;
};

static void what_they_hear() {
    const std::vector<std::string> expected = {"start",
                                               "finish",
                                               "new c2c_bob hi",
                                               "changed c2c_bob hi",
                                               "changed c2c_bob ",
                                               "new group_g x",
                                               "deleted group_g",
                                               "changed group_h x",
                                               "deleted group_h"};
    Scribe scribe;
    conversations()->AddConversationListener(&scribe);
    conversations()->AddConversationListener(&scribe);
    const Home home;
    CHECK_CODE(login("alice"), 0);
    CHECK_CODE(set("c2c_bob", "hi"), 0);
    CHECK_CODE(set("c2c_bob", "hi"), 0);
    CHECK_CODE(code_of([](V2TIMCallback* callback) { conversations()->PinConversation("c2c_bob", true, callback); }),
               0);
    CHECK_CODE(set("c2c_bob", ""), 0);
    CHECK_CODE(set("group_g", "x"), 0);
    const auto rename = [](const char* to) {
        return code_of([=](V2TIMCallback* callback) { conversations()->RenameConversation("group_g", to, callback); });
    };
    CHECK_CODE(rename("group_"), 6017);
    CHECK_CODE(rename("group_h"), 0);
    CHECK(draft_of("group_h") == "x" && draft_of("group_g") == "");
    CHECK_CODE(code_of([](V2TIMCallback* callback) { conversations()->DeleteConversation("group_h", callback); }), 0);
    CHECK(scribe.Heard(static_cast<int>(expected.size())) == expected);
    conversations()->RemoveConversationListener(&scribe);
    CHECK_CODE(set("c2c_bob", "unheard"), 0);
    sdk()->UnInitSDK();
    CHECK(scribe.Heard(0).size() == expected.size());
}

/// Stands in its call until it is released.
class Standing final : public V2TIMConversationListener {
public:
    void OnNewConversation(const V2TIMConversationVector&) override {
        entered.Add();
        released.Await(1);
        for (int turn = 0; turn < 1000; ++turn) {
            std::this_thread::yield();
        }
        has_left = true;
    }

    Counter entered;
    Counter released;
    std::atomic<bool> has_left{false};
};

static void removal_waits_for_a_call_on_another_thread() {
    const LoggedIn home;
    Standing standing;
    conversations()->AddConversationListener(&standing);
    const Done done =
        begin([](V2TIMCallback* callback) { conversations()->SetConversationDraft("c2c_bob", "x", callback); });
    standing.entered.Await(1);
    std::thread remover([&] {
        standing.released.Add();
        conversations()->RemoveConversationListener(&standing);
        CHECK(standing.has_left);
    });
    remover.join();
    CHECK_CODE(code_of(done), 0);
    CHECK_CODE(set("c2c_carol", "x"), 0);
    CHECK(standing.entered.Count() == 1);
}

/// Removes and deletes itself inside its call, and throws on top of it.
class Leaving final : public V2TIMConversationListener {
public:
    explicit Leaving(Counter* calls) : calls_(calls) {}
    void OnNewConversation(const V2TIMConversationVector&) override {
        Counter* const calls = calls_;
        conversations()->RemoveConversationListener(this);
        delete this;
        calls->Add();
        throw 7;
    }

private:
    Counter* calls_;
};

static void removal_inside_a_call() {
    const LoggedIn home;
    Counter calls;
    Scribe scribe;
    conversations()->AddConversationListener(new Leaving(&calls));
    conversations()->AddConversationListener(&scribe);
    CHECK_CODE(set("c2c_bob", "x"), 0);
    CHECK_CODE(set("c2c_carol", "x"), 0);
    CHECK(scribe.Heard(2).size() == 2);
    CHECK(calls.Count() == 1);
    conversations()->RemoveConversationListener(&scribe);
}

void test_listeners() {
    what_they_hear();
    removal_waits_for_a_call_on_another_thread();
    removal_inside_a_call();
}
