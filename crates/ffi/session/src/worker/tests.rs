use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::ThreadId;

use super::*;

type Result<T> = std::result::Result<T, Interrupted>;

fn done() -> Result<()> {
    Ok(())
}

const PATIENCE: Duration = Duration::from_secs(20);

fn next<T>(receiver: &Receiver<T>) -> T {
    receiver.recv_timeout(PATIENCE).expect("nothing came in time")
}

/// Makes the worker stand in a callback until the sender is dropped.
fn hold(worker: &Worker) -> Sender<()> {
    let (release, held) = channel::<()>();
    let (entered, is_entered) = channel();
    worker.call(
        |_| async { done() },
        move |_| {
            entered.send(()).unwrap();
            assert!(held.recv_timeout(PATIENCE).is_err());
        },
    );
    next(&is_entered);
    release
}

#[test]
fn each_call_is_answered_once_and_calls_of_a_thread_are_begun_in_order() {
    const CALLS: usize = 2_500;
    let worker = Worker::default();
    let begun = Arc::new(Mutex::new(HashMap::<usize, Vec<usize>>::new()));
    let answers = Arc::new((0..8 * CALLS).map(|_| AtomicUsize::new(0)).collect::<Vec<_>>());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (worker, begun, answers) = (&worker, &begun, &answers);
            scope.spawn(move || {
                for call in 0..CALLS {
                    let (begun, answers) = (Arc::clone(begun), Arc::clone(answers));
                    worker.call(
                        move |_| {
                            begun.lock().unwrap().entry(thread).or_default().push(call);
                            let mut polls = 0;
                            // Every other one is finished by a later poll.
                            std::future::poll_fn(move |context| {
                                polls += 1;
                                if call % 2 == 0 && polls == 1 {
                                    context.waker().wake_by_ref();
                                    return std::task::Poll::Pending;
                                }
                                std::task::Poll::Ready(done())
                            })
                        },
                        move |_| _ = answers[thread * CALLS + call].fetch_add(1, Ordering::Relaxed),
                    );
                }
            });
        }
    });
    worker.close();
    assert!(answers.iter().all(|answers| answers.load(Ordering::Relaxed) == 1));
    for calls in begun.lock().unwrap().values() {
        assert!(calls.iter().copied().eq(0..CALLS), "in the order of their thread");
    }
}

#[test]
fn what_is_called_meanwhile_is_begun_though_a_callback_takes_its_time() {
    let worker = Worker::default();
    let release = hold(&worker);
    let (begun, is_begun) = channel();
    let (answered, is_answered) = channel();
    worker.call(
        move |_| async move {
            begun.send(()).unwrap();
            done()
        },
        move |_| answered.send(()).unwrap(),
    );
    assert!(is_begun.try_recv().is_ok(), "begun on this thread");
    assert!(is_answered.try_recv().is_err());
    drop(release);
    next(&is_answered);
}

#[test]
fn under_a_load_that_never_ends_too() {
    /// Begins a call that begins the next one.
    fn chain(worker: &Worker, left: usize, begun: Sender<usize>) {
        let inner = worker.clone();
        worker.call(
            move |_| {
                begun.send(left).unwrap();
                if left > 0 {
                    chain(&inner, left - 1, begun);
                }
                async { done() }
            },
            |_| {},
        );
    }
    let worker = Worker::default();
    let (release, held) = channel::<()>();
    let (begun, is_begun) = channel();
    let inner = worker.clone();
    // Its callback does not end, and each round brings another call.
    worker.call(
        move |_| {
            chain(&inner, 3 * ROUNDS, begun);
            async { done() }
        },
        move |_| assert!(held.recv_timeout(PATIENCE).is_err()),
    );
    for left in (0..=3 * ROUNDS).rev() {
        assert_eq!(next(&is_begun), left);
    }
    drop(release);
    worker.close();
}

#[test]
fn catching_up_waits_for_what_was_accepted_to_be_begun() {
    let worker = Worker::default();
    for _ in 0..200 {
        let (begun, is_begun) = channel();
        for _ in 0..3 {
            let begun = begun.clone();
            worker.call(
                move |_| async move {
                    std::thread::yield_now();
                    begun.send(()).unwrap();
                    done()
                },
                |_| {},
            );
        }
        worker.catch_up();
        assert_eq!(is_begun.try_iter().count(), 3);
    }
    worker.close();
    assert_eq!(worker.shared.lock().unbegun, 0);
}

