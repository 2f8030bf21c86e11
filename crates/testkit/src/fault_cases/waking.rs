//! Wakers are the host's code: one may panic, make calls, or own the last handle of the store it is woken by.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use chat_drafts_core::engine::Engine;
use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{Changes, Drafts, Error, OrderPolicy, Origin, Outcome, Query, Result};
use futures_util::StreamExt;
use pollster::block_on;

use super::setup::{Subject, id};

/// Time limit of everything that must not deadlock.
const LIMIT: Duration = Duration::from_secs(10);

type Write = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;

/// A waker that runs one closure when it is woken and another one when its last clone is dropped.
struct Task<W: Fn(), D: Fn()> {
    woken: W,
    dropped: D,
}

impl<W: Fn() + Send + Sync + 'static, D: Fn() + Send + Sync + 'static> Task<W, D> {
    fn waker(woken: W, dropped: D) -> Waker {
        Waker::from(Arc::new(Self { woken, dropped }))
    }
}

impl<W: Fn() + Send + Sync, D: Fn() + Send + Sync> Wake for Task<W, D> {
    fn wake(self: Arc<Self>) {
        (self.woken)();
    }
}

impl<W: Fn(), D: Fn()> Drop for Task<W, D> {
    fn drop(&mut self) {
        (self.dropped)();
    }
}

#[derive(Clone, Copy)]
enum Moment {
    Wake,
    Drop,
}

/// A waker that reports and then panics, without a message on the terminal.
fn panicking(at: Moment, report: &mpsc::Sender<()>) -> Waker {
    let report = report.clone();
    let panic = move || {
        let _ = report.send(());
        resume_unwind(Box::new("a waker that panics, as the test asked for"));
    };
    match at {
        Moment::Wake => Task::waker(panic, || {}),
        Moment::Drop => Task::waker(|| {}, panic),
    }
}

fn reporting(report: &mpsc::Sender<()>) -> Waker {
    let report = report.clone();
    let tell = move || {
        let _ = report.send(());
    };
    Task::waker(tell, || {})
}

/// Runs `act` on a thread of its own. Panics if it has not returned within the time limit.
#[track_caller]
fn in_time<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, answer) = mpsc::channel();
    std::thread::spawn(move || drop(sender.send(act())));
    answer.recv_timeout(LIMIT).unwrap()
}

fn write(drafts: &Drafts, chat: &str) -> Write {
    let (drafts, chat) = (drafts.clone(), id(chat));
    Box::pin(async move { drafts.set(&chat, "text").await })
}

/// Begins a write; it is not ready yet.
fn begin(drafts: &Drafts, chat: &str, waker: &Waker) -> Write {
    let mut write = write(drafts, chat);
    assert!(write.as_mut().poll(&mut Context::from_waker(waker)).is_pending());
    write
}

#[track_caller]
fn must_set_in_time(drafts: &Drafts, chat: &str) {
    let (awaited, blocking) = (write(drafts, chat), drafts.blocking());
    assert!(in_time(move || block_on(awaited)).unwrap().is_changed());
    let chat = id(chat);
    assert!(in_time(move || blocking.set(&chat, "other")).unwrap().is_changed());
}

/// Polls until nothing waits any more.
fn sleep(changes: &mut Changes, waker: &Waker) {
    while changes.poll_next_unpin(&mut Context::from_waker(waker)).is_ready() {}
}

/// A task that panics when it is woken, or when its waker is dropped, keeps no other caller from being answered, and the
/// store goes on.
pub fn a_task_that_panics_stops_no_writer<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let drafts = &subject.drafts;
    for at in [Moment::Wake, Moment::Drop] {
        let (report, panics) = mpsc::channel();
        subject.faults.shut_gate();
        let first = begin(drafts, "first", &panicking(at, &report));
        subject.faults.wait_for_a_write_at_the_gate();
        let mut writes = vec![first];
        let (told, reports) = mpsc::channel();
        for chat in ["a", "b", "c", "d"] {
            let waker = if chat < "c" { panicking(at, &report) } else { reporting(&told) };
            writes.push(begin(drafts, chat, &waker));
        }
        subject.faults.open_gate();
        (0..3).for_each(|_| panics.recv_timeout(LIMIT).unwrap());
        (0..2).for_each(|_| reports.recv_timeout(LIMIT).unwrap());
        let answers = in_time(move || block_on(futures_util::future::join_all(writes)));
        assert!(answers.iter().all(Result::is_ok));
        must_set_in_time(drafts, "later");
        for chat in ["first", "a", "b", "c", "d", "later"] {
            drafts.blocking().clear(&id(chat)).unwrap();
        }
    }
}

/// A subscriber that panics when it is woken, or when its waker is dropped, keeps neither the writer from its answer nor
/// other subscribers from their events; not even when the store closes.
pub fn a_reader_that_panics_stops_nobody<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let drafts = &subject.drafts;
    for at in [Moment::Wake, Moment::Drop] {
        let (report, panics) = mpsc::channel();
        let (told, reports) = mpsc::channel();
        let (mut first, mut second) = (drafts.subscribe(), drafts.subscribe());
        for chat in ["awaited", "blocking"] {
            sleep(&mut first, &panicking(at, &report));
            sleep(&mut second, &reporting(&told));
            let (awaited, blocking) = (write(drafts, chat), drafts.blocking());
            let outcome = match chat {
                "awaited" => in_time(move || block_on(awaited)),
                _ => in_time(move || blocking.set(&id(chat), "text")),
            };
            assert!(outcome.unwrap().is_changed());
            panics.recv_timeout(LIMIT).unwrap();
            reports.recv_timeout(LIMIT).unwrap();
            assert!(first.try_next().is_some() && second.try_next().is_some());
        }
        must_set_in_time(drafts, "later");
        for chat in ["awaited", "blocking", "later"] {
            drafts.blocking().clear(&id(chat)).unwrap();
        }
        sleep(&mut first, &panicking(at, &report));
        drop(first);
    }
    let (report, panics) = mpsc::channel();
    let mut changes = drafts.subscribe();
    sleep(&mut changes, &panicking(Moment::Wake, &report));
    let blocking = drafts.blocking();
    in_time(move || blocking.close()).unwrap();
    panics.recv_timeout(LIMIT).unwrap();
    assert_eq!(in_time(move || changes.next_blocking()), None);
}

