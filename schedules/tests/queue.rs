//! The commit queue: callers, the writer thread, and the end of a store.

use std::sync::Arc;

use chat_drafts_core::store::{Committed, Task};
use chat_drafts_core::{DraftStore, Error, Event, Result};
use futures_util::StreamExt;
use schedules::{
    Disk, Store, assert_all, assert_answered, assert_no_gap, explore, has_text, open, poll_once, read_to_the_end, set,
    wait_until_released, waiting,
};
use shuttle::future::{block_on, spawn};
use shuttle::thread;

/// A task that commits these one after the other and awaits each.
fn await_commits<const N: usize>(store: &Arc<Store>, numbers: [u64; N]) -> shuttle::future::JoinHandle<Vec<u64>> {
    let store = Arc::clone(store);
    spawn(async move {
        let mut sequences = Vec::new();
        for number in numbers {
            let mut reader = store.changes();
            let answer = store.commit(set(number)).await;
            sequences.push(assert_answered(&store, &mut reader, number, &answer));
        }
        sequences
    })
}

/// A thread that commits these one after the other and waits for each.
fn block_for_commits<const N: usize>(store: &Arc<Store>, numbers: [u64; N]) -> thread::JoinHandle<Vec<u64>> {
    let store = Arc::clone(store);
    thread::spawn(move || {
        let commit = |number| {
            let mut reader = store.changes();
            let answer = store.commit_blocking(set(number));
            assert_answered(&store, &mut reader, number, &answer)
        };
        numbers.map(commit).to_vec()
    })
}

/// Asserts that those which were answered `Ok`, and no other, can be read. Returns their number.
fn count_written(store: &Store, answers: &[(u64, Result<Committed>)], may_fail: fn(&Error) -> bool) -> u64 {
    let mut written = 0;
    for (number, answer) in answers {
        match answer {
            Ok(_) => written += 1,
            Err(error) => assert!(may_fail(error), "{error}"),
        }
        assert_eq!(has_text(store, *number), answer.is_ok());
    }
    written
}

#[test]
fn every_caller_is_answered() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let mut reader = store.changes();
        let awaited = [await_commits(&store, [1, 2]), await_commits(&store, [3, 4])];
        let blocking = [block_for_commits(&store, [5, 6]), block_for_commits(&store, [7])];
        let mut sequences: Vec<_> = awaited.into_iter().flat_map(|task| block_on(task).unwrap()).collect();
        sequences.extend(blocking.into_iter().flat_map(|thread| thread.join().unwrap()));
        sequences.sort_unstable();
        assert_eq!(sequences, (1..=7).collect::<Vec<_>>());
        assert_all(&waiting(&mut reader), 7);
        drop(store);
        wait_until_released(&disk);
    });
}

#[test]
fn awaited_callers_alone_are_answered() {
    explore(|| {
        let store = open(&Disk::default());
        let mut reader = store.changes();
        let tasks = [await_commits(&store, [1, 2, 3]), await_commits(&store, [4, 5]), await_commits(&store, [6])];
        let count: usize = tasks.into_iter().map(|task| block_on(task).unwrap().len()).sum();
        assert_all(&waiting(&mut reader), count as u64);
    });
}

#[test]
fn a_future_that_is_dropped_withdraws_nothing() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let mut reader = store.changes();
        let other = await_commits(&store, [1]);
        let impatient = {
            let store = Arc::clone(&store);
            thread::spawn(move || drop(poll_once(&mut store.commit(set(2)))))
        };
        let blocking = block_for_commits(&store, [3]);
        impatient.join().unwrap();
        // The queue is in order: when this one is answered, what was dropped is written.
        block_on(store.commit(set(4))).unwrap();
        assert!(has_text(&store, 2));
        block_on(other).unwrap();
        blocking.join().unwrap();
        assert_all(&waiting(&mut reader), 4);
        drop(store);
        wait_until_released(&disk);
    });
}

#[test]
fn closing_answers_everybody() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let reader = spawn(read_to_the_end(store.changes()));
        let awaited = [1, 2].map(|number| {
            let store = Arc::clone(&store);
            spawn(async move { (number, store.commit(set(number)).await) })
        });
        let blocking = {
            let store = Arc::clone(&store);
            thread::spawn(move || (3, store.commit_blocking(set(3))))
        };
        let closing = {
            let store = Arc::clone(&store);
            thread::spawn(move || block_on(store.close()).unwrap())
        };
        block_on(store.close()).unwrap();
        assert!(!disk.is_open());
        closing.join().unwrap();
        let mut answers = awaited.map(|task| block_on(task).unwrap()).to_vec();
        answers.push(blocking.join().unwrap());
        let events = block_on(reader).unwrap();
        drop(store);
        let store = open(&disk);
        let written = count_written(&store, &answers, |error| matches!(error, Error::Closed));
        assert_all(&events, written);
    });
}

