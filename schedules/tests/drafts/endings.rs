//! Suspending, closing, failing stores, and the drop of the last handle.

use std::task::Waker;

use chat_drafts_core::{Drafts, Error};
use schedules::drafts::{Home, Pace, begin, compose, join_all, text};
use schedules::{chat, explore};
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;

/// A thread that types in a field until it is refused; returns what was taken last.
fn type_until_closed(drafts: &Drafts, number: u64) -> thread::JoinHandle<String> {
    let drafts = drafts.clone();
    thread::spawn(move || {
        let Ok(composer) = block_on(drafts.compose(&chat(number))) else { return String::new() };
        let mut taken = String::new();
        for text in ["1", "2", "3"] {
            match composer.set_text(text) {
                Ok(_) => taken = text.to_owned(),
                Err(error) => assert!(matches!(error, Error::Closed)),
            }
        }
        taken
    })
}

/// A thread that sets texts; returns what was answered `Ok` last.
fn set_until(drafts: &Drafts, number: u64, may_fail: fn(&Error) -> bool) -> thread::JoinHandle<String> {
    let drafts = drafts.clone();
    thread::spawn(move || {
        let mut stored = String::new();
        for text in ["1", "2"] {
            match block_on(drafts.set(&chat(number), text)) {
                Ok(_) => stored = text.to_owned(),
                Err(error) => assert!(may_fail(&error), "{error}"),
            }
        }
        stored
    })
}

#[test]
fn closing_loses_nothing_that_was_taken() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let typists = [1, 2].map(|number| type_until_closed(&drafts, number));
        let setting = set_until(&drafts, 3, |error| matches!(error, Error::Closed));
        let impatient = {
            let drafts = drafts.clone();
            thread::spawn(move || drop(begin(drafts.close(), Waker::noop())))
        };
        block_on(drafts.close()).unwrap();
        assert!(matches!(block_on(drafts.set(&chat(4), "late")), Err(Error::Closed)));
        impatient.join().unwrap();
        let typed = typists.map(|typist| typist.join().unwrap());
        let set = setting.join().unwrap();
        assert_eq!(drafts.unsaved(), []);
        block_on(drafts.close()).unwrap();
        drop(drafts);
        let [first, second, third, late] = home.stored([1, 2, 3, 4]);
        assert_eq!(([first, second], third, late), (typed, set, String::new()));
    });
}

#[test]
fn a_close_that_nobody_waits_for_ends() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = compose(&drafts, 1);
        composer.set_text("typed").unwrap();
        drop(begin(drafts.close(), Waker::noop()));
        // The worker closes the store while the handle is there.
        while !matches!(block_on(drafts.get(&chat(2))), Err(Error::Closed)) {
            thread::yield_now();
        }
        drop((composer, drafts));
        assert_eq!(home.stored([1]), ["typed"]);
    });
}

#[test]
fn suspending_keeps_what_is_typed() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = compose(&drafts, 1);
        let typing = thread::spawn(move || {
            for text in ["1", "2", "3"] {
                composer.set_text(text).unwrap();
            }
            composer
        });
        let setting = set_until(&drafts, 2, |error| matches!(error, Error::Suspended));
        let impatient = {
            let drafts = drafts.clone();
            thread::spawn(move || {
                drop(begin(drafts.suspend(), Waker::noop()));
                drop(begin(drafts.resume(), Waker::noop()));
            })
        };
        block_on(drafts.suspend()).unwrap();
        block_on(drafts.resume()).unwrap();
        impatient.join().unwrap();
        let composer = typing.join().unwrap();
        let set = setting.join().unwrap();
        // Behind those that nobody waited for.
        block_on(drafts.resume()).unwrap();
        block_on(drafts.flush()).unwrap();
        assert_eq!((composer.text(), text(&drafts, 1), text(&drafts, 2)), ("3".into(), "3".into(), set.clone()));
        block_on(drafts.set(&chat(3), "after")).unwrap();
        drop((composer, drafts));
        assert_eq!(home.stored([1, 2, 3]), ["3".into(), set, "after".into()]);
    });
}

#[test]
fn dropping_the_last_handle_saves() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composers = [1, 2].map(|number| compose(&drafts, number));
        composers[0].set_text("a").unwrap();
        if thread_rng().gen_bool(0.5) {
            // Some calls are under way.
            drop(begin(drafts.set(&chat(3), "c"), Waker::noop()));
        } else {
            block_on(drafts.set(&chat(3), "c")).unwrap();
        }
        match thread_rng().gen_range(0..3) {
            0 => drop(begin(drafts.suspend(), Waker::noop())),
            1 => block_on(drafts.suspend()).unwrap(),
            _ => {}
        }
        composers[1].set_text("b").unwrap();
        let leaving = composers.map(|composer| thread::spawn(move || drop(composer)));
        drop(drafts);
        join_all(leaving);
        assert_eq!(home.stored([1, 2, 3]), ["a", "b", "c"]);
    });
}

#[test]
fn a_failed_write_is_made_up_for() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        home.fail_write(thread_rng().gen_range(1..5));
        let may_fail = |error: &Error| matches!(error, Error::Io { .. } | Error::Poisoned);
        let composer = compose(&drafts, 1);
        let setting = set_until(&drafts, 2, may_fail);
        let typing = {
            let drafts = drafts.clone();
            thread::spawn(move || {
                let composer = compose(&drafts, 1);
                for text in ["1", "2", "3"] {
                    composer.set_text(text).unwrap();
                }
            })
        };
        let abandoned = {
            let drafts = drafts.clone();
            thread::spawn(move || drop(begin(drafts.set(&chat(3), "dropped"), Waker::noop())))
        };
        if let Err(error) = block_on(drafts.flush()) {
            assert!(matches!(error, Error::Unsaved { .. }), "{error}");
        }
        typing.join().unwrap();
        abandoned.join().unwrap();
        let set = setting.join().unwrap();
        let closed = thread_rng().gen_bool(0.5).then(|| block_on(drafts.close()));
        match &closed {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                assert!(matches!(error, Error::Unsaved { .. }), "{error}");
                // The worker may have tried again since.
                assert!(drafts.unsaved().iter().all(|unsaved| *unsaved == (chat(1), "3".to_owned())));
            }
            None => assert_eq!(composer.text(), "3"),
        }
        home.fail_write(0);
        if !matches!(closed, Some(Ok(()))) {
            block_on(drafts.resume()).unwrap();
            // A save that was under way may still answer that it has failed.
            let _ = block_on(drafts.flush());
            block_on(drafts.flush()).unwrap();
            assert!(composer.conflict().is_none());
            assert_eq!((composer.text(), text(&drafts, 1)), ("3".into(), "3".into()));
        }
        drop((composer, drafts));
        let [typed, stored] = home.stored([1, 2]);
        assert_eq!(typed, "3");
        // A write that was not answered well may have been made.
        assert!(stored >= set, "{stored} {set}");
    });
}
