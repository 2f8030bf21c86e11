//! Rule 13: a write may name what it is based on.

use chat_drafts_core::{DraftInput, DraftState, Outcome, Revision};

use super::setup::{changed, conflict, conversation, drain, id, name, open, reopen, sequence, text, unchanged};
use crate::Sandbox;

fn based(text: &str, base: Revision) -> DraftInput {
    DraftInput::new(text).based_on(base)
}

/// Rule 13: a base that is the draft's revision holds; each write gives the base of the next.
pub async fn a_base_on_the_present_draft_holds(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let mut base = drafts.set(&bob, "0").await.unwrap().revision();
    for number in 1..4 {
        changed(drafts.set(&id("c2c_other"), number.to_string()).await);
        assert_eq!(drafts.revision(&bob).await.unwrap(), base);
        assert_eq!(drafts.get(&bob).await.unwrap().unwrap().revision(), base);
        let outcome = drafts.set_with(&bob, based(&number.to_string(), base)).await.unwrap();
        assert!(outcome.is_changed() && outcome.revision() > base);
        base = outcome.revision();
    }
    changed(drafts.set_with(&bob, based("", base)).await);
    assert_eq!(drafts.get(&bob).await.unwrap(), None);
}

/// Rule 13: a base that is not the draft's revision, older, newer or from nowhere, is refused: the answer holds what
/// is there, and nothing changed.
pub async fn another_base_is_refused(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let old = drafts.set(&bob, "old").await.unwrap().revision();
    changed(drafts.set_with(&bob, DraftInput::new("theirs").extra(b"extra")).await);
    changed(drafts.conversations().update(&bob, name("Bob")).await);
    let theirs = drafts.get(&bob).await.unwrap().unwrap();
    let before = conversation(&drafts, &bob).await;
    let mut events = drafts.subscribe();
    for base in [0, old.get(), 3, 4, u64::MAX] {
        for text in ["mine", ""] {
            let current = conflict(drafts.set_with(&bob, based(text, Revision::new(base))).await);
            assert_eq!(current, DraftState::Present(theirs.clone()));
        }
    }
    assert_eq!(conversation(&drafts, &bob).await, before);
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (3, vec![]));
}

/// Rule 13: an extra-only change is a change of the draft, so a base from before it is refused.
pub async fn a_new_extra_is_a_new_revision(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let base = drafts.set(&bob, "text").await.unwrap().revision();
    changed(drafts.set_with(&bob, based("text", base).extra(b"cursor")).await);
    let current = conflict(drafts.set_with(&bob, based("mine", base)).await);
    assert_eq!(current.draft().unwrap().extra(), b"cursor");
}

/// Rule 13: facts and pins are not the draft: a base outlives them.
pub async fn a_base_outlives_facts_and_pins(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let bob = id("c2c_bob");
    let absent = drafts.revision(&bob).await.unwrap();
    changed(chats.update(&bob, name("Bob")).await);
    changed(chats.pin(&bob, true).await);
    let base = drafts.set_with(&bob, based("text", absent)).await.unwrap().revision();
    changed(chats.pin(&bob, false).await);
    changed(chats.update(&bob, name("Robert")).await);
    changed(drafts.set_with(&bob, based("other", base)).await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("other"));
}

/// Rule 13: the absence of a draft that never was has a revision: that of the store when it was read. Others may write
/// meanwhile, and the conversation itself may have come into being without a draft.
pub async fn a_base_on_a_draft_that_never_was_holds(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (bob, eve, known) = (id("c2c_bob"), id("c2c_eve"), id("c2c_known"));
    let at_the_start = drafts.revision(&eve).await.unwrap();
    assert_eq!(at_the_start, Revision::new(0));
    changed(drafts.conversations().update(&known, name("Known")).await);
    let base = drafts.revision(&bob).await.unwrap();
    assert_eq!((base, drafts.revision(&known).await.unwrap()), (Revision::new(1), Revision::new(1)));
    for number in 0..5 {
        changed(drafts.set(&id("c2c_other"), number.to_string()).await);
    }
    changed(drafts.set_with(&bob, based("text", base)).await);
    changed(drafts.set_with(&known, based("text", base)).await);
    changed(drafts.set_with(&eve, based("text", at_the_start)).await);
}

/// Rule 13: nobody can have read a sequence the store has not reached.
pub async fn a_base_from_the_future_is_refused(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (bob, gone) = (id("c2c_bob"), id("c2c_gone"));
    changed(drafts.set(&gone, "text").await);
    changed(drafts.clear(&gone).await);
    for chat in [&bob, &gone] {
        for base in [3, 4, u64::MAX] {
            let current = conflict(drafts.set_with(chat, based("mine", Revision::new(base))).await);
            assert_eq!(current, DraftState::Absent(Revision::new(2)));
        }
    }
}

