//! Calls of several threads at once: some are waited for, some are dropped, some are not polled any more.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize as Count;
use std::sync::atomic::Ordering::SeqCst;
use std::task::Waker;

use chat_drafts_core::{Drafts, Error, Outcome, Result};
use schedules::drafts::{Home, Pace, begin, begin_set, compose, join_all, text, waker};
use schedules::{chat, explore};
use shuttle::future::{block_on, spawn};
use shuttle::sync::atomic::AtomicBool;
use shuttle::thread;

fn run<T: Send + 'static>(drafts: &Drafts, act: impl FnOnce(Drafts) -> T + Send + 'static) -> thread::JoinHandle<T> {
    let drafts = drafts.clone();
    thread::spawn(move || act(drafts))
}

/// A thread that begins a set and drops it.
fn abandon_set(drafts: &Drafts, number: u64, text: &'static str) -> thread::JoinHandle<()> {
    run(drafts, move |drafts| drop(begin(drafts.set(&chat(number), text), Waker::noop())))
}

#[test]
fn calls_on_one_conversation_are_answered_in_turn() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        // Nobody polls this one until all others are answered.
        let held = begin_set(&drafts, 1, "held", Waker::noop());
        let waiting = [
            run(&drafts, |drafts| block_on(drafts.set(&chat(1), "a")).unwrap()),
            run(&drafts, |drafts| block_on(drafts.clear(&chat(1))).unwrap()),
            run(&drafts, |drafts| drafts.blocking().set(&chat(1), "c").unwrap()),
        ];
        abandon_set(&drafts, 1, "d").join().unwrap();
        join_all(waiting);
        block_on(drafts.set(&chat(1), "last")).unwrap();
        assert_eq!(text(&drafts, 1), "last");
        if let Some(held) = held {
            block_on(held).unwrap();
        }
        assert_eq!(text(&drafts, 1), "last");
        drop(drafts);
        assert_eq!(home.stored([1]), ["last"]);
    });
}

#[test]
fn calls_on_several_conversations_go_on_by_themselves() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let held = [1, 2].map(|number| begin_set(&drafts, number, "held", Waker::noop()));
        let callers = [(1, "a"), (2, "b"), (3, "c")].map(|(number, text)| {
            run(&drafts, move |drafts| {
                drop(begin(drafts.clear(&chat(number)), Waker::noop()));
                match number {
                    1 => drafts.blocking().set(&chat(number), text).unwrap(),
                    _ => block_on(drafts.set(&chat(number), text)).unwrap(),
                };
            })
        });
        join_all(callers);
        assert_eq!([1, 2, 3].map(|number| text(&drafts, number)), ["a", "b", "c"]);
        drop(drafts);
        // A call that is held keeps the store.
        for held in held.into_iter().flatten() {
            block_on(held).unwrap();
        }
        assert_eq!(home.stored([1, 2, 3]), ["a", "b", "c"]);
    });
}

#[test]
fn an_abandoned_call_is_finished() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let callers = [
            abandon_set(&drafts, 1, "a"),
            abandon_set(&drafts, 2, "b"),
            run(&drafts, |drafts| {
                drop(begin(drafts.clear(&chat(3)), Waker::noop()));
                drop(begin(drafts.set(&chat(3), "c"), Waker::noop()));
            }),
        ];
        join_all(callers);
        // Nobody calls any more: the worker finishes them.
        while [1, 2, 3].map(|number| text(&drafts, number)) != ["a", "b", "c"] {
            thread::yield_now();
        }
        drop(drafts);
        assert_eq!(home.stored([1, 2, 3]), ["a", "b", "c"]);
    });
}

#[test]
fn a_caller_may_go_when_the_store_has_answered() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        block_on(drafts.set(&chat(1), "sent")).unwrap();
        let is_woken = Arc::new(AtomicBool::new(false));
        let woken = {
            let is_woken = Arc::clone(&is_woken);
            waker((), move || is_woken.store(true, SeqCst))
        };
        if let Some(sending) = begin(drafts.begin_send(&chat(1)), &woken) {
            let behind = run(&drafts, |drafts| block_on(drafts.set(&chat(1), "new")).unwrap());
            while !is_woken.load(SeqCst) {
                thread::yield_now();
            }
            drop(sending);
            behind.join().unwrap();
        }
        block_on(drafts.set(&chat(1), "newer")).unwrap();
        let tickets = block_on(drafts.tickets()).unwrap();
        assert_eq!(tickets.iter().map(|ticket| ticket.text()).collect::<Vec<_>>(), ["sent"]);
        block_on(tickets[0].confirm()).unwrap();
        assert!(matches!(block_on(tickets[0].abort()), Err(Error::NotPending)));
        drop((tickets, drafts));
        assert_eq!(home.stored([1]), ["newer"]);
    });
}

#[test]
fn what_was_sent_or_cleared_does_not_return() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = compose(&drafts, 1);
        composer.set_text("first").unwrap();
        let sending = run(&drafts, |drafts| match block_on(drafts.begin_send(&chat(1))) {
            Ok(ticket) => {
                let text = ticket.text().to_owned();
                block_on(ticket.confirm()).unwrap();
                text
            }
            Err(Error::NothingToSend) => String::new(),
            Err(error) => panic!("{error}"),
        });
        let clearing = run(&drafts, |drafts| block_on(drafts.clear(&chat(1))).unwrap());
        let typing = run(&drafts, |drafts| {
            let composer = compose(&drafts, 1);
            composer.set_text("second").unwrap();
            composer.set_text("third").unwrap();
        });
        let sent = sending.join().unwrap();
        clearing.join().unwrap();
        typing.join().unwrap();
        block_on(drafts.flush()).unwrap();
        let shown = composer.text();
        assert_eq!(text(&drafts, 1), shown);
        assert!(shown.is_empty() || shown == "third", "{shown}");
        assert!(sent.is_empty() || sent != shown, "{sent} was sent");
        assert!(composer.conflict().is_none());
        assert!(block_on(drafts.tickets()).unwrap().is_empty());
        drop((composer, drafts));
        assert_eq!(home.stored([1]), [shown]);
    });
}

