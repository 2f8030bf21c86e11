//! Rule 15: what is typed is in memory at once, seen everywhere, and in nobody's way.

use std::time::Duration;

use chat_drafts_core::{Composer, DraftInput, DraftState, Error, Keep, Query};

use super::setup::{
    changed, conflict, conversation, drain, id, ids, name, open, open_at, open_with, order, pass, poll_once, reopen,
    sequence, somebody_else_sets, text,
};
use crate::{Sandbox, TestClock};

/// A composer shows what is stored, and after a restart what was typed.
pub async fn it_restores_what_was_typed(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set_with(&bob, DraftInput::new("I'll be").extra(b"cursor")).await);
    let composer = drafts.compose(&bob).await.unwrap();
    assert_eq!(
        (composer.id(), composer.text(), composer.extra()),
        (bob.clone(), "I'll be".to_owned(), b"cursor".to_vec())
    );
    composer.set_text("I'll be there").unwrap();
    drop(composer);
    assert_eq!(drafts.compose(&bob).await.unwrap().text(), "I'll be there");
    if sandbox.reopens() {
        let drafts = reopen(drafts, sandbox).await;
        let composer = drafts.compose(&bob).await.unwrap();
        assert_eq!((composer.text(), composer.extra()), ("I'll be there".to_owned(), b"cursor".to_vec()));
    }
}

/// An edit is seen by every read of a draft and in every composer of the conversation at once; lists show what is stored.
pub async fn an_edit_is_seen_at_once(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(1_000);
    let drafts = open_at(sandbox, &clock);
    let (bob, eve) = (id("c2c_bob"), id("c2c_eve"));
    changed(drafts.set_with(&eve, DraftInput::new("stored").extra(b"extra")).await);
    let (here, there) = (drafts.compose(&bob).await.unwrap(), drafts.compose(&bob).await.unwrap());
    let eves = drafts.compose(&eve).await.unwrap();
    clock.advance(5);
    here.set_text("typed").unwrap();
    eves.set_text("").unwrap();
    assert_eq!(there.text(), "typed");
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.updated_at()), ("typed", 1_005));
    assert_eq!(drafts.get(&eve).await.unwrap(), None, "an empty text is none");
    let many = drafts.get_many(&[eve.clone(), id("c2c_nobody"), bob.clone()]).await.unwrap();
    assert_eq!(many, [None, None, Some(draft)]);
    assert_eq!(ids(&drafts.list(Query::all()).await.unwrap()), ["c2c_eve"]);
    assert_eq!(conversation(&drafts, &eve).await.draft_text(), "stored");
    assert_eq!(sequence(&drafts).await, 1);
    let mut unsaved = drafts.unsaved();
    unsaved.sort();
    assert_eq!(unsaved, [(bob.clone(), "typed".to_owned()), (eve.clone(), String::new())]);
    there.set_text("typed on").unwrap();
    assert_eq!(here.text(), "typed on");
    eves.set_text("again").unwrap();
    assert_eq!(drafts.get(&eve).await.unwrap().unwrap().extra(), b"extra", "the extra stays as it is");
    drafts.flush().await.unwrap();
    let stored = conversation(&drafts, &eve).await;
    assert_eq!((stored.draft_text(), stored.draft().unwrap().extra()), ("again", &b"extra"[..]));
    assert_eq!((conversation(&drafts, &bob).await.draft_text(), drafts.unsaved()), ("typed on", vec![]));
}

/// A composer that changed nothing, or changed it back, writes nothing and tells nobody.
pub async fn what_changed_nothing_writes_nothing(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"));
    changed(drafts.set(&bob, "text").await);
    let mut events = drafts.subscribe();
    drop(drafts.compose(&bob).await.unwrap());
    drop(drafts.compose(&id("c2c_nobody")).await.unwrap());
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("text").unwrap().saved().await.unwrap();
    composer.set_text("text and more").unwrap();
    let back = composer.set_text("text").unwrap();
    drafts.flush().await.unwrap();
    back.saved().await.unwrap();
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (1, vec![]));
}

/// A text that is too long is refused, and the one before stays.
pub async fn a_text_that_is_too_long_is_refused(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("text").unwrap();
    let refused = composer.set_text("x".repeat((1 << 20) + 1));
    assert!(matches!(refused, Err(Error::TextTooLong { len: 1_048_577, max: 1_048_576 })));
    assert_eq!(composer.text(), "text");
}

/// Text is kept byte for byte on its way through a composer.
pub async fn hostile_texts_come_back_byte_for_byte(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    for hostile in crate::hostile_texts() {
        let composer = drafts.compose(&bob).await.unwrap();
        composer.set_text(hostile.as_str()).unwrap();
        drop(composer);
        drafts.flush().await.unwrap();
        assert!(text(&drafts, &bob).await.unwrap_or_default() == hostile);
    }
}

