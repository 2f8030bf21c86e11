#ifndef CHAT_DRAFTS_EXECUTOR_H
#define CHAT_DRAFTS_EXECUTOR_H

#include <atomic>
#include <functional>
#include <memory>

#include "chat_drafts.h"

namespace chat_drafts {

using Executor = std::function<void(std::function<void()>)>;

/// Gives a reply to the host's executor, which is `user`.
///
/// However often the host calls what it was given, the reply runs once; if the executor throws instead of taking it, it
/// runs here.
extern "C" inline void chat_drafts_execute(void* user, drafts_reply* reply) noexcept {
    auto pending = std::make_shared<std::atomic<drafts_reply*>>(reply);
    auto run = [pending] { drafts_reply_run(pending->exchange(nullptr)); };
    try {
        (*static_cast<const Executor*>(user))(run);
    } catch (...) {
        run();
    }
}

}  // namespace chat_drafts

#endif
