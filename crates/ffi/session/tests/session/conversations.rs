//! Drafts, lists and what listeners hear.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::{Scribe, ask, asked, code, draft_of, hold, log_in, logged_in, next, session_in, set};
use chat_drafts_session::{
    Config, Conversation, ConversationKind, ConversationUpdate, Filter, LastMessage, List, Listener, Session, Text,
};
use chat_drafts_testkit::{hostile_ids, hostile_texts};
use tempfile::tempdir;

fn list(session: &Session, filter: Filter, next_seq: u64, count: i64) -> List {
    ask(|answer| session.list(filter, next_seq, count, answer)).unwrap()
}

fn ids(conversations: &[Conversation]) -> Vec<&str> {
    conversations.iter().map(|conversation| conversation.id().as_str()).collect()
}

fn update(session: &Session, id: &str, update: ConversationUpdate) {
    assert_eq!(ask(|answer| session.update(id.into(), Ok(update), answer)), Ok(()));
}

#[test]
fn bytes_in_bytes_out() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    for text in hostile_texts() {
        set(&session, "conversationID", &text).unwrap();
        assert_eq!(draft_of(&session, "conversationID"), text);
    }
    for id in hostile_ids() {
        set(&session, &id, &id).unwrap();
    }
    session.uninit();
    let session = logged_in(folder.path());
    for id in hostile_ids() {
        assert_eq!(draft_of(&session, &id), id);
    }
    assert_eq!(ask(|answer| session.set_draft("x".into(), Text::None, answer)), Ok(()));
    assert_eq!(draft_of(&session, "x"), "", "null clears");
}

#[test]
fn a_conversation_nobody_knows_is_an_empty_one() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    set(&session, "c2c_a", "x").unwrap();
    let found = ask(|answer| session.get_conversations(vec!["c2c_b".into(), "c2c_a".into()], answer)).unwrap();
    assert_eq!(ids(&found), ["c2c_b", "c2c_a"]);
    assert!(found[0].draft().is_none() && found[0].order_key().get() == 0);
    assert_eq!(found[1].draft_text(), "x");
}

#[test]
fn pages_and_filters() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    for number in 0..700 {
        let prefix = ["c2c_", "group_", ""][number % 3];
        let unread = u32::try_from(number % 7).unwrap();
        update(&session, &format!("{prefix}{number}"), ConversationUpdate::new().unread_count(unread));
    }
    assert_eq!(ask(|answer| session.pin("c2c_300".into(), true, answer)), Ok(()));
    let all = list(&session, Filter::default(), 0, i64::from(i32::MAX));
    assert!(all.is_finished && all.next_seq == 0);
    assert_eq!((all.conversations.len(), ids(&all.conversations)[0]), (700, "c2c_300"));
    for filter in [
        Filter::default(),
        Filter { kind: Some(ConversationKind::User), has_unread: false },
        Filter { kind: Some(ConversationKind::Group), has_unread: true },
    ] {
        let passes = |conversation: &&Conversation| {
            filter.kind.is_none_or(|kind| conversation.id().kind() == kind)
                && (!filter.has_unread || conversation.facts().unread_count.unwrap() > 0)
        };
        let expected: Vec<_> = all.conversations.iter().filter(passes).cloned().collect();
        for count in [1, 7, 100, expected.len(), expected.len() + 1] {
            let (mut paged, mut next_seq) = (Vec::new(), 0);
            loop {
                let page = list(&session, filter, next_seq, i64::try_from(count).unwrap());
                paged.extend(page.conversations);
                next_seq = page.next_seq;
                if page.is_finished {
                    break;
                }
                assert_eq!(paged.len() % count, 0);
            }
            assert_eq!(ids(&paged), ids(&expected), "{filter:?} {count}");
        }
    }
    let total: u64 = (0..700).map(|number| number % 7).sum();
    assert_eq!(ask(|answer| session.total_unread(answer)), Ok(total));
}

