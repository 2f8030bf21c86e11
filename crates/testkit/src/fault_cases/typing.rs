//! Rules 15 to 17: what is typed outlives failing saves, and whatever else is written meanwhile.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use chat_drafts_core::engine::Engine;
use chat_drafts_core::{Composer, Drafts, Error, Outcome, Result};
use pollster::block_on;

use super::setup::{Subject, Waiting, id, io_error, set};
use crate::TestClock;

fn compose<E: Engine>(subject: &Subject<E>, chat: &str) -> Composer {
    block_on(subject.drafts.compose(&id(chat))).unwrap()
}

/// What is stored, whatever is typed.
fn stored(drafts: &Drafts, chat: &str) -> Option<String> {
    let row = drafts.blocking().conversations().get(&id(chat)).unwrap()?;
    row.draft().map(|draft| draft.text().to_owned())
}

#[track_caller]
fn unsaved_because(answer: Result<()>, chats: &[&str]) -> Error {
    let Err(Error::Unsaved { conversations, reason }) = answer else { panic!("it cannot be saved: {answer:?}") };
    assert_eq!(conversations.iter().map(|chat| chat.as_str()).collect::<Vec<_>>(), chats);
    *reason
}

/// A save that fails is tried again after 1 s, then after twice as long each time, up to a minute; typing on does not hasten
/// it, and when there is room the newest text is saved.
pub fn failed_saves_are_tried_again<E: Engine>(config: E::Config) {
    let clock = TestClock::at(0);
    let subject = Subject::<E>::at(&clock, config);
    let composer = compose(&subject, "a");
    subject.faults.leave_room(Some(0));
    let mut saved = pin!(composer.set_text("typed").unwrap().saved());
    let mut ask = || saved.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(ask().is_pending());
    let mut tried_at = Vec::new();
    let mut writes = subject.faults.writes();
    for tenth in 1..=2_000 {
        clock.advance(100);
        if tenth % 7 == 0 {
            composer.set_text(format!("typed {tenth}")).unwrap();
        }
        subject.drafts.save_due();
        if std::mem::replace(&mut writes, subject.faults.writes()) != subject.faults.writes() {
            tried_at.push(tenth * 100);
        }
    }
    assert_eq!(tried_at, [300, 1_300, 3_300, 7_300, 15_300, 31_300, 63_300, 123_300, 183_300]);
    assert!(matches!(ask(), Poll::Ready(Err(Error::DiskFull))));
    subject.faults.leave_room(None);
    clock.advance(60_000);
    assert_eq!(subject.drafts.save_due(), 1);
    assert_eq!(stored(&subject.drafts, "a").as_deref(), Some("typed 1995"));
    composer.set_text("and on").unwrap();
    clock.advance(300);
    assert_eq!(subject.drafts.save_due(), 1, "after a success the pace is as before");
}

/// Flushing and closing name what could not be saved, receipts say why, and the store stays open with the text in memory.
pub fn what_cannot_be_saved_is_named_and_kept<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (a, b) = (compose(&subject, "a"), compose(&subject, "b"));
    subject.faults.leave_room(Some(0));
    a.set_text("for a").unwrap();
    assert!(matches!(unsaved_because(subject.blocking().flush(), &["a"]), Error::DiskFull));
    let receipt = b.set_text("for b").unwrap();
    assert!(matches!(receipt.saved_blocking(), Err(Error::DiskFull)));
    assert!(matches!(block_on(b.flush()), Err(Error::DiskFull)));
    assert!(matches!(block_on(b.begin_send()), Err(Error::DiskFull)));
    assert!(matches!(unsaved_because(subject.blocking().close(), &["a", "b"]), Error::DiskFull));
    assert_eq!((subject.text("a").as_deref(), stored(&subject.drafts, "a")), (Some("for a"), None));
    assert_eq!(subject.drafts.unsaved(), [(id("a"), "for a".to_owned()), (id("b"), "for b".to_owned())]);
    b.set_text("for b, longer").expect("the store is open");
    subject.faults.leave_room(None);
    subject.blocking().close().unwrap();
    drop((a, b));
    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    let subject = reopen.open();
    assert_eq!((subject.text("a").as_deref(), subject.text("b").as_deref()), (Some("for a"), Some("for b, longer")));
}

