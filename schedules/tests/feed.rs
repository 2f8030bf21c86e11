//! The event feed: who publishes, who reads, who leaves.

use std::sync::Arc;

use chat_drafts_core::store::{ChangeFeed, Record};
use chat_drafts_core::{Changes, Event, Origin};
use futures_util::{FutureExt, StreamExt};
use schedules::{assert_all, assert_no_gap, chat, explore, poll_once, read_to_the_end, waiting};
use shuttle::future::{JoinHandle, block_on, spawn};
use shuttle::thread;

/// One more than a reader's queue holds.
const TOO_MANY: u64 = 1025;

fn event(sequence: u64) -> Event {
    Event::Changed { conversation: Arc::new(Record::new(chat(1)).into()), sequence, origin: Origin::new() }
}

/// A thread that publishes these events one by one, then closes the feed.
fn publish(feed: &Arc<ChangeFeed>, sequences: std::ops::RangeInclusive<u64>) -> thread::JoinHandle<()> {
    let feed = Arc::clone(feed);
    thread::spawn(move || {
        sequences.for_each(|sequence| feed.publish(vec![event(sequence)]).ring());
        feed.close();
    })
}

fn read(reader: Changes) -> JoinHandle<Vec<Event>> {
    spawn(read_to_the_end(reader))
}

#[test]
fn every_reader_sees_every_event() {
    explore(|| {
        let feed = Arc::new(ChangeFeed::default());
        let readers = [feed.subscribe(), feed.subscribe()].map(read);
        let mut blocking = feed.subscribe();
        let blocking = thread::spawn(move || std::iter::from_fn(|| blocking.next_blocking()).collect::<Vec<_>>());
        let publisher = publish(&feed, 1..=4);
        readers.into_iter().for_each(|reader| assert_all(&block_on(reader).unwrap(), 4));
        assert_all(&blocking.join().unwrap(), 4);
        publisher.join().unwrap();
    });
}

#[test]
fn who_comes_later_sees_what_comes_later() {
    explore(|| {
        let feed = Arc::new(ChangeFeed::default());
        let publisher = publish(&feed, 1..=4);
        let readers = [(); 3].map(|()| {
            let feed = Arc::clone(&feed);
            spawn(async move { read_to_the_end(feed.subscribe()).await })
        });
        for reader in readers {
            let events = block_on(reader).unwrap();
            if let Some(first) = events.first() {
                assert_eq!(assert_no_gap(&events, first.sequence() - 1), 4);
            }
        }
        publisher.join().unwrap();
    });
}

#[test]
fn who_leaves_is_forgotten() {
    explore(|| {
        let feed = Arc::new(ChangeFeed::default());
        let stays = read(feed.subscribe());
        let leaving = [1, 2].map(|count| {
            let reader = feed.subscribe();
            spawn(async move { reader.take(count).collect::<Vec<_>>().await })
        });
        let unread = feed.subscribe();
        let publisher = publish(&feed, 1..=3);
        drop(unread);
        for (count, reader) in (1..).zip(leaving) {
            assert_all(&block_on(reader).unwrap(), count);
        }
        assert_all(&block_on(stays).unwrap(), 3);
        publisher.join().unwrap();
        assert!(!feed.has_subscribers());
    });
}

#[test]
fn a_reader_that_moves_between_tasks_is_woken() {
    explore(|| {
        let feed = Arc::new(ChangeFeed::default());
        let mut reader = feed.subscribe();
        let publisher = publish(&feed, 1..=3);
        let mut events = Vec::new();
        loop {
            // Polled here, then by a task of its own, which is the one to be woken.
            if let Some(polled) = reader.next().now_or_never() {
                let Some(event) = polled else { break };
                events.push(event);
                continue;
            }
            let polled;
            (polled, reader) = block_on(spawn(async move { (reader.next().await, reader) })).unwrap();
            let Some(event) = polled else { break };
            events.push(event);
        }
        assert_all(&events, 3);
        publisher.join().unwrap();
    });
}

#[test]
fn a_slow_reader_is_told() {
    explore(|| {
        let feed = Arc::new(ChangeFeed::default());
        let mut sleeps = feed.subscribe();
        let reads = read(feed.subscribe());
        let publisher = {
            let feed = Arc::clone(&feed);
            thread::spawn(move || {
                feed.publish((1..TOO_MANY).map(event).collect()).ring();
                feed.publish(vec![event(TOO_MANY)]).ring();
                feed.publish(vec![event(TOO_MANY + 1)]).ring();
                feed.close();
            })
        };
        let first = waiting(&mut sleeps);
        publisher.join().unwrap();
        let rest = waiting(&mut sleeps);
        assert!(poll_once(&mut sleeps.next()).is_ready());
        let seen: Vec<_> = first.into_iter().chain(rest).collect();
        assert_eq!(assert_no_gap(&seen, 0), TOO_MANY + 1);
        let events = block_on(reads).unwrap();
        assert_eq!(assert_no_gap(&events, 0), TOO_MANY + 1);
    });
}