/// The first save of a draft moves its row, later ones do not, whoever types; under `MessagesOnly` none does.
pub async fn only_the_first_save_moves_the_row(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"));
    changed(drafts.conversations().update(&bob, name("Bob")).await);
    changed(drafts.set(&id("c2c_eve"), "text").await);
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("text a").unwrap();
    assert_eq!(order(&drafts).await, ["c2c_eve", "c2c_bob"], "no row moves before it is saved");
    drafts.flush().await.unwrap();
    assert_eq!(order(&drafts).await, ["c2c_bob", "c2c_eve"]);
    changed(drafts.set(&id("c2c_eve"), "other").await);
    composer.set_text("text ab").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!(order(&drafts).await, ["c2c_eve", "c2c_bob"]);
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "text ab");
    drop(composer);
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("text abc").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!(order(&drafts).await, ["c2c_eve", "c2c_bob"], "it is still the same draft");
}

/// After the draft was sent, cleared or emptied with the field open, the next text is a new draft, and moves its row.
pub async fn a_new_draft_in_an_open_field_moves_the_row(sandbox: &dyn Sandbox) {
    let (drafts, bob, eve) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"), id("c2c_eve"));
    changed(drafts.conversations().update(&bob, name("Bob")).await);
    let composer = drafts.compose(&bob).await.unwrap();
    for (number, end) in ["send", "clear", "empty"].into_iter().enumerate() {
        composer.set_text("draft").unwrap();
        drafts.flush().await.unwrap();
        changed(drafts.set(&eve, format!("text {number}")).await);
        match end {
            "send" => changed(composer.begin_send().await.unwrap().confirm().await),
            "clear" => changed(drafts.clear(&bob).await),
            _ => {
                composer.set_text("").unwrap();
                drafts.flush().await.unwrap();
            }
        }
        assert_eq!(order(&drafts).await, ["c2c_eve", "c2c_bob"]);
        composer.set_text("a new draft").unwrap();
        drafts.flush().await.unwrap();
        assert_eq!(order(&drafts).await, ["c2c_bob", "c2c_eve"], "after it was ended by: {end}");
    }
}

/// `set`, `set_with`, `clear` and `delete` take the place of what is typed.
pub async fn plain_calls_replace_what_is_typed(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("typed").unwrap();
    changed(drafts.set(&bob, "set").await);
    assert_eq!((composer.text(), text(&drafts, &bob).await.as_deref()), ("set".to_owned(), Some("set")));
    composer.set_text("typed").unwrap();
    changed(drafts.set_with(&bob, DraftInput::new("set with").extra(b"e")).await);
    assert_eq!((composer.text(), composer.extra()), ("set with".to_owned(), b"e".to_vec()));
    let receipt = composer.set_text("typed").unwrap();
    changed(drafts.clear(&bob).await);
    assert_eq!((composer.text(), composer.extra(), text(&drafts, &bob).await), (String::new(), vec![], None));
    receipt.saved().await.expect("something newer is stored");
    composer.set_text("typed").unwrap();
    drafts.flush().await.unwrap();
    composer.set_text("typed on").unwrap();
    changed(drafts.conversations().delete(&bob).await);
    assert_eq!((composer.text(), text(&drafts, &bob).await), (String::new(), None));
    let before = sequence(&drafts).await;
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!((sequence(&drafts).await, drafts.unsaved()), (before, vec![]), "nothing comes back");
    assert_eq!(drafts.conversations().get(&bob).await.unwrap(), None);
}

/// A plain call that is refused leaves what is typed.
pub async fn a_refused_call_leaves_what_is_typed(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "stored").await);
    let stale = drafts.revision(&bob).await.unwrap();
    changed(drafts.set(&bob, "stored anew").await);
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("typed").unwrap();
    conflict(drafts.set_with(&bob, DraftInput::new("late").based_on(stale)).await);
    assert!(drafts.set(&bob, "x".repeat(2 << 20)).await.is_err());
    assert_eq!((composer.text(), text(&drafts, &bob).await.as_deref()), ("typed".to_owned(), Some("typed")));
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "typed");
}

/// A composer that changed nothing goes by what is stored the next time, whoever stored it.
pub async fn what_somebody_else_stored_is_restored(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let first = drafts.compose(&bob).await.unwrap();
    somebody_else_sets(&drafts, &bob, "theirs").await;
    let second = drafts.compose(&bob).await.unwrap();
    assert_eq!((first.text(), second.text()), ("theirs".to_owned(), "theirs".to_owned()));
    second.set_text("theirs and ours").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "theirs and ours");
}

