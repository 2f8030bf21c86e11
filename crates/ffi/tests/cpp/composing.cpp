// Composers, sending, and an account in the background.

#include <utility>

#include "behaviour.h"

using chat_drafts::Composer;
using chat_drafts::Keep;
using chat_drafts::Ticket;
using chat_drafts::Tickets;

static Composer compose(const V2TIMString& id) {
    const auto answer =
        ask<Composer>([&](V2TIMValueCallback<Composer>* callback) { conversations()->Compose(id, callback); });
    CHECK_CODE(answer->code, 0);
    CHECK(static_cast<bool>(answer->value));
    return answer->value;
}

static std::shared_ptr<Answer<Ticket>> begin_send(const V2TIMString& id) {
    return ask<Ticket>([&](V2TIMValueCallback<Ticket>* callback) { conversations()->BeginSend(id, callback); });
}

static Tickets tickets() {
    const auto answer =
        ask<Tickets>([](V2TIMValueCallback<Tickets>* callback) { conversations()->GetTickets(callback); });
    CHECK_CODE(answer->code, 0);
    return answer->value;
}

static int flush() {
    return code_of([](V2TIMCallback* callback) { conversations()->Flush(callback); });
}

static int suspend() {
    return code_of([](V2TIMCallback* callback) { conversations()->Suspend(callback); });
}

static int resume() {
    return code_of([](V2TIMCallback* callback) { conversations()->Resume(callback); });
}

static void what_is_typed_is_saved_behind() {
    const LoggedIn home;
    CHECK_CODE(set("c2c_bob", "stored"), 0);
    Composer composer = compose("c2c_bob");
    CHECK(bytes_of(composer.Text()) == "stored" && bytes_of(composer.ConversationID()) == "c2c_bob");
    CHECK_CODE(composer.SetText("typed"), 0);
    CHECK(bytes_of(compose("c2c_bob").Text()) == "typed");
    CHECK_CODE(code_of([&](V2TIMCallback* callback) { composer.SetText("typed on", callback); }), 0);
    CHECK(draft_of("c2c_bob") == "typed on");
    const std::string hostile("a\0\xe2\x80\xae\xf0\x9f\x98\x80", 9);
    CHECK_CODE(composer.SetText(string_of(hostile)), 0);
    CHECK(bytes_of(composer.Text()) == hostile);
    const Composer copy = composer;
    composer = Composer();
    CHECK(!composer && static_cast<bool>(copy));
    CHECK_CODE(code_of([&](V2TIMCallback* callback) { copy.Flush(callback); }), 0);
    CHECK(draft_of("c2c_bob") == hostile);
    CHECK_CODE(copy.SetText(""), 0);
    CHECK_CODE(conversations()->FlushWithin(20000), 0);
    CHECK(draft_of("c2c_bob").empty());
    CHECK_CODE(code_of([](V2TIMCallback* callback) { conversations()->UndoClear("c2c_bob", callback); }), 0);
    copy.SetText("no callback", nullptr);
    copy.Flush(nullptr);
    CHECK_CODE(flush(), 0);
    CHECK(draft_of("c2c_bob") == "no callback");
    CHECK_CODE(set("c2c_bob", ""), 0);
    CHECK_CODE(code_of([](V2TIMCallback* callback) { conversations()->UndoClear("c2c_bob", callback); }), 0);
    CHECK(draft_of("c2c_bob") == "no callback");
}

