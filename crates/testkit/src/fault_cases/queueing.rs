//! Who waits for whom: a gate holds a write, and the others come.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use chat_drafts_core::engine::{Engine, Upkeep};
use chat_drafts_core::store::{Batch, Change};
use chat_drafts_core::{DraftInput, Error, OrderPolicy, Origin, Query, Revision};

use super::setup::{Subject, Waiting, id, sequences, set};

/// An awaited write gives its thread back at once, whatever the disk does; reads go on meanwhile; and all that came
/// during one write is in the next one, with one commit.
pub fn what_comes_during_a_write_is_one_commit<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let mut events = subject.drafts.subscribe();
    let chats: Vec<_> = (0..64).map(|number| id(&number.to_string())).collect();
    subject.must_set("before", "text");
    let (writes, commits) = (subject.faults.writes(), subject.faults.commits());

    subject.faults.shut_gate();
    // Each is polled here, on this thread, and gives it back.
    let first = Waiting::new([set(&subject.drafts, &chats[0], "text")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let others = Waiting::new(chats[1..].iter().map(|chat| set(&subject.drafts, chat, "text")));
    assert_eq!(subject.text("before").as_deref(), Some("text"));
    let page = subject.blocking().list(Query::all()).unwrap();
    assert_eq!((page.items.len(), page.sequence), (1, 1));
    assert_eq!(subject.faults.writes() - writes, 1);

    subject.faults.open_gate();
    let outcomes = first.answers().into_iter().chain(others.answers());
    let revisions: Vec<_> = outcomes.map(|outcome| outcome.unwrap().revision().get()).collect();
    assert_eq!(revisions, (2..=65).collect::<Vec<_>>(), "in the order they came");
    assert_eq!((subject.faults.writes() - writes, subject.faults.commits() - commits), (2, 2));
    assert_eq!(sequences(&mut events), (1..=65).collect::<Vec<_>>());
    let stats = subject.drafts.stats();
    assert_eq!((stats.transactions, stats.calls, stats.largest_group), (3, 65, 63));
}

/// The store's thread, which after a group waits a moment for as many again, is woken by a single write when that moment is
/// over: otherwise it would come with the thread's next look around, seconds later.
pub fn a_lone_write_behind_a_group_wakes_the_thread<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let chats: Vec<_> = (0..8).map(|number| id(&number.to_string())).collect();
    for _ in 0..3 {
        subject.faults.shut_gate();
        let first = Waiting::new([set(&subject.drafts, &chats[0], "text")]);
        subject.faults.wait_for_a_write_at_the_gate();
        let group = Waiting::new(chats[1..].iter().map(|chat| set(&subject.drafts, chat, "text")));
        subject.faults.open_gate();
        assert!(first.answers().into_iter().chain(group.answers()).all(|answer| answer.is_ok()));
        std::thread::sleep(Duration::from_millis(20));
        let begun = Instant::now();
        pollster::block_on(subject.drafts.set(&chats[0], "other")).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(3), "nobody was woken");
        pollster::block_on(subject.drafts.set(&chats[0], "text")).unwrap();
    }
}