async fn in_conflict(sandbox: &dyn Sandbox) -> (chat_drafts_core::Drafts, TestClock, Composer) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    changed(drafts.set(&bob, "stored").await);
    let composer = drafts.compose(&bob).await.unwrap();
    somebody_else_sets(&drafts, &bob, "theirs").await;
    let receipt = composer.set_text("ours").unwrap();
    pass(&drafts, &clock, 300);
    assert!(matches!(receipt.saved().await, Err(Error::Conflict { .. })));
    (drafts, clock, composer)
}

/// If somebody else has changed the draft, saving pauses, both texts stay, and nothing is written until the host chooses.
pub async fn somebody_elses_change_is_a_conflict(sandbox: &dyn Sandbox) {
    let (drafts, clock, composer) = in_conflict(sandbox).await;
    let bob = id("c2c_bob");
    let Some(DraftState::Present(theirs)) = composer.conflict() else { panic!("a conflict was expected") };
    assert_eq!((theirs.text(), composer.text().as_str()), ("theirs", "ours"));
    let late = composer.set_text("ours, longer").unwrap();
    assert!(matches!(late.saved().await, Err(Error::Conflict { .. })), "nobody waits for a person's choice");
    pass(&drafts, &clock, 3_000);
    assert_eq!((sequence(&drafts).await, conversation(&drafts, &bob).await.draft_text()), (2, "theirs"));
    let Err(Error::Unsaved { conversations, reason }) = drafts.flush().await else { panic!("it cannot be saved") };
    assert_eq!(conversations, std::slice::from_ref(&bob));
    assert!(matches!(*reason, Error::Conflict { .. }));
    assert!(matches!(composer.flush().await, Err(Error::Conflict { .. })));
    assert!(matches!(drafts.close().await, Err(Error::Unsaved { .. })));
    assert_eq!(drafts.unsaved(), [(bob.clone(), "ours, longer".to_owned())]);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("ours, longer"), "the store is still open");
    assert!(composer.resolve(Keep::Ours));
    assert!(!composer.resolve(Keep::Theirs), "it is over");
    drafts.close().await.unwrap();
}

/// The host chooses: ours, theirs, or both, theirs first.
pub async fn the_host_chooses_what_to_keep(sandbox: &dyn Sandbox) {
    for (keep, kept) in [(Keep::Ours, "ours"), (Keep::Theirs, "theirs"), (Keep::Both, "theirs\nours")] {
        let other = sandbox.another();
        let (drafts, _, composer) = in_conflict(&*other).await;
        composer.resolve(keep);
        assert_eq!((composer.text().as_str(), composer.conflict()), (kept, None));
        drafts.flush().await.unwrap();
        assert_eq!(conversation(&drafts, &id("c2c_bob")).await.draft_text(), kept);
        composer.set_text("on it goes").unwrap();
        drafts.flush().await.unwrap();
        assert_eq!(conversation(&drafts, &id("c2c_bob")).await.draft_text(), "on it goes");
    }
}

/// A plain set of our own ends a conflict too.
pub async fn a_plain_set_ends_a_conflict(sandbox: &dyn Sandbox) {
    let (drafts, _, composer) = in_conflict(sandbox).await;
    changed(drafts.set(&id("c2c_bob"), "set").await);
    assert_eq!((composer.conflict(), composer.text().as_str()), (None, "set"));
    composer.set_text("on it goes").unwrap();
    drafts.flush().await.unwrap();
}

/// A composer that is left in a conflict, or whose last save is one, keeps both texts, joined by a newline.
pub async fn a_conflict_that_is_left_keeps_both(sandbox: &dyn Sandbox) {
    let bob = id("c2c_bob");
    let (drafts, _, composer) = in_conflict(sandbox).await;
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "theirs\nours");

    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("ours again").unwrap();
    somebody_else_sets(&drafts, &bob, "theirs again").await;
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "theirs again\nours again");
    assert_eq!(drafts.unsaved(), vec![]);
}

/// Renaming takes along what is typed under either id, and the composers go on under the new one.
pub async fn renaming_takes_what_is_typed_along(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (old, new, free) = (id("old"), id("new"), id("free"));
    let composer = drafts.compose(&old).await.unwrap();
    composer.set_text("typed").unwrap();
    changed(drafts.conversations().rename(&old, &free).await);
    assert_eq!((composer.id(), composer.text()), (free.clone(), "typed".to_owned()));
    composer.set_text("typed on").unwrap();
    assert_eq!((text(&drafts, &free).await.as_deref(), text(&drafts, &old).await), (Some("typed on"), None));

    let other = drafts.compose(&new).await.unwrap();
    other.set_text("first").unwrap();
    changed(drafts.conversations().rename(&free, &new).await);
    assert_eq!((composer.id(), composer.text().as_str()), (new.clone(), "first\ntyped on"));
    assert_eq!(other.text(), "first\ntyped on");
    drop(composer);
    drop(other);
    drafts.flush().await.unwrap();
    assert_eq!(order(&drafts).await, ["new"]);
    assert_eq!(conversation(&drafts, &new).await.draft_text(), "first\ntyped on");
}

