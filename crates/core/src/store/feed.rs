//! From whoever commits to whoever subscribed.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, Weak};
use std::task::{Context, Poll};

use futures_core::Stream;

use super::Event;
use crate::notify::{self, HostWaker};
use crate::sync::{Mutex, MutexGuard, block_on};

/// How many events wait for a slow reader before they become one [`Event::Resync`].
const CAPACITY: usize = 1024;

/// Hands a store's events to its subscribers. For who writes a [`DraftStore`](crate::DraftStore) of their own; a store
/// made by [`EngineStore`](crate::engine::EngineStore) has one inside.
///
/// ```
/// use chat_drafts_core::Event;
/// use chat_drafts_core::store::ChangeFeed;
///
/// let feed = ChangeFeed::default();
/// let mut changes = feed.subscribe();
/// feed.publish(vec![Event::Resync { sequence: 7 }]).ring();
/// assert_eq!(changes.try_next(), Some(Event::Resync { sequence: 7 }));
/// ```
#[derive(Default)]
pub struct ChangeFeed {
    subscribers: Mutex<Subscribers>,
}

#[derive(Default)]
struct Subscribers {
    queues: Vec<Weak<Mutex<Queue>>>,
    closed: bool,
}

#[derive(Default)]
struct Queue {
    events: VecDeque<Event>,
    waker: Option<HostWaker>,
    closed: bool,
}

/// The readers whose queues got events: ring it when no lock is held.
#[must_use = "the subscribers sleep on until it is rung"]
#[derive(Debug)]
pub struct Alarm(Vec<HostWaker>);

impl Alarm {
    /// Wakes each of them; one that panics keeps no other from it. A blocking call that one makes inside is refused.
    pub fn ring(self) {
        self.0.into_iter().for_each(HostWaker::wake);
    }
}

impl ChangeFeed {
    /// A stream of all that is published from now on.
    pub fn subscribe(&self) -> Changes {
        let mut subscribers = lock(&self.subscribers);
        let queue = Arc::new(Mutex::new(Queue { closed: subscribers.closed, ..Queue::default() }));
        subscribers.queues.retain(|queue| queue.strong_count() > 0);
        subscribers.queues.push(Arc::downgrade(&queue));
        Changes { queue }
    }

    /// Whether anybody subscribes.
    pub fn has_subscribers(&self) -> bool {
        lock(&self.subscribers).queues.iter().any(|queue| queue.strong_count() > 0)
    }

    /// Puts these events, in commit order, into every subscriber's queue. A queue that is full is emptied and holds one
    /// [`Event::Resync`] instead.
    ///
    /// Call it when the changes are durable, before the next ones are, and ring the alarm when no lock is held any more.
    pub fn publish(&self, events: Vec<Event>) -> Alarm {
        let Some(sequence) = events.last().map(Event::sequence) else { return Alarm(Vec::new()) };
        each(&mut lock(&self.subscribers), |queue| {
            if queue.events.len() + events.len() > CAPACITY {
                queue.events.clear();
                queue.events.push_back(Event::Resync { sequence });
            } else {
                queue.events.extend(events.iter().cloned());
            }
        })
    }

    /// Ends every subscription once its queue is read.
    pub fn close(&self) {
        let mut subscribers = lock(&self.subscribers);
        subscribers.closed = true;
        let alarm = each(&mut subscribers, |queue| queue.closed = true);
        drop(subscribers);
        alarm.ring();
    }
}

fn each(subscribers: &mut Subscribers, mut change: impl FnMut(&mut Queue)) -> Alarm {
    let mut wakers = Vec::new();
    subscribers.queues.retain(|queue| {
        let Some(queue) = queue.upgrade() else { return false };
        // The last reference to it, if its reader leaves now: so its waker is always taken along.
        let mut queue = lock(&queue);
        change(&mut queue);
        wakers.extend(queue.waker.take());
        true
    });
    Alarm(wakers)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for ChangeFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChangeFeed").finish_non_exhaustive()
    }
}

/// The events of a store from the moment of subscribing: a [`futures_core::Stream`] that ends when the store is closed.
///
/// Subscribe first, then list: a page carries the sequence it shows, so events up to it can be passed over and no change
/// falls between. A reader that lags behind by more than 1,024 events gets [`Event::Resync`] instead of them. To stop,
/// drop it.
///
/// ```
/// # use chat_drafts_core::{Drafts, Query, Result};
/// # async fn example(drafts: &Drafts) -> Result<()> {
/// let mut changes = drafts.subscribe();
/// let page = drafts.list(Query::first(50)).await?;
/// // With futures_util::StreamExt: while let Some(event) = changes.next().await
/// while let Some(event) = changes.try_next() {
///     if event.sequence() > page.sequence {
///         println!("something has changed since the page was read");
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "dropping it ends the subscription"]
pub struct Changes {
    queue: Arc<Mutex<Queue>>,
}

