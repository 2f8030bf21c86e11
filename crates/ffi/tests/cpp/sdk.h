// Calls that wait for their answers, and a place to make them in.
#ifndef SDK_H
#define SDK_H

#include <V2TIMManager.h>

#include <functional>
#include <memory>
#include <string>

#include "check.h"

inline V2TIMManager* sdk() { return V2TIMManager::GetInstance(); }
inline V2TIMConversationManager* conversations() { return sdk()->GetConversationManager(); }

inline std::string bytes_of(const V2TIMString& text) { return std::string(text.CString(), text.Size()); }
inline V2TIMString string_of(const std::string& text) { return V2TIMString(text.data(), text.size()); }

/// What a call came to: 0 or a code, and what comes with it.
template <typename T>
struct Answer {
    int code = -1;
    V2TIMString sentence;
    T value = T();
    Counter answers;
};

/// A callback that writes down what it hears and deletes itself.
template <typename T>
class Hearer final : public V2TIMValueCallback<T> {
public:
    explicit Hearer(std::shared_ptr<Answer<T>> answer) : answer_(std::move(answer)) {}

    void OnSuccess(const T& value) override {
        answer_->code = 0;
        answer_->value = value;
        End();
    }

    void OnError(int code, const V2TIMString& sentence) override {
        answer_->code = code;
        answer_->sentence = sentence;
        End();
    }

private:
    void End() {
        const std::shared_ptr<Answer<T>> answer = answer_;
        delete this;
        answer->answers.Add();
    }

    std::shared_ptr<Answer<T>> answer_;
};

struct Nothing {};

/// As `Hearer`, of a call that gives nothing back.
class DoneHearer final : public V2TIMCallback {
public:
    explicit DoneHearer(std::shared_ptr<Answer<Nothing>> answer) : hearer_(new Hearer<Nothing>(std::move(answer))) {}

    void OnSuccess() override {
        Hearer<Nothing>* const hearer = hearer_;
        delete this;
        hearer->OnSuccess(Nothing());
    }

    void OnError(int code, const V2TIMString& sentence) override {
        Hearer<Nothing>* const hearer = hearer_;
        delete this;
        hearer->OnError(code, sentence);
    }

private:
    Hearer<Nothing>* hearer_;
};

using Done = std::shared_ptr<Answer<Nothing>>;

/// Makes a call; its answer comes later.
inline Done begin(const std::function<void(V2TIMCallback*)>& call) {
    auto answer = std::make_shared<Answer<Nothing>>();
    call(new DoneHearer(answer));
    return answer;
}

/// Waits for an answer, and gives its code.
template <typename T>
int code_of(const std::shared_ptr<Answer<T>>& answer) {
    answer->answers.Await(1);
    return answer->code;
}

/// Makes a call, waits for its answer, and gives its code.
inline int code_of(const std::function<void(V2TIMCallback*)>& call) { return code_of(begin(call)); }

/// Makes a call that gives something back, and waits for it.
template <typename T>
std::shared_ptr<Answer<T>> ask(const std::function<void(V2TIMValueCallback<T>*)>& call) {
    auto answer = std::make_shared<Answer<T>>();
    call(new Hearer<T>(answer));
    answer->answers.Await(1);
    return answer;
}

inline int login(const V2TIMString& user) {
    return code_of([&](V2TIMCallback* callback) { sdk()->Login(user, "signature", callback); });
}

inline int logout() {
    return code_of([](V2TIMCallback* callback) { sdk()->Logout(callback); });
}

inline int set(const V2TIMString& id, const V2TIMString& text) {
    return code_of([&](V2TIMCallback* callback) { conversations()->SetConversationDraft(id, text, callback); });
}

inline int update(const V2TIMString& id, const V2TIMConversationUpdate& told) {
    return code_of([&](V2TIMCallback* callback) { conversations()->UpdateConversation(id, told, callback); });
}

inline std::shared_ptr<Answer<V2TIMConversation>> get(const V2TIMString& id) {
    return ask<V2TIMConversation>(
        [&](V2TIMValueCallback<V2TIMConversation>* callback) { conversations()->GetConversation(id, callback); });
}

inline std::string draft_of(const V2TIMString& id) { return bytes_of(get(id)->value.draftText); }

inline V2TIMConversationResult list(const V2TIMConversationListFilter& filter, uint64_t next_seq, uint32_t count) {
    const auto answer =
        ask<V2TIMConversationResult>([&](V2TIMValueCallback<V2TIMConversationResult>* callback) {
            conversations()->GetConversationListByFilter(filter, next_seq, count, callback);
        });
    CHECK_CODE(answer->code, 0);
    return answer->value;
}

inline V2TIMSDKConfig config_in(const std::string& folder) {
    V2TIMSDKConfig config;
    config.initPath = string_of(folder);
    return config;
}

/// The folder of one test, empty at first.
std::string new_folder();

/// An initialised SDK, until the end of the test.
struct Home {
    explicit Home(const std::string& in) : folder(in) { CHECK(sdk()->InitSDK(1, config_in(folder))); }
    Home() : Home(new_folder()) {}
    ~Home() { sdk()->UnInitSDK(); }
    Home(const Home&) = delete;
    Home& operator=(const Home&) = delete;

    /// Where a user's drafts are.
    std::string File(const std::string& user) const { return folder + "/account-1-" + user + ".db"; }

    std::string folder;
};

/// A `Home` in which alice is logged in.
struct LoggedIn : Home {
    explicit LoggedIn(const std::string& in) : Home(in) { CHECK_CODE(login("alice"), 0); }
    LoggedIn() : LoggedIn(new_folder()) {}
};

/// Makes the library stand in a callback until `Release`, and at the latest until this is gone.
class Hold {
public:
    Hold() : state_(std::make_shared<State>()) {
        conversations()->GetConversation("x", new Standing(state_));
        state_->entered.Await(1);
    }
    ~Hold() { Release(); }

    void Release() { state_->released.Add(); }

private:
    struct State {
        Counter entered;
        Counter released;
    };

    class Standing final : public V2TIMValueCallback<V2TIMConversation> {
    public:
        explicit Standing(std::shared_ptr<State> state) : state_(std::move(state)) {}
        void OnSuccess(const V2TIMConversation&) override { Stand(); }
        void OnError(int, const V2TIMString&) override { Stand(); }

    private:
        void Stand() {
            state_->entered.Add();
            state_->released.Await(1);
            delete this;
        }
        std::shared_ptr<State> state_;
    };

    std::shared_ptr<State> state_;
};

#endif