/// Makes every kind of blocking call; returns the number of those that were not refused.
fn count_not_refused(drafts: &Drafts, changes: &mut Changes) -> usize {
    let (blocking, chat) = (drafts.blocking(), id("refused"));
    let change =
        Change::SetDraft { id: chat.clone(), text: "x".to_owned(), extra: None, base: None, keeps_place: false };
    let batch = Batch { changes: vec![change], now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
    let answers: [Result<()>; 12] = [
        blocking.set(&chat, "x").map(drop),
        blocking.clear(&chat).map(drop),
        blocking.get(&chat).map(drop),
        blocking.list(Query::all()).map(drop),
        blocking.compose(&chat).map(drop),
        blocking.flush(),
        blocking.flush_within(LIMIT),
        blocking.suspend(),
        blocking.close(),
        blocking.conversations().pin(&chat, true).map(drop),
        blocking.conversations().get(&chat).map(drop),
        drafts.store().commit_blocking(batch).map(drop),
    ];
    let refused = |answer: &Result<()>| matches!(answer, Err(Error::WouldDeadlock));
    answers.iter().filter(|answer| !refused(answer)).count() + usize::from(changes.next_blocking().is_some())
}

/// A blocking call inside a wake-up is refused and does nothing, on the store's thread, on that of a blocking caller, and
/// on one that closes the store.
pub fn a_blocking_call_in_a_wake_up_is_refused<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let drafts = &subject.drafts;
    let (sender, counts) = mpsc::channel();
    let caller = || {
        let (drafts, changes, sender) = (drafts.clone(), Mutex::new(drafts.subscribe()), sender.clone());
        let call = move || {
            let count = count_not_refused(&drafts, &mut changes.lock().unwrap());
            let _ = sender.send((count, std::thread::current().id()));
        };
        Task::waker(call, || {})
    };

    subject.faults.shut_gate();
    let first = begin(drafts, "a", &caller());
    subject.faults.open_gate();
    let (count, thread) = counts.recv_timeout(LIMIT).unwrap();
    assert_eq!((count, Some(thread)), (0, subject.faults.last_writer()));
    assert!(in_time(move || block_on(first)).unwrap().is_changed());
    must_set_in_time(drafts, "b");

    let mut changes = drafts.subscribe();
    sleep(&mut changes, &caller());
    let blocking = drafts.blocking();
    let caller_thread = in_time(move || {
        assert!(blocking.set(&id("c"), "text").unwrap().is_changed());
        // A wake-up that is over refuses nothing any more.
        assert!(blocking.set(&id("c"), "other").unwrap().is_changed());
        std::thread::current().id()
    });
    assert_eq!(counts.recv_timeout(LIMIT).unwrap(), (0, caller_thread));
    assert_eq!(drafts.blocking().get(&id("refused")).unwrap(), None);

    sleep(&mut changes, &caller());
    let blocking = drafts.blocking();
    in_time(move || blocking.close()).unwrap();
    assert_eq!(counts.recv_timeout(LIMIT).unwrap().0, 0);
}

/// An awaited call can be begun inside a wake-up, and is answered later.
pub fn an_awaited_call_in_a_wake_up_is_answered<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (sender, begun) = mpsc::channel();
    let drafts = subject.drafts.clone();
    let waker = Task::waker(
        move || {
            let mut write = write(&drafts, "b");
            let ready = write.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready();
            let _ = sender.send((write, ready));
        },
        || {},
    );
    subject.faults.shut_gate();
    let first = begin(&subject.drafts, "a", &waker);
    subject.faults.open_gate();
    let (second, ready) = begun.recv_timeout(LIMIT).unwrap();
    assert!(!ready, "the thread that writes is this one");
    assert!(in_time(move || block_on(first)).unwrap().is_changed());
    assert!(in_time(move || block_on(second)).unwrap().is_changed());
}

/// A waker that owns the last `Drafts` is dropped when a reader polls with another one, or leaves: that closes the store
/// and deadlocks nobody.
pub fn a_waker_may_own_the_last_drafts<E: Engine>(config: E::Config) {
    let mut subject = Subject::<E>::new(config);
    for leaves in [false, true] {
        let mut changes = subject.drafts.subscribe();
        let (drafts, reopen) = subject.take_apart();
        let drafts = Mutex::new(Some(drafts));
        sleep(&mut changes, &Task::waker(|| {}, move || drop(drafts.lock().unwrap().take())));
        if leaves {
            in_time(move || drop(changes));
        } else {
            let polled = in_time(move || {
                let polled = changes.poll_next_unpin(&mut Context::from_waker(Waker::noop()));
                (polled, changes.next_blocking())
            });
            assert_eq!(polled, (Poll::Pending, None), "then the store is closed");
        }
        subject = reopen.open();
    }
}
