// Faults on purpose, which the sanitizer steps must find: `planted FOLDER leak`, `planted FOLDER use-after-free`.

#include "sdk.h"

static std::string folder;

std::string new_folder() { return folder; }

/// A callback that was made for one answer, and which nobody deletes.
class Leaking final : public V2TIMCallback {
public:
    explicit Leaking(std::shared_ptr<Counter> answers) : answers_(std::move(answers)) {}
    void OnSuccess() override { answers_->Add(); }
    void OnError(int, const V2TIMString&) override { answers_->Add(); }

private:
    std::shared_ptr<Counter> answers_;
};

/// A callback that deletes itself, and is asked about its answer after that.
class Deleted final : public V2TIMCallback {
public:
    explicit Deleted(std::shared_ptr<Counter> answers) : answers_(std::move(answers)) {}
    void OnSuccess() override {
        was_successful = true;
        const std::shared_ptr<Counter> answers = answers_;
        delete this;
        answers->Add();
    }
    void OnError(int, const V2TIMString&) override {}

    bool was_successful = false;

private:
    std::shared_ptr<Counter> answers_;
};

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "planted FOLDER leak|use-after-free\n");
        return 2;
    }
    folder = arguments[1];
    const std::string fault = arguments[2];
    const LoggedIn home;
    const auto answers = std::make_shared<Counter>();
    if (fault == "leak") {
        // Several, since one might still be found in a register.
        for (int number = 0; number < 10; ++number) {
            conversations()->SetConversationDraft("c2c_bob", "x", new Leaking(answers));
        }
        answers->Await(10);
    } else if (fault == "use-after-free") {
        auto* const callback = new Deleted(answers);
        conversations()->SetConversationDraft("c2c_bob", "x", callback);
        answers->Await(1);
        std::printf("%d\n", callback->was_successful);
    }
    return 0;
}
