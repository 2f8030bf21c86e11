//! What the scenarios of `Drafts` share: where a store comes from, a clock, and a look at what is stored in the end.

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_trait::async_trait;
use chat_drafts_core::store::{Batch, Change, Committed, Record, Task};
use chat_drafts_core::{Changes, Clock, Composer, ConversationId, DraftStore, Drafts, Outcome, Page, Query, Result};
use shuttle::future::block_on;
use shuttle::rand::{Rng, thread_rng};
use shuttle::sync::atomic::{AtomicU64, AtomicUsize};

use crate::disk::Disk;
use crate::remote::Host;
use crate::{chat, open, wait_until_released};

/// Where the stores of a scenario are: on the explorer's engine, or on a thread that answers whenever it likes.
#[derive(Clone)]
pub struct Home {
    place: Place,
    /// Stores that are not dropped yet, suspended ones too.
    stores: Arc<AtomicUsize>,
}

#[derive(Clone)]
enum Place {
    Disk(Disk),
    Host(Host),
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Home").finish_non_exhaustive()
    }
}

/// When the autosave worker of a scenario saves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As soon as the clock says so, which it does before long.
    Quick,
    /// After a time that nobody may wait for: unless somebody hurries, three of four scenarios never get there.
    Slow,
}

impl Pace {
    /// Either of them.
    pub fn any() -> Self {
        if thread_rng().gen_bool(0.5) { Self::Quick } else { Self::Slow }
    }
}

impl Home {
    /// Either of them.
    pub fn any() -> Self {
        let place = match thread_rng().gen_bool(0.5) {
            true => Place::Disk(Disk::default()),
            false => Place::Host(Host::default()),
        };
        Self { place, stores: Arc::default() }
    }

    /// Opens the store, which must not be open.
    ///
    /// # Panics
    /// If that fails.
    pub fn drafts(&self, pace: Pace) -> Drafts {
        let builder = match &self.place {
            Place::Disk(disk) => Drafts::builder(Strict::new(open(disk), &self.stores)),
            Place::Host(host) => Drafts::builder(Strict::new(host.open(), &self.stores)),
        };
        let (quiet, longest) = match pace {
            Pace::Quick => (Duration::from_micros(100), Duration::from_micros(300)),
            Pace::Slow => (Duration::from_millis(300), Duration::from_secs(2)),
        };
        builder.autosave(quiet, longest).clock(Running::default()).build().expect("nobody else has the store")
    }

    /// Lets the n-th write from now on fail.
    pub fn fail_write(&self, number: usize) {
        match &self.place {
            Place::Disk(disk) => disk.fail_write(number),
            Place::Host(host) => host.fail_write(number),
        }
    }

    /// Waits until the store is let go of.
    pub fn wait_until_released(&self) {
        while self.stores.load(SeqCst) > 0 {
            shuttle::thread::yield_now();
        }
        match &self.place {
            Place::Disk(disk) => wait_until_released(disk),
            Place::Host(host) => {
                while host.is_open() {
                    shuttle::thread::yield_now();
                }
            }
        }
    }

    /// Waits until the store is let go of; returns the texts of these conversations, as they are stored then.
    ///
    /// # Panics
    /// If they cannot be read.
    pub fn stored<const N: usize>(&self, numbers: [u64; N]) -> [String; N] {
        self.wait_until_released();
        let drafts = self.drafts(Pace::Slow);
        let texts = numbers.map(|number| text(&drafts, number));
        assert!(drafts.unsaved().is_empty(), "nothing was typed in it");
        block_on(drafts.close()).expect("nothing fails");
        drop(drafts);
        self.wait_until_released();
        texts
    }
}

/// Returns the text of a conversation, "" if it has none.
///
/// # Panics
/// If it cannot be read.
pub fn text(drafts: &Drafts, number: u64) -> String {
    let draft = block_on(drafts.get(&chat(number))).expect("reads do not fail");
    draft.map_or_else(String::new, |draft| draft.text().to_owned())
}

/// Opens the input field of a conversation.
///
/// # Panics
/// If it cannot be read.
pub fn compose(drafts: &Drafts, number: u64) -> Composer {
    block_on(drafts.compose(&chat(number))).expect("reads do not fail")
}

/// Polls a future once by this waker; returns it if it is not answered.
pub fn begin<F: Future>(future: F, waker: &Waker) -> Option<Pin<Box<F>>> {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(waker)) {
        Poll::Ready(_) => None,
        Poll::Pending => Some(future),
    }
}