#[test]
fn what_listeners_hear() {
    let folder = tempdir().unwrap();
    let session = session_in(folder.path());
    let (scribe, heard) = Scribe::new();
    session.add_listener(1, scribe.clone());
    session.add_listener(1, scribe.clone());
    log_in(&session, "alice");
    set(&session, "c2c_bob", "hi").unwrap();
    set(&session, "c2c_bob", "hi").unwrap();
    ask(|answer| session.pin("c2c_bob".into(), true, answer)).unwrap();
    ask(|answer| session.pin("c2c_bob".into(), false, answer)).unwrap();
    set(&session, "c2c_bob", "").unwrap();
    set(&session, "group_g", "x").unwrap();
    let deleted = ask(|answer| session.delete_many(vec!["c2c_bob".into(), "c2c_".into(), "group_g".into()], answer));
    let codes: Vec<_> = deleted.unwrap().into_iter().map(|deleted| code(deleted.outcome)).collect();
    assert_eq!(codes, [0, 6017, 0]);
    set(&session, "group_planned", "x").unwrap();
    ask(|answer| session.rename("group_planned".into(), "group_real".into(), answer)).unwrap();
    assert_eq!(code(ask(|answer| session.rename("group_real".into(), "group_".into(), answer))), 6017);
    let expected = [
        "start",
        "finish",
        "new c2c_bob \"hi\"",
        "changed c2c_bob \"hi\"",
        "changed c2c_bob \"hi\"",
        "changed c2c_bob \"\"",
        "new group_g \"x\"",
        "deleted group_g \"\"",
        "new group_planned \"x\"",
        "deleted group_planned \"\"",
        "changed group_real \"x\"",
    ];
    for expected in expected {
        assert_eq!(next(&heard), expected);
    }
    session.remove_listener(1);
    set(&session, "c2c_bob", "unheard").unwrap();
    session.uninit();
    assert!(heard.try_recv().is_err());

    // One that comes while somebody is logged in hears of what follows.
    let session = logged_in(folder.path());
    session.add_listener(2, scribe);
    set(&session, "c2c_bob", "heard").unwrap();
    assert_eq!(next(&heard), "changed c2c_bob \"heard\"");
}

#[test]
fn what_the_host_tells() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let told = ConversationUpdate::new()
        .show_name("Bob")
        .receive_option(2)
        .last_message(LastMessage::new(1_700_000_000_000, "See you"))
        .custom_data(vec![0, 255]);
    update(&session, "c2c_bob", told);
    let bob = ask(|answer| session.get_conversation("c2c_bob".into(), answer)).unwrap();
    let facts = bob.facts();
    assert_eq!((facts.show_name.as_deref(), facts.receive_option, facts.unread_count), (Some("Bob"), Some(2), None));
    assert_eq!(facts.last_message.as_ref().unwrap().body(), b"See you");
    let long = ConversationUpdate::new().custom_data(vec![0; 70_000]);
    assert_eq!(code(ask(|answer| session.update("c2c_bob".into(), Ok(long), answer))), 6017);
}