/// After a failure of the disk `unsaved` gives the texts out, and `resume` saves them.
pub fn a_poisoned_store_saves_again_when_it_is_resumed<E: Engine>(config: E::Config) {
    let clock = TestClock::at(0);
    let subject = Subject::<E>::at(&clock, config);
    let composer = compose(&subject, "a");
    composer.set_text("typed").unwrap();
    subject.faults.fail_next_commit(io_error());
    assert!(matches!(unsaved_because(subject.blocking().flush(), &["a"]), Error::Io { .. }));
    assert!(matches!(unsaved_because(subject.blocking().flush(), &["a"]), Error::Poisoned));
    assert_eq!(subject.drafts.unsaved(), [(id("a"), "typed".to_owned())]);
    subject.blocking().resume().unwrap();
    assert_eq!(subject.drafts.save_due(), 1, "at once");
    assert_eq!(stored(&subject.drafts, "a").as_deref(), Some("typed"));
}

/// Of texts that are saved together one that does not fit fails alone.
pub fn a_text_that_does_not_fit_fails_alone<E: Engine>(config: E::Config) {
    let clock = TestClock::at(0);
    let subject = Subject::<E>::at(&clock, config);
    let composers = ["a", "b", "c"].map(|chat| compose(&subject, chat));
    for (composer, text) in composers.iter().zip(["small", &"x".repeat(1_000), "small"]) {
        composer.set_text(text).unwrap();
    }
    subject.faults.leave_room(Some(100));
    assert!(matches!(unsaved_because(subject.blocking().flush(), &["b"]), Error::DiskFull));
    let texts = ["a", "b", "c"].map(|chat| stored(&subject.drafts, chat));
    assert_eq!(texts, [Some("small".to_owned()), None, Some("small".to_owned())]);
}

/// A save that was made, and whose answer was lost, is no conflict with what is typed next.
pub fn a_save_whose_answer_was_lost_is_no_conflict<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    composer.set_text("one").unwrap();
    subject.faults.lose_next_answer(io_error());
    assert!(matches!(unsaved_because(subject.blocking().flush(), &["a"]), Error::Io { .. }));
    composer.set_text("one, two").unwrap();
    subject.blocking().resume().unwrap();
    subject.blocking().flush().unwrap();
    assert_eq!((composer.conflict(), stored(&subject.drafts, "a").as_deref()), (None, Some("one, two")));
}

/// Nor is a plain set, nor a sending, whose text is then among the tickets and not in the draft.
pub fn a_call_whose_answer_was_lost_is_no_conflict<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    composer.set_text("typed").unwrap();
    subject.faults.lose_next_answer(io_error());
    assert!(matches!(subject.set("a", "set"), Err(Error::Io { .. })));
    subject.blocking().resume().unwrap();
    subject.blocking().flush().unwrap();
    assert_eq!((composer.conflict(), composer.text().as_str()), (None, "set"));

    composer.set_text("to send").unwrap();
    subject.faults.lose_next_answer(io_error());
    assert!(matches!(block_on(composer.begin_send()), Err(Error::Io { .. })));
    assert_eq!(composer.text(), "to send", "nobody knows yet");
    subject.blocking().resume().unwrap();
    subject.blocking().flush().unwrap();
    assert_eq!((composer.conflict(), composer.text().as_str()), (None, ""));
    let tickets = subject.blocking().tickets().unwrap();
    assert_eq!(tickets.iter().map(|ticket| ticket.text()).collect::<Vec<_>>(), ["to send"]);
    assert_eq!(stored(&subject.drafts, "a"), None);
}

