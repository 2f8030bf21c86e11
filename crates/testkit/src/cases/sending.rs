//! Rule 16: a text that is being sent has left its draft, never comes back by itself, and is never lost.

use chat_drafts_core::{
    ConversationUpdate, DraftInput, DraftState, Drafts, Error, Event, Keep, OrderPolicy, Query, Ticket,
};

use super::setup::{
    changed, conflict, conversation, drain, id, name, not_pending, open, open_at, open_with, order, pass, reopen,
    sequence, somebody_else_sets, text,
};
use crate::{Sandbox, TestClock};

async fn sent(drafts: &Drafts) -> Vec<(u64, String, String)> {
    let shown = |ticket: &Ticket| (ticket.number(), ticket.id().as_str().to_owned(), ticket.text().to_owned());
    drafts.tickets().await.unwrap().iter().map(shown).collect()
}

/// Beginning to send takes text and extra out of the draft in one commit; the conversation stays known.
pub async fn the_text_leaves_the_draft(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(500);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    changed(drafts.set_with(&bob, DraftInput::new("hi").extra(b"quote")).await);
    let mut events = drafts.subscribe();
    clock.advance(5);
    let ticket = drafts.begin_send(&bob).await.unwrap();
    assert_eq!((ticket.id(), ticket.text(), ticket.extra()), (bob.clone(), "hi", &b"quote"[..]));
    assert_eq!((ticket.number(), ticket.began_at()), (2, 505));
    assert_eq!((text(&drafts, &bob).await, sequence(&drafts).await), (None, 2));
    assert!(drafts.list(Query::all()).await.unwrap().items.is_empty());
    let row = conversation(&drafts, &bob).await;
    assert!(row.is_sending() && row.order_key().activity() == 1, "it stands where it stood");
    let told = drain(&mut events);
    let [Event::Changed { conversation, sequence: 2, .. }] = &told[..] else { panic!("{told:?}") };
    assert!(conversation.is_sending() && conversation.draft().is_none());
}

/// It takes along what is typed and not saved yet, still in one commit, and the composer is empty.
pub async fn what_is_typed_is_sent(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    let receipt = composer.set_text("typed").unwrap();
    let ticket = composer.begin_send().await.unwrap();
    assert_eq!((ticket.text(), ticket.number()), ("typed", 1));
    assert_eq!((composer.text(), text(&drafts, &bob).await), (String::new(), None));
    receipt.saved().await.expect("it is kept beside the draft");
    pass(&drafts, &clock, 3_000);
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!((sequence(&drafts).await, text(&drafts, &bob).await), (1, None), "it does not come back");
    changed(ticket.confirm().await);
    assert_eq!((sequence(&drafts).await, drafts.conversations().get(&bob).await.unwrap()), (2, None));
}

/// A save that is based on what was before is refused, also after confirming and a restart.
pub async fn a_late_save_is_refused(sandbox: &dyn Sandbox) {
    let (mut drafts, bob) = (open(sandbox), id("c2c_bob"));
    let absent = drafts.revision(&bob).await.unwrap();
    changed(drafts.set(&bob, "hi").await);
    let present = drafts.revision(&bob).await.unwrap();
    let ticket = drafts.begin_send(&bob).await.unwrap();
    for base in [absent, present] {
        let late = conflict(drafts.set_with(&bob, DraftInput::new("hi").based_on(base)).await);
        assert_eq!((late.draft(), late.revision().get()), (None, 2));
    }
    changed(ticket.confirm().await);
    drop(ticket);
    for _ in 0..2 {
        for base in [absent, present] {
            conflict(drafts.set_with(&bob, DraftInput::new("hi").based_on(base)).await);
        }
        if sandbox.reopens() {
            drafts = reopen(drafts, sandbox).await;
        }
    }
}

/// `confirm` forgets the text, and nothing but that: the draft typed meanwhile, its revision and its place stay.
pub async fn confirming_forgets_the_text(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "first").await);
    let ticket = drafts.begin_send(&bob).await.unwrap();
    changed(drafts.set(&bob, "second").await);
    let before = conversation(&drafts, &bob).await;
    changed(ticket.confirm().await);
    let after = conversation(&drafts, &bob).await;
    assert_eq!((after.draft_state(), after.order_key()), (before.draft_state(), before.order_key()));
    assert!(!after.is_sending());
    not_pending(ticket.confirm().await);
    not_pending(ticket.abort().await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("second"));
}

