//! Ends of a session with something that cannot be saved, or that is never answered.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chat_drafts_session::{Composer, Config, Conversation, Keep, Listener, Session, Unsaved};
use tempfile::tempdir;

use crate::support::{ask, asked, code, compose, draft_of, hold, log_in, logged_in, next, returns, session_in, set};

struct Deaf;

impl Listener for Deaf {
    fn on_conversation_changed(&self, _: &Conversation) {}
}

fn told(unsaved: &[Unsaved]) -> Vec<(&str, &str)> {
    unsaved.iter().map(|unsaved| (unsaved.id.as_str(), unsaved.text.as_str())).collect()
}

/// A session with a text that is typed, and that cannot be saved over what somebody else has stored.
fn in_conflict(folder: &Path) -> (Session, Composer) {
    let session = session_in(folder);
    session.add_listener(1, Arc::new(Deaf));
    log_in(&session, "alice");
    let composer = compose(&session, "c2c_bob");
    assert_eq!(ask(|answer| session.suspend(answer)), Ok(()));
    composer.set_text("ours".into()).unwrap();
    let other = logged_in(folder);
    set(&other, "c2c_bob", "theirs").unwrap();
    other.uninit();
    assert_eq!(ask(|answer| session.resume(answer)), Ok(()));
    assert_eq!(code(ask(|answer| session.flush(answer))), 6019);
    assert_eq!(code(ask(|answer| session.logout(answer))), 6019, "a logout fails");
    assert_eq!(session.login_user().as_deref(), Some("alice"));
    assert_eq!(draft_of(&session, "c2c_bob"), "theirs", "a row shows what is stored");
    assert_eq!(composer.text(), "ours", "and a composer what is typed");
    (session, composer)
}

#[test]
fn uninit_ends_and_tells_what_it_could_not_save() {
    let folder = tempdir().unwrap();
    let (session, composer) = in_conflict(folder.path());
    let ending = session.clone();
    let unsaved = returns(move || ending.uninit());
    assert_eq!(told(&unsaved), [("c2c_bob", "ours")]);
    assert_eq!(format!("{unsaved:?}"), "[Unsaved { .. }]");
    assert_eq!(code(composer.set_text("late".into())), 6014);
    assert_eq!(code(ask(|answer| composer.begin_send(answer))), 6014);
    // The file is free, though a composer is still held.
    let other = logged_in(folder.path());
    assert_eq!(draft_of(&other, "c2c_bob"), "theirs");
    other.uninit();
    assert!(session.init(Config::new(1, folder.path())));
    log_in(&session, "alice");
}

#[test]
fn the_last_session_that_is_dropped_ends_too() {
    let folder = tempdir().unwrap();
    let (session, composer) = in_conflict(folder.path());
    returns(move || drop(session));
    let other = logged_in(folder.path());
    assert_eq!(draft_of(&other, "c2c_bob"), "theirs");
    drop(composer);
}

#[test]
fn saving_at_the_end_of_a_process_ends_too() {
    let folder = tempdir().unwrap();
    let (session, _composer) = in_conflict(folder.path());
    let release = hold(&session);
    let saving = session.clone();
    let unsaved = returns(move || saving.save());
    assert_eq!(told(&unsaved), [("c2c_bob", "ours")]);
    drop(release);
    assert_eq!(told(&returns(move || session.uninit())), [("c2c_bob", "ours")]);
}

#[test]
fn a_suspended_session_ends_and_answers_every_edit() {
    let folder = tempdir().unwrap();
    let (session, composer) = in_conflict(folder.path());
    assert!(composer.resolve(Keep::Ours));
    assert_eq!(ask(|answer| session.flush(answer)), Ok(()));
    assert_eq!(ask(|answer| session.suspend(answer)), Ok(()));
    let edit = asked(|answer| composer.set_text_then("typed in the background".into(), answer));
    let ending = session.clone();
    assert_eq!(told(&returns(move || ending.uninit())), [("c2c_bob", "typed in the background")]);
    assert_eq!(code(edit.try_recv().unwrap()), 6019, "it was not saved");
}

