//! Composers beside the autosave worker.

use std::time::Duration;

use chat_drafts_core::{Composer, Drafts, Error, Receipt};
use schedules::drafts::{Home, Pace, compose, join_all, text};
use schedules::explore;
use shuttle::future::block_on;
use shuttle::thread;

/// A thread that opens a field and types these texts; returns it, and the receipt of the last one.
fn type_in<const N: usize>(
    drafts: &Drafts,
    number: u64,
    texts: [&'static str; N],
) -> thread::JoinHandle<(Composer, Receipt)> {
    let drafts = drafts.clone();
    thread::spawn(move || {
        let composer = compose(&drafts, number);
        let receipts = texts.map(|text| composer.set_text(text).unwrap());
        (composer, receipts.into_iter().next_back().unwrap())
    })
}

#[test]
fn two_typists_share_one_text() {
    explore(|| {
        let (home, pace) = (Home::any(), Pace::any());
        let drafts = home.drafts(pace);
        let typists = [type_in(&drafts, 1, ["a1", "a2", "a3"]), type_in(&drafts, 1, ["b1", "b2"])];
        let flushing = (pace == Pace::Slow).then(|| {
            let drafts = drafts.clone();
            thread::spawn(move || block_on(drafts.flush()).unwrap())
        });
        let [(first, receipt), (second, other)] = typists.map(|typist| typist.join().unwrap());
        let typed = first.text();
        assert!(["a3", "b2"].contains(&&*typed), "{typed}");
        assert_eq!(second.text(), typed);
        if pace == Pace::Slow {
            block_on(drafts.flush()).unwrap();
        }
        receipt.saved_blocking().unwrap();
        block_on(other.saved()).unwrap();
        assert_eq!(drafts.unsaved(), []);
        assert_eq!(text(&drafts, 1), typed);
        join_all(flushing);
        drop((first, second, drafts));
        assert_eq!(home.stored([1]), [typed]);
    });
}

#[test]
fn edits_are_saved_without_a_call() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::Quick);
        let typists = [1, 2].map(|number| {
            let drafts = drafts.clone();
            thread::spawn(move || {
                let composer = compose(&drafts, number);
                for text in ["1", "2", "3"] {
                    let receipt = composer.set_text(text).unwrap();
                    if text != "2" {
                        receipt.saved_blocking().unwrap();
                    }
                }
            })
        });
        join_all(typists);
        drop(drafts);
        assert_eq!(home.stored([1, 2]), ["3", "3"]);
    });
}

#[test]
fn a_flush_ends_beside_edits() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let field = compose(&drafts, 1);
        field.set_text("before").unwrap();
        let typist = type_in(&drafts, 1, ["a1", "a2"]);
        let leaving = type_in(&drafts, 2, ["b1"]);
        let in_time = {
            let drafts = drafts.clone();
            thread::spawn(move || match drafts.blocking().flush_within(Duration::from_secs(1)) {
                Ok(()) => {}
                Err(Error::Unsaved { reason, .. }) => assert!(matches!(*reason, Error::TimedOut)),
                Err(error) => panic!("{error}"),
            })
        };
        // A caller that goes away while it waits.
        drop(schedules::drafts::begin(drafts.flush(), std::task::Waker::noop()));
        block_on(drafts.flush()).unwrap();
        block_on(field.flush()).unwrap();
        drop(leaving.join().unwrap());
        let (composer, receipt) = typist.join().unwrap();
        drop(composer);
        in_time.join().unwrap();
        block_on(drafts.flush()).unwrap();
        block_on(receipt.saved()).unwrap();
        assert_eq!(field.text(), "a2");
        drop(drafts);
        // The last handle.
        drop(field);
        assert_eq!(home.stored([1, 2]), ["a2", "b1"]);
    });
}

#[test]
fn who_waits_for_a_save_learns_of_the_end() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::Slow);
        let (composer, receipt) = type_in(&drafts, 1, ["a1"]).join().unwrap();
        let waiting = thread::spawn(move || receipt.saved_blocking());
        let leaving = thread::spawn(move || drop(composer));
        drop(drafts);
        leaving.join().unwrap();
        match waiting.join().unwrap() {
            Ok(()) | Err(Error::Closed) => {}
            Err(error) => panic!("{error}"),
        }
        assert_eq!(home.stored([1]), ["a1"]);
    });
}
