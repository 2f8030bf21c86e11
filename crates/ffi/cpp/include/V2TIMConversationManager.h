#ifndef CHAT_DRAFTS_V2TIM_CONVERSATION_MANAGER_H
#define CHAT_DRAFTS_V2TIM_CONVERSATION_MANAGER_H

#include <cstdint>
#include <vector>

#include "V2TIMCallback.h"
#include "V2TIMConversation.h"
#include "V2TIMConversationUpdate.h"
#include "V2TIMListener.h"
#include "V2TIMString.h"
#include "chat_drafts.h"
#include "chat_drafts_composer.h"
#include "chat_drafts_text.h"
#include "chat_drafts_trampolines.h"

class V2TIMManager;

/// The calls about conversations, of `V2TIMManager::GetConversationManager`. They may be made from any thread.
///
/// Each returns at once and answers once, later; a null callback hears nothing. The order of checks is the SDK's: first
/// 6013, not initialised, then 6014, not logged in, then 6017, a parameter.
class V2TIMConversationManager {
public:
    V2TIMConversationManager(const V2TIMConversationManager&) = delete;
    V2TIMConversationManager& operator=(const V2TIMConversationManager&) = delete;

    /// Sets the draft of a conversation; an empty text clears it. It is on the disk when the callback hears of success.
    void SetConversationDraft(const V2TIMString& conversationID, const V2TIMString& draftText,
                              V2TIMCallback* callback) {
        drafts_session_set_draft(session_, chat_drafts::view(conversationID), chat_drafts::view(draftText),
                                 done(callback), callback);
    }

    /// A conversation; one that is not known is an empty one of this id.
    void GetConversation(const V2TIMString& conversationID, V2TIMValueCallback<V2TIMConversation>* callback) {
        const drafts_text id = chat_drafts::view(conversationID);
        drafts_session_get_conversations(
            session_, &id, 1, callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_conversation, callback);
    }

    /// A page of up to `count` conversations, highest order key first, from `nextSeq` on; 0 is the beginning.
    void GetConversationList(uint64_t nextSeq, uint32_t count, V2TIMValueCallback<V2TIMConversationResult>* callback) {
        GetConversationListByFilter(V2TIMConversationListFilter(), nextSeq, count, callback);
    }

    /// Conversations by their ids, in this order, all of one moment.
    void GetConversationList(const V2TIMStringVector& conversationIDs,
                             V2TIMValueCallback<V2TIMConversationVector>* callback) {
        const std::vector<drafts_text> ids = views(conversationIDs);
        drafts_session_get_conversations(
            session_, ids.data(), ids.size(),
            callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_conversations, callback);
    }

    /// A page of those conversations that pass a filter.
    void GetConversationListByFilter(const V2TIMConversationListFilter& filter, uint64_t nextSeq, uint32_t count,
                                     V2TIMValueCallback<V2TIMConversationResult>* callback) {
        drafts_session_list_conversations(
            session_, filter.type, filter.hasUnreadCount, nextSeq, count,
            callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_result, callback);
    }

    /// Pins a conversation above all that are not, or unpins it.
    void PinConversation(const V2TIMString& conversationID, bool isPinned, V2TIMCallback* callback) {
        drafts_session_pin(session_, chat_drafts::view(conversationID), isPinned, done(callback), callback);
    }

    /// Forgets a conversation, its draft included. One that is not there is fine.
    void DeleteConversation(const V2TIMString& conversationID, V2TIMCallback* callback) {
        drafts_session_delete(session_, chat_drafts::view(conversationID), done(callback), callback);
    }

    /// Forgets these conversations, each by itself. There are no messages here that `clearMessage` could mean.
    void DeleteConversationList(const V2TIMStringVector& conversationIDs, bool /*clearMessage*/,
                                V2TIMValueCallback<V2TIMConversationOperationResultVector>* callback) {
        const std::vector<drafts_text> ids = views(conversationIDs);
        drafts_session_delete_many(session_, ids.data(), ids.size(),
                                   callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_deletions, callback);
    }

    /// How many messages are unread, over all conversations.
    void GetTotalUnreadMessageCount(V2TIMValueCallback<uint64_t>* callback) {
        drafts_session_total_unread(session_, callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_number,
                                    callback);
    }

