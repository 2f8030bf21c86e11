//! One thread that brings calls to the store and answers back to the host.
//!
//! A lone call is written by this thread itself, so it costs no more wake-ups than an awaited call in Rust. While the
//! host's code runs on this thread, which may take any time, calls are given to the store by whoever makes them: what
//! was accepted never waits for a callback.

mod source;

use std::cell::Cell as ThreadLocalCell;
use std::collections::VecDeque;
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

/// How often the thread gives what has just come to the store, before it lets the host's code run.
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
    /// Wakes who waits for everything to be answered.
    settled: Condvar,
}

#[derive(Default)]
struct State {
    /// What nobody has begun yet, in the order it came.
    inbox: VecDeque<Arc<Task>>,
    /// What can go on.
    ready: VecDeque<Ready>,
    /// Whether the host's code runs on the thread, so that callers begin their own calls.
    calls_back: bool,
    /// How many calls have no answer yet, and how many streams have not ended.
    live: usize,
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
    is_finished: bool,
}

/// A call or a stream under way.
struct Task {
    /// `None` when it is finished.
    source: Mutex<Option<Box<dyn Source>>>,
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

    /// Waits until every call is answered and every stream has ended, and until the thread is gone. Streams end when
    /// their store is closed: close it first. On the worker's own thread it does not wait; the thread ends by itself then.
    ///
    /// A call made later starts a new thread.
    pub fn close(&self) {
        let mut state = self.shared.lock();
        state.is_closing = true;
        self.shared.bell.notify_one();
        if self.is_current() {
            return;
        }
        let waited = self.shared.settled.wait_while(state, |state| state.live > 0);
        let thread = waited.unwrap_or_else(PoisonError::into_inner).thread.take();
        if let Some(thread) = thread {
            // Its panics are caught where they happen.
            let _ = thread.join();
        }
    }

    /// Does this behind all that was accepted, waits for it, and closes.
    ///
    /// On the worker's own thread it is done at once: all that was accepted is in the store's hands by then, since the
    /// worker is calling back.
    pub fn finish(&self, last: impl Future<Output = ()> + Send + 'static) {
        if self.is_current() {
            pollster::block_on(last);
        } else {
            let (sender, done) = oneshot::channel::<()>();
            self.call(
                |_| async move {
                    last.await;
                    drop(sender);
                    Ok::<_, Panicked>(())
                },
                |_| {},
            );
            // The sender is dropped when it is done.
            let _ = pollster::block_on(done);
        }
        self.close();
    }

    fn submit(&self, source: Box<dyn Source>) {
        let shared = &self.shared;
        let task = Arc::new(Task { source: Mutex::new(Some(source)), shared: Arc::clone(shared) });
        let mut state = shared.lock();
        state.live += 1;
        if state.calls_back {
            drop(state);
            let replies = task.go_on(false);
            if replies.is_finished || !replies.replies.is_empty() {
                shared.make_ready(Ready::Begun(replies));
            }
        } else {
            state.inbox.push_back(task);
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
            if state.live > 0 {
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
                break;
            }
        }
    }

    /// Does all there is to do, and returns when nothing is left that can go on.
    fn serve(self: &Arc<Self>) {
        loop {
            let done = self.begin_and_go_on();
            if done.is_empty() {
                return;
            }
            let executor = self.lock().executor.clone();
            let mut finished = 0;
            for Replies { replies, is_finished } in done {
                for reply in replies {
                    // A panic of the host's code is the host's: the next answers still arrive.
                    let _ = catch_unwind(AssertUnwindSafe(|| match &executor {
                        Some(executor) => executor.execute(reply),
                        None => reply(),
                    }));
                }
                finished += usize::from(is_finished);
            }
            let mut state = self.lock();
            state.calls_back = false;
            state.live -= finished;
            if state.live == 0 {
                self.settled.notify_all();
            }
        }
    }

    /// Gives the store what has come, and goes on with what can, until nothing is left, so that the host's code can take
    /// its time; under a load that never ends, some rounds are enough.
    fn begin_and_go_on(self: &Arc<Self>) -> Vec<Replies> {
        let mut done = Vec::new();
        for _ in 0..ROUNDS {
            let mut state = self.lock();
            if state.is_idle() {
                state.calls_back = !done.is_empty();
                break;
            }
            let (inbox, ready) = (std::mem::take(&mut state.inbox), std::mem::take(&mut state.ready));
            drop(state);
            let is_alone = inbox.len() == 1 && ready.is_empty();
            let begun = inbox.into_iter().map(|task| task.go_on(is_alone));
            let gone_on = ready.into_iter().map(|ready| match ready {
                Ready::Wakened(task) => task.go_on(false),
                Ready::Begun(replies) => replies,
            });
            done.extend(begun.chain(gone_on).filter(|replies| replies.is_finished || !replies.replies.is_empty()));
        }
        done
    }
}

impl State {
    fn is_idle(&self) -> bool {
        self.inbox.is_empty() && self.ready.is_empty()
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
                    gone_on.is_finished = true;
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
        f.debug_struct("Worker").field("live", &self.shared.lock().live).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
