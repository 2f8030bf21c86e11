//! Rules 9, 13, 15 and 16, for calls that overlap, are dropped, or are held and not polled: no text is lost, none comes back,
//! and nobody waits for ever.

use std::future::Future;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use chat_drafts_core::engine::Engine;
use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{Composer, Drafts, Error, OrderPolicy, Origin, Result};
use pollster::block_on;

use super::setup::{Subject, id, io_error};

/// Nobody waits longer, unless it is for ever.
const PATIENCE: Duration = Duration::from_secs(20);

type Call<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A call that is polled once: it has begun.
fn begun<'a, T>(call: impl Future<Output = Result<T>> + Send + 'a) -> Call<'a> {
    let mut call: Call<'a> = Box::pin(async move { call.await.map(drop) });
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending), "the gate is shut");
    call
}

fn compose<E: Engine>(subject: &Subject<E>, chat: &str) -> Composer {
    block_on(subject.drafts.compose(&id(chat))).unwrap()
}

/// What is stored, whatever is typed.
fn stored(drafts: &Drafts, chat: &str) -> Option<String> {
    let row = drafts.blocking().conversations().get(&id(chat)).unwrap()?;
    row.draft().map(|draft| draft.text().to_owned())
}

fn sent(drafts: &Drafts) -> Vec<String> {
    drafts.blocking().tickets().unwrap().iter().map(|ticket| ticket.text().to_owned()).collect()
}

/// Runs it, not for ever.
#[track_caller]
fn in_time<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let (sender, done) = mpsc::channel();
        scope.spawn(move || sender.send(act()));
        done.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            // The scope would wait for it too.
            eprintln!("it waits for ever");
            std::process::abort()
        })
    })
}

/// What is typed while an aborted text comes back stays, behind it.
pub fn typing_while_a_text_comes_back_stays<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    for (chat, before) in [("a", ""), ("b", "typed before")] {
        let composer = compose(&subject, chat);
        composer.set_text("sent").unwrap();
        let ticket = block_on(composer.begin_send()).unwrap();
        if !before.is_empty() {
            composer.set_text(before).unwrap();
            subject.blocking().flush().unwrap();
        }
        subject.faults.shut_gate();
        let aborting = begun(ticket.abort());
        subject.faults.wait_for_a_write_at_the_gate();
        composer.set_text("typed meanwhile").unwrap();
        subject.faults.open_gate();
        block_on(aborting).unwrap();
        assert_eq!(composer.text(), "sent\ntyped meanwhile");
        drop(composer);
        subject.blocking().flush().unwrap();
        assert_eq!(stored(&subject.drafts, chat).as_deref(), Some("sent\ntyped meanwhile"));
    }
}

/// Two sendings whose futures are dropped, with typing between them, take what each has seen.
pub fn two_sendings_that_nobody_waits_for_lose_nothing<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    subject.faults.shut_gate();
    composer.set_text("one").unwrap();
    drop(begun(composer.begin_send()));
    subject.faults.wait_for_a_write_at_the_gate();
    composer.set_text("two").unwrap();
    drop(begun(composer.begin_send()));
    composer.set_text("three").unwrap();
    subject.faults.open_gate();
    block_on(composer.flush()).unwrap();
    assert_eq!(sent(&subject.drafts), ["one", "two"]);
    assert_eq!((composer.text().as_str(), composer.conflict()), ("three", None));
    assert_eq!(stored(&subject.drafts, "a").as_deref(), Some("three"));
}

