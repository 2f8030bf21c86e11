//! Rule 9: a conversation gets another id, and nothing of it is lost.

use chat_drafts_core::{ConversationUpdate, DraftInput, DraftState, Error, Event, OrderPolicy};

use super::setup::{
    changed, conflict, conversation, drain, id, message, name, open, open_with, order, poll_once, reopen, text,
    unchanged,
};
use crate::{Sandbox, TestClock};

/// Everything moves to an id that was unknown: the draft with its time, facts, pin and place.
pub async fn all_of_it_moves_to_an_unknown_id(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(1_000);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let chats = drafts.conversations();
    let (planned, real) = (id("group_planned"), id("group_real"));
    changed(drafts.set_with(&planned, DraftInput::new("hi").extra(b"cursor")).await);
    changed(chats.update(&planned, name("Plans").unread_count(3)).await);
    changed(chats.pin(&planned, true).await);
    changed(drafts.set(&id("above"), "x").await);
    let before = conversation(&drafts, &planned).await;
    clock.advance(500);
    changed(chats.rename(&planned, &real).await);
    let mut drafts = drafts;
    for _ in 0..2 {
        let after = conversation(&drafts, &real).await;
        let draft = after.draft().unwrap();
        assert_eq!((draft.text(), draft.extra(), draft.updated_at()), ("hi", &b"cursor"[..], 1_000));
        assert!(draft.revision() > before.draft().unwrap().revision());
        assert_eq!(after.facts(), before.facts());
        assert_eq!(after.order_key(), before.order_key(), "it stands where it stood");
        assert_eq!(drafts.conversations().get(&planned).await.unwrap(), None);
        if !sandbox.reopens() {
            break;
        }
        drafts = reopen(drafts, sandbox).await;
    }
}

/// Both texts are kept: the new id's first, then a newline, then the old one's. The new id's facts win.
pub async fn two_conversations_become_one(sandbox: &dyn Sandbox) {
    let clock = TestClock::at(1_000);
    let drafts = open_with(sandbox, |builder| builder.clock(clock.clone()));
    let chats = drafts.conversations();
    let (old, new) = (id("old"), id("new"));
    changed(drafts.set_with(&new, DraftInput::new("first").extra(b"new")).await);
    changed(chats.update(&new, name("New")).await);
    changed(drafts.set_with(&old, DraftInput::new("second").extra(b"old")).await);
    changed(chats.update(&old, name("Old").unread_count(3)).await);
    changed(chats.pin(&old, true).await);
    changed(drafts.set(&id("between"), "x").await);
    clock.advance(500);
    changed(chats.rename(&old, &new).await);
    let one = conversation(&drafts, &new).await;
    let draft = one.draft().unwrap();
    assert_eq!((draft.text(), draft.extra(), draft.updated_at()), ("first\nsecond", &b"new"[..], 1_500));
    assert_eq!((one.facts().show_name.as_deref(), one.facts().unread_count), (Some("New"), Some(3)));
    assert!(one.is_pinned());
    assert_eq!(one.order_key().activity(), draft.revision().get(), "a new text moves it up");
    assert_eq!(order(&drafts).await, ["new", "between"]);
}

/// A draft of the new id alone stays as it is, and what has no draft gets none.
pub async fn what_only_the_new_id_has_stays(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let (old, new) = (id("old"), id("new"));
    changed(drafts.set(&new, "kept").await);
    let kept = drafts.get(&new).await.unwrap();
    changed(chats.update(&old, message(1)).await);
    changed(chats.rename(&old, &new).await);
    assert_eq!(drafts.get(&new).await.unwrap(), kept, "its revision too");
    changed(drafts.set_with(&new, DraftInput::new("on").based_on(kept.unwrap().revision())).await);

    changed(chats.pin(&old, true).await);
    changed(chats.rename(&old, &id("plain")).await);
    assert_eq!(conversation(&drafts, &id("plain")).await.draft(), None);

    // An id that was deleted still refuses what was begun before that.
    let deleted = id("deleted");
    changed(drafts.set(&deleted, "x").await);
    let base = drafts.revision(&deleted).await.unwrap();
    changed(chats.delete(&deleted).await);
    changed(chats.rename(&id("plain"), &deleted).await);
    conflict(drafts.set_with(&deleted, DraftInput::new("late").based_on(base)).await);
}

