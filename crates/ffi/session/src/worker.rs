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
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Wake, Waker};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_channel::oneshot;
use futures_core::Stream;

use source::{Call, Source, Watch};

use crate::within::Patience;

/// How long the thread stays when nothing is under way.
const IDLE: Duration = Duration::from_secs(5);

/// How long nothing may move while somebody closes until calls that have no answer yet are given one.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a closing waits while neither the thread nor the host's code moves: a write that hangs holds the thread.
const HANGS: Duration = Duration::from_secs(10);

/// How often the thread begins what has just come before it lets the host's code run, under a load that never ends.
const ROUNDS: usize = 16;

thread_local! {
    /// The worker whose thread this is, by its address. The thread's own id would cost a foreign thread an allocation.
    static WORKS_FOR: ThreadLocalCell<usize> = const { ThreadLocalCell::new(0) };
}

/// An answer on its way to the host: running it calls the host's code, exactly once.
pub type Reply = Box<dyn FnOnce() + Send>;

/// The reason why a call has no outcome of its own.
///
/// ```
/// use chat_drafts_session::Interrupted;
///
/// println!("{}", Interrupted::Abandoned);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupted {
    /// The work of the call panicked: a fault inside this library.
    Panicked,
    /// The worker was closed before the work had ended. Whether it was done is not known.
    Abandoned,
}

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Panicked => "a fault inside chat-drafts: the call panicked",
            Self::Abandoned => "the end came before this call was answered: whether it was done is not known",
        })
    }
}

impl std::error::Error for Interrupted {}

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
    /// Runs the reply once, soon, in the order of these calls. One that is dropped is an answer the host never gets; a
    /// login or a logout whose answer never runs is under way until the session is ended.
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
    /// One more whenever the host's code has returned.
    returns: AtomicU64,
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
    /// The calls that have no answer yet, and the streams that have not ended.
    live: BTreeMap<Key, Arc<Task>>,
    /// One more with each closing, which waits for what is of an earlier age.
    age: u64,
    /// The number of the task that came last.
    last: u64,
    is_running: bool,
    is_asleep: bool,
    is_closing: bool,
    /// The thread, or the one before it.
    thread: Option<JoinHandle<()>>,
    executor: Option<Arc<dyn Executor>>,
}

/// The age in which a task was begun, and its number.
type Key = (u64, u64);

enum Ready {
    Wakened(Arc<Task>),
    Begun(Replies),
}

/// What a task came to.
struct Replies {
    replies: Vec<Reply>,
    /// The key of a task that is finished by this.
    finished: Option<Key>,
    /// Where they run, if not on the thread.
    executor: Option<Arc<dyn Executor>>,
}

/// A call or a stream under way.
struct Task {
    /// `None` when it is finished.
    source: Mutex<Option<Box<dyn Source>>>,
    key: Key,
    is_stream: bool,
    /// The executor of the time in which it was begun: a later one is somebody else's.
    executor: Option<Arc<dyn Executor>>,
    shared: Arc<Shared>,
}

impl Worker {
    /// Lets the answers of later calls run on this executor; `None` is the worker's own thread.
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
        E: From<Interrupted> + Send + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
    {
        self.submit(Box::new(Call::new(work, answer)), false);
    }

