#ifndef CHAT_DRAFTS_V2TIM_CONVERSATION_H
#define CHAT_DRAFTS_V2TIM_CONVERSATION_H

#include <cstdint>
#include <memory>

#include "V2TIMMessage.h"
#include "V2TIMString.h"
#include "V2TIMVector.h"

/// What a conversation is; its id tells it.
enum V2TIMConversationType : int32_t {
    /// Neither of the two. In a filter: every conversation.
    CONVERSATION_TYPE_INVALID = 0,
    /// A chat with one user, `c2c_` and the user's id.
    V2TIM_C2C = 1,
    /// A chat of a group, `group_` and the group's id.
    V2TIM_GROUP = 2,
};

/// How messages are received. The engine keeps any number a host tells.
enum V2TIMReceiveMessageOpt : uint32_t {
    /// They come, and are notified.
    V2TIM_RECEIVE_MESSAGE = 0,
    /// They do not come.
    V2TIM_NOT_RECEIVE_MESSAGE = 1,
    /// They come quietly.
    V2TIM_RECEIVE_NOT_NOTIFY_MESSAGE = 2,
};

/// A conversation as it was at one moment. What a host did not tell has its empty value.
struct V2TIMConversation {
    V2TIMConversationType type = CONVERSATION_TYPE_INVALID;
    V2TIMString conversationID;
    /// The user, empty if this is no chat with one.
    V2TIMString userID;
    /// The group, empty if this is no chat of one.
    V2TIMString groupID;
    V2TIMString showName;
    /// Where the picture is.
    V2TIMString faceUrl;
    uint32_t unreadCount = 0;
    V2TIMReceiveMessageOpt recvOpt = V2TIM_RECEIVE_MESSAGE;
    /// The newest message, null if there is none. Copies of a conversation share it.
    std::shared_ptr<const V2TIMMessage> lastMessage;
    /// What its user has not sent yet, byte for byte as it was set; empty without a draft.
    V2TIMString draftText;
    /// When the draft was set, in seconds since 1970, UTC; 0 without a draft.
    uint64_t draftTimestamp = 0;
    /// Whether it is pinned above all that are not.
    bool isPinned = false;
    /// Where it stands in the list: highest first. A growing number, not a time.
    uint64_t orderKey = 0;
    /// The host's own bytes.
    V2TIMString customData;
};

using V2TIMConversationVector = TXTVector<V2TIMConversation>;
/// The name in older samples.
using V2TIMVConversationVector = V2TIMConversationVector;

/// A part of the list of conversations, highest order key first.
struct V2TIMConversationResult {
    /// What to ask for next; 0 at the end. It stays valid while conversations change, and over a restart.
    uint64_t nextSeq = 0;
    /// Whether this is the end of the list.
    bool isFinished = false;
    V2TIMConversationVector conversationList;
};

/// Which conversations a list is of: all of them, unless it is told here.
struct V2TIMConversationListFilter {
    /// Only those of this type; `CONVERSATION_TYPE_INVALID` is every type.
    V2TIMConversationType type = CONVERSATION_TYPE_INVALID;
    /// Only those with unread messages.
    bool hasUnreadCount = false;
};

/// What became of one conversation that was to be deleted.
struct V2TIMConversationOperationResult {
    /// The id as it was given; empty if that was no UTF-8.
    V2TIMString conversationID;
    /// 0, or why it was not deleted.
    int resultCode = 0;
    V2TIMString resultInfo;
};

using V2TIMConversationOperationResultVector = TXTVector<V2TIMConversationOperationResult>;

#endif
