#ifndef CHAT_DRAFTS_V2TIM_MESSAGE_H
#define CHAT_DRAFTS_V2TIM_MESSAGE_H

#include <cstdint>

#include "V2TIMString.h"

/// The newest message of a conversation, as the host told it by `UpdateConversation`.
struct V2TIMMessage {
    /// When it was sent, in seconds since 1970, UTC.
    int64_t timestamp = 0;
    /// The host's own bytes; nothing here reads them.
    V2TIMString body;
};

#endif