/// A composer that opens while a set, a clear or a sending is in flight that began without one waits for it, and shows what it
/// has left: the next key is no conflict with it, and leaving brings nothing back.
pub fn composing_waits_for_what_is_in_flight<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    for (chat, left) in [("set", "new"), ("send", ""), ("clear", "")] {
        subject.must_set(chat, "old");
        let (drafts, chat_id) = (&subject.drafts, id(chat));
        subject.faults.shut_gate();
        let mut writing = match chat {
            "set" => begun(drafts.set(&chat_id, "new")),
            "send" => begun(drafts.begin_send(&chat_id)),
            _ => begun(drafts.clear(&chat_id)),
        };
        subject.faults.wait_for_a_write_at_the_gate();
        let mut composing = Box::pin(drafts.compose(&chat_id));
        assert!(composing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        subject.faults.open_gate();
        // The write is held and not polled: who composes helps it on.
        let composer = in_time(|| block_on(composing)).unwrap();
        assert_eq!(composer.text(), left, "after: {chat}");
        assert!(writing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        composer.set_text("typed").unwrap();
        subject.blocking().flush().unwrap();
        assert_eq!((composer.conflict(), stored(drafts, chat).as_deref()), (None, Some("typed")));
    }
    assert_eq!(sent(&subject.drafts), ["old"]);
}

/// Plain sets of one conversation reach the store in the order in which they were begun, awaited, dropped or blocking.
pub fn sets_of_one_conversation_keep_their_order<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    for composes in [false, true] {
        let chat = if composes { "composed" } else { "alone" };
        let (drafts, chat_id) = (&subject.drafts, id(chat));
        let composer = composes.then(|| compose(&subject, chat));
        subject.faults.shut_gate();
        let first = begun(drafts.set(&chat_id, "first"));
        subject.faults.wait_for_a_write_at_the_gate();
        let others: Vec<_> = ["second", "third", "last"].map(|text| begun(drafts.set(&chat_id, text))).into();
        subject.faults.open_gate();
        let mut others = others.into_iter();
        drop(others.next());
        let (third, last) = (others.next().unwrap(), others.next().unwrap());
        // Polled the other way round.
        in_time(|| block_on(last)).unwrap();
        in_time(|| block_on(third)).unwrap();
        in_time(|| block_on(first)).unwrap();
        assert_eq!(subject.text(chat).as_deref(), Some("last"));
        if let Some(composer) = composer {
            assert_eq!((composer.text().as_str(), composer.conflict()), ("last", None));
        }
        assert_eq!((stored(drafts, chat).as_deref(), drafts.unsaved()), (Some("last"), vec![]));
    }
}

/// A call that is held and not polled keeps nobody else waiting.
pub fn a_call_that_is_not_polled_keeps_nobody_waiting<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (drafts, a) = (&subject.drafts, id("a"));
    let composer = compose(&subject, "a");
    composer.set_text("typed").unwrap();
    subject.faults.shut_gate();
    let held = begun(drafts.set(&a, "set"));
    let also_held = begun(composer.begin_send());
    subject.faults.wait_for_a_write_at_the_gate();
    composer.set_text("typed since").unwrap();
    subject.faults.open_gate();
    in_time(|| subject.blocking().flush()).unwrap();
    assert_eq!((stored(drafts, "a").as_deref(), sent(drafts)), (Some("typed since"), vec!["set".to_owned()]));
    in_time(|| subject.blocking().close()).unwrap();
    block_on(held).unwrap();
    block_on(also_held).unwrap();
}

/// Renames that overlap, and a save that is under way, all come to an end; the composers end up where their text is.
pub fn renames_that_overlap_end<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let drafts = &subject.drafts;
    let [a, c, z] = ["a", "c", "z"].map(id);
    let composers = ["a", "c", "z"].map(|chat| compose(&subject, chat));
    for (composer, text) in composers.iter().zip(["in a", "in c", "in z"]) {
        composer.set_text(text).unwrap();
    }
    subject.blocking().flush().unwrap();
    let chats = drafts.conversations();
    subject.faults.shut_gate();
    composers[1].set_text("in c, more").unwrap();
    let saving = begun(composers[1].flush());
    subject.faults.wait_for_a_write_at_the_gate();
    let renames = [begun(chats.rename(&a, &z)), begun(chats.rename(&a, &c)), begun(chats.rename(&c, &z))];
    let sending = begun(composers[0].begin_send());
    subject.faults.open_gate();
    let [first, second, third] = renames;
    drop(second);
    in_time(|| block_on(third)).unwrap();
    in_time(|| block_on(first)).unwrap();
    in_time(|| block_on(sending)).unwrap();
    in_time(|| block_on(saving)).unwrap();
    for composer in &composers {
        assert_eq!((composer.id(), composer.text(), composer.conflict()), (z.clone(), String::new(), None));
    }
    assert_eq!(sent(drafts), ["in z\nin a\nin c, more"]);
    in_time(|| subject.blocking().close()).unwrap();
}