#[test]
fn what_was_not_sent_comes_back_once() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = compose(&drafts, 1);
        composer.set_text("sent").unwrap();
        let ticket = block_on(composer.begin_send()).unwrap();
        let typing = run(&drafts, |drafts| {
            let composer = compose(&drafts, 1);
            composer.set_text("typed").unwrap();
            composer
        });
        let aborting = thread::spawn(move || {
            block_on(ticket.abort()).unwrap();
            assert!(matches!(ticket_end(&ticket), Err(Error::NotPending)));
        });
        let renaming =
            run(&drafts, |drafts| drop(begin(drafts.conversations().rename(&chat(1), &chat(2)), Waker::noop())));
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 1 unsaved {:?}", 0);
        }
        aborting.join().unwrap();
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 2 unsaved {:?}", 0);
        }
        renaming.join().unwrap();
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 3 unsaved {:?}", 0);
        }
        let other = typing.join().unwrap();
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 4 unsaved {:?}", 0);
        }
        block_on(drafts.flush()).unwrap();
        // A rename that nobody waits for is over when a call behind it is answered.
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 5 unsaved {:?}", 0);
        }
        block_on(composer.flush()).unwrap();
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 6 unsaved {:?}", 0);
        }
        block_on(drafts.undo_clear(&chat(1))).unwrap_or(Outcome::Unchanged(chat_drafts_core::Revision::new(0)));
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 7 unsaved {:?}", 0);
        }
        block_on(drafts.flush()).unwrap();
        let shown = composer.text();
        // A composer that came when the rename was over is one of the old id.
        if other.id() == composer.id() {
            assert_eq!(other.text(), shown);
            assert!(["typed", "sent\ntyped"].contains(&&*shown), "{shown}");
        } else {
            assert_eq!((&*shown, &*other.text()), ("sent", "typed"));
        }
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 8 unsaved {:?}", 0);
        }
        drop((composer, other, drafts));
        if std::env::var("SCHEDULE").is_ok() {
            eprintln!("TRACE 9 unsaved {:?}", 0);
        }
        let stored = home.stored([1, 2]);
        assert_eq!(stored.iter().filter(|text| text.contains("typed")).count(), 1, "{stored:?}");
        assert!(stored.contains(&shown), "{stored:?}");
    });
}

fn ticket_end(ticket: &chat_drafts_core::Ticket) -> Result<Outcome> {
    block_on(ticket.confirm())
}

#[test]
fn renames_and_deletions_keep_nobody_waiting() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let composer = compose(&drafts, 1);
        composer.set_text("typed").unwrap();
        let callers = [
            run(&drafts, |drafts| block_on(drafts.conversations().rename(&chat(1), &chat(2))).map(drop).unwrap()),
            run(&drafts, |drafts| block_on(drafts.conversations().rename(&chat(2), &chat(1))).map(drop).unwrap()),
            run(&drafts, |drafts| block_on(drafts.conversations().delete(&chat(2))).map(drop).unwrap()),
            run(&drafts, |drafts| drop(begin(drafts.conversations().rename(&chat(1), &chat(2)), Waker::noop()))),
            run(&drafts, |drafts| drafts.blocking().set(&chat(2), "set").map(drop).unwrap()),
        ];
        join_all(callers);
        for number in [1, 2] {
            block_on(drafts.undo_clear(&chat(number)))
                .map_or_else(|error| assert!(matches!(error, Error::Conflict { .. })), drop);
        }
        block_on(drafts.flush()).unwrap();
        let number = if composer.id() == chat(1) { 1 } else { 2 };
        let shown = composer.text();
        assert_eq!(text(&drafts, number), shown);
        assert!(composer.conflict().is_none());
        drop((composer, drafts));
        assert_eq!(home.stored([number]), [shown]);
    });
}

#[test]
fn many_wait_behind_one_that_is_held() {
    explore(|| {
        let home = Home::any();
        let drafts = home.drafts(Pace::any());
        let (first, second) = (chat(1), chat(2));
        let chats = drafts.conversations();
        // A clear needs a load first, a rename two buffers, and nobody goes on with either.
        let clearing = begin(drafts.clear(&first), Waker::noop());
        let renaming = begin(chats.rename(&first, &second), Waker::noop());
        let answered = Arc::new(Count::new(0));
        let waiting = [1, 2, 2].map(|number| {
            let (drafts, answered) = (drafts.clone(), Arc::clone(&answered));
            spawn(async move {
                let outcome = drafts.set(&chat(number), "set").await;
                answered.fetch_add(1, SeqCst);
                outcome
            })
        });
        let composing = run(&drafts, |drafts| {
            let composer = compose(&drafts, 2);
            composer.set_text("typed").unwrap();
        });
        for task in waiting {
            block_on(task).unwrap().unwrap();
        }
        assert_eq!(answered.load(SeqCst), 3);
        composing.join().unwrap();
        block_on(drafts.close()).unwrap();
        assert!(clearing.is_none_or(|held| block_on(held).is_ok()));
        assert!(renaming.is_none_or(|held| block_on(held).is_ok()));
        drop(drafts);
        let [first, second] = home.stored([1, 2]);
        assert_eq!(first, "set");
        assert!(["set", "typed"].contains(&&*second), "{second}");
    });
}