#[test]
fn a_logout_that_fails_beside_an_uninit_leaves_nothing_open() {
    let folder = tempdir().unwrap();
    let (session, _composer) = in_conflict(folder.path());
    let release = hold(&session);
    let logout = asked(|answer| session.logout(answer));
    let ending = session.clone();
    let uninit = std::thread::spawn(move || ending.uninit());
    while code(session.flush_within(Duration::ZERO)) != 6013 {
        std::thread::yield_now();
    }
    drop(release);
    let unsaved = returns(move || uninit.join().unwrap());
    assert_eq!(told(&unsaved), [("c2c_bob", "ours")]);
    assert!(logout.try_recv().is_ok(), "it is answered");
    log_in(&session_in(folder.path()), "alice");
}

#[test]
fn deletions_that_are_begun_are_finished_before_a_logout() {
    let folder = tempdir().unwrap();
    let session = logged_in(folder.path());
    for end in ["logout", "uninit"] {
        let ids: Vec<_> = (0..50).map(|number| format!("c2c_{number}")).collect();
        for id in &ids {
            session.set_draft(id.as_str().into(), "x".into(), |_| {});
        }
        let texts = ids.iter().map(|id| id.as_str().into()).collect();
        let deleted = asked(|answer| session.delete_many(texts, answer));
        if end == "logout" {
            assert_eq!(ask(|answer| session.logout(answer)), Ok(()));
        } else {
            // Half of the time is for calls that are under way, however slow the disk is.
            assert_eq!(session.uninit_within(Duration::from_secs(600)), []);
        }
        let codes: Vec<_> = next(&deleted).unwrap().into_iter().map(|deleted| code(deleted.outcome)).collect();
        assert_eq!(codes, [0; 50], "{end}");
        if end == "logout" {
            log_in(&session, "alice");
        }
    }
}

#[test]
fn a_session_that_is_dropped_while_a_login_is_under_way_waits_for_it() {
    let folder = tempdir().unwrap();
    let session = session_in(folder.path());
    let login = asked(|answer| session.login("alice".into(), answer));
    drop(session);
    let heard = login.try_recv();
    assert!(heard.is_ok(), "answered before the drop returned");
    log_in(&session_in(folder.path()), "alice");
}

#[test]
fn without_time_nothing_is_saved_and_everything_told() {
    let folder = tempdir().unwrap();
    let (session, composer) = in_conflict(folder.path());
    let eve = compose(&session, "c2c_eve");
    eve.set_text("typed".into()).unwrap();
    let unsaved = returns(move || session.uninit_within(Duration::ZERO));
    assert!(told(&unsaved).contains(&("c2c_bob", "ours")));
    drop((composer, eve));
}

#[test]
fn what_can_be_saved_is_saved() {
    let folder = tempdir().unwrap();
    let (session, _composer) = in_conflict(folder.path());
    let eve = compose(&session, "c2c_eve");
    eve.set_text("typed".into()).unwrap();
    assert_eq!(told(&session.uninit_within(Duration::MAX)), [("c2c_bob", "ours")]);
    let other = logged_in(folder.path());
    assert_eq!(draft_of(&other, "c2c_eve"), "typed");
    assert_eq!(other.uninit(), []);
}

#[test]
fn inside_a_callback_it_ends_too() {
    let folder = tempdir().unwrap();
    let (session, composer) = in_conflict(folder.path());
    let (sender, ended) = std::sync::mpsc::channel();
    let inside = session.clone();
    session.get_conversation("c2c_bob".into(), move |_| sender.send(inside.uninit()).unwrap());
    assert_eq!(told(&next(&ended)), [("c2c_bob", "ours")]);
    assert_eq!(code(composer.set_text("late".into())), 6014);
    session.uninit();
    log_in(&session_in(folder.path()), "alice");
}

#[test]
fn two_that_end_at_once_lose_nothing() {
    let folder = tempdir().unwrap();
    for round in 0..20 {
        let session = logged_in(folder.path());
        let composer = compose(&session, "c2c_bob");
        let text = round.to_string();
        composer.set_text(text.as_str().into()).unwrap();
        let other = session.clone();
        let both = [std::thread::spawn(move || other.uninit()), std::thread::spawn(move || session.uninit())];
        assert!(both.into_iter().all(|one| one.join().unwrap().is_empty()));
        let session = logged_in(folder.path());
        assert_eq!(draft_of(&session, "c2c_bob"), text);
        session.uninit();
    }
}