#[test]
fn a_call_knows_whether_it_is_alone() {
    let worker = Worker::default();
    let (sender, receiver) = channel();
    let ask = |sender: &Sender<bool>| {
        let sender = sender.clone();
        worker.call(
            |is_alone| async move { done().map(|()| is_alone) },
            move |answer| sender.send(answer.unwrap()).unwrap(),
        );
    };
    ask(&sender);
    assert!(next(&receiver));
    let release = hold(&worker);
    ask(&sender);
    drop(release);
    assert!(!next(&receiver), "the worker was busy");

    // Two that come while the worker begins another are begun together.
    worker.close();
    let inner = worker.clone();
    let (first, second) = (sender.clone(), sender);
    worker.call(
        move |_| {
            assert!(inner.is_current());
            for sender in [first, second] {
                let answer = move |answer: Result<bool>| sender.send(answer.unwrap()).unwrap();
                inner.call(|is_alone| async move { done().map(|()| is_alone) }, answer);
            }
            async { done() }
        },
        |_| {},
    );
    assert_eq!([next(&receiver), next(&receiver)], [false; 2]);
}

#[test]
fn answers_that_are_there_come_in_the_order_of_the_calls() {
    let worker = Worker::default();
    for _ in 0..500 {
        let (sender, receiver) = channel();
        for number in 0..4 {
            let sender = sender.clone();
            worker.call(|_| async { done() }, move |_| sender.send(number).unwrap());
        }
        assert_eq!([(); 4].map(|()| next(&receiver)), [0, 1, 2, 3]);
    }
}

#[test]
fn what_has_waited_longer_answers_first() {
    let worker = Worker::default();
    let (sender, receiver) = channel();
    let (wake, woken) = oneshot::channel::<()>();
    let (older, newer) = (sender.clone(), sender);
    worker.call(|_| async { Ok::<_, Interrupted>(woken.await.is_ok()) }, move |_| older.send("older").unwrap());
    let inner = worker.clone();
    worker.call(
        move |_| {
            // The older one can go on now, and the newer one comes behind it.
            wake.send(()).unwrap();
            inner.call(|_| async { done() }, move |_| newer.send("newer").unwrap());
            async { done() }
        },
        |_| {},
    );
    assert_eq!([next(&receiver), next(&receiver)], ["older", "newer"]);
}

#[test]
fn everybody_who_closes_waits_for_every_answer() {
    for _ in 0..50 {
        let worker = Worker::default();
        let answers = AtomicUsize::new(0);
        let release = hold(&worker);
        let answered = Arc::new(AtomicUsize::new(0));
        for _ in 0..50 {
            let answered = Arc::clone(&answered);
            worker.call(|_| async { done() }, move |_| _ = answered.fetch_add(1, Ordering::Relaxed));
        }
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    worker.close();
                    answers.fetch_add(answered.load(Ordering::Relaxed), Ordering::Relaxed);
                });
            }
            drop(release);
        });
        assert_eq!(answers.into_inner(), 100);
    }
}

#[test]
fn panics_end_where_they_happen() {
    let worker = Worker::default();
    let (sender, receiver) = channel();
    worker.call(|_| async { done() }, |_| panic!("a callback that panics"));
    worker.call(|_| async { panic!("work that panics") }, {
        let sender = sender.clone();
        move |answer: Result<()>| sender.send(answer).unwrap()
    });
    worker.call(|_| async { done() }, move |answer| sender.send(answer).unwrap());
    assert_eq!(next(&receiver), Err(Interrupted::Panicked));
    assert_eq!(next(&receiver), Ok(()));
}

#[test]
fn closing_waits_for_every_answer_and_the_thread_comes_again_when_it_is_needed() {
    let worker = Arc::new(Worker::default());
    let answers = Arc::new(AtomicUsize::new(0));
    for round in 1..=3 {
        for _ in 0..100 {
            let answers = Arc::clone(&answers);
            worker.call(|_| async { done() }, move |_| _ = answers.fetch_add(1, Ordering::Relaxed));
        }
        worker.close();
        assert_eq!(answers.load(Ordering::Relaxed), round * 100);
        assert!(!worker.shared.lock().is_running);
    }
    worker.close();
    let (sender, receiver) = channel();
    let inner = Arc::clone(&worker);
    worker.call(
        |_| async { done() },
        move |_| {
            assert!(inner.is_current());
            inner.close();
            sender.send(()).unwrap();
        },
    );
    next(&receiver);
    assert!(!worker.is_current());
    worker.close();
}