/// What is typed while a rename is under way is joined in the place of what was stored; what was asked for by the old id stays
/// with that.
pub fn typing_during_a_rename_goes_along<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let drafts = &subject.drafts;
    let (old, new) = (id("old"), id("new"));
    let (olds, news) = (compose(&subject, "old"), compose(&subject, "new"));
    olds.set_text("second").unwrap();
    news.set_text("first").unwrap();
    subject.blocking().flush().unwrap();
    subject.faults.shut_gate();
    let chats = drafts.conversations();
    drop(begun(chats.rename(&old, &new)));
    subject.faults.wait_for_a_write_at_the_gate();
    olds.set_text("second, more").unwrap();
    let by_id = begun(drafts.set(&old, "another one's"));
    subject.faults.open_gate();
    in_time(|| block_on(by_id)).unwrap();
    in_time(|| subject.blocking().flush()).unwrap();
    for composer in [&olds, &news] {
        assert_eq!((composer.id(), composer.text().as_str()), (new.clone(), "first\nsecond, more"));
        assert_eq!(composer.conflict(), None);
    }
    assert_eq!(stored(drafts, "new").as_deref(), Some("first\nsecond, more"));
    assert_eq!(stored(drafts, "old").as_deref(), Some("another one's"));
}

/// What somebody else stored just before a text comes back, or a conversation is renamed, is not taken away by what is typed
/// meanwhile: that is a conflict.
pub fn typing_on_what_somebody_else_has_changed_is_a_conflict<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let drafts = &subject.drafts;
    for chat in ["aborted", "renamed"] {
        let composer = compose(&subject, chat);
        composer.set_text("sent").unwrap();
        let ticket = block_on(composer.begin_send()).unwrap();
        composer.set_text("ours").unwrap();
        subject.blocking().flush().unwrap();
        let change =
            Change::SetDraft { id: id(chat), text: "theirs".to_owned(), extra: None, base: None, keeps_place: false };
        let (now, policy, origin) = (0, OrderPolicy::default(), Origin::new());
        block_on(drafts.store().commit(Batch { changes: vec![change], now, policy, origin })).unwrap();
        subject.faults.shut_gate();
        let (chats, old, new) = (drafts.conversations(), id(chat), id("new"));
        let writing = match chat {
            "aborted" => begun(ticket.abort()),
            _ => begun(async { chats.rename(&old, &new).await }),
        };
        subject.faults.wait_for_a_write_at_the_gate();
        composer.set_text("ours, more").unwrap();
        subject.faults.open_gate();
        block_on(writing).unwrap();
        assert!(subject.blocking().flush().is_err(), "the host chooses, after: {chat}");
        let stored = composer.conflict().and_then(|current| current.draft().map(|draft| draft.text().to_owned()));
        let expected = if chat == "aborted" { "sent\ntheirs" } else { "theirs" };
        assert_eq!((stored.as_deref(), composer.text().as_str()), (Some(expected), "ours, more"));
    }
}

