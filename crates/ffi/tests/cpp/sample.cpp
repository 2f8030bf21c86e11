// The published sample as printed, with the lines put back that its page has lost, run on a SQLite file.

#include <V2TIMManager.h>

#include "check.h"

class Callback final : public V2TIMCallback {
public:
    using SuccessCallback = std::function<void()>;
    using ErrorCallback = std::function<void(int, const V2TIMString&)>;

    Callback() = default;
    ~Callback() override = default;

    void SetCallback(SuccessCallback success_callback, ErrorCallback error_callback) {
        success_callback_ = std::move(success_callback);
        error_callback_ = std::move(error_callback);
    }

    void OnSuccess() override {
        if (success_callback_) {
            success_callback_();
        }
    }
    void OnError(int error_code, const V2TIMString& error_message) override {
        if (error_callback_) {
            error_callback_(error_code, error_message);
        }
    }

private:
    SuccessCallback success_callback_;
    ErrorCallback error_callback_;
};

static Counter sample_ended;
static bool sample_succeeded = false;

static void sample() {
    V2TIMString conversationID = u8"conversationID";
    V2TIMString draftText = u8"The draft text";

    auto callback = new Callback;
    callback->SetCallback(
        [=]() {
            // Set the conversation draft successfully
            std::printf("success\n");
            sample_succeeded = true;
            delete callback;
            sample_ended.Add();
        },
        [=](int error_code, const V2TIMString& error_message) {
            // Failed to set the conversation draft
            std::printf("failure, code:%d, desc:%s\n", error_code, error_message.CString());
            delete callback;
            sample_ended.Add();
        });

    V2TIMManager::GetInstance()->GetConversationManager()->SetConversationDraft(conversationID, draftText,
                                                                                callback);
}

/// Waits for what the sample's own callback does not keep.
class Reader final : public V2TIMValueCallback<V2TIMConversation> {
public:
    void OnSuccess(const V2TIMConversation& conversation) override {
        draft_text = conversation.draftText;
        ended.Add();
    }
    void OnError(int, const V2TIMString&) override { ended.Add(); }

    V2TIMString draft_text;
    Counter ended;
};

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "sample FOLDER\n");
        return 2;
    }
    V2TIMSDKConfig config;
    config.initPath = arguments[1];
    CHECK(V2TIMManager::GetInstance()->InitSDK(1400000000, config));

    Counter logged_in;
    Callback login;
    login.SetCallback([&] { logged_in.Add(); }, nullptr);
    V2TIMManager::GetInstance()->Login("alice", "signature", &login);
    logged_in.Await(1);

    sample();
    sample_ended.Await(1);
    CHECK(sample_succeeded);

    Reader reader;
    V2TIMManager::GetInstance()->GetConversationManager()->GetConversation("conversationID", &reader);
    reader.ended.Await(1);
    std::printf("draftText: %s\n", reader.draft_text.CString());
    CHECK(reader.draft_text == "The draft text");
    return verdict();
}