    /// Gives `on_item` each item of a stream until it ends.
    pub fn watch<S: Stream + Send + 'static>(&self, stream: S, on_item: impl Fn(S::Item) + Send + Sync + 'static)
    where
        S::Item: Send + 'static,
    {
        self.submit(Box::new(Watch::new(stream, on_item)), true);
    }

    /// Whether this is the worker's own thread: the host's code runs inside a callback.
    pub fn is_current(&self) -> bool {
        WORKS_FOR.get() == self.shared.address()
    }

    /// Waits until every call that was made before is answered and every stream has ended, and until the thread is gone,
    /// unless somebody still calls. Streams end once they have passed on what they hold: close their store first. On the
    /// worker's own thread it does not wait; the thread ends by itself then.
    ///
    /// It waits for the host's code as long as that takes, and not for ever for anything else: a call whose work does not
    /// go on for a second is answered by [`Interrupted::Abandoned`]. If a write holds the thread itself, this returns after
    /// ten seconds, and the answers follow.
    ///
    /// A call made later starts a new thread.
    pub fn close(&self) {
        let shared = &self.shared;
        let mut state = shared.lock();
        state.is_closing = true;
        state.age += 1;
        let age = state.age;
        let streams: Vec<_> = state.live.values().filter(|task| task.is_stream).cloned().collect();
        shared.bell.notify_one();
        drop(state);
        streams.iter().for_each(Task::end);
        drop(streams);
        if self.is_current() {
            return;
        }
        let waits = |state: &mut State| state.has_older(age) || (state.is_running && state.live.is_empty());
        let mut state = shared.lock();
        loop {
            let returns = shared.returns.load(Ordering::Relaxed);
            let waited = shared.settled.wait_timeout_while(state, HANGS, waits);
            let (after, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = after;
            if !timeout.timed_out() {
                break;
            }
            if shared.returns.load(Ordering::Relaxed) == returns && !state.calls_back {
                return;
            }
        }
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
        if let Some(begun) = self.all_begun() {
            // The sender is dropped when its turn has come.
            let _ = pollster::block_on(begun);
        }
    }

    /// [`catch_up`](Self::catch_up), and waits no longer than half of this.
    pub(crate) fn catch_up_within(&self, patience: &mut Patience<'_>) {
        if let Some(begun) = self.all_begun() {
            let _ = patience.wait_half(begun);
        }
    }

    fn all_begun(&self) -> Option<oneshot::Receiver<()>> {
        if self.is_current() || self.shared.lock().unbegun == 0 {
            return None;
        }
        let (sender, begun) = oneshot::channel::<()>();
        self.call(
            |_| async move {
                drop(sender);
                Ok::<_, Interrupted>(())
            },
            |_| {},
        );
        Some(begun)
    }

    fn submit(&self, source: Box<dyn Source>, is_stream: bool) {
        let shared = &self.shared;
        let mut state = shared.lock();
        state.last += 1;
        let key = (state.age, state.last);
        let (source, executor) = (Mutex::new(Some(source)), state.executor.clone());
        let task = Arc::new(Task { source, key, is_stream, executor, shared: Arc::clone(shared) });
        state.live.insert(key, Arc::clone(&task));
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
                let age = state.age;
                let is_awaited = state.has_older(age);
                let sleeps =
                    |state: &mut State| state.is_idle() && state.is_asleep && state.has_older(state.age) == is_awaited;
                state.is_asleep = true;
                if is_awaited {
                    let woken = self.bell.wait_timeout_while(state, PATIENCE, sleeps);
                    let (mut state, timeout) = woken.unwrap_or_else(PoisonError::into_inner);
                    state.is_asleep = false;
                    drop(state);
                    if timeout.timed_out() {
                        self.abandon(age);
                    }
                } else {
                    let woken = self.bell.wait_while(state, sleeps);
                    woken.unwrap_or_else(PoisonError::into_inner).is_asleep = false;
                }
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

    /// Answers the calls of an earlier age, whose work does not go on, so that whoever closes need not wait for ever.
    fn abandon(self: &Arc<Self>, age: u64) {
        let older: Vec<_> = self.lock().live.range(..(age, 0)).map(|(_, task)| Arc::clone(task)).collect();
        for task in older {
            // A task that another thread is going on with at this moment has its next chance after the next second.
            let abandoned = task.source.try_lock().ok().and_then(|mut source| source.take());
            if let Some(mut source) = abandoned {
                let replies = source.abandon().into_iter().collect();
                self.make_ready(Ready::Begun(task.replies(replies, true)));
            }
        }
    }

    /// Does all there is to do, and returns when nothing is left that can go on.
    fn serve(self: &Arc<Self>) {
        loop {
            let done = self.begin_and_go_on();
            if done.is_empty() {
                self.lock().calls_back = false;
                return;
            }
            let mut finished_keys = Vec::new();
            for Replies { replies, finished, executor } in done {
                for reply in replies {
                    // A panic of the host's code is the host's: the next answers still arrive.
                    let _ = catch_unwind(AssertUnwindSafe(|| match &executor {
                        Some(executor) => executor.execute(reply),
                        None => reply(),
                    }));
                    self.returns.fetch_add(1, Ordering::Relaxed);
                }
                finished_keys.extend(finished);
            }
            let mut state = self.lock();
            state.calls_back = false;
            let finished = state.finish(&finished_keys);
            let settles = !finished.is_empty();
            drop(state);
            // The last handle on a session may go with a task.
            drop(finished);
            if settles {
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

    /// Whether anything is left of an earlier age.
    fn has_older(&self, age: u64) -> bool {
        self.live.first_key_value().is_some_and(|((oldest, _), _)| *oldest < age)
    }

    /// Takes these tasks off the list of what is live.
    fn finish(&mut self, keys: &[Key]) -> Vec<Arc<Task>> {
        keys.iter().filter_map(|key| self.live.remove(key)).collect()
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
        let mut replies = Vec::new();
        let mut is_finished = false;
        while let Some(going) = source.as_mut() {
            match going.poll(&mut context, is_alone) {
                std::task::Poll::Ready(Some(reply)) => replies.push(reply),
                std::task::Poll::Ready(None) => {
                    *source = None;
                    is_finished = true;
                }
                std::task::Poll::Pending => break,
            }
        }
        self.replies(replies, is_finished)
    }

    fn replies(&self, replies: Vec<Reply>, is_finished: bool) -> Replies {
        Replies { replies, finished: is_finished.then_some(self.key), executor: self.executor.clone() }
    }

    /// Lets a stream end once it has passed on what it holds.
    fn end(self: &Arc<Self>) {
        if let Some(source) = self.source.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            source.end();
        }
        self.shared.make_ready(Ready::Wakened(Arc::clone(self)));
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
        let live = self.shared.lock().live.len();
        f.debug_struct("Worker").field("live", &live).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