impl Changes {
    /// The next event, if one waits already.
    pub fn try_next(&mut self) -> Option<Event> {
        lock(&self.queue).events.pop_front()
    }

    /// The next event, for callers without an executor: waits for it on this thread. `None` once the store is closed, and
    /// at once inside a wake-up, where nobody may wait; [`try_next`](Self::try_next) works there.
    pub fn next_blocking(&mut self) -> Option<Event> {
        notify::check_blocking().ok()?;
        block_on(std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)))
    }
}

impl Stream for Changes {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        // The new waker, then the old one: declared before the lock, so it is dropped after it.
        let mut waker = None;
        loop {
            let mut queue = lock(&self.queue);
            if let Some(event) = queue.events.pop_front() {
                return Poll::Ready(Some(event));
            }
            if queue.closed {
                return Poll::Ready(None);
            }
            if queue.waker.as_ref().is_some_and(|kept| kept.will_wake(context.waker())) {
                return Poll::Pending;
            }
            if waker.is_some() {
                std::mem::swap(&mut queue.waker, &mut waker);
                return Poll::Pending;
            }
            drop(queue);
            waker = Some(HostWaker::clone_from(context.waker()));
        }
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("waiting", &lock(&self.queue).events.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::{Wake, Waker};
    use std::time::Duration;

    use super::*;

    /// A waker that uses the feed whenever its code runs.
    struct Meddler(Arc<ChangeFeed>);

    impl Wake for Meddler {
        fn wake(self: Arc<Self>) {
            self.0.publish(vec![resync(8)]).ring();
        }
    }

    impl Drop for Meddler {
        fn drop(&mut self) {
            self.0.publish(vec![resync(9)]).ring();
            drop(self.0.subscribe());
        }
    }

    #[test]
    fn a_wakers_code_runs_on_no_lock() {
        let feed = Arc::new(ChangeFeed::default());
        let mut changes = feed.subscribe();
        let (sender, polled) = mpsc::channel();
        std::thread::spawn(move || {
            let meddler = || Waker::from(Arc::new(Meddler(Arc::clone(&feed))));
            let poll = |changes: &mut Changes, waker: &Waker| {
                assert!(Pin::new(changes).poll_next(&mut Context::from_waker(waker)).is_pending());
            };
            // Dropped for another one.
            poll(&mut changes, &meddler());
            poll(&mut changes, Waker::noop());
            let mut events = vec![changes.try_next()];
            // Woken.
            poll(&mut changes, &meddler());
            feed.publish(vec![resync(1)]).ring();
            events.extend(std::iter::from_fn(|| changes.try_next().map(Some)));
            // Dropped with its stream.
            poll(&mut changes, &meddler());
            drop(changes);
            sender.send((events, feed.has_subscribers())).unwrap();
        });
        let (events, is_subscribed) = polled.recv_timeout(Duration::from_secs(10)).unwrap();
        assert_eq!(events, [9, 1, 8, 9].map(|sequence| Some(resync(sequence))));
        assert!(!is_subscribed);
    }

    fn resync(sequence: u64) -> Event {
        Event::Resync { sequence }
    }

    #[test]
    fn a_slow_reader_is_told() {
        let feed = ChangeFeed::default();
        let mut slow = feed.subscribe();
        for sequence in 1..=1025 {
            feed.publish(vec![resync(sequence)]).ring();
        }
        assert_eq!(slow.try_next(), Some(resync(1025)), "the first 1,024 became one");
        feed.publish(vec![resync(1026)]).ring();
        assert_eq!(slow.try_next(), Some(resync(1026)));
        assert_eq!(slow.try_next(), None);
    }

    #[test]
    fn closing_ends_the_stream_behind_its_last_event() {
        let feed = ChangeFeed::default();
        let mut changes = feed.subscribe();
        feed.publish(vec![resync(1)]).ring();
        feed.close();
        assert_eq!(changes.next_blocking(), Some(resync(1)));
        assert_eq!(changes.next_blocking(), None);
        assert_eq!(feed.subscribe().next_blocking(), None);
    }

    #[test]
    fn a_dropped_reader_is_forgotten() {
        let feed = ChangeFeed::default();
        let changes = feed.subscribe();
        assert!(feed.has_subscribers());
        drop(changes);
        assert!(!feed.has_subscribers());
    }
}
