// Lists of conversations, and what the host tells of them.

#include <vector>

#include "behaviour.h"

using Ids = std::vector<std::string>;

static void add_ids(Ids& ids, const V2TIMConversationVector& conversations) {
    for (size_t index = 0; index < conversations.Size(); ++index) {
        ids.push_back(bytes_of(conversations[index].conversationID));
    }
}

static Ids all_ids(const V2TIMConversationListFilter& filter, uint32_t count) {
    Ids ids;
    uint64_t next_seq = 0;
    for (;;) {
        const V2TIMConversationResult page = list(filter, next_seq, count);
        add_ids(ids, page.conversationList);
        next_seq = page.nextSeq;
        if (page.isFinished) {
            CHECK(next_seq == 0);
            return ids;
        }
        CHECK(page.conversationList.Size() == count);
    }
}

static void pages_and_filters() {
    const LoggedIn home;
    const int count = 60;
    uint64_t unread = 0;
    Ids groups_with_unread;
    for (int number = 0; number < count; ++number) {
        const char* prefixes[] = {"c2c_", "group_", ""};
        const std::string id = prefixes[number % 3] + std::to_string(number);
        CHECK_CODE(set(string_of(id), "x"), 0);
        const auto count_of_it = static_cast<uint32_t>(number % 4);
        CHECK_CODE(update(string_of(id), V2TIMConversationUpdate().SetUnreadCount(count_of_it)), 0);
        unread += count_of_it;
        if (number % 3 == 1 && number % 4 != 0) {
            groups_with_unread.insert(groups_with_unread.begin(), id);
        }
    }
    CHECK_CODE(code_of([](V2TIMCallback* callback) { conversations()->PinConversation("c2c_30", true, callback); }),
               0);
    const V2TIMConversationListFilter any;
    const Ids all = all_ids(any, INT32_MAX);
    CHECK(all.size() == count);
    CHECK(all[0] == "c2c_30" && all[1] == "59");
    V2TIMConversationListFilter filter;
    filter.type = V2TIM_GROUP;
    filter.hasUnreadCount = true;
    for (const uint32_t page : {1u, 7u, 1000u}) {
        CHECK(all_ids(any, page) == all);
        CHECK(all_ids(filter, page) == groups_with_unread);
    }
    filter.type = V2TIM_C2C;
    filter.hasUnreadCount = false;
    CHECK(all_ids(filter, 100).size() == count / 3);
    const auto page = ask<V2TIMConversationResult>([](V2TIMValueCallback<V2TIMConversationResult>* callback) {
        conversations()->GetConversationList(0, 2, callback);
    });
    CHECK(page->value.conversationList[0].isPinned && !page->value.conversationList[1].isPinned);
    CHECK(page->value.conversationList[0].orderKey > page->value.conversationList[1].orderKey);
    const auto total = ask<uint64_t>(
        [](V2TIMValueCallback<uint64_t>* callback) { conversations()->GetTotalUnreadMessageCount(callback); });
    CHECK(total->value == unread);
}

static void by_ids() {
    const LoggedIn home;
    CHECK_CODE(set("c2c_a", "x"), 0);
    V2TIMStringVector ids;
    ids.PushBack("group_b");
    ids.PushBack("c2c_a");
    ids.PushBack("c");
    const auto found = ask<V2TIMConversationVector>([&](V2TIMValueCallback<V2TIMConversationVector>* callback) {
        conversations()->GetConversationList(ids, callback);
    });
    const V2TIMVConversationVector& list = found->value;
    if (!CHECK(list.Size() == 3)) {
        return;
    }
    CHECK(list[0].type == V2TIM_GROUP && list[0].groupID == "b" && list[0].userID.Empty());
    CHECK(list[0].draftText.Empty() && list[0].draftTimestamp == 0 && list[0].orderKey == 0);
    CHECK(list[1].type == V2TIM_C2C && list[1].userID == "a" && list[1].groupID.Empty());
    CHECK(list[1].draftText == "x" && list[1].draftTimestamp > 1700000000 && list[1].orderKey > 0);
    CHECK(list[2].type == CONVERSATION_TYPE_INVALID && list[2].userID.Empty() && list[2].groupID.Empty());

    ids.PushBack("c2c_");
    const auto deleted = ask<V2TIMConversationOperationResultVector>(
        [&](V2TIMValueCallback<V2TIMConversationOperationResultVector>* callback) {
            conversations()->DeleteConversationList(ids, true, callback);
        });
    if (!CHECK(deleted->value.Size() == 4)) {
        return;
    }
    CHECK(deleted->value[1].conversationID == "c2c_a" && deleted->value[1].resultCode == 0);
    CHECK(deleted->value[3].resultCode == 6017 && !deleted->value[3].resultInfo.Empty());
    CHECK(draft_of("c2c_a").empty());
}

static void what_the_host_tells() {
    const LoggedIn home;
    const V2TIMString bytes("\0\xff", 2);
    CHECK_CODE(update("c2c_bob", V2TIMConversationUpdate()
                                     .SetShowName("Bob")
                                     .SetFaceUrl("https://example.org/bob")
                                     .SetUnreadCount(UINT32_MAX)
                                     .SetRecvOpt(V2TIM_RECEIVE_NOT_NOTIFY_MESSAGE)
                                     .SetLastMessage(1700000000999, bytes)
                                     .SetCustomData(bytes)),
               0);
    CHECK_CODE(update("c2c_bob", V2TIMConversationUpdate()), 0);
    CHECK_CODE(set("c2c_bob", "x"), 0);
    const V2TIMConversation bob = get("c2c_bob")->value;
    CHECK(bob.showName == "Bob" && bob.faceUrl == "https://example.org/bob" && bob.unreadCount == UINT32_MAX);
    CHECK(bob.recvOpt == V2TIM_RECEIVE_NOT_NOTIFY_MESSAGE && bob.customData == bytes && bob.draftText == "x");
    CHECK(bob.lastMessage != nullptr && bob.lastMessage->timestamp == 1700000000 && bob.lastMessage->body == bytes);

    CHECK_CODE(update("c2c_bob", V2TIMConversationUpdate().SetRecvOpt(4000000000u).SetShowName("")), 0);
    CHECK(get("c2c_bob")->value.recvOpt == 4000000000u && get("c2c_bob")->value.showName.Empty());

    CHECK_CODE(update("c2c_bob", V2TIMConversationUpdate().ClearShowName().ClearFaceUrl().ClearUnreadCount()), 0);
    CHECK_CODE(update("c2c_bob", V2TIMConversationUpdate().ClearRecvOpt().ClearLastMessage().ClearCustomData()), 0);
    const V2TIMConversation cleared = get("c2c_bob")->value;
    CHECK(cleared.showName.Empty() && cleared.faceUrl.Empty() && cleared.unreadCount == 0);
    CHECK(cleared.recvOpt == V2TIM_RECEIVE_MESSAGE && cleared.lastMessage == nullptr && cleared.customData.Empty());
    CHECK(cleared.draftText == "x");

    const std::string large(70000, 'x');
    CHECK_CODE(update("c2c_bob", V2TIMConversationUpdate().SetCustomData(string_of(large))), 6017);
}

void test_lists() {
    pages_and_filters();
    by_ids();
    what_the_host_tells();
}
