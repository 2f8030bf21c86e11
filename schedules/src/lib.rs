//! An explorer of schedules for the thread machines of the core: the commit queue, the event feed and the shell of `Drafts`.
//!
//! Each test is a scenario of a few callers. It is run under many schedules: which thread goes on at each lock, wait and
//! wake-up is chosen at random, or by priorities with a few preemptions. `SCHEDULES` is the number of schedules a scenario
//! (5,000 if it is not set); `SCHEDULE` is one that a failed test has printed, to run it again.

mod disk;
pub mod drafts;
mod remote;

use std::sync::Arc;
use std::task::Poll;

use chat_drafts_core::engine::EngineStore;
use chat_drafts_core::store::{Batch, Change, Committed};
use chat_drafts_core::{Changes, ConversationId, DraftStore, Event, OrderPolicy, Origin, Result};
use futures_util::StreamExt;
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

pub use disk::{Disk, Explored};

/// The store under test.
pub type Store = EngineStore<Explored>;

/// Preemptions of a schedule by priorities. Most races need one or two.
const PREEMPTIONS: usize = 3;

/// Scheduling steps after which a scenario counts as one that never ends.
const STEPS: usize = 50_000;

/// Runs a scenario under many schedules, half of them at random and half by priorities.
///
/// # Panics
/// If an assertion of the scenario fails, a caller waits for ever, or it never ends. Prints the schedule before.
pub fn explore(scenario: fn()) {
    if let Ok(schedule) = std::env::var("SCHEDULE") {
        shuttle::replay(scenario, &schedule);
        return;
    }
    let schedules = match std::env::var("SCHEDULES") {
        Ok(schedules) => schedules.parse().expect("SCHEDULES is a number"),
        Err(_) => 5_000,
    };
    run(RandomScheduler::new(schedules / 2), scenario);
    run(PctScheduler::new(PREEMPTIONS, schedules - schedules / 2), scenario);
}

fn run(scheduler: impl Scheduler + 'static, scenario: fn()) {
    let mut config = Config::new();
    config.stack_size = 256 * 1024;
    config.max_steps = MaxSteps::FailAfter(STEPS);
    config.silence_warnings = true;
    Runner::new(scheduler, config).run(scenario);
}

/// Opens a store on this disk.
///
/// # Panics
/// If that fails.
pub fn open(disk: &Disk) -> Arc<Store> {
    Arc::new(Store::open(disk.clone()).expect("nothing fails to open"))
}

/// The id of one of a few conversations.
///
/// # Panics
/// Never.
pub fn chat(number: u64) -> ConversationId {
    ConversationId::new(number.to_string()).expect("a number is an id")
}

/// A batch that gives a conversation a new text.
pub fn set(number: u64) -> Batch {
    let change =
        Change::SetDraft { id: chat(number), text: "text".to_owned(), extra: None, base: None, keeps_place: false };
    Batch { changes: vec![change], now: 0, policy: OrderPolicy::default(), origin: Origin::new() }
}

/// Returns true if the store shows the text of [`set`].
///
/// # Panics
/// If the store cannot be read.
pub fn has_text(store: &Store, number: u64) -> bool {
    let records = shuttle::future::block_on(store.get(&[chat(number)])).expect("reads do not fail");
    records[0].as_ref().is_some_and(|record| record.state.draft().is_some())
}

/// Asserts what holds when a commit is answered: it can be read, and its event waits for a reader that came before it.
///
/// # Panics
/// If it does not hold.
pub fn assert_answered(store: &Store, reader: &mut Changes, number: u64, answer: &Result<Committed>) -> u64 {
    let sequence = answer.as_ref().expect("nothing fails to write").sequence;
    assert!(has_text(store, number), "an answered commit can be read");
    let seen = waiting(reader).into_iter().any(|event| event.sequence() >= sequence);
    assert!(seen, "its event comes before its answer");
    sequence
}

/// Takes the events that wait already.
pub fn waiting(reader: &mut Changes) -> Vec<Event> {
    std::iter::from_fn(|| reader.try_next()).collect()
}

/// Reads until the stream ends.
pub async fn read_to_the_end(mut reader: Changes) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = reader.next().await {
        events.push(event);
    }
    events
}

/// Asserts that these events leave no gap behind `before`, but for one that a resync covers. Returns where they end.
///
/// # Panics
/// If one is missing, comes twice or out of order.
pub fn assert_no_gap(events: &[Event], before: u64) -> u64 {
    events.iter().fold(before, |seen, event| {
        match event {
            Event::Resync { sequence } => assert!(*sequence >= seen, "a resync never leads back"),
            event => assert_eq!(event.sequence(), seen + 1, "exactly once, in commit order"),
        }
        event.sequence()
    })
}

/// Asserts that these are the events of the commits 1 to `last`, and no other.
///
/// # Panics
/// If they are not.
pub fn assert_all(events: &[Event], last: u64) {
    assert!(!events.iter().any(|event| matches!(event, Event::Resync { .. })), "nobody was slow");
    assert_eq!(assert_no_gap(events, 0), last);
}

/// Polls a future once, on behalf of nobody.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::Pin::new(future).poll(&mut context)
}

/// Waits until nobody has the disk open.
pub fn wait_until_released(disk: &Disk) {
    while disk.is_open() {
        shuttle::thread::yield_now();
    }
}