/// Rule 12: in one group commit a batch that is refused, and one that changes nothing, leave their neighbours alone.
pub fn a_refused_batch_leaves_its_group_alone<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("theirs", "theirs");
    let mut events = subject.drafts.subscribe();
    let (drafts, commits) = (&subject.drafts, subject.faults.commits());
    subject.faults.shut_gate();
    let chats = ["first", "a", "b", "theirs", "trace"].map(id);
    let first = Waiting::new([set(drafts, &chats[0], "text")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let stale = || DraftInput::new("mine").based_on(Revision::new(0));
    let draft = |number: usize, text: &str, base| {
        let (id, text) = (chats[number].clone(), text.to_owned());
        Change::SetDraft { id, text, extra: None, base, keeps_place: false }
    };
    // Past the `Drafts`, where two writes of one conversation are one after the other.
    let commit = async |changes: Vec<Change>| {
        let batch = Batch { changes, now: 0, policy: OrderPolicy::default(), origin: Origin::new() };
        Ok(drafts.store().commit(batch).await?.outcomes[0])
    };
    let (commit, draft) = (&commit, &draft);
    let others = Waiting::new([
        set(drafts, &chats[1], "text"),
        Box::pin(drafts.set_with(&chats[3], stale())),
        Box::pin(async move {
            let base = Some(Revision::new(0));
            commit(vec![draft(4, "mine", None), draft(1, "mine", None), draft(3, "mine", base)]).await
        }),
        Box::pin(async move { commit(vec![draft(3, "theirs", None)]).await }),
        set(drafts, &chats[2], "text"),
    ]);
    subject.faults.open_gate();
    assert!(first.answers()[0].is_ok());
    let answers = others.answers();
    let [Ok(a), Err(Error::Conflict { current }), Err(Error::Conflict { .. }), Ok(same), Ok(b)] = &answers[..] else {
        panic!("two good ones, two refused ones, and one that changes nothing")
    };
    assert_eq!(current.draft().unwrap().text(), "theirs");
    assert_eq!((a.revision().get(), b.revision().get(), same.is_changed()), (3, 4, false));
    assert_eq!(subject.faults.commits() - commits, 2);
    assert_eq!(drafts.stats().largest_group, 3, "those that were not refused");
    assert_eq!(sequences(&mut events), [2, 3, 4]);
    assert_eq!((subject.text("a").as_deref(), subject.text("trace")), (Some("text"), None));
}

/// Rules 8 and 12: what changes nothing and what is refused is not committed to the disk.
pub fn what_changes_nothing_is_not_committed<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    subject.must_set("a", "text");
    let (commits, blocking) = (subject.faults.commits(), subject.blocking());
    assert!(!subject.set("a", "text").unwrap().is_changed());
    assert!(!blocking.clear(&id("b")).unwrap().is_changed());
    assert!(!blocking.conversations().delete(&id("b")).unwrap().is_changed());
    assert!(!blocking.conversations().pin(&id("a"), false).unwrap().is_changed());
    let stale = DraftInput::new("mine").based_on(Revision::new(0));
    assert!(matches!(blocking.set_with(&id("a"), stale), Err(Error::Conflict { .. })));
    subject.set("a", &"x".repeat(2 << 20)).unwrap_err();
    blocking.get(&id("a")).unwrap();
    blocking.list(Query::all()).unwrap();
    assert_eq!(subject.faults.commits(), commits);
}

/// A lone blocking write is done on its caller's thread, an awaited one never is.
pub fn only_a_blocking_write_stays_on_its_thread<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let here = Some(std::thread::current().id());
    for number in 0..3 {
        subject.must_set("a", &format!("blocking {number}"));
        assert_eq!(subject.faults.last_writer(), here);
    }
    for number in 0..3 {
        pollster::block_on(subject.drafts.set(&id("a"), format!("awaited {number}"))).unwrap();
        assert_ne!(subject.faults.last_writer(), here);
    }
}

/// What writing leaves for later is done by the store's own thread, also behind a lone blocking write, and by whoever
/// writes only if there is very much of it.
pub fn upkeep_is_left_to_the_stores_thread<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let this_thread = Some(std::thread::current().id());
    let is_left = |write: &dyn Fn()| {
        subject.faults.owe(Upkeep::Due);
        write();
        let keeper = subject.faults.wait_for_upkeep();
        assert!(keeper.is_some() && keeper != this_thread);
    };
    // The store's thread may still be at it; behind it, it is this one's turn.
    let wait_until_it_sleeps = || {
        for number in 0.. {
            subject.must_set("turn", &number.to_string());
            if subject.faults.last_writer() == this_thread {
                break;
            }
        }
        subject.must_set("turn", "mine");
    };
    is_left(&|| subject.must_set("a", "when there is no such thread yet"));
    assert_eq!(subject.text("a").as_deref(), Some("when there is no such thread yet"));
    is_left(&|| drop(pollster::block_on(subject.drafts.set(&id("a"), "awaited"))));
    wait_until_it_sleeps();
    is_left(&|| subject.must_set("a", "when it sleeps"));

    wait_until_it_sleeps();
    subject.faults.owe(Upkeep::Overdue);
    subject.must_set("a", "much");
    assert_eq!(subject.faults.wait_for_upkeep(), this_thread);
}

