#ifndef CHAT_DRAFTS_V2TIM_SDK_CONFIG_H
#define CHAT_DRAFTS_V2TIM_SDK_CONFIG_H

#include <functional>

#include "V2TIMString.h"

/// What the SDK is initialised with.
struct V2TIMSDKConfig {
    /// The folder that keeps the drafts, each user's in a file of their own. It must exist by the time of a login.
    V2TIMString initPath;

    /// The engine: `sqlite`, `redb` or `memory`, if the library was built with it. No field of the SDK's.
    V2TIMString store = "sqlite";

    /// Where callbacks and listeners are called; a thread of the library's own if there is none. No field of the SDK's.
    ///
    /// It keeps each function it is given and soon calls it once, in the order in which they came. It is kept for the
    /// life of the process.
    std::function<void(std::function<void()>)> executor;
};

#endif