static void a_sent_text_is_confirmed_or_comes_back() {
    std::string folder;
    uint64_t number = 0;
    {
        const LoggedIn home;
        folder = home.folder;
        const Composer composer = compose("c2c_bob");
        CHECK_CODE(begin_send("c2c_bob")->code, 6017);
        CHECK_CODE(composer.SetText("first"), 0);
        const auto first = ask<Ticket>([&](V2TIMValueCallback<Ticket>* callback) { composer.BeginSend(callback); });
        CHECK_CODE(first->code, 0);
        CHECK(bytes_of(first->value.Text()) == "first" && bytes_of(first->value.ConversationID()) == "c2c_bob");
        CHECK(composer.Text().Empty() && first->value.Number() > 0);
        CHECK_CODE(code_of([&](V2TIMCallback* callback) { first->value.Confirm(callback); }), 0);
        CHECK_CODE(code_of([&](V2TIMCallback* callback) { first->value.Confirm(callback); }), 6017);
        CHECK_CODE(composer.SetText("second"), 0);
        const auto second = begin_send("c2c_bob");
        CHECK_CODE(composer.SetText("third"), 0);
        CHECK_CODE(code_of([&](V2TIMCallback* callback) { second->value.Abort(callback); }), 0);
        CHECK(bytes_of(composer.Text()) == "second\nthird");
        number = begin_send("c2c_bob")->value.Number();
        composer.BeginSend(nullptr);
        conversations()->BeginSend("c2c_bob", nullptr);
        conversations()->GetTickets(nullptr);
        conversations()->Compose("c2c_bob", nullptr);
    }
    const LoggedIn home(folder);
    const Tickets left = tickets();
    CHECK(left.size() == 1 && left[0].Number() == number && bytes_of(left[0].Text()) == "second\nthird");
    CHECK_CODE(code_of([&](V2TIMCallback* callback) { left[0].Abort(callback); }), 0);
    CHECK(draft_of("c2c_bob") == "second\nthird" && tickets().empty());
}

/// Has the draft set by another session of the same app, which has the file while this one is suspended; another process
/// could.
static void set_by_another(const std::string& folder, const char* text) {
    drafts_session* const other = drafts_session_new();
    CHECK(drafts_session_init(other, 1, drafts_text_of(folder.c_str()), drafts_text(), nullptr, nullptr));
    const auto done = [](void* user, int32_t code, drafts_text) {
        auto* const answer = static_cast<Answer<Nothing>*>(user);
        answer->code = code;
        answer->answers.Add();
    };
    const auto in = std::make_shared<Answer<Nothing>>();
    drafts_session_login(other, drafts_text_of("alice"), done, in.get());
    CHECK_CODE(code_of(in), 0);
    const auto set = std::make_shared<Answer<Nothing>>();
    drafts_session_set_draft(other, drafts_text_of("c2c_bob"), drafts_text_of(text), done, set.get());
    CHECK_CODE(code_of(set), 0);
    drafts_session_free(other);
}

static void an_account_in_the_background_goes_on_in_memory() {
    const LoggedIn home;
    const Composer composer = compose("c2c_bob");
    CHECK_CODE(composer.SetText("before"), 0);
    CHECK_CODE(suspend(), 0);
    CHECK_CODE(composer.SetText("ours"), 0);
    CHECK_CODE(set("c2c_eve", "x"), 6019);
    CHECK_CODE(flush(), 6019);
    CHECK_CODE(conversations()->FlushWithin(10), 6019);
    CHECK_CODE(logout(), 6019);
    CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGINED);

    set_by_another(home.folder, "theirs");

    CHECK_CODE(resume(), 0);
    CHECK_CODE(flush(), 6019);
    // A row shows what is stored.
    CHECK(draft_of("c2c_bob") == "theirs" && bytes_of(composer.Text()) == "ours");
    V2TIMString theirs;
    CHECK(composer.InConflict() && composer.InConflict(&theirs) && bytes_of(theirs) == "theirs");
    CHECK_CODE(begin_send("c2c_bob")->code, 6019);
    CHECK(composer.Resolve(Keep::Both) && !composer.Resolve(Keep::Ours) && !composer.InConflict(&theirs));
    CHECK(theirs.Empty());
    CHECK_CODE(flush(), 0);
    CHECK(draft_of("c2c_bob") == "theirs\nours");
}