    /// Tells what the host knows of a conversation. No call of the SDK's: there a server knows these things.
    void UpdateConversation(const V2TIMString& conversationID, const V2TIMConversationUpdate& update,
                            V2TIMCallback* callback) {
        drafts_session_update(session_, chat_drafts::view(conversationID), update.update_, done(callback), callback);
    }

    /// Gives a conversation another id, when a planned group gets its real one for instance. If that is known already both
    /// are one from then on: its draft stands first, then a newline, then the old one's; its facts win. Listeners hear
    /// that the old one was deleted and the new one has changed. No call of the SDK's.
    void RenameConversation(const V2TIMString& conversationID, const V2TIMString& newConversationID,
                            V2TIMCallback* callback) {
        drafts_session_rename(session_, chat_drafts::view(conversationID), chat_drafts::view(newConversationID),
                              done(callback), callback);
    }

    /// Opens the input field of a conversation: what was typed there is restored, and what is typed is saved behind. No
    /// call of the SDK's, and so are the next ones up to `UndoClear`.
    void Compose(const V2TIMString& conversationID, V2TIMValueCallback<chat_drafts::Composer>* callback) {
        drafts_session_compose(session_, chat_drafts::view(conversationID),
                               callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_composer, callback);
    }

    /// Takes the text of a conversation out of its draft, to be sent: what was typed last, saved or not. A sent text never
    /// comes back by a late save. 6017 if there is none.
    void BeginSend(const V2TIMString& conversationID, V2TIMValueCallback<chat_drafts::Ticket>* callback) {
        drafts_session_begin_send(session_, chat_drafts::view(conversationID),
                                  callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_ticket, callback);
    }

    /// The texts of which nobody has said what became of them, also before a restart, in the order their sending began.
    void GetTickets(V2TIMValueCallback<chat_drafts::Tickets>* callback) {
        drafts_session_tickets(session_, callback == nullptr ? nullptr : chat_drafts::chat_drafts_on_tickets, callback);
    }

    /// Saves everything that is typed.
    void Flush(V2TIMCallback* callback) { drafts_session_flush(session_, done(callback), callback); }

    /// Saves everything that is typed, on this thread, for no longer than so many milliseconds: for the moment in which a
    /// system tells an app that it goes to the background. 0, or the code of what went wrong, 6019 if the time was not
    /// enough; saving goes on then.
    int FlushWithin(uint64_t millis) { return drafts_session_flush_within(session_, millis); }

    /// Saves what is typed, closes the files and releases every lock, until `Resume`. Composers go on in memory.
    void Suspend(V2TIMCallback* callback) { drafts_session_suspend(session_, done(callback), callback); }

    /// Opens the files again and saves what was typed meanwhile. Also after a write that failed.
    void Resume(V2TIMCallback* callback) { drafts_session_resume(session_, done(callback), callback); }

    /// Brings back the draft that was cleared last in this conversation, if it has none by now.
    void UndoClear(const V2TIMString& conversationID, V2TIMCallback* callback) {
        drafts_session_undo_clear(session_, chat_drafts::view(conversationID), done(callback), callback);
    }

    /// Adds a listener, which stays over logout and `UnInitSDK`; one that is there already changes nothing.
    void AddConversationListener(V2TIMConversationListener* listener) {
        if (listener != nullptr) {
            drafts_session_add_listener(session_, key(listener), chat_drafts::chat_drafts_on_event, listener);
        }
    }

    /// Takes a listener away: when this returns it is not called any more, unless this is called inside it, and may be
    /// deleted. It waits for a call of it that is under way on another thread, so hold no lock that the listener takes.
    void RemoveConversationListener(V2TIMConversationListener* listener) {
        drafts_session_remove_listener(session_, key(listener));
    }

private:
    friend class V2TIMManager;

    explicit V2TIMConversationManager(drafts_session* session) : session_(session) {}

    static drafts_session_on_done done(V2TIMCallback* callback) { return chat_drafts::done(callback); }

    static std::vector<drafts_text> views(const V2TIMStringVector& strings) {
        std::vector<drafts_text> views;
        views.reserve(strings.Size());
        for (size_t index = 0; index < strings.Size(); ++index) {
            views.push_back(chat_drafts::view(strings[index]));
        }
        return views;
    }

    static uint64_t key(const V2TIMConversationListener* listener) { return reinterpret_cast<uintptr_t>(listener); }

    drafts_session* session_;
};

#endif