/// Under `MessagesOnly` two drafts that become one move nothing.
pub async fn under_messages_only_it_stands_where_the_higher_stood(sandbox: &dyn Sandbox) {
    let drafts = open_with(sandbox, |builder| builder.order_policy(OrderPolicy::MessagesOnly));
    let chats = drafts.conversations();
    for chat in ["low", "old", "middle", "new", "top"] {
        changed(drafts.set(&id(chat), "x").await);
    }
    changed(chats.rename(&id("old"), &id("new")).await);
    assert_eq!(order(&drafts).await, ["top", "new", "middle", "low"]);
    changed(chats.rename(&id("top"), &id("low")).await);
    assert_eq!(order(&drafts).await, ["low", "new", "middle"]);
}

/// It is one change, told as `Removed`, then `Changed`, both with its sequence.
pub async fn it_tells_removed_then_changed(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (old, new) = (id("old"), id("new"));
    changed(drafts.set(&old, "hi").await);
    let mut events = drafts.subscribe();
    let outcome = drafts.conversations().rename(&old, &new).await.unwrap();
    let events = drain(&mut events);
    let [
        Event::Removed { conversation: gone, sequence: first, origin },
        Event::Changed { conversation: here, sequence: second, .. },
    ] = &events[..]
    else {
        panic!("two events, not {events:?}")
    };
    assert_eq!((*first, *second, *origin), (2, 2, drafts.origin()));
    assert_eq!((gone.id(), gone.draft_state()), (&old, &DraftState::Absent(outcome.revision())));
    assert_eq!((here.id(), here.draft_text(), outcome.revision().get()), (&new, "hi", 2));
}

/// Renaming what is not known, or to the same id, changes nothing.
pub async fn renaming_nothing_is_fine(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let mut events = drafts.subscribe();
    unchanged(chats.rename(&id("unknown"), &id("new")).await);
    changed(drafts.set(&id("here"), "x").await);
    unchanged(chats.rename(&id("unknown"), &id("here")).await);
    unchanged(chats.rename(&id("here"), &id("here")).await);
    changed(chats.delete(&id("here")).await);
    unchanged(chats.rename(&id("here"), &id("new")).await);
    assert_eq!(drain(&mut events).len(), 2);
}

/// Rule 13: a late save that knows neither of the two as they are now is refused, under either id.
pub async fn a_late_save_is_refused(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let (old, new) = (id("old"), id("new"));
    changed(drafts.set(&old, "hi").await);
    let (base_of_old, base_of_new) = (drafts.revision(&old).await.unwrap(), drafts.revision(&new).await.unwrap());
    changed(drafts.conversations().rename(&old, &new).await);
    let late = |base| DraftInput::new("late").based_on(base);
    let DraftState::Absent(_) = conflict(drafts.set_with(&old, late(base_of_old)).await) else {
        panic!("nothing is left under the old id")
    };
    let current = conflict(drafts.set_with(&new, late(base_of_new)).await);
    assert_eq!(current.draft().unwrap().text(), "hi");
    assert_eq!((text(&drafts, &old).await, text(&drafts, &new).await.as_deref()), (None, Some("hi")));
    changed(drafts.set_with(&new, late(current.revision())).await);
}

