#ifndef CHAT_DRAFTS_V2TIM_DEFINE_H
#define CHAT_DRAFTS_V2TIM_DEFINE_H

#include <cstdint>

#include "V2TIMConversation.h"
#include "V2TIMSDKConfig.h"
#include "V2TIMString.h"
#include "V2TIMVector.h"

/// Whether a user is logged in.
enum V2TIMLoginStatus : int32_t {
    V2TIM_STATUS_LOGINED = 1,
    V2TIM_STATUS_LOGINING = 2,
    V2TIM_STATUS_LOGOUT = 3,
};

#endif