/// `abort` puts the text in front of what was typed since; its extra comes back unless there is a newer one.
pub async fn aborting_brings_the_text_back(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(0);
    let (drafts, bob) = (open_at(sandbox, &clock), id("c2c_bob"));
    changed(drafts.set_with(&bob, DraftInput::new("first").extra(b"quote")).await);
    let ticket = drafts.begin_send(&bob).await.unwrap();
    clock.advance(7);
    changed(ticket.abort().await);
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.extra(), draft.updated_at()), ("first", &b"quote"[..], 7));
    assert!(!conversation(&drafts, &bob).await.is_sending());

    let ticket = drafts.begin_send(&bob).await.unwrap();
    changed(drafts.set(&bob, "second").await);
    changed(ticket.abort().await);
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.extra()), ("first\nsecond", &b"quote"[..]));

    let ticket = drafts.begin_send(&bob).await.unwrap();
    changed(drafts.set_with(&bob, DraftInput::new("third").extra(b"newer")).await);
    changed(ticket.abort().await);
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.extra()), ("first\nsecond\nthird", &b"newer"[..]));
    not_pending(ticket.abort().await);
    not_pending(ticket.confirm().await);
}

/// What comes back is a new text of the draft: it moves the row up, unless only messages do.
pub async fn what_comes_back_moves_as_a_new_text(sandbox: &dyn Sandbox) {
    for (policy, expected) in [(OrderPolicy::DraftFloats, ["bob", "eve"]), (OrderPolicy::MessagesOnly, ["eve", "bob"])]
    {
        let other = sandbox.another();
        let drafts = open_with(&*other, |builder| builder.order_policy(policy));
        changed(drafts.set(&id("bob"), "hi").await);
        let ticket = drafts.begin_send(&id("bob")).await.unwrap();
        changed(drafts.set(&id("eve"), "hi").await);
        changed(ticket.abort().await);
        assert_eq!(order(&drafts).await, expected);
    }
}

/// A composer shows what came back, in front of what is typed, saved or not, and goes on from there.
pub async fn a_composer_shows_what_came_back(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("first").unwrap();
    let ticket = composer.begin_send().await.unwrap();
    changed(ticket.abort().await);
    assert_eq!(composer.text(), "first");
    let ticket = composer.begin_send().await.unwrap();
    composer.set_text("second").unwrap();
    changed(ticket.abort().await);
    assert_eq!(
        (composer.text().as_str(), conversation(&drafts, &bob).await.draft_text()),
        ("first\nsecond", "first\nsecond")
    );
    composer.set_text("first\nsecond, third").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "first\nsecond, third");
}

/// In a conflict nothing is lost either: the unsent text comes in front of what somebody else has stored.
pub async fn aborting_in_a_conflict_loses_nothing(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("first").unwrap();
    let ticket = composer.begin_send().await.unwrap();
    somebody_else_sets(&drafts, &bob, "theirs").await;
    composer.set_text("ours").unwrap();
    changed(ticket.abort().await);
    drop(composer);
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &bob).await.draft_text(), "first\ntheirs\nours");
}

/// Several texts of one conversation are sent side by side, in the order they began, and so they come back.
pub async fn several_are_sent_in_order(sandbox: &dyn Sandbox) {
    let (drafts, bob, eve) = (open(sandbox), id("c2c_bob"), id("c2c_eve"));
    let mut tickets = Vec::new();
    for (chat, text) in [(&bob, "one"), (&eve, "two"), (&bob, "three"), (&bob, "four")] {
        changed(drafts.set(chat, text).await);
        tickets.push(drafts.begin_send(chat).await.unwrap());
    }
    let all = [(2, "c2c_bob", "one"), (4, "c2c_eve", "two"), (6, "c2c_bob", "three"), (8, "c2c_bob", "four")];
    let all = all.map(|(number, chat, text)| (number, chat.to_owned(), text.to_owned()));
    assert_eq!(sent(&drafts).await, all);
    changed(tickets[2].confirm().await);
    assert_eq!(sent(&drafts).await, [all[0].clone(), all[1].clone(), all[3].clone()]);
    changed(tickets[3].abort().await);
    changed(tickets[0].abort().await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("one\nfour"));
    assert_eq!(sent(&drafts).await, [all[1].clone()]);
}

