#ifndef CHAT_DRAFTS_V2TIM_CONVERSATION_UPDATE_H
#define CHAT_DRAFTS_V2TIM_CONVERSATION_UPDATE_H

#include <cstdint>

#include "V2TIMString.h"
#include "chat_drafts.h"
#include "chat_drafts_text.h"

class V2TIMConversationManager;

/// What a host tells of a conversation, since no server does: what is not mentioned stays as it is.
///
/// ```cpp
/// manager->UpdateConversation("c2c_bob", V2TIMConversationUpdate().SetShowName("Bob").SetUnreadCount(3), callback);
/// ```
class V2TIMConversationUpdate {
public:
    V2TIMConversationUpdate() : update_(drafts_update_new()) {}
    ~V2TIMConversationUpdate() { drafts_update_free(update_); }
    V2TIMConversationUpdate(const V2TIMConversationUpdate&) = delete;
    V2TIMConversationUpdate& operator=(const V2TIMConversationUpdate&) = delete;

    /// The name to show.
    V2TIMConversationUpdate& SetShowName(const V2TIMString& name) {
        drafts_update_show_name(update_, chat_drafts::view(name));
        return *this;
    }

    V2TIMConversationUpdate& ClearShowName() {
        drafts_update_show_name(update_, drafts_text());
        return *this;
    }

    /// Where the picture is.
    V2TIMConversationUpdate& SetFaceUrl(const V2TIMString& url) {
        drafts_update_avatar_url(update_, chat_drafts::view(url));
        return *this;
    }

    V2TIMConversationUpdate& ClearFaceUrl() {
        drafts_update_avatar_url(update_, drafts_text());
        return *this;
    }

    /// How many messages are unread. A count of 0 keeps a conversation known, no count does not.
    V2TIMConversationUpdate& SetUnreadCount(uint32_t count) {
        drafts_update_unread_count(update_, &count);
        return *this;
    }

    V2TIMConversationUpdate& ClearUnreadCount() {
        drafts_update_unread_count(update_, nullptr);
        return *this;
    }

    /// How messages are received: a `V2TIMReceiveMessageOpt`, or any number of the host's.
    V2TIMConversationUpdate& SetRecvOpt(uint32_t option) {
        drafts_update_receive_option(update_, &option);
        return *this;
    }

    V2TIMConversationUpdate& ClearRecvOpt() {
        drafts_update_receive_option(update_, nullptr);
        return *this;
    }

    /// The newest message: when it was sent, in milliseconds since 1970, UTC, and bytes of the host's own. One that is
    /// newer than the last moves the conversation up the list.
    V2TIMConversationUpdate& SetLastMessage(int64_t milliseconds, const V2TIMString& body) {
        drafts_update_last_message(update_, milliseconds, chat_drafts::bytes(body));
        return *this;
    }

    V2TIMConversationUpdate& ClearLastMessage() {
        drafts_update_last_message(update_, 0, drafts_bytes());
        return *this;
    }

    /// Bytes of the host's own.
    V2TIMConversationUpdate& SetCustomData(const V2TIMString& data) {
        drafts_update_custom_data(update_, chat_drafts::bytes(data));
        return *this;
    }

    V2TIMConversationUpdate& ClearCustomData() {
        drafts_update_custom_data(update_, drafts_bytes());
        return *this;
    }

private:
    friend class V2TIMConversationManager;

    drafts_update* update_;
};

#endif