/// A text that is being sent is what was taken, whatever a delete or another's abort does to it meanwhile.
pub fn a_sending_beside_a_delete_is_no_damage<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (drafts, a) = (&subject.drafts, id("a"));
    subject.must_set("a", "text");
    subject.faults.shut_gate();
    let mut sending = Box::pin(drafts.begin_send(&a));
    assert!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    subject.faults.wait_for_a_write_at_the_gate();
    let deleting = drafts.conversations();
    let deleting = begun(async move { deleting.delete(&id("a")).await });
    subject.faults.open_gate();
    in_time(|| block_on(deleting)).unwrap();
    let ticket = in_time(|| block_on(sending)).unwrap();
    assert_eq!((ticket.text(), ticket.id()), ("text", a));
    assert!(matches!(block_on(ticket.abort()), Err(Error::NotPending)));
    assert!(matches!(block_on(ticket.confirm()), Err(Error::NotPending)));
    assert_eq!((subject.text("a"), sent(drafts)), (None, vec![]));
}

/// An edit that was accepted is saved by a close that overlaps it, or the close says that it is not; none is accepted after.
pub fn closing_beside_typing_loses_nothing<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    subject.faults.shut_gate();
    composer.set_text("typed").unwrap();
    std::thread::scope(|scope| {
        let closing = scope.spawn(|| subject.blocking().close());
        subject.faults.wait_for_a_write_at_the_gate();
        // One that is given up opens nothing.
        drop(begun(subject.drafts.close()));
        assert!(matches!(composer.set_text("late"), Err(Error::Closed)));
        assert!(matches!(subject.set("b", "late"), Err(Error::Closed)));
        subject.faults.open_gate();
        closing.join().unwrap().unwrap();
    });
    assert!(matches!(composer.set_text("later"), Err(Error::Closed)));
    drop(composer);
    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    assert_eq!(stored(&reopen.open().drafts, "a").as_deref(), Some("typed"));
}

/// A close that cannot save opens again for edits, and the next one saves them.
pub fn a_close_that_cannot_save_takes_edits_again<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    subject.faults.leave_room(Some(0));
    composer.set_text("typed").unwrap();
    assert!(matches!(subject.blocking().close(), Err(Error::Unsaved { .. })));
    composer.set_text("typed on").unwrap();
    subject.faults.leave_room(None);
    subject.blocking().close().unwrap();
    drop(composer);
    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    assert_eq!(stored(&reopen.open().drafts, "a").as_deref(), Some("typed on"));
}

/// A write in flight when the store is suspended is answered; what comes meanwhile is refused, or stays in memory.
pub fn suspending_waits_for_what_is_in_flight<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (drafts, a) = (&subject.drafts, id("a"));
    let composer = compose(&subject, "a");
    subject.faults.shut_gate();
    let setting = begun(drafts.set(&a, "set"));
    subject.faults.wait_for_a_write_at_the_gate();
    let suspending = begun(drafts.suspend());
    composer.set_text("typed since").unwrap();
    assert!(matches!(subject.set("b", "late"), Err(Error::Suspended)));
    subject.faults.open_gate();
    in_time(|| block_on(suspending)).unwrap();
    block_on(setting).unwrap();
    subject.blocking().resume().unwrap();
    subject.blocking().flush().unwrap();
    assert_eq!(stored(drafts, "a").as_deref(), Some("typed since"));
}

/// A write that fails for want of knowledge of an earlier one is judged by what is stored, not taken for somebody else's.
pub fn a_dropped_call_whose_answer_was_lost_is_no_conflict<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    composer.set_text("one").unwrap();
    subject.blocking().flush().unwrap();
    subject.faults.lose_next_answer(io_error());
    drop(begun_or_answered(composer.begin_send()));
    composer.set_text("two").unwrap();
    let _ = subject.blocking().flush();
    subject.blocking().resume().unwrap();
    in_time(|| subject.blocking().flush()).unwrap();
    assert_eq!((composer.text().as_str(), composer.conflict()), ("two", None));
    assert_eq!((stored(&subject.drafts, "a").as_deref(), sent(&subject.drafts)), (Some("two"), vec!["one".to_owned()]));
}

/// A call that is polled once, whether it is answered by that or not.
fn begun_or_answered<T>(call: impl Future<Output = Result<T>>) -> impl Future<Output = Result<T>> {
    let mut call = Box::pin(call);
    let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    call
}
