// The order of checks, and what each code's sentence says.

#include <vector>

#include "behaviour.h"

/// The code of every call that needs a login, with parameters that are no good.
static std::vector<int> every_code() {
    V2TIMStringVector ids;
    ids.PushBack("c2c_");
    return {
        set("", "\xff"),
        get("")->code,
        ask<V2TIMConversationVector>([&](V2TIMValueCallback<V2TIMConversationVector>* callback) {
            conversations()->GetConversationList(ids, callback);
        })->code,
        ask<V2TIMConversationResult>([](V2TIMValueCallback<V2TIMConversationResult>* callback) {
            conversations()->GetConversationList(0, 0, callback);
        })->code,
        ask<V2TIMConversationResult>([](V2TIMValueCallback<V2TIMConversationResult>* callback) {
            conversations()->GetConversationList(UINT64_MAX, 1, callback);
        })->code,
        ask<V2TIMConversationResult>([](V2TIMValueCallback<V2TIMConversationResult>* callback) {
            conversations()->GetConversationListByFilter(V2TIMConversationListFilter(), 0, 0, callback);
        })->code,
        code_of([](V2TIMCallback* callback) { conversations()->PinConversation("group_", true, callback); }),
        code_of([](V2TIMCallback* callback) { conversations()->DeleteConversation("\xc0", callback); }),
        update("a\nb", V2TIMConversationUpdate()),
        update("c2c_bob", V2TIMConversationUpdate().SetShowName("\xff")),
    };
}

static int total_unread() {
    const auto answer = ask<uint64_t>(
        [](V2TIMValueCallback<uint64_t>* callback) { conversations()->GetTotalUnreadMessageCount(callback); });
    CHECK(answer->sentence == get("c2c_bob")->sentence);
    return answer->code;
}

static int delete_nothing() {
    return ask<V2TIMConversationOperationResultVector>(
               [](V2TIMValueCallback<V2TIMConversationOperationResultVector>* callback) {
                   conversations()->DeleteConversationList(V2TIMStringVector(), false, callback);
               })
        ->code;
}

static void order_of_checks() {
    CHECK(every_code() == std::vector<int>(10, 6013));
    CHECK_CODE(total_unread(), 6013);
    CHECK_CODE(delete_nothing(), 6013);
    CHECK_CODE(login(""), 6013);
    CHECK_CODE(logout(), 6013);
    CHECK(sdk()->GetLoginStatus() == V2TIM_STATUS_LOGOUT);
    {
        const Home home;
        CHECK(every_code() == std::vector<int>(10, 6014));
        CHECK_CODE(total_unread(), 6014);
        CHECK_CODE(delete_nothing(), 6014);
        CHECK_CODE(logout(), 6014);
        CHECK_CODE(login("alice"), 0);
        CHECK(every_code() == std::vector<int>(10, 6017));
        CHECK_CODE(total_unread(), 0);
        CHECK_CODE(delete_nothing(), 0);
    }
    CHECK(every_code() == std::vector<int>(10, 6013));
}

static void configurations() {
    const std::string folder = new_folder();
    V2TIMSDKConfig config;
    CHECK(!sdk()->InitSDK(1, config));
    config.initPath = V2TIMString("a\0b", 3);
    CHECK(!sdk()->InitSDK(1, config));
    config.initPath = "\xff";
    CHECK(!sdk()->InitSDK(1, config));
    config = config_in(folder);
    config.store = "dbm";
    CHECK(!sdk()->InitSDK(1, config));
    config.store = "memory";
    CHECK(sdk()->InitSDK(1, config));
    CHECK(sdk()->InitSDK(1, config));
    CHECK(!sdk()->InitSDK(2, config));
    CHECK(!sdk()->InitSDK(1, config_in(folder)));
    CHECK_CODE(login("alice"), 0);
    CHECK_CODE(set("c2c_bob", "in memory"), 0);
    CHECK(draft_of("c2c_bob") == "in memory");
    sdk()->UnInitSDK();
    sdk()->UnInitSDK();
}

/// What a developer reads shows neither texts nor ids, and names the parameter.
static void sentences() {
    const LoggedIn home;
    std::string secret = "a secret ";
    while (secret.size() <= 1024 * 1024) {
        secret += secret;
    }
    const auto sentence = [](const V2TIMString& id, const std::string& text) {
        const Done done = begin([&](V2TIMCallback* callback) {
            conversations()->SetConversationDraft(id, string_of(text), callback);
        });
        CHECK_CODE(code_of(done), 6017);
        return bytes_of(done->sentence);
    };
    for (const std::string& said : {sentence("c2c_bob", secret), sentence("c2c_bob", "a secret \xff"),
                                    sentence("a secret \n", "x"), sentence("", "a secret")}) {
        CHECK(said.size() > 20);
        CHECK(said.find("secret") == std::string::npos);
    }
    CHECK(sentence("c2c_bob", secret).find("draftText") != std::string::npos);
    CHECK(sentence("c2c_", "x").find("conversationID") != std::string::npos);
}

void test_codes() {
    order_of_checks();
    configurations();
    sentences();
}
