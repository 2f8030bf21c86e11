//! Wakers of the host's: one panics, one makes calls, one owns the last handle.

use std::panic::resume_unwind;
use std::sync::Arc;

use chat_drafts_core::Error;
use schedules::drafts::{Home, Pace, begin, begin_set, compose, join_all, text, waker};
use schedules::{chat, explore};
use shuttle::future::{block_on, spawn};
use shuttle::sync::Mutex;
use shuttle::thread;

#[test]
fn a_panic_stops_nobody() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let panicking = waker((), || resume_unwind(Box::new("a waker that panics, as the test asked for")));
        let held = begin_set(&drafts, 1, "held", &panicking);
        let callers = [1, 1, 2].map(|number| {
            let (drafts, panicking) = (drafts.clone(), panicking.clone());
            thread::spawn(move || {
                drop(begin(drafts.set(&chat(number), "dropped"), &panicking));
                if let Some(set) = begin(drafts.set(&chat(number), "set"), &panicking) {
                    block_on(set).unwrap();
                }
            })
        });
        let composer = compose(&drafts, 3);
        composer.set_text("typed").unwrap();
        drop(begin(drafts.flush(), &panicking));
        join_all(callers);
        block_on(drafts.flush()).unwrap();
        if let Some(held) = held {
            block_on(held).unwrap();
        }
        block_on(drafts.close()).unwrap();
        drop((composer, drafts, panicking));
        assert_eq!(home.stored([1, 2, 3]), ["set", "set", "typed"]);
    });
}

#[test]
fn a_call_inside_is_refused_or_answered() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = Arc::new(compose(&drafts, 2));
        let begun = Arc::new(Mutex::new(Vec::new()));
        let calls = {
            let (drafts, composer, begun) = (drafts.clone(), Arc::clone(&composer), Arc::clone(&begun));
            waker((), move || {
                assert!(matches!(drafts.blocking().set(&chat(1), "late"), Err(Error::WouldDeadlock)));
                composer.set_text("typed").unwrap();
                // Begun here, and finished by whoever waits for it.
                let mut set = Box::pin({
                    let drafts = drafts.on_this_thread();
                    async move { drafts.set(&chat(3), "inside").await }
                });
                let mut context = std::task::Context::from_waker(std::task::Waker::noop());
                if set.as_mut().poll(&mut context).is_pending() {
                    begun.lock().unwrap().push(spawn(set));
                }
            })
        };
        let held = begin_set(&drafts, 1, "held", &calls);
        let behind = {
            let drafts = drafts.clone();
            thread::spawn(move || block_on(drafts.set(&chat(1), "set")).unwrap())
        };
        behind.join().unwrap();
        if let Some(held) = held {
            block_on(held).unwrap();
            while composer.text().is_empty() {
                thread::yield_now();
            }
            block_on(drafts.set(&chat(4), "behind")).unwrap();
        }
        let tasks = std::mem::take(&mut *begun.lock().unwrap());
        for task in tasks {
            block_on(task).unwrap().unwrap();
        }
        block_on(drafts.flush()).unwrap();
        let typed = composer.text();
        assert_eq!(text(&drafts, 2), typed);
        drop((calls, composer, drafts));
        let [set, stored, _] = home.stored([1, 2, 3]);
        assert_eq!((&*set, stored), ("set", typed));
    });
}

#[test]
fn a_waker_may_own_the_last_handle() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = compose(&drafts, 2);
        composer.set_text("typed").unwrap();
        let owner = waker(composer, || {});
        let (first, second) = (drafts.clone(), drafts);
        let dropped = {
            let owner = owner.clone();
            thread::spawn(move || drop(begin(first.set(&chat(1), "set"), &owner)))
        };
        drop(begin(second.set(&chat(3), "set"), &owner));
        drop((owner, second));
        dropped.join().unwrap();
        assert_eq!(home.stored([1, 2, 3]), ["set", "typed", "set"]);
    });
}
