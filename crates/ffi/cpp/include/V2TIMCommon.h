#ifndef CHAT_DRAFTS_V2TIM_COMMON_H
#define CHAT_DRAFTS_V2TIM_COMMON_H

#include "V2TIMDefine.h"

#endif