#[test]
fn a_listener_that_was_removed_is_not_called_any_more() {
    struct Standing(Mutex<(Sender<()>, Receiver<()>)>, Arc<AtomicUsize>);
    impl Listener for Standing {
        fn on_new_conversation(&self, _: &Conversation) {
            let state = self.0.lock().unwrap();
            state.0.send(()).unwrap();
            next(&state.1);
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let (entered, is_entered) = channel();
    let (release, released) = channel();
    let calls = Arc::new(AtomicUsize::new(0));
    session.add_listener(7, Arc::new(Standing(Mutex::new((entered, released)), calls.clone())));
    let first = asked(|answer| session.set_draft("c2c_bob".into(), "x".into(), answer));
    next(&is_entered);
    let (removing, heard) = (session.clone(), calls.clone());
    let remover = std::thread::spawn(move || {
        removing.remove_listener_and_wait(7);
        heard.load(Ordering::SeqCst)
    });
    // The remover may come before this or after it: it waits, or finds that the call has ended.
    release.send(()).unwrap();
    assert_eq!(remover.join().unwrap(), 1, "its call has ended");
    next(&first).unwrap();
    set(&session, "c2c_eve", "x").unwrap();
    session.uninit();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[test]
fn uninit_answers_what_is_pending_and_keeps_it() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let answers = Arc::new(AtomicUsize::new(0));
    for number in 0..500 {
        let answers = Arc::clone(&answers);
        session.set_draft(format!("c2c_{number}").as_str().into(), "kept".into(), move |answer| {
            assert_eq!(answer, Ok(()));
            answers.fetch_add(1, Ordering::Relaxed);
        });
    }
    session.uninit();
    assert_eq!(answers.load(Ordering::Relaxed), 500);
    let session = logged_in(folder.path());
    assert_eq!(list(&session, Filter::default(), 0, 1_000).conversations.len(), 500);
}

#[test]
fn callbacks_that_call_back_in() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    // Another call, a logout and an uninit out of a callback, with a call behind them.
    let (sender, receiver) = channel();
    let inner = session.clone();
    session.set_draft("c2c_a".into(), "1".into(), move |_| {
        let again = inner.clone();
        inner.clone().set_draft("c2c_a".into(), "2".into(), move |answer| {
            answer.unwrap();
            let sender_too = sender.clone();
            again.set_draft("c2c_b".into(), "3".into(), move |answer| sender_too.send(code(answer)).unwrap());
            again.uninit();
            again.set_draft("c2c_b".into(), "late".into(), move |answer| sender.send(code(answer)).unwrap());
        });
    });
    assert_eq!((next(&receiver), next(&receiver)), (0, 6013));
    session.uninit();
    assert!(session.init(Config::new(1, folder.path())));
    log_in(&session, "alice");
    assert_eq!((draft_of(&session, "c2c_a"), draft_of(&session, "c2c_b")), ("2".into(), "3".into()));

    let (sender, receiver) = channel();
    let inner = session.clone();
    session.set_draft("c2c_a".into(), "4".into(), move |_| {
        let then = inner.clone();
        inner.logout(move |answer| {
            answer.unwrap();
            then.login("bob".into(), move |answer| sender.send(answer).unwrap());
        });
    });
    assert_eq!(next(&receiver), Ok(()));
    assert_eq!(session.login_user().as_deref(), Some("bob"));
}

#[test]
fn a_text_is_on_the_disk_though_a_callback_never_ends() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    let release = hold(&session);
    let answer = asked(|answer| session.set_draft("c2c_bob".into(), "kept".into(), answer));
    let path = folder.path().join("account-1-alice.db");
    // The session stands in a callback. Another process would find the text in the file already.
    let copy = tempdir().unwrap();
    let is_kept = || {
        for suffix in ["", "-wal"] {
            let name = format!("account-1-alice.db{suffix}");
            // A child opens the files: in this process that would drop SQLite's locks.
            let copied = std::process::Command::new("cp").arg(folder.path().join(&name)).arg(copy.path()).status();
            assert!(copied.unwrap().success());
        }
        // What was copied in the middle of a write may be no store yet.
        let copied = session_in(copy.path());
        code(ask(|answer| copied.login("alice".into(), answer))) == 0 && draft_of(&copied, "c2c_bob") == "kept"
    };
    let begun = Instant::now();
    while !is_kept() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{} has no such text", path.display());
    }
    assert!(answer.try_recv().is_err());
    drop(release);
    next(&answer).unwrap();
}

#[test]
fn the_last_session_that_is_dropped_keeps_what_is_pending() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    for number in 0..50 {
        session.set_draft(format!("c2c_{number}").as_str().into(), "kept".into(), |_| {});
    }
    drop(session);
    let session = logged_in(folder.path());
    assert_eq!(list(&session, Filter::default(), 0, 100).conversations.len(), 50);
}

#[test]
fn every_engine() {
    let folder = tempdir().unwrap();
    for (engine, is_there) in
        [("sqlite", cfg!(feature = "sqlite")), ("redb", cfg!(feature = "redb")), ("memory", cfg!(feature = "memory"))]
    {
        let session = Session::default();
        assert_eq!(session.init(Config::new(1, folder.path()).store(engine)), is_there, "{engine}");
        if !is_there {
            continue;
        }
        log_in(&session, "alice");
        set(&session, "c2c_bob", engine).unwrap();
        assert_eq!(draft_of(&session, "c2c_bob"), engine);
        session.uninit();
    }
}