/// Several that come back stand in the order in which their sending began, whatever the order of the aborts, as long as the
/// draft still begins with what came back; else in front. The newest extra wins.
pub async fn several_come_back_in_order(sandbox: &dyn Sandbox) {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        for composes in [false, true] {
            let other = sandbox.another();
            let (drafts, bob) = (open(&*other), id("c2c_bob"));
            let composer = if composes { Some(drafts.compose(&bob).await.unwrap()) } else { None };
            let mut tickets = Vec::new();
            for (text, extra) in [("one", "1"), ("two\nlines", "2"), ("three", "3")] {
                changed(drafts.set_with(&bob, DraftInput::new(text).extra(extra)).await);
                tickets.push(drafts.begin_send(&bob).await.unwrap());
            }
            changed(drafts.set(&bob, "typed").await);
            for place in order {
                changed(tickets[place].abort().await);
            }
            let draft = drafts.get(&bob).await.unwrap().unwrap();
            let expected = ("one\ntwo\nlines\nthree\ntyped", &b"3"[..]);
            assert_eq!((draft.text(), draft.extra()), expected, "aborted in the order {order:?}");
            assert!(composer.is_none_or(|composer| composer.text() == expected.0));
        }
    }
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let mut tickets = Vec::new();
    for text in ["one", "two", "three"] {
        changed(drafts.set(&bob, text).await);
        tickets.push(drafts.begin_send(&bob).await.unwrap());
    }
    changed(tickets[0].abort().await);
    changed(drafts.set(&bob, "one, and more").await);
    changed(tickets[1].abort().await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("one\ntwo\n, and more"));
    changed(drafts.set(&bob, "another").await);
    changed(tickets[2].abort().await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("three\nanother"), "it does not begin with them any more");
}

/// What another window or process has confirmed or aborted is not pending, and says so.
pub async fn what_somebody_else_has_ended_is_not_pending(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "hi").await);
    let ticket = drafts.begin_send(&bob).await.unwrap();
    let again = drafts.tickets().await.unwrap().remove(0);
    changed(again.abort().await);
    not_pending(ticket.confirm().await);
    not_pending(ticket.abort().await);
    assert_eq!(text(&drafts, &bob).await.as_deref(), Some("hi"));
}

/// A ticket that is dropped without a word keeps its text; so does a restart, with or without closing.
pub async fn tickets_survive_a_crash(sandbox: &dyn Sandbox) {
    let (mut drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set_with(&bob, DraftInput::new("hi\0\n").extra(b"quote")).await);
    drop(drafts.begin_send(&bob).await.unwrap());
    if sandbox.reopens() {
        drop(drafts);
        drafts = reopen(open(sandbox), sandbox).await;
    }
    assert_eq!(text(&drafts, &bob).await, None);
    let tickets = drafts.tickets().await.unwrap();
    let [ticket] = &tickets[..] else { panic!("{tickets:?}") };
    assert_eq!(
        (ticket.id(), ticket.text(), ticket.extra(), ticket.number()),
        (bob.clone(), "hi\0\n", &b"quote"[..], 2)
    );
    changed(ticket.abort().await);
    let draft = drafts.get(&bob).await.unwrap().unwrap();
    assert_eq!((draft.text(), draft.extra()), ("hi\0\n", &b"quote"[..]));
    drafts.check().await.unwrap();
}

/// Without a text there is nothing to send, and nothing changes.
pub async fn nothing_to_send_changes_nothing(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let refused = |answer| matches!(answer, Err(Error::NothingToSend));
    assert!(refused(drafts.begin_send(&bob).await));
    let composer = drafts.compose(&bob).await.unwrap();
    assert!(refused(composer.begin_send().await));
    changed(drafts.conversations().update(&bob, name("Bob")).await);
    changed(drafts.set(&bob, "hi").await);
    composer.set_text("").unwrap();
    assert!(refused(composer.begin_send().await), "what is typed counts");
    drafts.flush().await.unwrap();
    assert_eq!((sequence(&drafts).await, sent(&drafts).await), (3, vec![]));
}

