#ifndef CHAT_DRAFTS_V2TIM_LISTENER_H
#define CHAT_DRAFTS_V2TIM_LISTENER_H

#include "V2TIMConversation.h"
#include "V2TIMString.h"
#include "V2TIMVector.h"

/// Hears of conversations, after what happened is on the disk. Override what you want to hear.
///
/// It is called where callbacks are. An exception that leaves it is dropped.
class V2TIMConversationListener {
public:
    virtual ~V2TIMConversationListener() = default;

    /// The list is about to be read anew: after a login, and when another process has written to the same file.
    virtual void OnSyncServerStart() {}

    /// The list can be read now.
    virtual void OnSyncServerFinish() {}

    /// Conversations came into being, by their drafts for instance.
    virtual void OnNewConversation(const V2TIMConversationVector& /*conversations*/) {}

    /// Conversations changed; one of which nothing is known any more has an empty draft.
    virtual void OnConversationChanged(const V2TIMConversationVector& /*conversations*/) {}

    /// Conversations were deleted: their ids.
    virtual void OnConversationDeleted(const V2TIMStringVector& /*conversationIDs*/) {}
};

#endif
