//! Wakers are the host's code: one may panic, make calls, or own the last handle of the store it is woken by.

use std::panic::resume_unwind;
use std::sync::Arc;
use std::task::{Context, Waker};

use chat_drafts_core::store::ChangeFeed;
use chat_drafts_core::{DraftStore, Error, Event};
use futures_util::StreamExt;
use schedules::drafts::waker;
use schedules::{Disk, Store, assert_all, explore, has_text, open, read_to_the_end, set, wait_until_released, waiting};
use shuttle::future::{block_on, spawn};
use shuttle::sync::Mutex;
use shuttle::thread;

/// Begins a commit that nobody awaits; `waker` is told of its answer.
fn begin(store: &Arc<Store>, number: u64, waker: &Waker) {
    let mut commit = store.commit(set(number));
    let _ = commit.as_mut().poll(&mut Context::from_waker(waker));
    // Whoever leads may answer while it is dropped.
    drop(commit);
}

#[test]
fn a_panic_stops_nobody() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let (mut reader, mut other) = (store.changes(), store.changes());
        let panicking = waker((), || resume_unwind(Box::new("a waker that panics, as the test asked for")));
        let awaited = [1, 2].map(|number| {
            let (store, panicking) = (Arc::clone(&store), panicking.clone());
            spawn(async move {
                let mut commit = store.commit(set(number));
                let _ = commit.as_mut().poll(&mut Context::from_waker(&panicking));
                thread::yield_now();
                commit.await.unwrap();
            })
        });
        let blocking = {
            let store = Arc::clone(&store);
            thread::spawn(move || store.commit_blocking(set(3)).unwrap())
        };
        let mut events = Vec::new();
        while let std::task::Poll::Ready(Some(event)) = reader.poll_next_unpin(&mut Context::from_waker(&panicking)) {
            events.push(event);
        }
        begin(&store, 4, &panicking);
        awaited.into_iter().for_each(|task| block_on(task).unwrap());
        blocking.join().unwrap();
        block_on(store.commit(set(5))).unwrap();
        events.extend(waiting(&mut reader));
        assert_all(&events, 5);
        assert_all(&waiting(&mut other), 5);
        drop((panicking, store));
        wait_until_released(&disk);
    });
}

#[test]
fn a_call_inside_is_refused_or_answered() {
    explore(|| {
        let store = open(&Disk::default());
        let begun = Arc::new(Mutex::new(Vec::new()));
        let calls = {
            let (store, begun) = (Arc::clone(&store), Arc::clone(&begun));
            waker((), move || {
                assert!(matches!(store.commit_blocking(set(9)), Err(Error::WouldDeadlock)));
                let task = spawn({
                    let store = Arc::clone(&store);
                    async move { store.commit(set(2)).await }
                });
                begun.lock().unwrap().push(task);
            })
        };
        let mut reader = store.changes();
        assert!(reader.poll_next_unpin(&mut Context::from_waker(&calls)).is_pending());
        let blocking = {
            let store = Arc::clone(&store);
            thread::spawn(move || store.commit_blocking(set(1)).unwrap())
        };
        block_on(store.commit(set(3))).unwrap();
        blocking.join().unwrap();
        drop(reader);
        // Callers are answered before readers are woken; a panic inside would be one that never ends.
        while begun.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        let tasks = std::mem::take(&mut *begun.lock().unwrap());
        tasks.into_iter().for_each(|task| drop(block_on(task).unwrap().unwrap()));
        assert!(has_text(&store, 2) && !has_text(&store, 9));
    });
}

#[test]
fn a_waker_may_own_the_last_handle() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let mut readers = [store.changes(), store.changes(), store.changes()];
        for reader in &mut readers {
            let owner = waker(Arc::clone(&store), || {});
            assert!(reader.poll_next_unpin(&mut Context::from_waker(&owner)).is_pending());
        }
        begin(&store, 1, &waker(Arc::clone(&store), || {}));
        drop(store);
        let [reads, leaves, blocks] = readers;
        // A waker is dropped where it is woken, where another one takes its place, and where its reader leaves.
        let leaving = thread::spawn(move || drop(leaves));
        let reading = spawn(read_to_the_end(reads));
        let blocking = thread::spawn(move || block_on(read_to_the_end(blocks)));
        leaving.join().unwrap();
        assert_all(&block_on(reading).unwrap(), 1);
        assert_all(&blocking.join().unwrap(), 1);
        wait_until_released(&disk);
        assert!(has_text(&open(&disk), 1));
    });
}

#[test]
fn a_reader_may_close_the_feed() {
    explore(|| {
        /// Closes the feed when its last waker is dropped.
        struct Owner(Arc<ChangeFeed>);
        impl Drop for Owner {
            fn drop(&mut self) {
                self.0.close();
            }
        }
        let feed = Arc::new(ChangeFeed::default());
        let mut readers = [feed.subscribe(), feed.subscribe()];
        for reader in &mut readers {
            let owner = waker(Owner(Arc::clone(&feed)), || {});
            assert!(reader.poll_next_unpin(&mut Context::from_waker(&owner)).is_pending());
        }
        let [reads, leaves] = readers;
        let leaving = thread::spawn(move || drop(leaves));
        let late = feed.subscribe();
        let publisher = thread::spawn(move || feed.publish(vec![Event::Resync { sequence: 1 }]).ring());
        let reading = spawn(read_to_the_end(reads));
        leaving.join().unwrap();
        publisher.join().unwrap();
        // It ends only if no close was lost.
        block_on(reading).unwrap();
        block_on(read_to_the_end(late));
    });
}