/// A composer sends what it shows. If somebody else has stored another text, a field that was not edited shows that, and the
/// next sending sends it; one that was edited is in conflict, and the host chooses first.
pub async fn what_nobody_has_seen_is_not_sent(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    let composer = drafts.compose(&bob).await.unwrap();
    composer.set_text("ours").unwrap();
    drafts.flush().await.unwrap();
    somebody_else_sets(&drafts, &bob, "theirs").await;
    let Err(Error::Conflict { current }) = composer.begin_send().await else { panic!("a conflict was expected") };
    assert_eq!(current.draft().unwrap().text(), "theirs");
    assert_eq!((composer.conflict(), composer.text().as_str()), (None, "theirs"));

    composer.set_text("ours").unwrap();
    somebody_else_sets(&drafts, &bob, "theirs again").await;
    for _ in 0..2 {
        let Err(Error::Conflict { current }) = composer.begin_send().await else { panic!("a conflict was expected") };
        assert_eq!(current.draft().unwrap().text(), "theirs again");
    }
    assert_eq!(composer.conflict().as_ref().and_then(DraftState::draft).unwrap().text(), "theirs again");
    composer.resolve(Keep::Ours);
    assert_eq!(composer.begin_send().await.unwrap().text(), "ours");
    assert_eq!(text(&drafts, &bob).await, None);
    somebody_else_sets(&drafts, &bob, "ours").await;
    composer.set_text("ours").unwrap();
    assert_eq!(composer.begin_send().await.unwrap().text(), "ours", "the same text is no conflict");
}

/// Renaming a conversation takes along what is being sent; the ticket is as good as before.
pub async fn a_ticket_outlives_a_rename(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (old, new) = (id("group_planned"), id("group_real"));
    changed(drafts.set(&old, "one").await);
    let first = drafts.begin_send(&old).await.unwrap();
    changed(drafts.set(&old, "two").await);
    let second = drafts.begin_send(&old).await.unwrap();
    changed(drafts.set(&new, "typed").await);
    changed(drafts.conversations().rename(&old, &new).await);
    assert_eq!(sent(&drafts).await.iter().map(|(_, chat, _)| chat.as_str()).collect::<Vec<_>>(), ["group_real"; 2]);
    changed(first.confirm().await);
    changed(second.abort().await);
    assert_eq!(text(&drafts, &new).await.as_deref(), Some("two\ntyped"));
    assert_eq!((sent(&drafts).await, drafts.conversations().get(&old).await.unwrap()), (vec![], None));
}

/// Deleting a conversation takes along what is being sent; its ticket changes nothing any more.
pub async fn deleting_takes_it_along(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.set(&bob, "hi").await);
    let ticket = drafts.begin_send(&bob).await.unwrap();
    changed(drafts.conversations().delete(&bob).await);
    assert_eq!((sent(&drafts).await, drafts.conversations().get(&bob).await.unwrap()), (vec![], None));
    not_pending(ticket.abort().await);
    not_pending(ticket.confirm().await);
    assert_eq!(text(&drafts, &bob).await, None);
}

/// A conversation of which nothing else is known stays as long as a text of it is being sent, facts or not.
pub async fn it_stays_as_long_as_it_is_sending(sandbox: &dyn Sandbox) {
    let (drafts, bob) = (open(sandbox), id("c2c_bob"));
    changed(drafts.conversations().update(&bob, name("Bob")).await);
    changed(drafts.set(&bob, "hi").await);
    let ticket = drafts.begin_send(&bob).await.unwrap();
    changed(drafts.conversations().update(&bob, ConversationUpdate::new().show_name(None)).await);
    assert!(conversation(&drafts, &bob).await.is_sending());
    let mut events = drafts.subscribe();
    changed(ticket.confirm().await);
    assert!(matches!(&drain(&mut events)[..], [Event::Removed { .. }]));
    assert_eq!(drafts.conversations().get(&bob).await.unwrap(), None);
}