/// If somebody panics who waits for a receipt, the others of the same commit are told, and saving goes on.
pub fn a_listener_that_panics_stops_nobody<E: Engine>(config: E::Config) {
    struct Panics;
    impl Wake for Panics {
        fn wake(self: Arc<Self>) {
            panic!("a wake-up that panics, as the test asked for");
        }
    }
    let subject = Subject::<E>::new(config);
    let composers = ["a", "b", "c"].map(|chat| compose(&subject, chat));
    subject.faults.shut_gate();
    let mut receipts = composers.each_ref().map(|composer| Box::pin(composer.set_text("typed").unwrap().saved()));
    let waker = Waker::from(Arc::new(Panics));
    assert!(receipts[0].as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let [_, second, third] = receipts;
    std::thread::scope(|scope| {
        let waiting = [second, third].map(|receipt| scope.spawn(|| block_on(receipt)));
        let flushing = scope.spawn(|| subject.blocking().flush());
        subject.faults.wait_for_a_write_at_the_gate();
        subject.faults.open_gate();
        waiting.into_iter().for_each(|waiting| waiting.join().unwrap().unwrap());
        flushing.join().unwrap().unwrap();
    });
    composers[1].set_text("typed on").unwrap().saved_blocking().unwrap();
}

/// An edit never waits for a save that is under way; it is seen at once, and saved next.
pub fn an_edit_during_a_save_is_saved_next<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    subject.faults.shut_gate();
    let first = composer.set_text("one").unwrap();
    std::thread::scope(|scope| {
        let flushing = scope.spawn(|| subject.blocking().flush());
        subject.faults.wait_for_a_write_at_the_gate();
        let second = composer.set_text("two").unwrap();
        assert_eq!(subject.text("a").as_deref(), Some("two"));
        subject.faults.open_gate();
        flushing.join().unwrap().unwrap();
        first.saved_blocking().unwrap();
        second.saved_blocking().unwrap();
    });
    assert_eq!(stored(&subject.drafts, "a").as_deref(), Some("two"));
    assert_eq!(subject.drafts.stats().saves, 2);
}

/// A plain set that comes while a save is under way takes its place.
pub fn a_set_during_a_save_wins<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (chat, composer) = (id("a"), compose(&subject, "a"));
    subject.faults.shut_gate();
    composer.set_text("typed").unwrap();
    std::thread::scope(|scope| {
        let flushing = scope.spawn(|| subject.blocking().flush());
        subject.faults.wait_for_a_write_at_the_gate();
        let set = Waiting::new([set(&subject.drafts, &chat, "set")]);
        subject.faults.open_gate();
        assert!(set.answers()[0].is_ok());
        flushing.join().unwrap().unwrap();
    });
    assert_eq!((composer.text().as_str(), composer.conflict()), ("set", None));
    subject.blocking().flush().unwrap();
    assert_eq!(stored(&subject.drafts, "a").as_deref(), Some("set"));
    composer.set_text("typed on").unwrap();
    subject.blocking().flush().expect("it knows of the set");
}

/// What is typed while a plain set is under way is saved behind it, and is no conflict.
pub fn a_save_behind_a_set_is_no_conflict<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (chat, composer) = (id("a"), compose(&subject, "a"));
    composer.set_text("typed").unwrap();
    subject.faults.shut_gate();
    let set = Waiting::new([set(&subject.drafts, &chat, "set")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let receipt = composer.set_text("typed after").unwrap();
    drop(composer);
    subject.faults.open_gate();
    assert!(set.answers()[0].is_ok());
    receipt.saved_blocking().unwrap();
    assert_eq!(stored(&subject.drafts, "a").as_deref(), Some("typed after"));
}

/// Dropping the future of a plain set does not withdraw it: it takes the place of what was typed before, and what is typed
/// after takes its place.
pub fn a_set_that_nobody_waits_for_is_no_conflict<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    for (typed_after, kept) in [(None, "set"), (Some("typed after"), "typed after")] {
        let (chat, composer) = (id(kept), compose(&subject, kept));
        composer.set_text("typed before").unwrap();
        subject.faults.shut_gate();
        drop(Waiting::new([set(&subject.drafts, &chat, "set")]));
        subject.faults.wait_for_a_write_at_the_gate();
        let typed = typed_after.map(|text| composer.set_text(text).unwrap());
        subject.faults.open_gate();
        subject.blocking().flush().unwrap();
        typed.map_or(Ok(()), |receipt| receipt.saved_blocking()).unwrap();
        assert_eq!((composer.text().as_str(), composer.conflict()), (kept, None));
        assert_eq!(stored(&subject.drafts, kept).as_deref(), Some(kept));
    }
}

