#ifndef CHAT_DRAFTS_VALUES_H
#define CHAT_DRAFTS_VALUES_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "V2TIMConversation.h"
#include "chat_drafts.h"
#include "chat_drafts_text.h"

/// What answers and events bring, as the SDK's values.
namespace chat_drafts {

/// Whole seconds, rounded down.
inline int64_t seconds(int64_t milliseconds) { return milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0); }

inline V2TIMConversation conversation(const drafts_conversation& told) {
    V2TIMConversation made;
    made.type = static_cast<V2TIMConversationType>(told.kind);
    made.conversationID = string(told.id);
    if (told.kind == V2TIM_C2C) {
        made.userID = string(told.name);
    } else if (told.kind == V2TIM_GROUP) {
        made.groupID = string(told.name);
    }
    made.showName = string(told.show_name);
    made.faceUrl = string(told.avatar_url);
    made.unreadCount = told.unread_count;
    made.recvOpt = static_cast<V2TIMReceiveMessageOpt>(told.receive_option);
    if (told.has_last_message) {
        auto message = std::make_shared<V2TIMMessage>();
        message->timestamp = seconds(told.last_message_time);
        message->body = string(told.last_message);
        made.lastMessage = message;
    }
    if (told.has_draft) {
        made.draftText = string(told.draft.text);
        made.draftTimestamp = static_cast<uint64_t>(seconds(told.draft.updated_at));
    }
    made.isPinned = told.pinned;
    made.orderKey = told.order_key;
    made.customData = string(told.custom_data);
    return made;
}

inline V2TIMConversationVector conversations(const drafts_session_list& told) {
    V2TIMConversationVector made;
    for (size_t index = 0; index < told.count; ++index) {
        made.PushBack(conversation(*told.conversations[index]));
    }
    return made;
}

inline V2TIMConversationResult result(const drafts_session_list& told) {
    V2TIMConversationResult made;
    made.nextSeq = told.next_seq;
    made.isFinished = told.is_finished;
    made.conversationList = conversations(told);
    return made;
}

inline V2TIMConversationOperationResultVector deletions(const drafts_session_deleted* told, size_t count) {
    V2TIMConversationOperationResultVector made;
    for (size_t index = 0; index < count; ++index) {
        V2TIMConversationOperationResult deletion;
        deletion.conversationID = string(told[index].id);
        deletion.resultCode = told[index].code;
        deletion.resultInfo = string(told[index].sentence);
        made.PushBack(std::move(deletion));
    }
    return made;
}

}  // namespace chat_drafts

#endif