/// Text and extra go through a composer as one value: what it shows is what is saved and sent, whatever the pauses.
pub async fn text_and_extra_are_one_value(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    for pause in [0, 1_000] {
        changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"quote")).await);
        let composer = drafts.compose(&bob).await.unwrap();
        for typed in ["", "again"] {
            composer.set_text(typed).unwrap();
            pass(&drafts, &clock, pause);
            assert_eq!(composer.extra(), b"quote");
        }
        drafts.flush().await.unwrap();
        let draft = drafts.get(&bob).await.unwrap().unwrap();
        assert_eq!((draft.text(), draft.extra()), ("again", &b"quote"[..]), "after a pause of {pause} ms");
        composer.set_text("sent").unwrap();
        let ticket = composer.begin_send().await.unwrap();
        assert_eq!((ticket.text(), ticket.extra()), ("sent", &b"quote"[..]));
        assert_eq!((composer.text(), composer.extra()), (String::new(), vec![]));
        composer.set_text("next").unwrap();
        drafts.flush().await.unwrap();
        assert_eq!(drafts.get(&bob).await.unwrap().unwrap().extra(), b"", "the quote was sent");
        changed(ticket.confirm().await);
    }
}

/// Closings that overlap are one, also if one of them is given up: no edit is accepted that nobody saves.
pub async fn two_closings_are_one(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    let receipt = composer.set_text("typed").unwrap();
    {
        let mut given_up = Box::pin(drafts.close());
        _ = poll_once(given_up.as_mut());
        let mut other = Box::pin(drafts.close());
        _ = poll_once(other.as_mut());
        drop(given_up);
        assert!(matches!(composer.set_text("late"), Err(Error::Closed)));
        other.await.unwrap();
    }
    receipt.saved().await.unwrap();
    assert!(matches!(composer.set_text("later"), Err(Error::Closed)));
    drafts.close().await.unwrap();
    assert_eq!(drafts.unsaved(), vec![]);
    drop((composer, drafts));
    if sandbox.reopens() {
        assert_eq!(text(&open(sandbox), &bob).await.as_deref(), Some("typed"));
    }
}

/// The host may want nothing to be saved before it says so.
pub async fn a_timer_may_be_longer_than_time(sandbox: &dyn Sandbox) {
    for pace in [[Duration::MAX; 2], [Duration::MAX, Duration::ZERO], [Duration::ZERO, Duration::MAX]] {
        let other = sandbox.another();
        let drafts = open_with(&*other, |builder| builder.autosave(pace[0], pace[1]));
        let composer = drafts.compose(&id("c2c_bob")).await.unwrap();
        composer.set_text("typed").unwrap();
        drafts.flush().await.unwrap();
        assert_eq!(conversation(&drafts, &id("c2c_bob")).await.draft_text(), "typed");
    }
}

/// Closing saves what is typed; a composer that is left takes no edit any more.
pub async fn closing_saves_and_refuses_edits(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("typed").unwrap();
    drafts.close().await.unwrap();
    assert!(matches!(composer.set_text("late"), Err(Error::Closed)));
    assert!(matches!(drafts.compose(&bob).await, Err(Error::Closed)));
    assert!(matches!(composer.begin_send().await, Err(Error::Closed)));
    assert!(matches!(drafts.tickets().await, Err(Error::Closed)));
    assert!(matches!(drafts.undo_clear(&bob).await, Err(Error::Closed)));
    assert!(matches!(drafts.suspend().await, Err(Error::Closed)));
    drafts.flush().await.unwrap();
    drop(composer);
    drop(drafts);
    if sandbox.reopens() {
        assert_eq!(text(&open(sandbox), &bob).await.as_deref(), Some("typed"));
    }
}

/// Dropping the last handle, composers included, saves what is typed. Needs a store that reopens.
pub async fn dropping_everything_saves(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let bob = id("c2c_bob");
    for number in 0..10 {
        let drafts = open(sandbox);
        let composer = drafts.compose(&bob).await.unwrap();
        composer.set_text(format!("typed {number}")).unwrap();
        if number % 2 == 0 {
            drop(composer);
            drop(drafts);
        } else {
            drop(drafts);
            drop(composer);
        }
        assert_eq!(text(&open(sandbox), &bob).await, Some(format!("typed {number}")));
    }
}