/// Sending waits for a save that is under way, takes the newest text, and none of it comes back.
pub fn sending_waits_for_a_save_under_way<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    subject.faults.shut_gate();
    composer.set_text("one").unwrap();
    let ticket = std::thread::scope(|scope| {
        let flushing = scope.spawn(|| subject.blocking().flush());
        subject.faults.wait_for_a_write_at_the_gate();
        composer.set_text("two").unwrap();
        let sending = scope.spawn(|| block_on(composer.begin_send()));
        subject.faults.open_gate();
        flushing.join().unwrap().unwrap();
        sending.join().unwrap().unwrap()
    });
    assert_eq!((ticket.text(), composer.text()), ("two", String::new()));
    drop(composer);
    subject.blocking().flush().unwrap();
    assert_eq!((stored(&subject.drafts, "a"), subject.text("a")), (None, None));
}

/// A sending whose future was dropped is among the tickets, and its text does not come back as a draft.
pub fn a_sending_that_nobody_waits_for_does_not_come_back<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    composer.set_text("typed").unwrap();
    subject.faults.shut_gate();
    {
        let mut sending = pin!(composer.begin_send());
        assert!(matches!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        subject.faults.wait_for_a_write_at_the_gate();
    }
    subject.faults.open_gate();
    subject.blocking().flush().unwrap();
    assert_eq!((composer.text(), composer.conflict()), (String::new(), None));
    drop(composer);
    subject.blocking().flush().unwrap();
    assert_eq!(stored(&subject.drafts, "a"), None);
    let tickets = subject.blocking().tickets().unwrap();
    assert_eq!(tickets.iter().map(|ticket| ticket.text()).collect::<Vec<_>>(), ["typed"]);
}

/// A flush that is given a time gives up when it is over, names what is not saved, and saving goes on.
pub fn a_flush_within_a_time_gives_up<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    subject.faults.shut_gate();
    let receipt = composer.set_text("typed").unwrap();
    let answer = subject.blocking().flush_within(Duration::from_millis(20));
    assert!(matches!(unsaved_because(answer, &["a"]), Error::TimedOut));
    subject.faults.open_gate();
    receipt.saved_blocking().unwrap();
    subject.blocking().flush_within(Duration::from_secs(60)).unwrap();
}

/// Dropping the last `Drafts` on the thread that writes, by whoever is woken there, does not wait for that thread; what is
/// typed is saved all the same.
pub fn dropping_everything_in_a_wake_up_waits_for_nobody<E: Engine>(config: E::Config) {
    /// A task that is forgotten when it is woken.
    struct Forgetful {
        task: Mutex<Option<(Writing, Drafts)>>,
        forgotten: mpsc::Sender<Duration>,
    }
    type Writing = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;
    impl Wake for Forgetful {
        fn wake(self: Arc<Self>) {
            let begun = Instant::now();
            drop(self.task.lock().unwrap().take());
            let _ = self.forgotten.send(begun.elapsed());
        }
    }
    let subject = Subject::<E>::new(config);
    let composer = compose(&subject, "a");
    let (drafts, reopen) = subject.take_apart();
    let writing: Writing = {
        let (drafts, chat) = (drafts.clone(), id("b"));
        Box::pin(async move { drafts.set(&chat, "set").await })
    };
    let (forgotten, times) = mpsc::channel();
    let task = Arc::new(Forgetful { task: Mutex::new(Some((writing, drafts))), forgotten });
    reopen.faults.shut_gate();
    {
        let waker = Waker::from(Arc::clone(&task));
        let mut task = task.task.lock().unwrap();
        let (writing, _) = task.as_mut().unwrap();
        assert!(writing.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    reopen.faults.wait_for_a_write_at_the_gate();
    composer.set_text("typed").unwrap();
    drop(composer);
    reopen.faults.open_gate();
    let time = times.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(time < Duration::from_secs(1), "it has waited for itself: {time:?}");
    let reopened = (0..2_000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        reopen.try_open().ok()
    });
    assert_eq!(stored(&reopened.unwrap(), "a").as_deref(), Some("typed"));
}
