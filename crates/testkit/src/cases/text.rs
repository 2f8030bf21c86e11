//! Rules 1, 2 and 3: what a text may be, what an empty one does, how long it may get.

use chat_drafts_core::{DraftInput, Error, Outcome, Query, Result};

use super::setup::{changed, conversation, drain, id, open, open_with, reopen, sequence, text, unchanged};
use crate::{Sandbox, hostile_texts};

/// Rule 1: bytes in, bytes out, from every read.
pub async fn hostile_texts_come_back_byte_for_byte(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let texts = hostile_texts();
    let chats: Vec<_> = (0..texts.len()).map(|number| id(&format!("c2c_{number}"))).collect();
    for (chat, hostile) in chats.iter().zip(&texts) {
        changed(drafts.set(chat, hostile).await);
        assert_eq!(text(&drafts, chat).await.as_ref(), Some(hostile));
    }
    for (draft, hostile) in drafts.get_many(&chats).await.unwrap().iter().zip(&texts) {
        assert_eq!(draft.as_ref().unwrap().text(), hostile);
    }
    let listed = drafts.list(Query::all()).await.unwrap().items;
    let listed: Vec<_> = listed.iter().rev().map(|row| row.draft_text()).collect();
    assert_eq!(listed, texts, "they were set one after the other, so the first stands last");
}

/// Rules 1 and 11: bytes in, bytes out, over a restart too. Needs a store that reopens.
pub async fn hostile_texts_survive_a_restart(sandbox: &dyn Sandbox) {
    if !sandbox.reopens() {
        return;
    }
    let drafts = open(sandbox);
    let texts = hostile_texts();
    for (number, hostile) in texts.iter().enumerate() {
        let input = DraftInput::new(hostile).extra(hostile.as_bytes());
        changed(drafts.set_with(&id(&format!("c2c_{number}")), input).await);
    }
    let drafts = reopen(drafts, sandbox).await;
    for (number, hostile) in texts.iter().enumerate() {
        let draft = drafts.get(&id(&format!("c2c_{number}"))).await.unwrap().unwrap();
        assert_eq!((draft.text(), draft.extra()), (hostile.as_str(), hostile.as_bytes()));
    }
}

/// Rule 3: a text of exactly 1 MiB is taken.
pub async fn a_text_may_have_a_mebibyte(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let long = "a\0\u{1f600}\n ".repeat(1 << 17);
    assert_eq!(long.len(), 1 << 20);
    changed(drafts.set(&bob, &long).await);
    assert!(text(&drafts, &bob).await.as_ref() == Some(&long));
    unchanged(drafts.set(&bob, &long).await);
}

/// Rule 3: a text above the limit is refused with both lengths, and the draft before it is intact.
pub async fn a_text_that_is_too_long_leaves_the_old_one(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    changed(drafts.set_with(&bob, DraftInput::new("before").extra(b"cursor")).await);
    let before = drafts.get(&bob).await.unwrap();
    let mut events = drafts.subscribe();
    let long = "x".repeat((1 << 20) + 1);

    for answer in [drafts.set(&bob, &long).await, drafts.set_with(&bob, DraftInput::new(&long)).await] {
        let Err(Error::TextTooLong { len, max }) = answer else { panic!("the text is too long") };
        assert_eq!((len, max), ((1 << 20) + 1, 1 << 20));
    }
    assert_eq!(drafts.get(&bob).await.unwrap(), before);
    assert_eq!((sequence(&drafts).await, drain(&mut events)), (1, vec![]));
    let answer = drafts.set(&id("c2c_eve"), &long).await;
    assert!(matches!(answer, Err(Error::TextTooLong { .. })));
    assert_eq!(drafts.conversations().get(&id("c2c_eve")).await.unwrap(), None);
}

/// Rule 3: the host chooses the limit; it counts bytes.
pub async fn the_longest_text_is_the_hosts_choice(sandbox: &dyn Sandbox) {
    let drafts = open_with(sandbox, |builder| builder.max_text_len(8));
    let bob = id("c2c_bob");
    changed(drafts.set(&bob, "\u{1f600}\u{1f600}").await);
    let answer = drafts.set(&bob, "\u{1f600}\u{1f600}!").await;
    assert!(matches!(answer, Err(Error::TextTooLong { len: 9, max: 8 })));
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("\u{1f600}\u{1f600}"));
}

/// Rule 3: an extra of 64 KiB is taken, a longer one is refused, and the draft before it is intact.
pub async fn an_extra_that_is_too_long_leaves_the_old_one(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let longest: Vec<u8> = (0..1 << 16).map(|number: u32| number.to_le_bytes()[0]).collect();
    changed(drafts.set_with(&bob, DraftInput::new("before").extra(longest.clone())).await);
    let before = drafts.get(&bob).await.unwrap().unwrap();
    assert!(before.extra() == longest);

    let answer = drafts.set_with(&bob, DraftInput::new("after").extra(vec![0; (1 << 16) + 1])).await;
    assert!(matches!(answer, Err(Error::ExtraTooLong { len, max }) if (len, max) == ((1 << 16) + 1, 1 << 16)));
    assert!(drafts.get(&bob).await.unwrap().as_ref() == Some(&before));
    assert_eq!(sequence(&drafts).await, 1);
}

