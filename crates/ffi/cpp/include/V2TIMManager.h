#ifndef CHAT_DRAFTS_V2TIM_MANAGER_H
#define CHAT_DRAFTS_V2TIM_MANAGER_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "V2TIMCallback.h"
#include "V2TIMConversationManager.h"
#include "V2TIMDefine.h"
#include "V2TIMListener.h"
#include "V2TIMMessage.h"
#include "chat_drafts.h"
#include "chat_drafts_executor.h"
#include "chat_drafts_text.h"
#include "chat_drafts_trampolines.h"

/// The SDK: one user at a time, whose drafts are open from login to logout. It may be used from any thread.
class V2TIMManager {
public:
    V2TIMManager(const V2TIMManager&) = delete;
    V2TIMManager& operator=(const V2TIMManager&) = delete;

    /// The one manager of this program.
    ///
    /// At the end of the process it does what `UnInitSDK` does; after that every call answers 6013. Who wants to hear of
    /// what could not be saved calls `UnInitSDKWithin` before. A library that is unloaded earlier must call one of them.
    static V2TIMManager* GetInstance() {
        // Never deleted: other threads, and what else runs at the end, may still call it.
        static V2TIMManager* const manager = new V2TIMManager(drafts_session_new());
        static const AtExit at_exit(manager);
        return manager;
    }

    V2TIMConversationManager* GetConversationManager() { return &conversations_; }

    /// Makes the SDK usable, for the app of this number: accounts of two apps in one folder do not meet.
    ///
    /// `false` about a configuration that cannot work, or about another one while the SDK is initialised. The same
    /// again is fine and changes nothing. While a logout runs it waits for the files to be closed, five seconds at most,
    /// and then takes another configuration; inside a callback it does not wait.
    bool InitSDK(uint32_t sdkAppID, const V2TIMSDKConfig& config) {
        std::unique_ptr<chat_drafts::Executor> executor;
        if (config.executor) {
            executor.reset(new chat_drafts::Executor(config.executor));
        }
        if (!drafts_session_init(session_, sdkAppID, chat_drafts::view(config.initPath),
                                 chat_drafts::view(config.store),
                                 executor ? chat_drafts::chat_drafts_execute : nullptr, executor.get())) {
            return false;
        }
        if (executor) {
            // Answers may come through it after UnInitSDK, if that was called in a callback.
            const std::lock_guard<std::mutex> lock(executors_mutex_);
            executors_.push_back(std::move(executor));
        }
        return true;
    }

    /// `UnInitSDKWithin` as long as the store writes one call after the other, and five seconds when it does not. What could
    /// not be saved is lost.
    void UnInitSDK() { drafts_session_uninit(session_); }

    /// Logs out, and waits until every call is answered and what was accepted is on the disk. Gives the texts that could
    /// not be saved, because the disk is full or somebody else has changed the draft for instance: the files are closed
    /// all the same, and nothing else keeps these texts. No call of the SDK's.
    ///
    /// Saving is tried once and takes no longer than so many milliseconds. A call that the store has not answered a second
    /// later fails by 6019; where the disk itself hangs, this returns after ten more seconds at most. Callbacks are waited
    /// for as long as they take.
    ///
    /// Inside a callback it cannot wait for the callbacks behind it: it waits for the disk, and they follow. With an
    /// executor it waits until the executor has them. Otherwise hold no lock that a callback takes.
    chat_drafts::UnsavedTexts UnInitSDKWithin(uint64_t millis) {
        const std::unique_ptr<drafts_unsaved_list, void (*)(drafts_unsaved_list*)> given(
            drafts_session_uninit_within(session_, millis), drafts_unsaved_list_free);
        chat_drafts::UnsavedTexts unsaved;
        drafts_text id;
        drafts_text text;
        while (drafts_unsaved_list_get(given.get(), unsaved.size(), &id, &text)) {
            unsaved.push_back({chat_drafts::string(id), chat_drafts::string(text)});
        }
        return unsaved;
    }

    /// Opens the drafts of this user; nobody looks at the signature. A user who is logged in already is fine.
    void Login(const V2TIMString& userID, const V2TIMString& /*userSig*/, V2TIMCallback* callback) {
        drafts_session_login(session_, chat_drafts::view(userID), V2TIMConversationManager::done(callback), callback);
    }

    /// Closes the drafts of the user, which stay on the disk. Wait for its answer before the next login.
    void Logout(V2TIMCallback* callback) {
        drafts_session_logout(session_, V2TIMConversationManager::done(callback), callback);
    }

    /// The user who is logged in, empty if nobody is.
    V2TIMString GetLoginUser() const {
        char user[32];
        const size_t size = drafts_session_login_user(session_, user, sizeof user);
        return V2TIMString(user, size);
    }

    /// Whether a user is logged in.
    V2TIMLoginStatus GetLoginStatus() const {
        return static_cast<V2TIMLoginStatus>(drafts_session_login_status(session_));
    }

private:
    /// Ends the SDK with the process.
    struct AtExit {
        explicit AtExit(V2TIMManager* ending) : manager(ending) {}
        ~AtExit() {
            // A callback may never return, and UnInitSDK waits for it: the drafts come first.
            drafts_session_save(manager->session_);
            manager->UnInitSDK();
        }
        V2TIMManager* manager;
    };

    explicit V2TIMManager(drafts_session* session) : session_(session), conversations_(session) {}

    drafts_session* session_;
    V2TIMConversationManager conversations_;
    std::mutex executors_mutex_;
    std::vector<std::unique_ptr<chat_drafts::Executor>> executors_;
};

#endif
