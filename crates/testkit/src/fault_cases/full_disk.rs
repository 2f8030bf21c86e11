//! Rule 17: a full disk loses nothing.

use chat_drafts_core::engine::Engine;
use chat_drafts_core::{Error, Query};

use super::setup::{Subject, Waiting, id, io_error, sequences, set};

/// A write that finds no room is refused, and nothing else is: smaller ones go on, and it works itself when there is
/// room.
pub fn a_full_disk_refuses_what_does_not_fit<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let large = "x".repeat(1_000);
    subject.must_set("a", "one");
    subject.faults.leave_room(Some(100));
    for _ in 0..2 {
        assert!(matches!(subject.set("a", &large), Err(Error::DiskFull)));
        assert!(matches!(pollster::block_on(subject.drafts.set(&id("b"), &large)), Err(Error::DiskFull)));
        assert_eq!((subject.text("a").as_deref(), subject.text("b")), (Some("one"), None));
    }
    subject.must_set("a", "two");
    subject.faults.leave_room(None);
    subject.must_set("a", &large);
    assert_eq!(subject.text("a"), Some(large));
}

/// A disk that is full to the last byte refuses every write, reads go on, and writes work again when there is room,
/// without `resume`.
pub fn a_full_disk_is_no_poison<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let mut events = subject.drafts.subscribe();
    subject.must_set("a", "one");
    subject.faults.leave_room(Some(0));
    for _ in 0..3 {
        assert!(matches!(subject.set("a", "two"), Err(Error::DiskFull)));
        assert_eq!(subject.text("a").as_deref(), Some("one"));
    }
    subject.faults.leave_room(None);
    // Or it is found out at the last moment.
    subject.faults.fail_next_commit(Error::DiskFull);
    assert!(matches!(subject.set("a", "two"), Err(Error::DiskFull)));
    subject.must_set("a", "two");
    assert_eq!(sequences(&mut events), [1, 2]);
}

/// All of a group is tried one by one when it does not fit together: a large neighbour fails alone.
pub fn a_large_neighbour_fails_alone<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let mut events = subject.drafts.subscribe();
    let large = "x".repeat(1_000);
    let chats: Vec<_> = (0..8).map(|number| id(&number.to_string())).collect();
    subject.faults.shut_gate();
    let first = Waiting::new([set(&subject.drafts, &chats[0], "small")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let text = |number| if number == 4 { large.as_str() } else { "small" };
    let others = Waiting::new((1..8).map(|number| set(&subject.drafts, &chats[number], text(number))));
    subject.faults.leave_room(Some(100));
    subject.faults.open_gate();

    assert!(first.answers()[0].is_ok());
    for (number, answer) in (1..).zip(others.answers()) {
        match number {
            4 => assert!(matches!(answer, Err(Error::DiskFull))),
            _ => assert!(answer.unwrap().is_changed()),
        }
    }
    assert_eq!(sequences(&mut events), (1..8).collect::<Vec<_>>());
    assert_eq!(subject.blocking().list(Query::all()).unwrap().items.len(), 7);
    subject.faults.leave_room(None);
    subject.must_set("4", &large);
}

/// An engine that has to be opened anew after a full disk is, by the store itself; if that fails, the next call tries
/// again.
pub fn an_engine_that_needs_it_is_opened_anew<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "one");
    let before = subject.faults.opens();
    subject.faults.fail_next_commit(Error::DiskFull);
    assert!(matches!(subject.set("a", "two"), Err(Error::DiskFull)));
    assert_eq!(subject.faults.opens() - before, usize::from(E::REOPEN_AFTER_FULL));
    subject.must_set("a", "two");
    if E::REOPEN_AFTER_FULL {
        subject.faults.fail_next_commit(Error::DiskFull);
        subject.faults.fail_next_open(io_error());
        assert!(matches!(subject.set("a", "three"), Err(Error::DiskFull)));
        assert_eq!(subject.text("a").as_deref(), Some("two"));
        subject.must_set("a", "three");
    }
}
