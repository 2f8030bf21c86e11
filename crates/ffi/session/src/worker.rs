//! One thread that brings calls to the store and answers back to the host.
//!
//! A lone call is written by this thread itself, so it costs no more wake-ups than an awaited call in Rust. While the
//! host's code runs on this thread, which may take any time, calls are given to the store by whoever makes them: what
//! was accepted never waits for a callback.

mod source;

use std::cell::Cell as ThreadLocalCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::Stream;

use source::{Call, Source, Watch};

/// How long the thread stays when nothing is under way.
const IDLE: Duration = Duration::from_secs(5);

/// How often the thread begins what has just come before it lets the host's code run, under a load that never ends.
const ROUNDS: usize = 16;

thread_local! {
    /// The worker whose thread this is, by its address. The thread's own id would cost a foreign thread an allocation.
    static WORKS_FOR: ThreadLocalCell<usize> = const { ThreadLocalCell::new(0) };
}

/// An answer on its way to the host: running it calls the host's code, exactly once.
pub type Reply = Box<dyn FnOnce() + Send>;

/// The work of a call panicked: a fault inside this library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault inside chat-drafts: the call panicked")
    }
}

impl std::error::Error for Panicked {}

/// Where the host's code runs, if not on the worker's thread: a queue of the host's own.
///
/// ```
/// use std::sync::mpsc;
/// use chat_drafts_session::{Executor, Reply};
///
/// /// The host takes replies from the other end when it is ready for them.
/// struct Queue(mpsc::Sender<Reply>);
///
/// impl Executor for Queue {
///     fn execute(&self, reply: Reply) {
///         let _ = self.0.send(reply);
///     }
/// }
/// ```
pub trait Executor: Send + Sync + 'static {
    /// Runs the reply once, soon, in the order of these calls. One that is dropped is an answer the host never gets.
    fn execute(&self, reply: Reply);
}

/// The thread that serves a host: calls go in, each comes out as exactly one answer, never on the caller's stack.
///
/// It starts with the first need, and ends when it has been idle for five seconds, or by [`close`](Self::close).
///
/// ```
/// use std::sync::mpsc;
/// use chat_drafts_session::{Failure, Worker};
///
/// let worker = Worker::default();
/// let (sender, answers) = mpsc::channel();
/// worker.call(|_| async { Ok::<_, Failure>(7) }, move |answer| sender.send(answer).unwrap());
/// assert_eq!(answers.recv().unwrap(), Ok(7));
/// worker.close();
/// ```
///
/// Clones are the same worker.
#[derive(Clone, Default)]
pub struct Worker {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Wakes the thread.
    bell: Condvar,
    /// Wakes who waits for everything to be begun.
    caught_up: Condvar,
    /// Wakes who waits for everything to be answered.
    settled: Condvar,
}

#[derive(Default)]
struct State {
    /// What nobody has begun yet, in the order it came.
    inbox: VecDeque<Arc<Task>>,
    /// How many the thread has still to begin: those in the inbox, and those it has just taken.
    unbegun: usize,
    /// What can go on.
    ready: VecDeque<Ready>,
    /// Whether the host's code runs on the thread, or is about to, so that callers begin their own calls.
    calls_back: bool,
    /// How many calls have no answer yet, and how many streams have not ended, by the age they began in.
    live: BTreeMap<u64, usize>,
    /// One more with each closing, which waits for what is of an earlier age.
    age: u64,
    is_running: bool,
    is_asleep: bool,
    is_closing: bool,
    /// The thread, or the one before it.
    thread: Option<JoinHandle<()>>,
    executor: Option<Arc<dyn Executor>>,
}

enum Ready {
    Wakened(Arc<Task>),
    Begun(Replies),
}

/// What a task came to.
#[derive(Default)]
struct Replies {
    replies: Vec<Reply>,
    /// The age of a task that is finished by this.
    finished: Option<u64>,
}

/// A call or a stream under way.
struct Task {
    /// `None` when it is finished.
    source: Mutex<Option<Box<dyn Source>>>,
    age: u64,
    shared: Arc<Shared>,
}

impl Worker {
    /// Lets answers run on this executor from now on; `None` is the worker's own thread.
    pub fn set_executor(&self, executor: Option<Arc<dyn Executor>>) {
        self.shared.lock().executor = executor;
    }