#[test]
fn dropping_the_store_writes_what_was_begun() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let reader = spawn(read_to_the_end(store.changes()));
        let callers = [1, 2, 3].map(|number| {
            let store = Arc::clone(&store);
            thread::spawn(move || match number {
                1 => drop(store.commit_blocking(set(number)).unwrap()),
                _ => drop(poll_once(&mut store.commit(set(number)))),
            })
        });
        drop(store);
        callers.into_iter().for_each(|caller| caller.join().unwrap());
        wait_until_released(&disk);
        assert_all(&block_on(reader).unwrap(), 3);
        let store = open(&disk);
        assert!((1..=3).all(|number| has_text(&store, number)));
    });
}

#[test]
fn suspending_answers_everybody() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let mut reader = store.changes();
        let awaited = [1, 2].map(|number| {
            let store = Arc::clone(&store);
            spawn(async move { (number, store.commit(set(number)).await) })
        });
        let blocking = {
            let store = Arc::clone(&store);
            thread::spawn(move || (3, store.commit_blocking(set(3))))
        };
        block_on(store.maintain(Task::Suspend)).unwrap();
        assert!(!disk.is_open());
        block_on(store.maintain(Task::Resume)).unwrap();
        let mut answers = awaited.map(|task| block_on(task).unwrap()).to_vec();
        answers.push(blocking.join().unwrap());
        let written = count_written(&store, &answers, |error| matches!(error, Error::Suspended));
        assert_all(&waiting(&mut reader), written);
    });
}

#[test]
fn a_failed_write_answers_everybody() {
    explore(|| {
        let disk = Disk::default();
        let store = open(&disk);
        let mut reader = store.changes();
        disk.fail_write(2);
        let awaited = [1, 2].map(|number| {
            let store = Arc::clone(&store);
            spawn(async move { (number, store.commit(set(number)).await) })
        });
        let blocking = [3, 4].map(|number| {
            let store = Arc::clone(&store);
            thread::spawn(move || (number, store.commit_blocking(set(number))))
        });
        let mut answers = awaited.map(|task| block_on(task).unwrap()).to_vec();
        answers.extend(blocking.map(|thread| thread.join().unwrap()));
        let written = count_written(&store, &answers, |error| matches!(error, Error::Io { .. } | Error::Poisoned));
        disk.fail_write(0);
        block_on(store.maintain(Task::Resume)).unwrap();
        block_on(store.commit(set(5))).unwrap();
        assert_all(&waiting(&mut reader), written + 1);
    });
}

#[test]
fn another_process_is_seen_before_the_next_own_commit() {
    explore(|| {
        let disk = Disk::default();
        let stores = [open(&disk), open(&disk)];
        let mut readers = stores.each_ref().map(|store| store.changes());
        let tasks = [await_commits(&stores[0], [1, 2]), await_commits(&stores[1], [3, 4])];
        tasks.into_iter().for_each(|task| drop(block_on(task).unwrap()));
        for (number, store) in (5..).zip(&stores) {
            block_on(store.commit(set(number))).unwrap();
        }
        let ends = readers.each_mut().map(|reader| assert_no_gap(&waiting(reader), 0));
        assert!(ends[0] >= 5 && ends[1] == 6, "{ends:?}");
        drop(stores);
        wait_until_released(&disk);
    });
}

#[test]
fn another_process_is_seen_without_a_commit_of_ones_own() {
    explore(|| {
        let disk = Disk::default();
        let [ours, theirs] = [open(&disk), open(&disk)];
        let mut reader = ours.changes();
        let task = await_commits(&theirs, [1]);
        let reading = spawn(async move { reader.next().await });
        while !reading.is_finished() {
            // By the explorer's clock a wait ends early or not at all: another subscriber makes the thread wait once more.
            drop(ours.changes());
            thread::yield_now();
        }
        assert_eq!(block_on(reading).unwrap(), Some(Event::Resync { sequence: 1 }));
        block_on(task).unwrap();
    });
}
