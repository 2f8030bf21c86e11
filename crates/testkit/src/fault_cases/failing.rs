//! Rule 17: what follows when a write fails.

use chat_drafts_core::engine::{Engine, Upkeep};
use chat_drafts_core::store::Task;
use chat_drafts_core::{DraftInput, Error, Query, Revision};

use super::setup::{Subject, Waiting, id, io_error, sequences, set};

/// An I/O error is answered to its caller and poisons writing: the next writes are refused, reads go on, `resume`
/// heals, and nothing that was answered is lost. No event tells of a write that failed.
pub fn an_io_error_poisons_until_resume<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let mut events = subject.drafts.subscribe();
    subject.must_set("kept", "kept");
    subject.faults.fail_next_commit(io_error());
    let failed = subject.set("lost", "lost").unwrap_err();
    assert!(matches!(&failed, Error::Io { .. }) && std::error::Error::source(&failed).is_some());
    for _ in 0..2 {
        assert!(matches!(subject.set("late", "late"), Err(Error::Poisoned)));
        assert!(matches!(pollster::block_on(subject.drafts.set(&id("late"), "late")), Err(Error::Poisoned)));
        assert!(matches!(subject.blocking().conversations().pin(&id("kept"), true), Err(Error::Poisoned)));
        assert_eq!(subject.text("kept").as_deref(), Some("kept"));
        assert_eq!(subject.blocking().list(Query::all()).unwrap().items.len(), 1);
        subject.blocking().check().unwrap();
    }
    subject.blocking().resume().unwrap();
    subject.must_set("late", "late");
    assert_eq!((subject.text("kept").as_deref(), subject.text("lost")), (Some("kept"), None));
    assert_eq!(sequences(&mut events), [1, 2], "what failed took no step");
    subject.blocking().resume().unwrap();

    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    let subject = reopen.open();
    assert_eq!((subject.text("kept").as_deref(), subject.text("late").as_deref()), (Some("kept"), Some("late")));
}

/// What is left for later is left until `resume`: after a failed write nothing at all is written.
pub fn nothing_is_kept_up_after_an_io_error<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("kept", "kept");
    subject.faults.owe(Upkeep::Overdue);
    subject.faults.fail_next_commit(io_error());
    subject.set("lost", "lost").unwrap_err();
    assert!(matches!(subject.set("late", "late"), Err(Error::Poisoned)));
    for task in [Task::Checkpoint, Task::Compact] {
        assert!(matches!(pollster::block_on(subject.drafts.store().maintain(task)), Err(Error::Poisoned)));
    }
    assert_eq!(subject.faults.last_keeper(), None);
    subject.blocking().resume().unwrap();
    subject.must_set("late", "late");
    assert!(subject.faults.wait_for_upkeep().is_some());
}

/// A write that was kept although its answer was lost is found after `resume`: readers are told to list again, and no
/// revision is given twice.
pub fn a_lost_answer_is_found_out<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    let mut events = subject.drafts.subscribe();
    subject.faults.lose_next_answer(io_error());
    assert!(matches!(subject.set("a", "two"), Err(Error::Io { .. })));
    assert!(matches!(subject.set("a", "three"), Err(Error::Poisoned)));
    subject.blocking().resume().unwrap();
    assert_eq!(subject.text("a").as_deref(), Some("two"));
    let told = events.try_next().unwrap();
    assert!(matches!(told, chat_drafts_core::Event::Resync { sequence: 2 }));
    assert_eq!(subject.set("a", "three").unwrap().revision(), Revision::new(3));
    assert_eq!(sequences(&mut events), [3]);
}