/// Rules 9 and 13: what is left of a hidden conversation is the revision of its absence, and a base on it holds; so
/// does one read later, while it still was absent.
pub async fn a_base_on_hidden_remains_holds(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    for text in ["one", "two"] {
        changed(drafts.set(&bob, text).await);
        let cleared = drafts.clear(&bob).await.unwrap();
        assert_eq!(drafts.revision(&bob).await.unwrap(), cleared.revision());
        changed(drafts.set(&id("c2c_other"), text).await);
        assert_eq!(drafts.revision(&bob).await.unwrap(), cleared.revision(), "it is the draft's, not the store's");
        changed(drafts.set_with(&bob, based(text, cleared.revision())).await);
        let deleted = drafts.conversations().delete(&bob).await.unwrap();
        assert_eq!(drafts.revision(&bob).await.unwrap(), deleted.revision());
        changed(drafts.set(&id("c2c_other"), format!("{text} again")).await);
        let seen_later = Revision::new(sequence(&drafts).await);
        changed(drafts.set_with(&bob, based("back", seen_later)).await);
    }
}

/// Rule 13: a base on the absence of a draft holds over a restart, if it was read at the store's last sequence. Needs a
/// store that reopens.
pub async fn a_base_on_an_absent_draft_outlives_a_restart(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    let (bob, never, known) = (id("c2c_bob"), id("c2c_never"), id("c2c_known"));
    changed(drafts.conversations().update(&known, name("Known")).await);
    changed(drafts.set(&known, "text").await);
    let known_base = drafts.clear(&known).await.unwrap().revision();
    changed(drafts.set(&bob, "text").await);
    changed(drafts.clear(&bob).await);
    let base = drafts.revision(&bob).await.unwrap();
    let never_base = drafts.revision(&never).await.unwrap();
    let drafts = reopen(drafts, sandbox).await;
    changed(drafts.set_with(&known, based("text", known_base)).await);
    changed(drafts.set_with(&bob, based("text", base)).await);
    changed(drafts.set_with(&never, based("text", never_base)).await);
}

/// Rules 2, 8 and 13: what changes nothing is never a conflict, whatever its base.
pub async fn what_changes_nothing_is_never_a_conflict(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (bob, never) = (id("c2c_bob"), id("c2c_never"));
    let revision = drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await.unwrap().revision();
    changed(drafts.set(&id("c2c_other"), "text").await);
    for base in [0, 2, 7, u64::MAX].map(Revision::new) {
        let same = drafts.set_with(&bob, based("text", base).extra(b"extra")).await.unwrap();
        assert_eq!(same, Outcome::Unchanged(revision));
        unchanged(drafts.set_with(&never, based("", base)).await);
        let other_extra = drafts.set_with(&bob, based("text", base).extra(b"other")).await;
        assert_eq!(conflict(other_extra).revision(), revision);
    }
    let cleared = drafts.clear(&bob).await.unwrap().revision();
    for base in [0, revision.get(), u64::MAX].map(Revision::new) {
        let same = drafts.set_with(&bob, based("", base).extra(b"extra")).await.unwrap();
        assert_eq!(same, Outcome::Unchanged(cleared));
    }
}

/// Rule 13: a plain `set` names no base and always wins, over what is there and over what is not.
pub async fn a_plain_set_always_wins(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "one").await);
    changed(drafts.set(&bob, "two").await);
    changed(drafts.set_with(&bob, DraftInput::new("three")).await);
    changed(drafts.conversations().delete(&bob).await);
    changed(drafts.set(&bob, "four").await);
    changed(drafts.clear(&bob).await);
    changed(drafts.set_with(&bob, DraftInput::new("five")).await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("five"));
}

/// Rule 13: the revision in a conflict is the base for another attempt, whether there is a draft or none.
pub async fn a_conflict_gives_the_base_for_a_retry(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (bob, never) = (id("c2c_bob"), id("c2c_never"));
    let stale = drafts.set(&bob, "old").await.unwrap().revision();
    changed(drafts.set(&bob, "theirs").await);
    let current = conflict(drafts.set_with(&bob, based("mine", stale)).await);
    changed(drafts.set_with(&bob, based("theirs and mine", current.revision())).await);

    changed(drafts.clear(&bob).await);
    let current = conflict(drafts.set_with(&bob, based("late", stale)).await);
    assert_eq!(current.draft(), None);
    changed(drafts.set_with(&bob, based("late", current.revision())).await);

    let current = conflict(drafts.set_with(&never, based("x", Revision::new(99))).await);
    assert_eq!(current.draft(), None);
    changed(drafts.set_with(&never, based("x", current.revision())).await);
}
