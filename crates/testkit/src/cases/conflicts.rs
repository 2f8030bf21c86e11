//! Rule 15: what is typed while somebody else changes the draft is never lost, and a field that was not edited is never in
//! conflict.

use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{Composer, DraftInput, Drafts, Error, Keep, OrderPolicy, Origin};

use super::setup::{
    changed, conflict, conversation, drain, id, open, open_at, pass, sequence, somebody_else_sets, text,
};
use crate::{Sandbox, TestClock};

fn theirs(composer: &Composer) -> Option<String> {
    composer.conflict().map(|current| current.draft().map_or("", |draft| draft.text()).to_owned())
}

/// A composer that has typed "ours" on a draft that somebody else has made "theirs" since; the save was tried.
async fn in_conflict(drafts: &Drafts, clock: &TestClock) -> Composer {
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "stored").await);
    let composer = drafts.compose(&bob).await.unwrap();
    somebody_else_sets(drafts, &bob, "theirs").await;
    composer.set_text("ours").unwrap();
    pass(drafts, clock, 300);
    assert_eq!(theirs(&composer).as_deref(), Some("theirs"));
    composer
}

/// The other side of a conflict is what is stored now, whatever was stored when it began; so is what the choice keeps.
pub async fn the_other_side_is_what_is_stored_now(sandbox: &dyn Sandbox) {
    let bob = id("c2c_bob");
    for (keep, kept) in [(Keep::Theirs, "newest"), (Keep::Both, "newest\nours"), (Keep::Ours, "ours")] {
        let clock = TestClock::at(0);
        let other = sandbox.another();
        let drafts = open_at(&*other, &clock);
        let composer = in_conflict(&drafts, &clock).await;
        somebody_else_sets(&drafts, &bob, "newer").await;
        assert_eq!(theirs(&composer).as_deref(), Some("newer"));
        somebody_else_sets(&drafts, &bob, "newest").await;
        assert!(composer.resolve(keep));
        assert_eq!((composer.text().as_str(), theirs(&composer)), (kept, None));
        drafts.flush().await.unwrap();
        assert_eq!(conversation(&drafts, &bob).await.draft_text(), kept);
    }
}

/// Leaving keeps both, each once, also if the other side changes once more before that is saved.
pub async fn leaving_keeps_each_text_once(sandbox: &dyn Sandbox) {
    let (clock, bob) = (TestClock::at(0), id("c2c_bob"));
    let drafts = open_at(sandbox, &clock);
    let composer = in_conflict(&drafts, &clock).await;
    drop(composer);
    somebody_else_sets(&drafts, &bob, "newer").await;
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "newer\nours");
    assert_eq!(drafts.unsaved(), vec![]);
}

/// If somebody else stores what is typed here, or what was there, there is nothing to choose.
pub async fn the_same_text_is_no_conflict(sandbox: &dyn Sandbox) {
    let (clock, bob) = (TestClock::at(0), id("c2c_bob"));
    let drafts = open_at(sandbox, &clock);
    let composer = in_conflict(&drafts, &clock).await;
    somebody_else_sets(&drafts, &bob, "ours").await;
    assert_eq!((theirs(&composer), composer.text().as_str()), (None, "ours"));
    composer.set_text("ours, longer").unwrap();
    somebody_else_sets(&drafts, &bob, "").await;
    somebody_else_sets(&drafts, &bob, "ours").await;
    drafts.flush().await.expect("it was typed on what is stored again");
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "ours, longer");
}

/// What is typed in a conflict is kept beside theirs within the same time, without a revision, an event or a move, and is a
/// conflict again after the process was killed. Needs a store that reopens.
pub async fn what_is_typed_in_it_survives_a_kill(sandbox: &dyn Sandbox) {
    let (clock, bob) = (TestClock::at(0), id("c2c_bob"));
    let drafts = open_at(sandbox, &clock);
    let composer = in_conflict(&drafts, &clock).await;
    let (before, row) = (sequence(&drafts).await, conversation(&drafts, &bob).await);
    let mut events = drafts.subscribe();
    composer.set_text("ours, longer").unwrap();
    pass(&drafts, &clock, 300);
    composer.set_text("ours, longer, lost").unwrap();
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (before, vec![]));
    let kept = conversation(&drafts, &bob).await;
    assert_eq!((kept.draft_state(), kept.order_key()), (row.draft_state(), row.order_key()));
    assert!(!kept.is_sending() && drafts.tickets().await.unwrap().is_empty());
    if !sandbox.reopens() {
        return;
    }
    drafts.store().close().await.unwrap();
    drop((composer, drafts));

    let drafts = open_at(sandbox, &clock);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("theirs"), "nobody composes yet");
    let composer = drafts.compose(&bob).await.unwrap();
    assert_eq!((composer.text().as_str(), theirs(&composer).as_deref()), ("ours, longer", Some("theirs")));
    assert!(composer.resolve(Keep::Both));
    drafts.flush().await.unwrap();
    drop(composer);
    let composer = drafts.compose(&bob).await.unwrap();
    assert_eq!((composer.text().as_str(), theirs(&composer)), ("theirs\nours, longer", None));
    drafts.check().await.unwrap();
    drafts.close().await.unwrap();
    drop((composer, drafts));
    let drafts = open_at(sandbox, &clock);
    assert_eq!(drafts.compose(&bob).await.unwrap().conflict(), None, "it is over for good");
}