/// A failure of a group is the answer of everybody in it.
pub fn a_failed_group_answers_everybody<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let chats: Vec<_> = (0..9).map(|number| id(&number.to_string())).collect();
    subject.faults.shut_gate();
    let first = Waiting::new([set(&subject.drafts, &chats[0], "first")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let others = Waiting::new(chats[1..].iter().map(|chat| set(&subject.drafts, chat, "other")));
    subject.faults.fail_next_commit(io_error());
    subject.faults.open_gate();
    assert!(matches!(first.answers()[..], [Err(Error::Io { .. })]));
    for answer in others.answers() {
        assert!(matches!(answer, Err(Error::Poisoned)), "they came behind the failure");
    }
    subject.blocking().resume().unwrap();

    subject.faults.shut_gate();
    let first = Waiting::new([set(&subject.drafts, &chats[0], "first")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let others = Waiting::new(chats[1..].iter().map(|chat| set(&subject.drafts, chat, "other")));
    subject.faults.panic_in_next_write();
    subject.faults.open_gate();
    let answers: Vec<_> = first.answers().into_iter().chain(others.answers()).collect();
    assert!(answers.iter().all(Result::is_err), "a panic is an answer too");
    subject.blocking().resume().unwrap();
    subject.must_set("after", "text");
    assert_eq!(subject.blocking().list(Query::all()).unwrap().items.len(), 1);
}

/// A file that another process holds for a moment is no damage: its caller hears of it, and the next write works.
pub fn a_locked_file_poisons_nothing<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    subject.faults.fail_next_commit(Error::Locked);
    assert!(matches!(subject.set("a", "two"), Err(Error::Locked)));
    assert_eq!(subject.text("a").as_deref(), Some("one"));
    subject.must_set("a", "two");
}

/// A panic inside the engine's write unwinds into nobody: its caller gets an error, writing is poisoned, `resume` heals.
pub fn a_panic_in_a_write_is_an_error<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    for block in [true, false] {
        subject.faults.panic_in_next_write();
        let answer = match block {
            true => subject.set("a", "two"),
            false => pollster::block_on(subject.drafts.set(&id("a"), "two")),
        };
        assert!(matches!(answer, Err(Error::Corrupt { .. })));
        assert!(matches!(subject.set("a", "two"), Err(Error::Poisoned)));
        assert_eq!(subject.text("a").as_deref(), Some("one"));
        subject.blocking().resume().unwrap();
    }
    subject.must_set("a", "two");
}

/// A panic inside the engine's read unwinds into nobody either, and the next read works.
pub fn a_panic_in_a_read_is_an_error<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    subject.faults.panic_in_next_read();
    assert!(matches!(subject.blocking().get(&id("a")), Err(Error::Corrupt { .. })));
    subject.faults.panic_in_next_read();
    assert!(matches!(subject.blocking().list(Query::all()), Err(Error::Corrupt { .. })));
    assert_eq!(subject.text("a").as_deref(), Some("one"));
    subject.must_set("a", "two");
}

/// A `resume` that fails leaves the store as poisoned as it was, and readable as soon as it can be opened; the next one
/// heals.
pub fn a_resume_that_fails_is_tried_again<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    subject.faults.fail_next_commit(io_error());
    subject.set("a", "two").unwrap_err();
    subject.faults.fail_next_open(Error::Locked);
    assert!(matches!(subject.blocking().resume(), Err(Error::Locked)));
    assert_eq!(subject.text("a").as_deref(), Some("one"));
    assert!(matches!(subject.set("a", "two"), Err(Error::Poisoned)));
    subject.blocking().resume().unwrap();
    subject.must_set("a", "two");
    subject.blocking().close().unwrap();
}

/// A poisoned store closes, and opens with all that was answered.
pub fn a_poisoned_store_closes<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    subject.faults.fail_next_commit(io_error());
    subject.set("a", "two").unwrap_err();
    subject.blocking().close().unwrap();
    assert!(matches!(subject.set("a", "two"), Err(Error::Closed)));
    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    let subject = reopen.open();
    assert_eq!(subject.text("a").as_deref(), Some("one"));
    subject.must_set("a", "two");
}

/// An opening that fails holds nothing: the next one works.
pub fn an_opening_that_fails_is_tried_again<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    reopen.faults.fail_next_open(io_error());
    assert!(matches!(reopen.try_open(), Err(Error::Io { .. })));
    assert_eq!(reopen.open().text("a").as_deref(), Some("one"));
}

/// Rules 9 and 13: what deleted conversations left behind stays when it cannot be collected at an opening for lack of
/// room, or because another process holds the file; a late save is refused all the same.
pub fn remains_that_cannot_be_collected_stay<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let base = subject.blocking().revision(&id("gone")).unwrap();
    subject.must_set("gone", "text");
    subject.blocking().conversations().delete(&id("gone")).unwrap();
    let mut subject = subject;
    for fault in [Some(Error::DiskFull), Some(Error::Locked), None] {
        let (drafts, reopen) = subject.take_apart();
        drop(drafts);
        if let Some(fault) = fault {
            reopen.faults.fail_next_commit(fault);
        }
        subject = reopen.open();
        let late = subject.blocking().set_with(&id("gone"), DraftInput::new("late").based_on(base));
        assert!(matches!(late, Err(Error::Conflict { .. })));
    }
    subject.must_set("after", "text");
}