/// Rule 2: an empty text clears and takes its extra along; the extra does not come back with the next text.
pub async fn an_empty_text_clears_the_extra_too(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    // Kept by a fact, so that the record stays.
    changed(drafts.conversations().pin(&bob, true).await);
    for empty in [DraftInput::new(""), DraftInput::new("").extra(b"an extra of nothing")] {
        changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
        changed(drafts.set_with(&bob, empty).await);
        assert_eq!(drafts.get(&bob).await.unwrap(), None);
        assert_eq!(conversation(&drafts, &bob).await.draft_text(), "");
        changed(drafts.set(&bob, "again").await);
        assert_eq!(drafts.get(&bob).await.unwrap().unwrap().extra(), b"");

        changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
        changed(drafts.set(&bob, "").await);
        changed(drafts.set(&bob, "again").await);
        assert_eq!(drafts.get(&bob).await.unwrap().unwrap().extra(), b"");

        changed(drafts.set_with(&bob, DraftInput::new("text").extra(b"extra")).await);
        changed(drafts.clear(&bob).await);
        changed(drafts.set(&bob, "again").await);
        assert_eq!(drafts.get(&bob).await.unwrap().unwrap().extra(), b"");
    }
}

/// Rule 2: `set` leaves the extra as it is, `set_with` replaces it, by nothing too.
pub async fn set_keeps_the_extra_and_set_with_replaces_it(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let bob = id("c2c_bob");
    let every_byte: Vec<u8> = (0..=255).collect();
    changed(drafts.set_with(&bob, DraftInput::new("one").extra(every_byte.clone())).await);
    changed(drafts.set(&bob, "two").await);
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.extra()), ("two", every_byte.as_slice()));

    changed(drafts.set_with(&bob, DraftInput::new("two").extra([0, 255])).await);
    assert_eq!(drafts.get(&bob).await.unwrap().unwrap().extra(), [0, 255]);
    changed(drafts.set_with(&bob, DraftInput::new("two")).await);
    assert_eq!(drafts.get(&bob).await.unwrap().unwrap().extra(), b"");
}

/// Rule 2: clearing or deleting what is not there is fine and changes nothing: no event, no step of the sequence, and
/// no conversation.
pub async fn clearing_nothing_changes_nothing(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (bob, pinned) = (id("c2c_bob"), id("c2c_pinned"));
    changed(drafts.conversations().pin(&pinned, true).await);
    let before = conversation(&drafts, &pinned).await;
    let mut events = drafts.subscribe();
    for round in 0..2 {
        unchanged(drafts.clear(&bob).await);
        unchanged(drafts.set(&bob, "").await);
        unchanged(drafts.set_with(&bob, DraftInput::new("").extra(b"an extra of nothing")).await);
        unchanged(drafts.conversations().delete(&bob).await);
        unchanged(drafts.clear(&pinned).await);
        assert_eq!(drain(&mut events), vec![]);
        assert_eq!(sequence(&drafts).await, 1 + 2 * round);
        assert_eq!(drafts.conversations().get(&bob).await.unwrap(), None);
        // The second time there was something once.
        if round == 0 {
            changed(drafts.set(&bob, "text").await);
            changed(drafts.conversations().delete(&bob).await);
            drain(&mut events);
        }
    }
    assert_eq!(conversation(&drafts, &pinned).await, before);
}

/// A text no longer than the one that is there is always taken: two texts were joined, or the limit was lowered.
pub async fn a_text_no_longer_than_the_one_there_is_taken(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open_with(sandbox, |builder| builder.max_text_len(8)), id("c2c_bob"));
    let too_long = |answer: Result<Outcome>| assert!(matches!(answer, Err(Error::TextTooLong { max: 8, .. })));
    for composes in [false, true] {
        let composer = if composes { Some(drafts.compose(&bob).await.unwrap()) } else { None };
        changed(drafts.set(&bob, "12345678").await);
        let ticket = drafts.begin_send(&bob).await.unwrap();
        changed(drafts.set(&bob, "abcdefgh").await);
        changed(ticket.abort().await);
        let joined = "12345678\nabcdefgh";
        assert_eq!(text(&drafts, &bob).await.as_deref(), Some(joined));
        unchanged(drafts.set(&bob, joined).await);
        too_long(drafts.set(&bob, format!("{joined}.")).await);
        if let Some(composer) = &composer {
            composer.set_text(joined).unwrap();
            assert!(matches!(composer.set_text(format!("{joined}.")), Err(Error::TextTooLong { len: 18, max: 8 })));
            composer.set_text(&joined[1..]).unwrap();
            composer.set_text(&joined[2..]).unwrap();
            assert!(composer.set_text(&joined[1..]).is_err(), "it is shorter by now");
            drafts.flush().await.unwrap();
        }
        changed(drafts.set(&bob, &joined[3..]).await);
        changed(drafts.set_with(&bob, DraftInput::new(&joined[4..])).await);
        changed(drafts.clear(&bob).await);
        changed(drafts.undo_clear(&bob).await);
        assert_eq!(text(&drafts, &bob).await.as_deref(), Some(&joined[4..]));
        changed(drafts.clear(&bob).await);
        too_long(drafts.set(&bob, &joined[4..]).await);
    }
}