/// It survives also if the other side is that nothing is known of the conversation any more, over several openings. Needs a
/// store that reopens.
pub async fn what_is_typed_on_a_deleted_draft_survives_a_kill(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let (clock, bob) = (TestClock::at(0), id("c2c_bob"));
    let drafts = open_at(sandbox, &clock);
    changed(drafts.set(&bob, "stored").await);
    let composer = drafts.compose(&bob).await.unwrap();
    somebody_else_sets(&drafts, &bob, "").await;
    composer.set_text("ours").unwrap();
    pass(&drafts, &clock, 600);
    assert_eq!(theirs(&composer).as_deref(), Some(""));
    drafts.store().close().await.unwrap();
    drop((composer, drafts));
    for _ in 0..2 {
        let drafts = open(sandbox);
        assert_eq!(drafts.conversations().get(&bob).await.unwrap(), None);
        drafts.store().close().await.unwrap();
    }
    let drafts = open(sandbox);
    let composer = drafts.compose(&bob).await.unwrap();
    assert_eq!((composer.text().as_str(), theirs(&composer).as_deref()), ("ours", Some("")));
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "ours");
}

/// Every write of our own that replaces what is typed ends what was kept of the conflict, in the same commit.
pub async fn a_write_ends_what_was_kept(sandbox: &dyn Sandbox) {
    let bob = id("c2c_bob");
    for end in 0..4 {
        let clock = TestClock::at(0);
        let other = sandbox.another();
        let drafts = open_at(&*other, &clock);
        let composer = in_conflict(&drafts, &clock).await;
        pass(&drafts, &clock, 300);
        match end {
            0 => changed(drafts.set(&bob, "set").await),
            1 => changed(drafts.clear(&bob).await),
            2 => changed(drafts.conversations().delete(&bob).await),
            _ => assert!(composer.resolve(Keep::Theirs)),
        }
        let shown = composer.text();
        if end == 3 {
            drafts.flush().await.unwrap();
            drafts.save_due();
        }
        if other.reopens() {
            drafts.store().close().await.unwrap();
            drop((composer, drafts));
            let drafts = open(&*other);
            let composer = drafts.compose(&bob).await.unwrap();
            assert_eq!((composer.text(), composer.conflict()), (shown, None));
        }
    }
}

/// A field that was not edited goes on from what is stored: after a refused write, after `resume`, when somebody else composes.
pub async fn a_field_that_was_not_edited_is_never_in_conflict(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"));
    changed(drafts.set(&bob, "stored").await);
    let composer = drafts.compose(&bob).await.unwrap();
    let stale = drafts.revision(&bob).await.unwrap();
    somebody_else_sets(&drafts, &bob, "theirs").await;
    conflict(drafts.set_with(&bob, DraftInput::new("late").based_on(stale)).await);
    assert_eq!((composer.text().as_str(), composer.conflict()), ("theirs", None));
    somebody_else_sets(&drafts, &bob, "theirs, longer").await;
    drafts.suspend().await.unwrap();
    drafts.resume().await.unwrap();
    drafts.save_due();
    assert_eq!((composer.text().as_str(), composer.conflict()), ("theirs, longer", None));
    composer.set_text("ours").unwrap();
    drafts.flush().await.unwrap();
}

/// Nothing typed on nothing goes on, whatever has become of the revision of that absence; a base of the host's own is strict.
pub async fn absent_against_absent_goes_on(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"));
    changed(drafts.set(&id("c2c_eve"), "text").await);
    let composer = drafts.compose(&bob).await.unwrap();
    let absent = drafts.revision(&bob).await.unwrap();
    // What another process does that opens the file.
    let advance = Change::Advance { sequence: sequence(&drafts).await + 1 };
    let (now, policy, origin) = (0, OrderPolicy::default(), Origin::new());
    drafts.store().commit(Batch { changes: vec![advance], now, policy, origin }).await.unwrap();
    conflict(drafts.set_with(&bob, DraftInput::new("late").based_on(absent)).await);
    composer.set_text("typed").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!((composer.conflict(), conversation(&drafts, &bob).await.draft_text()), (None, "typed"));
}

/// A write with a base is judged against what is typed: it is refused, and never takes typed text away.
pub async fn a_write_with_a_base_never_takes_typed_text_away(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_at(sandbox, &TestClock::at(0)), id("c2c_bob"));
    for typed in ["typed", ""] {
        changed(drafts.set(&bob, "stored").await);
        let composer = drafts.compose(&bob).await.unwrap();
        let base = drafts.revision(&bob).await.unwrap();
        composer.set_text(typed).unwrap();
        let current = conflict(drafts.set_with(&bob, DraftInput::new("based").based_on(base)).await);
        assert_eq!(current.draft().map_or("", |draft| draft.text()), typed);
        assert_eq!(composer.text(), typed);
        drop(composer);
        drafts.flush().await.unwrap();
        assert_eq!(text(&drafts, &bob).await.unwrap_or_default(), typed);
    }
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("the same").unwrap();
    let base = drafts.revision(&bob).await.unwrap();
    drafts
        .set_with(&bob, DraftInput::new("the same").based_on(base))
        .await
        .expect("what changes nothing is no conflict");
    composer.set_text("typed again").unwrap();
    somebody_else_sets(&drafts, &bob, "theirs").await;
    assert!(drafts.flush().await.is_err());
    let base = drafts.revision(&bob).await.unwrap();
    let refused = drafts.set_with(&bob, DraftInput::new("based").based_on(base)).await;
    assert!(matches!(refused, Err(Error::Conflict { .. })), "the host chooses first");
    assert_eq!(composer.text(), "typed again");
}
