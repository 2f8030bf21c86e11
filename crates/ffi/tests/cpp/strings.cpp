// Strings and lists by themselves, in every standard of C++.

#include <V2TIMConversation.h>
#include <V2TIMString.h>

#include <cstring>

#include "check.h"

static void made_of() {
    const V2TIMString none;
    CHECK(none.Empty() && none.Size() == 0 && none.Length() == 0 && std::strcmp(none.CString(), "") == 0);
    CHECK(V2TIMString(nullptr).Empty());
    CHECK(V2TIMString(static_cast<const char*>(nullptr), 3).Empty());
    CHECK(V2TIMString("abc") == "abc" && V2TIMString("abc", 2) == "ab");
    const V2TIMString nul("a\0b", 3);
    CHECK(nul.Size() == 3 && nul[1] == '\0' && nul != "a" && nul != V2TIMString("a\0c", 3));
    CHECK(std::memcmp(nul.CString(), "a\0b", 4) == 0);
}

static void literals() {
    V2TIMString text = u8"draft \u8349\u7a3f \U0001F600";
    CHECK(text == "draft \xe8\x8d\x89\xe7\xa8\xbf \xf0\x9f\x98\x80");
    CHECK(u8"draft \u8349\u7a3f \U0001F600" == text);
    CHECK(V2TIMString(u8"\u8349\0x", 5) == V2TIMString("\xe8\x8d\x89\0x", 5));
    text = u8"\u7a3f";
    CHECK(text == "\xe7\xa8\xbf" && text != u8"\u8349");
    text = nullptr;
    CHECK(text.Empty());
}

static void copies_and_order() {
    V2TIMString text = "abc";
    const V2TIMString copy = text;
    text[0] = 'x';
    CHECK(copy == "abc" && text == "xbc");
    V2TIMString& same = text;
    text = same;
    CHECK(text == "xbc");
    V2TIMString moved = std::move(text);
    CHECK(moved == "xbc");
    CHECK(copy < moved && !(moved < copy) && !(copy < copy));
    CHECK(V2TIMString("a") < V2TIMString("a\0", 2) && V2TIMString("z") < V2TIMString("\xc3\xa4"));
}

static void lists() {
    V2TIMStringVector ids;
    CHECK(ids.Empty() && ids.Size() == 0);
    ids.PushBack("a");
    ids.PushBack(u8"b");
    const V2TIMString third = "c";
    ids.PushBack(third);
    ids.Erase(0);
    ids.Erase(7);
    CHECK(ids.Size() == 2 && ids[0] == "b" && ids[1] == "c" && third == "c");
    V2TIMStringVector copy = ids;
    copy[0] = "x";
    copy.PopBack();
    CHECK(copy.Size() == 1 && copy[0] == "x" && ids[0] == "b");
    ids.Clear();
    CHECK(ids.Empty());

    V2TIMVConversationVector older;
    V2TIMConversation conversation;
    conversation.conversationID = "c2c_bob";
    older.PushBack(conversation);
    const V2TIMConversationVector& newer = older;
    CHECK(newer[0].conversationID == "c2c_bob" && newer[0].lastMessage == nullptr);
}

int main() {
    made_of();
    literals();
    copies_and_order();
    lists();
    return verdict();
}