    /// Does `work` and gives `answer` what came of it, once, even if `work` panics.
    ///
    /// `work` is told whether it is alone, so that blocking the worker's thread is the quickest way.
    pub fn call<T, E, F>(
        &self,
        work: impl FnOnce(bool) -> F + Send + 'static,
        answer: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<Panicked> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.submit(Box::new(Call::new(work, answer)));
    }

    /// Gives `on_item` each item of a stream until it ends.
    pub fn watch<S: Stream + Send + 'static>(&self, stream: S, on_item: impl Fn(S::Item) + Send + Sync + 'static)
    where
        S::Item: Send + 'static,
    {
        self.submit(Box::new(Watch::new(stream, on_item)));
    }

    /// Whether this is the worker's own thread: the host's code runs inside a callback.
    pub fn is_current(&self) -> bool {
        WORKS_FOR.get() == self.shared.address()
    }

    /// Waits until every call that was made before is answered and every stream has ended, and until the thread is gone,
    /// unless somebody still calls. Streams end when their store is closed: close it first. On the worker's own thread it
    /// does not wait; the thread ends by itself then.
    ///
    /// A call made later starts a new thread.
    pub fn close(&self) {
        let shared = &self.shared;
        let mut state = shared.lock();
        state.is_closing = true;
        state.age += 1;
        let age = state.age;
        shared.bell.notify_one();
        if self.is_current() {
            return;
        }
        let has_older = |state: &mut State| state.live.first_key_value().is_some_and(|(oldest, _)| *oldest < age);
        let ends = |state: &mut State| has_older(state) || (state.is_running && state.live.is_empty());
        state = shared.settled.wait_while(state, ends).unwrap_or_else(PoisonError::into_inner);
        let thread = if state.is_running { None } else { state.thread.take() };
        drop(state);
        if let Some(thread) = thread {
            // Its panics are caught where they happen.
            let _ = thread.join();
        }
    }

    /// Waits until all that was accepted is begun, so that the store has it before what this thread does next. On the
    /// worker's own thread that is so already, since it is calling back.
    pub fn catch_up(&self) {
        if self.is_current() || self.shared.lock().unbegun == 0 {
            return;
        }
        let (sender, begun) = oneshot::channel::<()>();
        self.call(
            |_| async move {
                drop(sender);
                Ok::<_, Panicked>(())
            },
            |_| {},
        );
        // The sender is dropped when its turn has come.
        let _ = pollster::block_on(begun);
    }

    /// Does this behind all that was accepted, and closes.
    pub fn finish(&self, last: impl Future<Output = ()>) {
        self.catch_up();
        pollster::block_on(last);
        self.close();
    }

    fn submit(&self, source: Box<dyn Source>) {
        let shared = &self.shared;
        let mut state = shared.lock();
        let age = state.age;
        let task = Arc::new(Task { source: Mutex::new(Some(source)), age, shared: Arc::clone(shared) });
        *state.live.entry(age).or_default() += 1;
        if state.is_closing {
            // Whoever closes need not wait for the end of a thread that is wanted again.
            shared.settled.notify_all();
        }
        // What this thread has called before comes first, if the worker is still about to begin it.
        let is_behind = |state: &mut State| state.calls_back && state.unbegun > 0 && !self.is_current();
        state = shared.caught_up.wait_while(state, is_behind).unwrap_or_else(PoisonError::into_inner);
        if state.calls_back {
            drop(state);
            let replies = task.go_on(false);
            if !replies.is_empty() {
                shared.make_ready(Ready::Begun(replies));
            }
        } else {
            state.inbox.push_back(task);
            state.unbegun += 1;
            shared.call_thread(state);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self) as usize
    }

    fn make_ready(self: &Arc<Self>, ready: Ready) {
        let mut state = self.lock();
        state.ready.push_back(ready);
        self.call_thread(state);
    }

    fn call_thread(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.is_asleep {
            state.is_asleep = false;
            drop(state);
            self.bell.notify_one();
            return;
        }
        if state.is_running {
            return;
        }
        let shared = Arc::clone(self);
        match std::thread::Builder::new().name("chat-drafts-host".to_owned()).spawn(move || shared.work()) {
            Ok(thread) => {
                state.thread = Some(thread);
                state.is_running = true;
                state.is_closing = false;
            }
            // There are no threads to be had: better an answer on the caller's stack than none.
            Err(_) => {
                drop(state);
                self.serve();
            }
        }
    }

    /// The thread.
    fn work(self: Arc<Self>) {
        WORKS_FOR.set(self.address());
        loop {
            self.serve();
            let mut state = self.lock();
            if !state.is_idle() {
                continue;
            }
            if !state.live.is_empty() {
                // Somebody else will wake it.
                state.is_asleep = true;
                let woken = self.bell.wait_while(state, |state| state.is_idle() && state.is_asleep);
                woken.unwrap_or_else(PoisonError::into_inner).is_asleep = false;
                continue;
            }
            state.is_asleep = true;
            let wait = self.bell.wait_timeout_while(state, IDLE, |state| state.is_idle() && !state.is_closing);
            let (mut state, timeout) = wait.unwrap_or_else(PoisonError::into_inner);
            state.is_asleep = false;
            if state.is_idle() && (state.is_closing || timeout.timed_out()) {
                // Whoever comes now starts a new thread.
                state.is_running = false;
                self.settled.notify_all();
                break;
            }
        }
    }

    /// Does all there is to do, and returns when nothing is left that can go on.
    fn serve(self: &Arc<Self>) {
        loop {
            let done = self.begin_and_go_on();
            let executor = {
                let mut state = self.lock();
                if done.is_empty() {
                    state.calls_back = false;
                    return;
                }
                state.executor.clone()
            };
            let mut ages = Vec::new();
            for Replies { replies, finished } in done {
                for reply in replies {
                    // A panic of the host's code is the host's: the next answers still arrive.
                    let _ = catch_unwind(AssertUnwindSafe(|| match &executor {
                        Some(executor) => executor.execute(reply),
                        None => reply(),
                    }));
                }
                ages.extend(finished);
            }
            let mut state = self.lock();
            state.calls_back = false;
            if state.finish(&ages) {
                self.settled.notify_all();
            }
        }
    }

    /// Begins what has come and goes on with what can, until nothing is left, so that the host's code can take its time.
    /// From then on callers begin their own calls; under a load that never ends, while the last ones are being begun.
    fn begin_and_go_on(self: &Arc<Self>) -> Vec<Replies> {
        let mut done = Vec::new();
        for round in 1..=ROUNDS {
            let mut state = self.lock();
            if state.is_idle() {
                state.calls_back = !done.is_empty();
                break;
            }
            state.calls_back = round == ROUNDS;
            let (inbox, ready) = (std::mem::take(&mut state.inbox), std::mem::take(&mut state.ready));
            drop(state);
            let begun = inbox.len();
            let is_alone = round == 1 && begun == 1 && ready.is_empty();
            // What has waited longer answers first.
            let gone_on = ready.into_iter().map(|ready| match ready {
                Ready::Wakened(task) => task.go_on(false),
                Ready::Begun(replies) => replies,
            });
            let first = inbox.into_iter().map(|task| task.go_on(is_alone));
            done.extend(gone_on.chain(first).filter(|replies| !replies.is_empty()));
            if begun > 0 {
                self.lock().unbegun -= begun;
                self.caught_up.notify_all();
            }
        }
        done
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.inbox.is_empty() && self.ready.is_empty()
    }

    /// Counts those as done that were of these ages; says whether nothing of an age is left by that.
    fn finish(&mut self, ages: &[u64]) -> bool {
        let ages_before = self.live.len();
        for age in ages {
            if let Some(live) = self.live.get_mut(age) {
                *live -= 1;
                if *live == 0 {
                    self.live.remove(age);
                }
            }
        }
        self.live.len() < ages_before
    }
}

impl Replies {
    fn is_empty(&self) -> bool {
        self.replies.is_empty() && self.finished.is_none()
    }
}

impl Task {
    fn go_on(self: &Arc<Self>, is_alone: bool) -> Replies {
        let waker = Waker::from(Arc::clone(self));
        let mut context = Context::from_waker(&waker);
        let mut source = self.source.lock().unwrap_or_else(PoisonError::into_inner);
        let mut gone_on = Replies::default();
        while let Some(going) = source.as_mut() {
            match going.poll(&mut context, is_alone) {
                std::task::Poll::Ready(Some(reply)) => gone_on.replies.push(reply),
                std::task::Poll::Ready(None) => {
                    *source = None;
                    gone_on.finished = Some(self.age);
                }
                std::task::Poll::Pending => break,
            }
        }
        gone_on
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let shared = Arc::clone(&self.shared);
        shared.make_ready(Ready::Wakened(self));
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let live: usize = self.shared.lock().live.values().sum();
        f.debug_struct("Worker").field("live", &live).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
