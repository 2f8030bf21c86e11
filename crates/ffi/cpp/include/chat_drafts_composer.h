#ifndef CHAT_DRAFTS_COMPOSER_H
#define CHAT_DRAFTS_COMPOSER_H

#include <cstdint>
#include <memory>
#include <vector>

#include "V2TIMCallback.h"
#include "V2TIMString.h"
#include "chat_drafts.h"
#include "chat_drafts_text.h"
#include "chat_drafts_trampolines.h"

/// Typing and sending. The SDK has no such calls, so their names are this library's own.
namespace chat_drafts {

/// A text that has left its draft to be sent, and is kept until the ticket says what became of it. A ticket that goes
/// without a word keeps its text, and so does a crash: `V2TIMConversationManager::GetTickets` gives it again.
///
/// Copies are the same ticket.
class Ticket {
public:
    /// No ticket: what a variable holds before it is given one.
    Ticket() = default;

    /// Takes over a ticket of the C interface.
    explicit Ticket(drafts_session_ticket* ticket) : ticket_(ticket, drafts_session_ticket_free) {}

    /// Whether it is one.
    explicit operator bool() const { return ticket_ != nullptr; }

    /// The number of the sending; after a restart the ticket of the same text has the same.
    uint64_t Number() const { return ticket_ ? ticket_->number : 0; }

    /// The conversation it is of.
    V2TIMString ConversationID() const { return ticket_ ? string(ticket_->id) : V2TIMString(); }

    /// The text to send.
    V2TIMString Text() const { return ticket_ ? string(ticket_->text) : V2TIMString(); }

    /// Deletes the text of a message that was sent. 6017 if it is not being sent any more.
    void Confirm(V2TIMCallback* callback) const {
        drafts_session_ticket_confirm(ticket_.get(), done(callback), callback);
    }

    /// It was not sent: its text stands in front of what was typed since, a newline between them. A composer shows it
    /// when the callback hears of success. 6017 if it is not being sent any more.
    void Abort(V2TIMCallback* callback) const {
        drafts_session_ticket_abort(ticket_.get(), done(callback), callback);
    }

private:
    std::shared_ptr<drafts_session_ticket> ticket_;
};

using Tickets = std::vector<Ticket>;

/// A text that could not be saved before the end.
struct Unsaved {
    V2TIMString conversationID;
    V2TIMString text;
};

using UnsavedTexts = std::vector<Unsaved>;

/// What a composer keeps in a conflict.
enum class Keep {
    /// What was typed here.
    Ours = DRAFTS_KEEP_OURS,
    /// What is stored.
    Theirs = DRAFTS_KEEP_THEIRS,
    /// What is stored, a newline, and what was typed here.
    Both = DRAFTS_KEEP_BOTH,
};

extern "C" {

inline void chat_drafts_on_tickets(void* user, int32_t code, drafts_text sentence,
                                   drafts_session_ticket* const* given, size_t count) noexcept {
    guarded([&] {
        Tickets tickets;
        tickets.reserve(count);
        for (size_t index = 0; index < count; ++index) {
            tickets.emplace_back(given[index]);
        }
        answer<Tickets>(user, code, sentence, [&] { return tickets; });
    });
}

inline void chat_drafts_on_ticket(void* user, int32_t code, drafts_text sentence, drafts_session_ticket* const* given,
                                  size_t count) noexcept {
    guarded([&] {
        const Ticket ticket = count == 0 ? Ticket() : Ticket(given[0]);
        answer<Ticket>(user, code, sentence, [&] { return ticket; });
    });
}

}  // extern "C"

/// The input field of one conversation: edits touch memory only and are saved behind, after 300 ms without an edit, and
/// 2 s after the first at the latest. When its last copy goes, what is left is saved.
///
/// It may be used from any thread, and outlives a logout, after which it takes no edit.
class Composer {
public:
    /// No composer: what a variable holds before it is given one.
    Composer() = default;

    /// Takes over a composer of the C interface.
    explicit Composer(drafts_session_composer* composer) : composer_(composer, drafts_session_composer_free) {}

    /// Whether it is one.
    explicit operator bool() const { return composer_ != nullptr; }

    /// The id of the conversation; after a rename the new one.
    V2TIMString ConversationID() const { return owned(drafts_session_composer_id(composer_.get())); }

    /// The text as it is now.
    V2TIMString Text() const { return owned(drafts_session_composer_text(composer_.get())); }

    /// Takes the text as it is after an edit; an empty one clears the draft when it is saved. Touches memory only and
    /// never waits. 0, or 6017 about the text, or 6014 once the user is logged out.
    int SetText(const V2TIMString& text) const { return drafts_session_composer_set_text(composer_.get(), view(text)); }

    /// `SetText`; the callback hears when that text, or a newer one, is on the disk, or why not.
    void SetText(const V2TIMString& text, V2TIMCallback* callback) const {
        drafts_session_composer_set_text_then(composer_.get(), view(text), done(callback), callback);
    }

    /// Saves the text.
    void Flush(V2TIMCallback* callback) const {
        drafts_session_composer_flush(composer_.get(), done(callback), callback);
    }

    /// Takes the text out of the draft, to be sent. The composer is empty then.
    void BeginSend(V2TIMValueCallback<Ticket>* callback) const {
        drafts_session_composer_begin_send(composer_.get(), callback == nullptr ? nullptr : chat_drafts_on_ticket,
                                           callback);
    }

    /// Whether somebody else has changed the draft, another process for instance, so that the text cannot be saved over
    /// it. `theirs` is then what they have stored, empty if they have cleared it; it may be null.
    bool InConflict(V2TIMString* theirs = nullptr) const {
        drafts_draft* stored = nullptr;
        const bool isConflict = drafts_session_composer_conflict(composer_.get(), &stored);
        if (theirs != nullptr) {
            *theirs = stored == nullptr ? V2TIMString() : string(stored->text);
        }
        drafts_draft_free(stored);
        return isConflict;
    }

    /// Ends a conflict; says whether there was one. `Text` is what is kept.
    bool Resolve(Keep keep) const {
        return drafts_session_composer_resolve(composer_.get(), static_cast<int32_t>(keep));
    }

private:
    static V2TIMString owned(drafts_text* text) {
        const V2TIMString copy = text == nullptr ? V2TIMString() : string(*text);
        drafts_text_free(text);
        return copy;
    }

    std::shared_ptr<drafts_session_composer> composer_;
};

extern "C" {

inline void chat_drafts_on_composer(void* user, int32_t code, drafts_text sentence,
                                    drafts_session_composer* given) noexcept {
    guarded([&] {
        const Composer composer(given);
        answer<Composer>(user, code, sentence, [&] { return composer; });
    });
}

}  // extern "C"

}  // namespace chat_drafts

#endif