#[test]
fn closing_does_not_wait_for_calls_that_come_later_without_end() {
    /// Makes a call whose answer makes another one, until nobody wants any more.
    fn keep_calling(worker: Worker, wanted: Arc<AtomicBool>) {
        let again = worker.clone();
        let answer = move |_: Result<()>| {
            if wanted.load(Ordering::Relaxed) {
                keep_calling(again, wanted);
            }
        };
        worker.call(|_| async { done() }, answer);
    }
    let worker = Worker::default();
    let wanted = Arc::new(AtomicBool::new(true));
    for _ in 0..8 {
        keep_calling(worker.clone(), Arc::clone(&wanted));
    }
    for _ in 0..100 {
        let answered = Arc::new(AtomicBool::new(false));
        let answer = Arc::clone(&answered);
        worker.call(|_| async { done() }, move |_| answer.store(true, Ordering::Relaxed));
        worker.close();
        assert!(answered.load(Ordering::Relaxed));
    }
    assert!(!worker.shared.lock().live.is_empty(), "they still call");
    wanted.store(false, Ordering::Relaxed);
    worker.close();
    assert!(worker.shared.lock().live.is_empty() && !worker.shared.lock().is_running);
}

#[test]
fn an_executor_gets_the_replies_in_order() {
    struct Queue(Mutex<Sender<Reply>>);
    impl Executor for Queue {
        fn execute(&self, reply: Reply) {
            self.0.lock().unwrap().send(reply).unwrap();
        }
    }
    let worker = Worker::default();
    let (sender, replies) = channel();
    worker.set_executor(Some(Arc::new(Queue(Mutex::new(sender)))));
    let heard = Arc::new(Mutex::new(Vec::<(usize, ThreadId)>::new()));
    for call in 0..10 {
        let heard = Arc::clone(&heard);
        worker.call(|_| async { done() }, move |_| heard.lock().unwrap().push((call, std::thread::current().id())));
    }
    worker.close();
    assert!(heard.lock().unwrap().is_empty(), "the host has not run them yet");
    replies.try_iter().for_each(|reply| reply());
    let here = std::thread::current().id();
    assert!(heard.lock().unwrap().iter().copied().eq((0..10).map(|call| (call, here))));
}

#[test]
fn a_stream_is_heard_until_it_ends() {
    let worker = Worker::default();
    let feed = chat_drafts::store::ChangeFeed::default();
    let (sender, receiver) = channel();
    worker.watch(feed.subscribe(), move |event: chat_drafts::Event| sender.send(event.sequence()).unwrap());
    for sequence in 1..=3 {
        feed.publish(vec![chat_drafts::Event::Resync { sequence }]).ring();
    }
    assert_eq!([next(&receiver), next(&receiver), next(&receiver)], [1, 2, 3]);
    feed.close();
    worker.close();
    assert!(receiver.recv().is_err(), "it has ended");
}

#[test]
fn closing_ends_a_stream_whose_source_stays_open_and_a_call_that_does_not_go_on() {
    let worker = Worker::default();
    let feed = chat_drafts::store::ChangeFeed::default();
    let (sender, receiver) = channel();
    worker.watch(feed.subscribe(), move |event: chat_drafts::Event| sender.send(event.sequence()).unwrap());
    let (answer, answered) = channel();
    worker.call(|_| std::future::pending::<Result<()>>(), move |outcome| answer.send(outcome).unwrap());
    feed.publish(vec![chat_drafts::Event::Resync { sequence: 7 }]).ring();
    worker.close();
    assert_eq!(receiver.try_recv(), Ok(7), "what it held was passed on");
    assert_eq!(answered.try_recv(), Ok(Err(Interrupted::Abandoned)));
    assert_eq!(format!("{worker:?}"), "Worker { live: 0, .. }");
}

#[test]
fn an_answer_goes_where_its_call_was_made() {
    struct Nowhere(Mutex<Sender<Reply>>);
    impl Executor for Nowhere {
        fn execute(&self, reply: Reply) {
            self.0.lock().unwrap().send(reply).unwrap();
        }
    }
    let worker = Worker::default();
    let (sender, replies) = channel();
    worker.set_executor(Some(Arc::new(Nowhere(Mutex::new(sender)))));
    let (wake, woken) = oneshot::channel::<()>();
    let (answer, answered) = channel();
    worker.call(|_| async { Ok::<_, Interrupted>(woken.await.is_ok()) }, move |outcome| answer.send(outcome).unwrap());
    worker.set_executor(None);
    wake.send(()).unwrap();
    next(&replies)();
    assert_eq!(answered.try_recv(), Ok(Ok(true)));
}
