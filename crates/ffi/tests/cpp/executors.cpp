// Callbacks where the host wants them.

#include <deque>
#include <thread>
#include <vector>

#include "behaviour.h"

/// A queue of the host's, which some thread empties.
class Queue {
public:
    void Put(std::function<void()> run) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            waiting_.push_back(std::move(run));
        }
        put_.Add();
    }

    /// Calls so many functions, and waits for those that have not come yet.
    void Run(int count) {
        for (int turn = 0; turn < count; ++turn) {
            put_.Await(++taken_);
            std::function<void()> run;
            {
                const std::lock_guard<std::mutex> lock(mutex_);
                run = std::move(waiting_.front());
                waiting_.pop_front();
            }
            run();
            // Once more is not an answer more.
            run();
        }
    }

private:
    std::mutex mutex_;
    std::deque<std::function<void()>> waiting_;
    Counter put_;
    int taken_ = 0;
};

/// Writes down which call was answered, and on which thread.
class Noting final : public V2TIMCallback {
public:
    using Notes = std::vector<std::pair<int, std::thread::id>>;

    Noting(int number, Notes* notes) : number_(number), notes_(notes) {}
    void OnSuccess() override { Note(); }
    void OnError(int, const V2TIMString&) override { Note(); }

private:
    void Note() {
        notes_->emplace_back(number_, std::this_thread::get_id());
        delete this;
    }

    int number_;
    Notes* notes_;
};

class NotingListener final : public V2TIMConversationListener {
public:
    void OnNewConversation(const V2TIMConversationVector&) override { heard_on = std::this_thread::get_id(); }
    std::thread::id heard_on;
};

static void a_queue_of_the_host() {
    auto queue = std::make_shared<Queue>();
    V2TIMSDKConfig config = config_in(new_folder());
    config.executor = [queue](std::function<void()> run) { queue->Put(std::move(run)); };
    CHECK(sdk()->InitSDK(1, config));
    Noting::Notes notes;
    sdk()->Login("alice", "", new Noting(0, &notes));
    queue->Run(1);
    NotingListener listener;
    conversations()->AddConversationListener(&listener);
    for (int number = 1; number <= 10; ++number) {
        conversations()->SetConversationDraft("", "x", new Noting(number, &notes));
    }
    queue->Run(10);
    conversations()->SetConversationDraft("c2c_bob", "x", new Noting(11, &notes));
    // The answer and the event, in either order.
    queue->Run(2);
    CHECK(listener.heard_on == std::this_thread::get_id());
    conversations()->RemoveConversationListener(&listener);

    // What is pending is in the queue when the SDK is ended, and is answered when the host likes.
    conversations()->SetConversationDraft("c2c_bob", "y", new Noting(12, &notes));
    sdk()->UnInitSDK();
    CHECK(notes.size() == 12);
    queue->Run(2);
    CHECK(notes.size() == 13);
    for (size_t place = 0; place < notes.size(); ++place) {
        CHECK_CODE(notes[place].first, static_cast<int>(place));
        CHECK(notes[place].second == std::this_thread::get_id());
    }
}

static void one_that_throws() {
    V2TIMSDKConfig config = config_in(new_folder());
    config.executor = [](std::function<void()>) { throw 7; };
    CHECK(sdk()->InitSDK(1, config));
    CHECK_CODE(login("alice"), 0);
    config.executor = nullptr;
    CHECK(sdk()->InitSDK(1, config));
    CHECK_CODE(set("c2c_bob", "x"), 0);
    CHECK(draft_of("c2c_bob") == "x");
    sdk()->UnInitSDK();
}

/// One that calls back at once, so that a callback that ends the SDK runs inside it.
static void one_that_calls_at_once() {
    V2TIMSDKConfig config = config_in(new_folder());
    config.executor = [](std::function<void()> run) { run(); };
    CHECK(sdk()->InitSDK(1, config));
    CHECK_CODE(login("alice"), 0);
    struct Ending final : V2TIMCallback {
        void OnSuccess() override {
            behind.Await(1);
            sdk()->UnInitSDK();
            ended.Add();
        }
        void OnError(int, const V2TIMString&) override {}
        Counter behind;
        Counter ended;
    };
    Ending ending;
    conversations()->SetConversationDraft("c2c_bob", "x", &ending);
    const Done behind =
        begin([](V2TIMCallback* callback) { conversations()->SetConversationDraft("c2c_bob", "y", callback); });
    ending.behind.Add();
    ending.ended.Await(1);
    CHECK_CODE(code_of(behind), 0);
    sdk()->UnInitSDK();
}

void test_executors() {
    a_queue_of_the_host();
    one_that_throws();
    one_that_calls_at_once();
}