/// The old id can be used anew, and nothing of before shows under it.
pub async fn the_old_id_is_free(sandbox: &dyn Sandbox) {
    let drafts = open(sandbox);
    let chats = drafts.conversations();
    let (old, new) = (id("old"), id("new"));
    changed(chats.update(&old, name("Old")).await);
    changed(chats.rename(&old, &new).await);
    changed(drafts.set(&old, "anew").await);
    let anew = conversation(&drafts, &old).await;
    assert_eq!((anew.facts().show_name.as_deref(), anew.draft_text()), (None, "anew"));
    changed(chats.rename(&old, &new).await);
    changed(chats.update(&new, ConversationUpdate::new().show_name(None)).await);
    assert_eq!(order(&drafts).await, ["new"]);
}

/// Composers of both ids are composers of one text from then on, and each sends what it shows.
pub async fn composers_of_both_ids_become_one(sandbox: &dyn Sandbox) {
    let (drafts, old, new) = (open(sandbox), id("old"), id("new"));
    let (olds, news) = (drafts.compose(&old).await.unwrap(), drafts.compose(&new).await.unwrap());
    olds.set_text("second").unwrap();
    news.set_text("first").unwrap();
    changed(drafts.conversations().rename(&old, &new).await);
    for composer in [&olds, &news] {
        assert_eq!((composer.id(), composer.text().as_str()), (new.clone(), "first\nsecond"));
    }
    olds.set_text("typed").unwrap();
    assert_eq!(news.text(), "typed");
    let ticket = olds.begin_send().await.unwrap();
    assert_eq!((ticket.id(), ticket.text()), (new.clone(), "typed"));
    assert_eq!((olds.text(), news.text()), (String::new(), String::new()));
    assert!(matches!(news.begin_send().await, Err(Error::NothingToSend)));
    changed(ticket.abort().await);
    drop(news);
    assert_eq!(olds.begin_send().await.unwrap().text(), "typed");
}

/// A composer moves along also if nothing is stored of its conversation: what is typed then is stored under the new id.
pub async fn empty_composers_move_too(sandbox: &dyn Sandbox) {
    let (drafts, temp, real) = (open(sandbox), id("temp"), id("real"));
    let composer = drafts.compose(&temp).await.unwrap();
    unchanged(drafts.conversations().rename(&temp, &real).await);
    assert_eq!(composer.id(), real);
    composer.set_text("typed").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!(conversation(&drafts, &real).await.draft_text(), "typed");
    assert_eq!(drafts.conversations().get(&temp).await.unwrap(), None);

    // A chat gets its id when its first message is sent.
    let first = id("first");
    let composer = drafts.compose(&first).await.unwrap();
    composer.set_text("hello").unwrap();
    let ticket = composer.begin_send().await.unwrap();
    changed(drafts.conversations().rename(&first, &real).await);
    assert_eq!((ticket.id(), composer.id(), composer.text().as_str()), (real.clone(), real.clone(), "typed"));
    changed(ticket.confirm().await);
}

/// A composer follows every rename, in whatever order its conversation is met by them.
pub async fn composers_follow_a_chain_of_renames(sandbox: &dyn Sandbox) {
    let (drafts, [a, b, c, d]) = (open(sandbox), ["a", "b", "c", "d"].map(id));
    let (first, second) = (drafts.compose(&a).await.unwrap(), drafts.compose(&b).await.unwrap());
    first.set_text("in a").unwrap();
    second.set_text("in b").unwrap();
    let chats = drafts.conversations();
    changed(chats.rename(&a, &b).await);
    changed(chats.rename(&b, &d).await);
    assert_eq!((first.id(), second.id()), (d.clone(), d.clone()));
    assert_eq!(first.text(), "in b\nin a");
    {
        // One that is given up is made all the same.
        let mut given_up = Box::pin(chats.rename(&d, &c));
        _ = poll_once(given_up.as_mut());
    }
    changed(chats.rename(&c, &a).await);
    assert_eq!((first.id(), second.id()), (a.clone(), a.clone()));
    first.set_text("typed").unwrap();
    drafts.flush().await.unwrap();
    assert_eq!((second.text().as_str(), second.conflict()), ("typed", None));
    assert_eq!(order(&drafts).await, ["a"]);
    assert_eq!(conversation(&drafts, &a).await.draft_text(), "typed");
}
