#ifndef CHAT_DRAFTS_V2TIM_CALLBACK_H
#define CHAT_DRAFTS_V2TIM_CALLBACK_H

// Samples use std::function and std::move in their callbacks and include neither.
#include <functional>
#include <utility>

#include "V2TIMString.h"

/// What every callback hears: that a call failed.
///
/// Each call calls either `OnError` or `OnSuccess`, once, and after that does not touch the callback any more: it may
/// delete itself inside. It is not called before its call returns, nor under a lock. An exception that leaves it is
/// dropped.
class V2TIMBaseCallback {
public:
    virtual ~V2TIMBaseCallback() = default;

    /// The call failed: one of the codes in README.md, and a sentence for the developer, without any draft's text.
    virtual void OnError(int error_code, const V2TIMString& error_message) = 0;
};

/// Hears what a call came to that gives nothing back.
class V2TIMCallback : public V2TIMBaseCallback {
public:
    /// The call is done; what it wrote is on the disk.
    virtual void OnSuccess() = 0;
};

/// Hears what a call gives back.
template <typename T>
class V2TIMValueCallback : public V2TIMBaseCallback {
public:
    /// The call is done. The value is gone when this returns: copy what is to stay.
    virtual void OnSuccess(const T& value) = 0;
};

#endif