/// The SDK ends though somebody listens, and tells what it could not save.
static void an_end_with_a_text_that_cannot_be_saved() {
    struct : V2TIMConversationListener {
    } listener;
    conversations()->AddConversationListener(&listener);
    const std::string folder = new_folder();
    {
        const LoggedIn home(folder);
        const Composer bob = compose("c2c_bob");
        const Composer eve = compose("c2c_eve");
        CHECK_CODE(suspend(), 0);
        CHECK_CODE(bob.SetText("ours"), 0);
        set_by_another(folder, "theirs");
        CHECK_CODE(resume(), 0);
        CHECK_CODE(flush(), 6019);
        CHECK_CODE(logout(), 6019);
        CHECK_CODE(eve.SetText("typed"), 0);
        const chat_drafts::UnsavedTexts unsaved = sdk()->UnInitSDKWithin(20000);
        CHECK(unsaved.size() == 1 && bytes_of(unsaved[0].conversationID) == "c2c_bob");
        CHECK(unsaved.size() == 1 && bytes_of(unsaved[0].text) == "ours");
        CHECK_CODE(bob.SetText("late"), 6014);
        CHECK(sdk()->UnInitSDKWithin(0).empty());
    }
    const LoggedIn home(folder);
    CHECK(draft_of("c2c_bob") == "theirs" && draft_of("c2c_eve") == "typed");
    const Composer composer = compose("c2c_bob");
    // What was typed in the conflict was kept beside theirs, and is a conflict again.
    V2TIMString theirs;
    CHECK(composer.InConflict(&theirs) && bytes_of(theirs) == "theirs" && bytes_of(composer.Text()) == "ours");
    CHECK(composer.Resolve(Keep::Theirs));
    CHECK_CODE(suspend(), 0);
    CHECK_CODE(composer.SetText("lost without a word"), 0);
    const Done edit = begin([&](V2TIMCallback* callback) { composer.SetText("not saved", callback); });
    sdk()->UnInitSDK();
    CHECK(edit->answers.Count() == 1 && edit->code == 6019);
    conversations()->RemoveConversationListener(&listener);
}

static void codes() {
    const Composer none;
    CHECK(none.Text().Empty() && none.ConversationID().Empty() && !none.InConflict() && !none.Resolve(Keep::Theirs));
    CHECK_CODE(none.SetText("x"), 6017);
    CHECK(Ticket().Text().Empty() && Ticket().Number() == 0 && !Ticket());
    const auto composing = [](const char* id) {
        return ask<Composer>([&](V2TIMValueCallback<Composer>* callback) { conversations()->Compose(id, callback); });
    };
    CHECK_CODE(composing("c2c_bob")->code, 6013);
    CHECK_CODE(begin_send("c2c_bob")->code, 6013);
    CHECK_CODE(conversations()->FlushWithin(0), 6013);
    const LoggedIn home;
    CHECK_CODE(composing("c2c_")->code, 6017);
    CHECK(!composing("c2c_")->value);
    const Composer composer = compose("c2c_bob");
    CHECK_CODE(composer.SetText(string_of(std::string((1 << 20) + 1, 'x'))), 6017);
    CHECK_CODE(composer.SetText(string_of("\xff")), 6017);
    CHECK_CODE(composer.SetText("typed"), 0);
    CHECK_CODE(logout(), 0);
    CHECK_CODE(composer.SetText("late"), 6014);
    CHECK_CODE(composing("c2c_bob")->code, 6014);
    CHECK_CODE(suspend(), 6014);
    CHECK_CODE(login("alice"), 0);
    CHECK(draft_of("c2c_bob") == "typed");
}

void test_composing() {
    codes();
    what_is_typed_is_saved_behind();
    a_sent_text_is_confirmed_or_comes_back();
    an_account_in_the_background_goes_on_in_memory();
    an_end_with_a_text_that_cannot_be_saved();
}
