#ifndef CHAT_DRAFTS_TRAMPOLINES_H
#define CHAT_DRAFTS_TRAMPOLINES_H

#include <cstddef>
#include <cstdint>
#include <utility>

#include "V2TIMCallback.h"
#include "V2TIMListener.h"
#include "chat_drafts.h"
#include "chat_drafts_values.h"

/// The functions the library calls, each for one kind of callback: they make the SDK's values and call the host.
///
/// The library sees to it that each is called once for its call. `user` is the host's callback itself, which may be
/// gone when the host's code returns, so nothing looks at it after that.
namespace chat_drafts {

/// Runs the host's code; what it throws ends here, since the caller is no C++.
template <typename Act>
void guarded(Act act) noexcept {
    try {
        act();
    } catch (...) {
        // The exception is the host's, and there is nobody to tell.
    }
}

/// Answers a call that gives something back; `make` makes it.
template <typename T, typename Make>
void answer(void* user, int32_t code, const drafts_text& sentence, Make make) noexcept {
    guarded([&] {
        auto* callback = static_cast<V2TIMValueCallback<T>*>(user);
        if (code == 0) {
            callback->OnSuccess(make());
        } else {
            callback->OnError(code, string(sentence));
        }
    });
}

extern "C" {

inline void chat_drafts_on_done(void* user, int32_t code, drafts_text sentence) noexcept {
    guarded([&] {
        auto* callback = static_cast<V2TIMCallback*>(user);
        if (code == 0) {
            callback->OnSuccess();
        } else {
            callback->OnError(code, string(sentence));
        }
    });
}

}  // extern "C"

/// What the library calls for this callback.
inline drafts_session_on_done done(V2TIMCallback* callback) {
    return callback == nullptr ? nullptr : chat_drafts_on_done;
}

extern "C" {

inline void chat_drafts_on_conversation(void* user, int32_t code, drafts_text sentence,
                                        const drafts_session_list* list) noexcept {
    answer<V2TIMConversation>(user, code, sentence, [&] { return conversation(*list->conversations[0]); });
}

inline void chat_drafts_on_conversations(void* user, int32_t code, drafts_text sentence,
                                         const drafts_session_list* list) noexcept {
    answer<V2TIMConversationVector>(user, code, sentence, [&] { return conversations(*list); });
}

inline void chat_drafts_on_result(void* user, int32_t code, drafts_text sentence,
                                  const drafts_session_list* list) noexcept {
    answer<V2TIMConversationResult>(user, code, sentence, [&] { return result(*list); });
}

inline void chat_drafts_on_deletions(void* user, int32_t code, drafts_text sentence,
                                     const drafts_session_deleted* deleted, size_t count) noexcept {
    answer<V2TIMConversationOperationResultVector>(user, code, sentence, [&] { return deletions(deleted, count); });
}

inline void chat_drafts_on_number(void* user, int32_t code, drafts_text sentence, uint64_t number) noexcept {
    answer<uint64_t>(user, code, sentence, [&] { return number; });
}

inline void chat_drafts_on_event(void* user, drafts_session_event event, const drafts_conversation* told) noexcept {
    guarded([&] {
        auto* listener = static_cast<V2TIMConversationListener*>(user);
        V2TIMConversationVector conversations;
        V2TIMStringVector ids;
        switch (event) {
            case DRAFTS_SESSION_EVENT_SYNC_START:
                listener->OnSyncServerStart();
                break;
            case DRAFTS_SESSION_EVENT_SYNC_FINISH:
                listener->OnSyncServerFinish();
                break;
            case DRAFTS_SESSION_EVENT_NEW:
                conversations.PushBack(conversation(*told));
                listener->OnNewConversation(conversations);
                break;
            case DRAFTS_SESSION_EVENT_CHANGED:
                conversations.PushBack(conversation(*told));
                listener->OnConversationChanged(conversations);
                break;
            case DRAFTS_SESSION_EVENT_DELETED:
                ids.PushBack(string(told->id));
                listener->OnConversationDeleted(ids);
                break;
                // No default: what a later version of the library tells of is passed over.
        }
    });
}

}  // extern "C"

}  // namespace chat_drafts

#endif