/// Blocking callers that find the engine busy are served, each with its own outcome.
pub fn blocking_callers_behind_a_write_are_served<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let (chat, ready) = (id("first"), Barrier::new(9));
    subject.faults.shut_gate();
    let first = Waiting::new([set(&subject.drafts, &chat, "text")]);
    subject.faults.wait_for_a_write_at_the_gate();
    let mut revisions = std::thread::scope(|scope| {
        let write = |number: usize| {
            let (subject, ready) = (&subject.drafts, &ready);
            scope.spawn(move || {
                ready.wait();
                subject.blocking().set(&id(&number.to_string()), "text").unwrap().revision().get()
            })
        };
        let writers: Vec<_> = (0..8).map(write).collect();
        ready.wait();
        subject.faults.open_gate();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(first.answers()[0].is_ok());
    revisions.sort_unstable();
    assert_eq!(revisions, (2..=9).collect::<Vec<_>>());
}

/// Awaited writes behind a blocking one are served by the store's own thread, when the caller has gone.
pub fn awaited_callers_behind_a_blocking_one_are_served<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let chats: Vec<_> = (0..4).map(|number| id(&number.to_string())).collect();
    subject.faults.shut_gate();
    std::thread::scope(|scope| {
        let blocking = scope.spawn(|| {
            let outcome = subject.set("blocking", "text");
            (outcome, std::thread::current().id())
        });
        subject.faults.wait_for_a_write_at_the_gate();
        let others = Waiting::new(chats.iter().map(|chat| set(&subject.drafts, chat, "text")));
        subject.faults.open_gate();
        assert!(others.answers().iter().all(Result::is_ok));
        let (outcome, thread) = blocking.join().unwrap();
        assert_eq!(outcome.unwrap().revision(), Revision::new(1));
        assert!(subject.faults.last_writer() != Some(thread), "it did its own and no more");
    });
}

/// Closing while writes are queued does them first.
pub fn closing_finishes_what_is_queued<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let chats: Vec<_> = (0..10).map(|number| id(&number.to_string())).collect();
    subject.faults.shut_gate();
    let writes = Waiting::new(chats.iter().map(|chat| set(&subject.drafts, chat, "text")));
    std::thread::scope(|scope| {
        let closing = scope.spawn(|| subject.blocking().close());
        subject.faults.open_gate();
        closing.join().unwrap().unwrap();
    });
    assert!(writes.answers().iter().all(Result::is_ok));
    assert!(matches!(subject.set("late", "text"), Err(Error::Closed)));
    let (drafts, reopen) = subject.take_apart();
    drop(drafts);
    assert_eq!(reopen.open().blocking().list(Query::all()).unwrap().items.len(), 10);
}

/// Dropping the store while writes are queued does them too, although nobody waits for them any more.
pub fn dropping_finishes_what_is_queued<E: Engine>(config: E::Config) {
    let subject = Subject::<E>::new(config);
    let chats: Vec<_> = (0..10).map(|number| id(&number.to_string())).collect();
    subject.faults.shut_gate();
    drop(Waiting::new(chats.iter().map(|chat| set(&subject.drafts, chat, "text"))));
    subject.faults.wait_for_a_write_at_the_gate();
    let (drafts, reopen) = subject.take_apart();
    std::thread::scope(|scope| {
        let dropping = scope.spawn(|| drop(drafts));
        reopen.faults.open_gate();
        dropping.join().unwrap();
    });
    let subject = reopen.open();
    assert_eq!(subject.blocking().list(Query::all()).unwrap().items.len(), 10);
}