/// Begins to set a text; the future holds a handle of its own.
pub fn begin_set(
    drafts: &Drafts,
    number: u64,
    text: &'static str,
    waker: &Waker,
) -> Option<Pin<Box<impl Future<Output = Result<Outcome>> + use<>>>> {
    let drafts = drafts.clone();
    begin(async move { drafts.set(&chat(number), text).await }, waker)
}

/// Waits for the end of these threads.
///
/// # Panics
/// If one of them has.
pub fn join_all<T>(threads: impl IntoIterator<Item = shuttle::thread::JoinHandle<T>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

/// A waker that does one thing when it is woken, and lets go of what it owns when it is dropped.
pub fn waker<T: Send + Sync + 'static>(owned: T, woken: impl Fn() + Send + Sync + 'static) -> Waker {
    struct Task<F: Fn(), T> {
        woken: F,
        _owned: T,
    }
    impl<F: Fn() + Send + Sync, T: Send + Sync> Wake for Task<F, T> {
        fn wake(self: Arc<Self>) {
            (self.woken)();
        }
    }
    Waker::from(Arc::new(Task { woken, _owned: owned }))
}

/// A clock that goes on whenever somebody looks at it, by some microseconds, and now and then by seconds: when the worker
/// looks, so that it never takes a short time for one that nobody may wait for.
#[derive(Default)]
struct Running(AtomicU64);

impl Clock for Running {
    fn now(&self) -> i64 {
        1_700_000_000_000
    }

    fn elapsed(&self) -> Duration {
        let is_worker = shuttle::thread::current().name() == Some("chat-drafts-save");
        let step = if is_worker && thread_rng().gen_ratio(1, 16) { 3_000_000 } else { thread_rng().gen_range(0..80) };
        Duration::from_micros(self.0.fetch_add(step, SeqCst) + step)
    }
}

/// A store that holds a `Drafts` to what it promises: one write of a conversation at a time, and none once the store is
/// suspended or closed.
struct Strict<S> {
    store: S,
    writes: Mutex<Writes>,
    stores: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Writes {
    under_way: HashSet<ConversationId>,
    is_refused: bool,
}

impl<S> Strict<S> {
    fn new(store: S, stores: &Arc<AtomicUsize>) -> Self {
        stores.fetch_add(1, SeqCst);
        Self { store, writes: Mutex::default(), stores: Arc::clone(stores) }
    }

    fn begin(&self, batch: &Batch) -> Vec<ConversationId> {
        let mut ids: Vec<ConversationId> = batch.changes.iter().flat_map(Change::ids).cloned().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut writes = self.writes.lock().unwrap();
        assert!(!writes.is_refused, "a write of a store that is suspended or closed");
        for id in &ids {
            assert!(writes.under_way.insert(id.clone()), "two writes of one conversation at a time");
        }
        ids
    }

    fn end(&self, ids: &[ConversationId]) {
        let mut writes = self.writes.lock().unwrap();
        ids.iter().for_each(|id| assert!(writes.under_way.remove(id)));
    }

    fn refuse(&self, is_refused: bool) {
        let mut writes = self.writes.lock().unwrap();
        assert!(!is_refused || writes.under_way.is_empty(), "the end of the store while something is written");
        writes.is_refused = is_refused;
    }
}

impl<S> Drop for Strict<S> {
    fn drop(&mut self) {
        self.stores.fetch_sub(1, SeqCst);
    }
}

#[async_trait]
impl<S: DraftStore> DraftStore for Strict<S> {
    async fn get(&self, ids: &[ConversationId]) -> Result<Vec<Option<Record>>> {
        self.store.get(ids).await
    }

    async fn list(&self, query: &Query) -> Result<Page> {
        self.store.list(query).await
    }

    async fn commit(&self, batch: Batch) -> Result<Committed> {
        let ids = self.begin(&batch);
        let committed = self.store.commit(batch).await;
        self.end(&ids);
        committed
    }

    fn changes(&self) -> Changes {
        self.store.changes()
    }

    async fn maintain(&self, task: Task) -> Result<()> {
        if task == Task::Suspend {
            self.refuse(true);
        }
        let done = self.store.maintain(task).await;
        if task == Task::Resume && done.is_ok() {
            self.refuse(false);
        }
        done
    }

    async fn close(&self) -> Result<()> {
        self.refuse(true);
        self.store.close().await
    }

    fn commit_blocking(&self, batch: Batch) -> Result<Committed> {
        let ids = self.begin(&batch);
        let committed = self.store.commit_blocking(batch);
        self.end(&ids);
        committed
    }

    fn identity(&self) -> usize {
        self.store.identity()
    }
}
